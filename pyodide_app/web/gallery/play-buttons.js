// Play keys: every card and row whose token can be heard has one, and the player bar plays it. An
// unrevealed token has none, and neither has any where a site was pressed without its mixer.
import { clone, part, say } from "../base/dom.js";
import { titleOf, tracksOf } from "./token-index.js";
import { _ } from "../language/phrases.js";

export class PlayKeys {
  /** `life` is aborted when the page is left. */
  constructor(place, index, life) {
    this.#place = place;
    this.#index = index;
    this.#canPlay = Boolean(place.querySelector('template[data-t="play"]'));
    if (!this.#canPlay) return;
    place.addEventListener("pointerdown", ({ target }) => target.closest(".play-key") && openBar().catch(() => {}), { signal: life });
    place.addEventListener("click", ({ target }) => {
      const key = target.closest(".play-key");
      if (key) this.#press(key);
    }, { signal: life });
    this.#listen(life).catch(() => {}); // without it keys play all the same
  }

  #place;
  #index;
  #canPlay;
  #heard = ""; // the track that sounds

  /** Give a card or a row its key. */
  put(item, at) {
    const tracks = this.#canPlay ? tracksOf(this.#index, at) : [];
    if (tracks.length === 0) return;
    const key = clone("play");
    key.value = tracks.join(" ");
    key.dataset.title = titleOf(this.#index, at);
    this.#mark(key);
    (item.querySelector("td") ?? item).append(key);
  }

  /** Give the cards of a plain page theirs; its links tell which tokens they are. */
  join(cards) {
    for (const card of cards) {
      const at = this.#index.ids.indexOf(card.querySelector("a").href.split("/").at(-2));
      if (at >= 0) this.put(card, at);
    }
  }

  async #press(key) {
    const tracks = key.value.split(" ");
    const trouble = part(this.#place, "mute");
    trouble.hidden = true;
    try {
      const bar = await openBar();
      if (!tracks.includes(bar.queue.current?.address)) await bar.take(tracks);
      else if (tracks.includes(this.#heard)) bar.jukebox.pause();
      else await bar.jukebox.play();
    } catch (error) {
      say(trouble, _("Can't play: %(reason)s", { reason: error.message }));
      trouble.hidden = false;
    }
  }

  /** Keys show what sounds, from the moment there is a bar. */
  async #listen(life) {
    await customElements.whenDefined("player-bar");
    const bar = await openBar();
    const show = () => {
      const isOn = ["playing", "loading"].includes(bar.jukebox.state);
      this.#heard = isOn ? (bar.queue.current?.address ?? "") : "";
      for (const key of this.#place.querySelectorAll(".play-key")) this.#mark(key);
    };
    for (const type of ["state", "track"]) bar.jukebox.addEventListener(type, show, { signal: life });
    show();
  }

  #mark(key) {
    const { title } = key.dataset;
    const isOn = key.value.split(" ").includes(this.#heard);
    key.classList.toggle("on", isOn);
    key.setAttribute("aria-label", isOn ? _("Pause %(title)s", { title }) : _("Play %(title)s", { title }));
  }
}

async function openBar() {
  return (await import("../bar/player-bar.js")).openBar();
}
