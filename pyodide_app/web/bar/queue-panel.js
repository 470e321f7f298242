// The queue's panel: its tracks in their order, what to do with them, and the playlists that are saved.
/** @import { PlayerBar } from "./player-bar.js" */
/** @import { Playlist } from "./playlists.js" */
/** @import { Entry } from "./queue.js" */
import { find, make, say } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { LANGUAGE } from "../language/language.js";
import { joinMotion } from "../pages/motion.js";
import { _, number, plural } from "../language/phrases.js";
import { deletePlaylist, linkTo, m3u, savedPlaylists, savePlaylist } from "./playlists.js";
import { trackOf } from "./tracks.js";

export class Panel {
  element = make("section", { id: "queue-panel", class: "queue-panel", "aria-label": _("Queue"), hidden: true });
  #bar;
  #heading = make("h2", { tabindex: "-1" }, _("Queue"));
  #list = make("ol", { class: "queued" });
  #playlists = make("ul", { class: "playlists" });
  #shared = make("div", { class: "shared", hidden: true });
  #status = make("p", { class: "status", role: "status" });
  #name = make("input", { type: "text", maxlength: "80", autocomplete: "off" });
  /** @type {Map<number, HTMLElement>} */
  #rows = new Map(); // by their entry's id
  /** @type {HTMLElement[]} */
  #queueControls = [this.#list]; // what makes sense only while something is queued

