// What is shown to holders only: data-holders="song/layer/stem ..." on an element names the stems that it takes. Its
// <span> is for everybody else.
import { findAll } from "../base/dom.js";
import { eachPage } from "../pages/page-life.js";
import { owned, watch } from "../tokens/ownership.js";

eachPage((life) => {
  const show = () => {
    const { stems } = owned();
    for (const offer of findAll(document, "[data-holders]")) {
      const isHeld = (offer.dataset.holders ?? "").split(" ").every((stem) => stems.has(stem));
      for (const part of findAll(offer, ":scope > :not(span)")) part.hidden = !isHeld;
      for (const part of findAll(offer, ":scope > span")) part.hidden = isHeld;
    }
  };
  show();
  life.addEventListener("abort", watch(show));
});
