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
import { find, createElement, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { saveFile } from "../base/save-file.js";
import { LevelBar } from "../meters/level-bar.js";
import { LANGUAGE } from "../language/language.js";
import { connectMotionButton } from "../pages/motion.js";
import { _, formatNumber, plural } from "../language/phrases.js";
import { createBackupKeys } from "../saved/backup-keys.js";
import { deletePlaylist, savedPlaylists, savePlaylist } from "../saved/playlists.js";
import { onSaved } from "../saved/stored-list.js";
import { playlistLink, toM3u } from "./playlists.js";
import { loadTrack } from "./tracks.js";

export class QueuePanel {
  element = createElement("section", { id: "queue-panel", class: "queue-panel", "aria-label": _("Queue"), hidden: true });
  #bar;
  #heading = createElement("h2", { tabindex: "-1" }, _("Queue"));
  #list = createElement("ol", { class: "queued" });
  #playlists = createElement("ul", { class: "playlists" });
  #shared = createElement("div", { class: "shared", hidden: true });
  #status = createElement("p", { class: "status", role: "status" });
  #name = createElement("input", { type: "text", maxlength: "80", autocomplete: "off" });
  /** @type {Map<number, HTMLElement>} */
  #rows = new Map(); // by entry id
  #level; // in the current track's row
  /** @type {HTMLElement[]} */
  #queueControls = [this.#list]; // hidden while the queue is empty

  /** @param {HTMLElement & Player} bar */
  constructor(bar) {
    const { life: signal } = bar;
    this.#bar = bar;
    this.#level = new LevelBar(createElement("span"), signal, { mark: false });
    const motion = createElement("button", { type: "button", class: "key motion" }, _("Motion"));
    connectMotionButton(motion, signal);
    const keeping = createElement("form", { class: "line" }, createElement("label", {}, _("Name"), " ", this.#name), createElement("button", { class: "key" }, _("Keep as playlist")));
    keeping.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#attempt(() => this.#saveQueue());
    }, { signal });
    const sharing = createElement("p", { class: "line" },
      this.#button(_("Copy link"), () => this.#attempt(() => this.#copy(this.#playlist()))),
      this.#button(_("Save as M3U"), () => this.#attempt(() => this.#download())),
      this.#button(_("Empty the queue"), () => {
        bar.clearQueue();
        this.#heading.focus();
      }));
    this.#queueControls.push(keeping, sharing);
    const backup = createBackupKeys((words) => this.#setStatus(words), signal);
    this.element.append(
      createElement("div", { class: "line" }, this.#heading, motion, this.#button(_("Hide"), () => this.close())),
      this.#shared, ...this.#queueControls, this.#status, this.#playlists, backup,
    );
    onSaved(() => this.#showPlaylists(), signal);
    this.element.addEventListener("click", () => this.#setStatus(""), { capture: true, signal }); // clears the previous message
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
    this.element.hidden = this.#shared.hidden = true;
    this.#shared.replaceChildren();
    this.#bar.update();
    if (hadFocus) this.#toggleButton.focus();
  }

  /**
   * Offer a playlist from a link, without playing it.
   * @param {Playlist} playlist
   */
  offer(playlist) {
    this.#shared.replaceChildren(
      createElement("p", { class: "label" }, _("A playlist from a link")),
      this.#playlistRow(playlist, this.#button(_("Keep"), () => this.#attempt(() => this.#savePlaylist(playlist)))),
    );
    this.#shared.hidden = false;
    this.#open();
  }

  /** Show the current queue. */
  show() {
    this.#toggleButton.setAttribute("aria-expanded", String(this.isOpen));
    if (!this.isOpen) return;
    const { entries } = this.#bar.queue;
    const rows = new Map(entries.map((entry) => [entry.id, this.#rows.get(entry.id) ?? this.#createRow(entry)]));
    this.#rows = rows;
    this.#arrange([...rows.values()]);
    for (const control of this.#queueControls) control.hidden = !rows.size;
    this.markCurrent();
  }

  /**
   * Put rows into the list in this order, moving as few as possible to keep the focus.
   * @param {HTMLElement[]} rows
   */
  #arrange(rows) {
    const focused = document.activeElement;
    for (const [nth, row] of rows.entries()) {
      const present = this.#list.children[nth] ?? null;
      if (present !== row) this.#list.insertBefore(row, present);
      find(row, ".up", HTMLButtonElement).disabled = nth === 0;
      find(row, ".down", HTMLButtonElement).disabled = nth === rows.length - 1;
    }
    while (this.#list.children.length > rows.length) this.#list.lastElementChild?.remove();
    if (!(focused instanceof HTMLElement) || !this.#list.contains(focused)) return;
    const row = focused.closest("li"); // at an end of the list, its button is disabled
    const isAtEnd = row && focused.matches(":disabled");
    (isAtEnd ? find(row, row.querySelector(":is(.up, .down):enabled") ? ":is(.up, .down):enabled" : ".go") : focused).focus();
  }

  /**
   * Show a level in the current track's row.
   * @param {number} share from 0 to 1
   */
  report(share) {
    this.#level.report(share);
  }

  /** Mark the current track. */
  markCurrent() {
    const { current } = this.#bar.queue;
    for (const [id, row] of this.#rows) row.setAttribute("aria-current", String(id === current?.id));
    const row = current && this.#rows.get(current.id);
    if (row) this.#level.moveTo(find(row, ".dancing"));
  }

  get #toggleButton() {
    return find(this.#bar, ".key.queue");
  }

  #open() {
    this.element.hidden = false;
    this.#showPlaylists();
    this.#bar.update();
    (this.#shared.querySelector("button") ?? this.#heading).focus();
    this.#list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  /** @param {Entry} entry */
  #createRow(entry) {
    const { queue } = this.#bar;
    const title = this.#button("…", () => this.#bar.playEntry(entry));
    /** @param {-1 | 1} by */
    const move = (by) => {
      queue.move(entry.id, by);
      this.#bar.update();
      const given = { track: title.textContent, place: formatNumber(queue.entries.indexOf(entry) + 1), count: formatNumber(queue.entries.length) };
      this.#setStatus(_("%(track)s is now %(place)s of %(count)s", given));
    };
    const remove = this.#button("×", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      this.#bar.removeEntry(entry);
      (next ? find(next, ".drop") : this.#heading).focus();
    }, "drop");
    const keys = [this.#button("↑", () => move(-1), "up"), this.#button("↓", () => move(1), "down"), remove];
    const row = createElement("li", {}, createElement("span", { class: "dancing", "aria-hidden": "true" }), title, ...keys);
    title.className = "go";
    /** @param {string} words @param {string} detail */
    const name = (words, detail) => {
      title.replaceChildren(words, " ", createElement("span", { class: "detail" }, detail));
      const track = `${words} ${detail}`;
      const labels = [_("Move up: %(track)s", { track }), _("Move down: %(track)s", { track }), _("Remove: %(track)s", { track })];
      for (const [nth, key] of keys.entries()) key.setAttribute("aria-label", labels[nth]);
    };
    loadTrack(entry.address).then((track) => name(track.title, track.detail), () => name(entry.address, _("unavailable")));
    return row;
  }

  #playlist() {
    const name = this.#name.value.trim() || _("Queue from %(day)s", { day: new Date().toLocaleDateString(LANGUAGE) });
    return { name, tracks: this.#bar.queue.entries.map(({ address }) => address) };
  }

  #saveQueue() {
    const playlist = this.#playlist();
    this.#name.value = "";
    this.#savePlaylist(playlist);
  }

  /** @param {Playlist} playlist */
  #savePlaylist(playlist) {
    savePlaylist(playlist);
    this.#setStatus(_("Saved in this browser: %(name)s", { name: playlist.name }));
  }

  #showPlaylists() {
    const rows = savedPlaylists().map((playlist) => {
      const remove = this.#button("×", () => this.#attempt(() => {
        deletePlaylist(playlist.name);
        this.#heading.focus();
      }));
      remove.setAttribute("aria-label", _("Delete %(name)s", { name: playlist.name }));
      return createElement("li", {}, this.#playlistRow(playlist, this.#button(_("Copy link"), () => this.#attempt(() => this.#copy(playlist))), remove));
    });
    this.#playlists.replaceChildren(...(rows.length ? [createElement("li", { class: "label" }, _("Playlists in this browser")), ...rows] : []));
  }

  /** @param {Playlist} playlist @param {...Node} more */
  #playlistRow({ name, tracks }, ...more) {
    const play = this.#button(_("Play"), () => this.#attempt(() => this.#bar.playTracks(tracks)));
    play.setAttribute("aria-label", _("Play %(name)s", { name }));
    const add = this.#button(_("Add to queue"), () => this.#attempt(() => this.#bar.playTracks(tracks, { add: true })));
    return createElement("p", { class: "line" }, createElement("span", { class: "name" }, name, " ", createElement("span", { class: "detail" }, plural(tracks.length, "%(num)s track", "%(num)s tracks"))), play, add, ...more);
  }

  /** @param {Playlist} playlist */
  async #copy(playlist) {
    const link = playlistLink(playlist);
    try {
      await navigator.clipboard.writeText(link);
      this.#setStatus(_("Link copied."));
    } catch {
      this.#setStatus(_("Link: %(link)s", { link }));
    }
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
  #button(words, act, kind = "") {
    const button = createElement("button", { type: "button", class: `key ${kind}`.trim() }, words);
    button.addEventListener("click", act, { signal: this.#bar.life });
    return button;
  }
}