  /** @param {PlayerBar} bar */
  constructor(bar) {
    const { life: signal } = bar;
    this.#bar = bar;
    const motion = make("button", { type: "button", class: "key motion" }, _("Motion"));
    joinMotion(motion, signal);
    const keeping = make("form", { class: "line" }, make("label", {}, _("Name"), " ", this.#name), make("button", { class: "key" }, _("Keep as playlist")));
    keeping.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#trying(() => this.#saveQueue());
    }, { signal });
    const sharing = make("p", { class: "line" },
      this.#button(_("Copy link"), () => this.#trying(() => this.#copy(this.#playlist()))),
      this.#button(_("Save as M3U"), () => this.#trying(() => this.#download())),
      this.#button(_("Empty the queue"), () => {
        bar.empty();
        this.#heading.focus();
      }));
    this.#queueControls.push(keeping, sharing);
    this.element.append(
      make("div", { class: "line" }, this.#heading, motion, this.#button(_("Hide"), () => this.close())),
      this.#shared, ...this.#queueControls, this.#status, this.#playlists,
    );
    this.element.addEventListener("click", () => this.#say(""), { capture: true, signal }); // what was done last is done
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
    this.#bar.changed();
    if (hadFocus) this.#key.focus();
  }

  /**
   * Show a playlist that came with a link; whether to play it is up to the visitor.
   * @param {Playlist} playlist
   */
  offer(playlist) {
    this.#shared.replaceChildren(
      make("p", { class: "label" }, _("A playlist from a link")),
      this.#playlistRow(playlist, this.#button(_("Keep"), () => this.#trying(() => this.#savePlaylist(playlist)))),
    );
    this.#shared.hidden = false;
    this.#open();
  }

  /** Show the queue as it is now. */
  show() {
    this.#key.setAttribute("aria-expanded", String(this.isOpen));
    if (!this.isOpen) return;
    const { entries } = this.#bar.queue;
    const rows = new Map(entries.map((entry) => [entry.id, this.#rows.get(entry.id) ?? this.#row(entry)]));
    this.#rows = rows;
    this.#order([...rows.values()]);
    for (const control of this.#queueControls) control.hidden = !rows.size;
    this.mark();
  }

  /**
   * Have these rows in the list, in this order; as few as can be are touched.
   * @param {HTMLElement[]} rows
   */
  #order(rows) {
    const focused = document.activeElement;
    for (const [nth, row] of rows.entries()) {
      const present = this.#list.children[nth] ?? null;
      if (present !== row) this.#list.insertBefore(row, present);
      find(row, ".up", HTMLButtonElement).disabled = nth === 0;
      find(row, ".down", HTMLButtonElement).disabled = nth === rows.length - 1;
    }
    while (this.#list.children.length > rows.length) this.#list.lastElementChild?.remove();
    if (!(focused instanceof HTMLElement) || !this.#list.contains(focused)) return;
    const row = focused.closest("li"); // it may have been moved, and to an end
    const isAtEnd = row && focused.matches(":disabled");
    (isAtEnd ? find(row, row.querySelector(":is(.up, .down):enabled") ? ":is(.up, .down):enabled" : ".go") : focused).focus();
  }

  /** Mark the track that is played. */
  mark() {
    const { current } = this.#bar.queue;
    for (const [id, row] of this.#rows) row.setAttribute("aria-current", String(id === current?.id));
  }

  get #key() {
    return find(this.#bar, ".key.queue");
  }

  #open() {
    this.element.hidden = false;
    this.#showPlaylists();
    this.#bar.changed();
    (this.#shared.querySelector("button") ?? this.#heading).focus();
    this.#list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  /** @param {Entry} entry */
  #row(entry) {
    const { queue } = this.#bar;
    const title = this.#button("…", () => this.#bar.go(entry));
    /** @param {-1 | 1} by */
    const move = (by) => {
      queue.move(entry.id, by);
      this.#bar.changed();
      const given = { track: title.textContent, place: number(queue.entries.indexOf(entry) + 1), count: number(queue.entries.length) };
      this.#say(_("%(track)s is now %(place)s of %(count)s", given));
    };
    const remove = this.#button("×", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      this.#bar.removeEntry(entry);
      (next ? find(next, ".drop") : this.#heading).focus();
    }, "drop");
    const keys = [this.#button("↑", () => move(-1), "up"), this.#button("↓", () => move(1), "down"), remove];
    const row = make("li", {}, make("span", { class: "dancing", "aria-hidden": "true" }), title, ...keys);
    title.className = "go";
    /** @param {string} words @param {string} detail */
    const name = (words, detail) => {
      title.replaceChildren(words, " ", make("span", { class: "detail" }, detail));
      const track = `${words} ${detail}`;
      const labels = [_("Move up: %(track)s", { track }), _("Move down: %(track)s", { track }), _("Remove: %(track)s", { track })];
      for (const [nth, key] of keys.entries()) key.setAttribute("aria-label", labels[nth]);
    };
    trackOf(entry.address).then((track) => name(track.title, track.detail), () => name(entry.address, _("unavailable")));
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
    this.#showPlaylists();
    this.#say(_("Saved in this browser: %(name)s", { name: playlist.name }));
  }

  #showPlaylists() {
    const rows = savedPlaylists().map((playlist) => {
      const remove = this.#button("×", () => this.#trying(() => {
        deletePlaylist(playlist.name);
        this.#showPlaylists();
        this.#heading.focus();
      }));
      remove.setAttribute("aria-label", _("Delete %(name)s", { name: playlist.name }));
      return make("li", {}, this.#playlistRow(playlist, this.#button(_("Copy link"), () => this.#trying(() => this.#copy(playlist))), remove));
    });
    this.#playlists.replaceChildren(...(rows.length ? [make("li", { class: "label" }, _("Playlists in this browser")), ...rows] : []));
  }

  /** @param {Playlist} playlist @param {...Node} more */
  #playlistRow({ name, tracks }, ...more) {
    const play = this.#button(_("Play"), () => this.#trying(() => this.#bar.take(tracks)));
    play.setAttribute("aria-label", _("Play %(name)s", { name }));
    const add = this.#button(_("Add to queue"), () => this.#trying(() => this.#bar.take(tracks, { add: true })));
    return make("p", { class: "line" }, make("span", { class: "name" }, name, " ", make("span", { class: "detail" }, plural(tracks.length, "%(num)s track", "%(num)s tracks"))), play, add, ...more);
  }

  /** @param {Playlist} playlist */
  async #copy(playlist) {
    const link = linkTo(playlist);
    try {
      await navigator.clipboard.writeText(link);
      this.#say(_("Link copied."));
    } catch {
      this.#say(_("Link: %(link)s", { link }));
    }
  }

  async #download() {
    const playlist = this.#playlist();
    const text = await m3u(playlist);
    if (!text) {
      this.#say(_("An M3U file lists previews, and none of these tracks has one."));
      return;
    }
    const file = new Blob([text], { type: "audio/x-mpegurl" });
    const link = make("a", { href: URL.createObjectURL(file), download: `${playlist.name}.m3u8` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.#say(_("Saved a list of the tracks that have a preview."));
  }

  /**
   * Do something, and show why it fails if it does.
   * @param {() => unknown} act
   */
  async #trying(act) {
    try {
      await act();
    } catch (error) {
      this.#say(reasonOf(error));
    }
  }

  /** @param {string} words */
  #say(words) {
    say(this.#status, words);
  }

  /** @param {string} words @param {() => unknown} act */
  #button(words, act, kind = "") {
    const button = make("button", { type: "button", class: `key ${kind}`.trim() }, words);
    button.addEventListener("click", act, { signal: this.#bar.life });
    return button;
  }
}
