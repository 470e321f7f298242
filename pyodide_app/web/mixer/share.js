// Sharing: the mix as a link, and as embed code.
/** @import { StemMixer } from "./stem-mixer.js" */
import { onEvent } from "./attempts.js";
import { formatMix } from "./mix-links.js";
import { createElement } from "../base/dom.js";
import { mixNumber } from "../base/mix-numbers.js";
import { _ } from "../language/phrases.js";

const COMPACT_HEIGHT = 160;
const SQUARE_SIDE = 480;

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
      ...frameSize(/** @type {HTMLSelectElement | null} */ (mixer.querySelector(".embed-size"))?.value ?? "", song),
      loading: "lazy",
      allow: "autoplay",
    });
    await copy(frame.outerHTML, _("Embed code copied."));
  });
}

/**
 * The attributes of a frame for a player: embed.css decides by them what it shows.
 * @param {string} size compact, square, or else the whole mixer @param {Data.Song} song
 */
function frameSize(size, { layers, sections }) {
  if (size === "compact") return { width: "100%", height: COMPACT_HEIGHT };
  if (size === "square") return { width: SQUARE_SIDE, height: SQUARE_SIDE };
  return { width: "100%", height: 472 + (sections.length ? 60 : 0) + 127 * layers.length };
}
