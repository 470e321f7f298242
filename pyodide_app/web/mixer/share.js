// The mix as a link, and as a frame for other pages.
/** @import { StemMixer } from "./stem-mixer.js" */
import { on } from "./attempts.js";
import { numberOf, write } from "./mix-links.js";
import { make } from "../base/dom.js";
import { _ } from "../language/phrases.js";

/** @param {StemMixer} mixer */
export function joinShare(mixer) {
  /** @param {string} address of a page with a mixer */
  const linkTo = async (address) => {
    const link = new URL(address, document.baseURI);
    link.hash = write(await mixer.mix());
    return link.href;
  };
  /** @param {string} text @param {string} done */
  const copy = async (text, done) => {
    try {
      await navigator.clipboard.writeText(text);
      mixer.say(done);
    } catch {
      mixer.say(text); // the visitor can still select it
    }
  };
  on(mixer, ".copy-link", "click", async () => copy(await linkTo(location.href), _("Link copied.")));
  on(mixer, ".copy-embed", "click", async () => {
    const song = await mixer.facts();
    const mix = numberOf(mixer.choice);
    const page = song.pages.includes(mix) ? mix : song.pages[0];
    const frame = make("iframe", {
      src: await linkTo(`${mixer.dataset.root}embed/${song.slug}/${page}/`),
      title: `${song.title}, ${song.artist}`,
      width: "100%",
      height: 400 + 127 * song.layers.length,
      loading: "lazy",
      allow: "autoplay",
    });
    await copy(frame.outerHTML, _("Embed code copied."));
  });
}
