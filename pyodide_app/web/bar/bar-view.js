// What the player bar shows: the track, the state of the player, the settings of the queue.
import { find, setText } from "../base/dom.js";
import { createIcon } from "../base/icons.js";
import { setPressed } from "../base/controls.js";
import { _, formatNumber, plural } from "../language/phrases.js";
import { trackAccess } from "./track-access.js";

/** @import { PositionView } from "../meters/position-view.js" */
/** @import { Jukebox } from "./jukebox.js" */
/** @import { Track } from "./tracks.js" */

export class BarView {
  #bar;
  #jukebox;
  #queue;
  #position;

  /** @param {HTMLElement} bar @param {Jukebox} jukebox @param {PositionView} position */
  constructor(bar, jukebox, position) {
    this.#bar = bar;
    this.#jukebox = jukebox;
    this.#queue = jukebox.queue;
    this.#position = position;
  }

  /**
   * Announce a message to screen readers. A trailing space makes them repeat the same one.
   * @param {string} words
   */
  announce(words) {
    const news = this.#find("news");
    setText(news, news.textContent === words ? `${words}\u00a0` : words);
  }

  /**
   * Say why something doesn't work, until the state changes.
   * @param {string} reason
   */
  showReason(reason) {
    setText(this.#find("reason"), reason);
  }

  /** Show the queue's length and settings. */
  showQueue() {
    const { entries, shuffled } = this.#queue;
    setText(this.#find("count"), formatNumber(entries.length));
    this.#find("key.queue").setAttribute("aria-label", plural(entries.length, "Queue: %(num)s track", "Queue: %(num)s tracks"));
    setPressed(this.#find("shuffle"), shuffled);
    this.#showRepeat();
  }

  #showRepeat() {
    const key = this.#find("repeat");
    const words = { off: _("Repeat: off"), all: _("Repeat: the queue"), one: _("Repeat: this track") }[this.#queue.repeat];
    key.dataset.repeat = this.#queue.repeat;
    key.setAttribute("aria-label", words);
    key.title = words;
  }

  /** Show the track and the state; resolves once what the visitor may hear of the track is known and shown, too. */
  async showState() {
    const { state, track } = this.#jukebox;
    this.#bar.dataset.state = state;
    this.#showKeys();
    setText(this.#find("title"), track?.title ?? "");
    setText(this.#find("detail"), track?.detail ?? "");
    if (track || !this.#queue.current) this.#showTrack(track);
    const access = await trackAccess(track).catch(() => /** @type {const} */ ("open")); // without the facts nothing plays either
    const words = { preview: _("Not yours: preview only"), silent: _("Not yours: silent"), open: "" }[access];
    const { reason } = this.#jukebox; // after the wait
    this.showReason(this.#jukebox.state === "failed" ? _("Can't play: %(reason)s", { reason }) : reason || words);
  }

  #showKeys() {
    const { isOn } = this.#jukebox;
    const play = this.#find("play");
    play.setAttribute("aria-label", isOn ? _("Pause") : this.#queue.seconds > 0 ? _("Resume") : _("Play"));
    play.replaceChildren(createIcon(isOn ? "pause" : "play"));
    find(this.#bar, ".previous", HTMLButtonElement).disabled = !this.#queue.current;
    find(this.#bar, ".next", HTMLButtonElement).disabled = !this.#queue.next();
  }

  /**
   * Show a track's link, cover and duration; null clears them.
   * @param {Track | null} track
   */
  #showTrack(track) {
    for (const link of [this.#find("cover"), this.#find("title")]) setAttribute(link, "href", track?.page);
    setAttribute(find(this.#bar, ".cover > img"), "src", track?.cover);
    this.#position.setDuration(track?.song.duration ?? 0);
  }

  /** @param {string} name */
  #find(name) {
    return find(this.#bar, `.${name}`);
  }
}

/**
 * Set an attribute if it differs; undefined removes it.
 * @param {Element} element @param {string} name @param {string | undefined} value
 */
function setAttribute(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
