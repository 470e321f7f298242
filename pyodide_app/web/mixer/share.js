// Sharing: the mix as a link, and as embed code.
/** @import { StemMixer } from "./stem-mixer.js" */
import { onEvent } from "./attempts.js";
import { formatMix } from "./mix-links.js";
import { createElement } from "../base/dom.js";
import { mixNumber } from "../base/mix-numbers.js";
import { _ } from "../language/phrases.js";

/** @param {StemMixer} mixer */
export function addSharing(mixer) {
  /** @param {string} address of a page with a mixer */
  const linkTo = async (address) => {
    const link = new URL(address, document.baseURI);
    link.hash = formatMix(await mixer.mix());
    return link.href;
  };
  /** @param {string} text @param {string} done */
  const copy = async (text, done) => {
    try {
      await navigator.clipboard.writeText(text);
      mixer.announce(done);
    } catch {
      mixer.announce(text); // the visitor can still select it
    }
  };
  onEvent(mixer, ".copy-link", "click", async () => copy(await linkTo(location.href), _("Link copied.")));
  onEvent(mixer, ".copy-embed", "click", async () => {
    const song = await mixer.facts();
    const mix = mixNumber(mixer.choice);
    const page = song.pages.includes(mix) ? mix : song.pages[0];
    const frame = createElement("iframe", {
      src: await linkTo(`${mixer.dataset.root}embed/${song.slug}/${page}/`),
      title: `${song.title}, ${song.artist}`,
      width: "100%",
      height: 400 + (song.sections.length ? 60 : 0) + 127 * song.layers.length,
      loading: "lazy",
      allow: "autoplay",
    });
    await copy(frame.outerHTML, _("Embed code copied."));
  });
}
