// The queue panel: tracks to reorder and remove, sharing and export, and saved playlists.
/** @import { Playlist } from "../saved/playlists.js" */
/** @import { Entry, Queue } from "./queue.js" */
/**
 * The player that the panel belongs to.
 * @typedef {object} Player
 * @property {Queue} queue
 * @property {AbortSignal} life
 * @property {() => void} update save and show a changed queue
 * @property {() => void} clearQueue
 * @property {(entry: Entry) => void} playEntry
 * @property {(entry: Entry) => void} removeEntry
 * @property {(addresses: string[], options?: { add: boolean }) => Promise<void>} playTracks
 */
import { createKey } from "../base/controls.js";
import { find, createElement, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { saveFile } from "../base/save-file.js";
import { LANGUAGE } from "../language/language.js";
import { connectMotionButton } from "../pages/motion.js";
import { _ } from "../language/phrases.js";
import { createBackupKeys } from "../saved/backup-keys.js";
import { PlaylistList } from "./playlist-list.js";
import { toM3u } from "./playlists.js";
import { QueueList } from "./queue-list.js";

export class QueuePanel {
  element = createElement("section", { id: "queue-panel", class: "queue-panel", "aria-label": _("Queue"), hidden: true });
  #bar;
  #heading = createElement("h2", { tabindex: "-1" }, _("Queue"));
  #status = createElement("p", { class: "status", role: "status" });
  #name = createElement("input", { type: "text", maxlength: "80", autocomplete: "off" });
  #list;
  #playlists;
  /** @type {HTMLElement[]} */
  #queueControls; // hidden while the queue is empty

  /** @param {HTMLElement & Player} bar */
  constructor(bar) {
    const { life: signal } = bar;
    const report = (/** @type {string} */ words) => this.#setStatus(words);
    this.#bar = bar;
    this.#list = new QueueList(bar.queue, {
      play: (entry) => bar.playEntry(entry),
      remove: (entry) => bar.removeEntry(entry),
      moved: () => bar.update(),
      emptied: () => this.#heading.focus(),
      report,
    }, signal);
    this.#playlists = new PlaylistList({
      play: (addresses, options) => bar.playTracks(addresses, options),
      deleted: () => this.#heading.focus(),
      report,
      attempt: (act) => this.#attempt(act),
    }, signal);
    this.#queueControls = [this.#list.element, this.#createKeepForm(signal), this.#createSharing()];
    this.element.append(
      createElement("div", { class: "line" }, this.#heading, createMotionButton(signal), this.#button(_("Hide"), () => this.close())),
      this.#playlists.shared, ...this.#queueControls, this.#status, this.#playlists.element, createBackupKeys(report, signal),
    );
    this.element.addEventListener("click", () => report(""), { capture: true, signal }); // clears the previous message
    bar.addEventListener("keydown", ({ key }) => key === "Escape" && this.close(), { signal });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.#open();
  }

  close() {
    if (!this.isOpen) return;
    const hadFocus = this.element.contains(document.activeElement);
    this.element.hidden = true;
    this.#playlists.dismiss();
    this.#bar.update();
    if (hadFocus) this.#toggleButton.focus();
  }

  /**
   * Offer a playlist from a link, without playing it.
   * @param {Playlist} playlist
   */
  offer(playlist) {
    this.#playlists.offer(playlist);
    this.#open();
  }

  /** Show the current queue. */
  show() {
    this.#toggleButton.setAttribute("aria-expanded", String(this.isOpen));
    if (!this.isOpen) return;
    this.#list.show();
    for (const control of this.#queueControls) control.hidden = !this.#bar.queue.entries.length;
  }

  /**
   * Show a level in the current track's row.
   * @param {number} share from 0 to 1
   */
  report(share) {
    this.#list.report(share);
  }

  /** Mark the current track. */
  markCurrent() {
    this.#list.markCurrent();
  }

  get #toggleButton() {
    return find(this.#bar, ".key.queue");
  }

  #open() {
    this.element.hidden = false;
    this.#playlists.show();
    this.#bar.update();
    (this.#playlists.shared.querySelector("button") ?? this.#heading).focus();
    this.#list.showCurrent();
  }

  /** @param {AbortSignal} signal */
  #createKeepForm(signal) {
    const form = createElement("form", { class: "line" }, createElement("label", {}, _("Name"), " ", this.#name), createElement("button", { class: "key" }, _("Keep as playlist")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#attempt(() => this.#saveQueue());
    }, { signal });
    return form;
  }

  #createSharing() {
    return createElement("p", { class: "line" },
      this.#button(_("Copy link"), () => this.#attempt(() => this.#playlists.copyLink(this.#playlist()))),
      this.#button(_("Save as M3U"), () => this.#attempt(() => this.#download())),
      this.#button(_("Empty the queue"), () => {
        this.#bar.clearQueue();
        this.#heading.focus();
      }));
  }

  /** The queue as a playlist. */
  #playlist() {
    const name = this.#name.value.trim() || _("Queue from %(day)s", { day: new Date().toLocaleDateString(LANGUAGE) });
    return { name, tracks: this.#bar.queue.entries.map(({ address }) => address) };
  }

  #saveQueue() {
    const playlist = this.#playlist();
    this.#name.value = "";
    this.#playlists.save(playlist);
  }

  async #download() {
    const playlist = this.#playlist();
    const text = await toM3u(playlist);
    if (!text) {
      this.#setStatus(_("An M3U file lists previews, and none of these tracks has one."));
      return;
    }
    saveFile(new File([text], `${playlist.name}.m3u8`, { type: "audio/x-mpegurl" }));
    this.#setStatus(_("Saved a list of the tracks that have a preview."));
  }

  /**
   * Run an action and show its error, if it fails.
   * @param {() => unknown} act
   */
  async #attempt(act) {
    try {
      await act();
    } catch (error) {
      this.#setStatus(reasonOf(error));
    }
  }

  /** @param {string} words */
  #setStatus(words) {
    setText(this.#status, words);
  }

  /** @param {string} words @param {() => unknown} act */
  #button(words, act) {
    return createKey(words, act, this.#bar.life);
  }
}

/** @param {AbortSignal} signal */
function createMotionButton(signal) {
  const button = createElement("button", { type: "button", class: "key motion" }, _("Motion"));
  connectMotionButton(button, signal);
  return button;
}
