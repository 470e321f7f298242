// Play buttons on cards and rows, for the player bar. Unrevealed tokens have none, nor has a site that was built
// without its mixer.
/** @import { Index } from "./token-index.js" */
import { cloneTemplate, find, part, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { titleOf, tracksOf } from "./token-index.js";
import { importLater } from "../base/version.js";
import { _ } from "../language/phrases.js";

export class PlayButtons {
  /** @param {HTMLElement} gallery @param {Index} index @param {AbortSignal} life */
  constructor(gallery, index, life) {
    this.#gallery = gallery;
    this.#index = index;
    this.#canPlay = Boolean(gallery.querySelector('template[data-t="play"]'));
    if (!this.#canPlay) return;
    gallery.addEventListener("pointerdown", ({ target }) => buttonOf(target) && openBar().catch(() => {}), { signal: life });
    gallery.addEventListener("click", ({ target }) => {
      const key = buttonOf(target);
      if (key) this.#press(key);
    }, { signal: life });
    this.#listen(life).catch(() => {}); // the buttons work without it
  }

  #gallery;
  #index;
  #canPlay;
  #playing = ""; // the current track, while it plays

  /**
   * Add a play button to a card or a row.
   * @param {Element} item @param {number} token
   */
  addTo(item, token) {
    const tracks = this.#canPlay ? tracksOf(this.#index, token) : [];
    if (tracks.length === 0) return;
    const key = /** @type {HTMLButtonElement} */ (cloneTemplate("play"));
    key.value = tracks.join(" ");
    key.dataset.title = titleOf(this.#index, token);
    this.#update(key);
    (item.querySelector("td") ?? item).append(key);
  }

  /**
   * Add play buttons to the cards of the static page; their links name the tokens.
   * @param {Iterable<Element>} cards
   */
  addToCards(cards) {
    for (const card of cards) {
      const [, id = ""] = /\/tokens\/(.+)\/$/.exec(find(card, "a", HTMLAnchorElement).href) ?? [];
      const token = this.#index.ids.indexOf(id);
      if (token >= 0) this.addTo(card, token);
    }
  }

  /** @param {HTMLButtonElement} key */
  async #press(key) {
    const tracks = key.value.split(" ");
    const trouble = part(this.#gallery, "mute");
    trouble.hidden = true;
    try {
      const bar = await openBar();
      if (!tracks.includes(bar.queue.current?.address ?? "")) await bar.playTracks(tracks);
      else if (tracks.includes(this.#playing)) bar.jukebox.pause();
      else await bar.jukebox.play();
    } catch (error) {
      setText(trouble, _("Can't play: %(reason)s", { reason: reasonOf(error) }));
      trouble.hidden = false;
    }
  }

  /**
   * Update the buttons whenever the player bar's state changes.
   * @param {AbortSignal} life
   */
  async #listen(life) {
    await customElements.whenDefined("player-bar");
    const bar = await openBar();
    const show = () => {
      const isOn = ["playing", "loading"].includes(bar.jukebox.state);
      this.#playing = isOn ? (bar.queue.current?.address ?? "") : "";
      for (const key of this.#gallery.querySelectorAll(".play-key")) this.#update(/** @type {HTMLButtonElement} */ (key));
    };
    bar.jukebox.on("state", show, { signal: life });
    bar.jukebox.on("track", show, { signal: life });
    show();
  }

  /** @param {HTMLButtonElement} key */
  #update(key) {
    const { title = "" } = key.dataset;
    const isOn = key.value.split(" ").includes(this.#playing);
    key.classList.toggle("on", isOn);
    key.setAttribute("aria-label", isOn ? _("Pause %(title)s", { title }) : _("Play %(title)s", { title }));
  }
}

/** @param {EventTarget | null} target */
function buttonOf(target) {
  const key = target instanceof Element ? target.closest(".play-key") : null;
  return key instanceof HTMLButtonElement ? key : null;
}

async function openBar() {
  return (await importLater(() => import("../bar/player-bar.js"))).openBar();
}
