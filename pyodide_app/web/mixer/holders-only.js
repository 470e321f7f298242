// Links that are shown to holders of a stem only: data-holders="song/layer/stem" on an element with such a link, and
// words for everybody else.
import { findAll } from "../base/dom.js";
import { eachPage } from "../pages/page-life.js";
import { owned, watch } from "../tokens/ownership.js";

eachPage((life) => {
  const show = () => {
    const { stems } = owned();
    for (const offer of findAll(document, "[data-holders]")) {
      const isHeld = stems.has(offer.dataset.holders ?? "");
      for (const part of findAll(offer, ":scope > a")) part.hidden = !isHeld;
      for (const part of findAll(offer, ":scope > span")) part.hidden = isHeld;
    }
  };
  show();
  life.addEventListener("abort", watch(show));
});
