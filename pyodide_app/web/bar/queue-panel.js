// The queue's panel: its tracks in their order, what to do with them, and the playlists that are kept.
import { make, say } from "../base/dom.js";
import { LANGUAGE } from "../language/language.js";
import { joinMotion } from "../pages/motion.js";
import { _, number, plural } from "../language/phrases.js";
import { drop, keep, kept, linkTo, m3u } from "./playlists.js";
import { trackOf } from "./tracks.js";

export class Panel {
  element = make("section", { id: "queue-panel", class: "queue-panel", "aria-label": _("Queue"), hidden: true });
  #bar;
  #heading = make("h2", { tabindex: "-1" }, _("Queue"));
  #list = make("ol", { class: "queued" });
  #kept = make("ul", { class: "playlists" });
  #shared = make("div", { class: "shared", hidden: true });
  #status = make("p", { class: "status", role: "status" });
  #name = make("input", { type: "text", maxlength: "80", autocomplete: "off" });
  #rows = new Map(); // an entry's id -> its row
  #whole = [this.#list]; // what makes sense only while something is queued

  constructor(bar) {
    this.#bar = bar;
    const motion = make("button", { type: "button", class: "key motion" }, _("Motion"));
    joinMotion(motion);
    const keeping = make("form", { class: "line" }, make("label", {}, _("Name"), " ", this.#name), make("button", { class: "key" }, _("Keep as playlist")));
    keeping.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#trying(() => this.#keep());
    });
    const sharing = make("p", { class: "line" },
      button(_("Copy link"), () => this.#trying(() => this.#copy(this.#playlist()))),
      button(_("Save as M3U"), () => this.#trying(() => this.#save())),
      button(_("Empty the queue"), () => {
        bar.empty();
        this.#heading.focus();
      }));
    this.#whole.push(keeping, sharing);
    this.element.append(
      make("div", { class: "line" }, this.#heading, motion, button(_("Hide"), () => this.close())),
      this.#shared, ...this.#whole, this.#status, this.#kept,
    );
    this.element.addEventListener("click", () => this.#say(""), { capture: true }); // what was done last is done
    bar.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
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

  /** Show a playlist that came with a link; it is the visitor's whether to play it. */
  offer(playlist) {
    this.#shared.replaceChildren(
      make("p", { class: "label" }, _("A playlist from a link")),
      this.#playlistRow(playlist, button(_("Keep"), () => this.#trying(() => this.#keepThis(playlist)))),
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
    for (const each of this.#whole) each.hidden = !rows.size;
    this.mark();
  }

  /** Have these rows in the list, in this order; as few as can be are touched. */
  #order(rows) {
    const focused = document.activeElement;
    for (const [at, row] of rows.entries()) {
      const there = this.#list.children[at] ?? null;
      if (there !== row) this.#list.insertBefore(row, there);
      row.querySelector(".up").disabled = at === 0;
      row.querySelector(".down").disabled = at === rows.length - 1;
    }
    while (this.#list.children.length > rows.length) this.#list.lastElementChild.remove();
    if (!this.#list.contains(focused)) return;
    const row = focused.closest("li"); // it may have been moved, and to an end
    (focused.disabled ? (row.querySelector(":is(.up, .down):enabled") ?? row.querySelector(".go")) : focused).focus();
  }

  /** Mark the track that is played. */
  mark() {
    const { current } = this.#bar.queue;
    for (const [id, row] of this.#rows) row.setAttribute("aria-current", String(id === current?.id));
  }

  get #key() {
    return this.#bar.querySelector(".key.queue");
  }

  #open() {
    this.element.hidden = false;
    this.#showKept();
    this.#bar.changed();
    (this.#shared.querySelector("button") ?? this.#heading).focus();
    this.#list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  #row(entry) {
    const { queue } = this.#bar;
    const title = button("…", () => this.#bar.go(entry));
    const move = (by) => {
      queue.move(entry.id, by);
      this.#bar.changed();
      const given = { track: title.textContent, place: number(queue.entries.indexOf(entry) + 1), count: number(queue.entries.length) };
      this.#say(_("%(track)s is now %(place)s of %(count)s", given));
    };
    const remove = button("×", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      this.#bar.remove(entry);
      (next?.querySelector(".drop") ?? this.#heading).focus();
    }, "drop");
    const keys = [button("↑", () => move(-1), "up"), button("↓", () => move(1), "down"), remove];
    const row = make("li", {}, make("span", { class: "dancing", "aria-hidden": "true" }), title, ...keys);
    title.className = "go";
    const name = (words, detail) => {
      title.replaceChildren(words, " ", make("span", { class: "detail" }, detail));
      const track = `${words} ${detail}`;
      const labels = [_("Move up: %(track)s", { track }), _("Move down: %(track)s", { track }), _("Remove: %(track)s", { track })];
      keys.forEach((key, at) => key.setAttribute("aria-label", labels[at]));
    };
    trackOf(entry.address).then((track) => name(track.title, track.detail), () => name(entry.address, _("unavailable")));
    return row;
  }

  #playlist() {
    const name = this.#name.value.trim() || _("Queue from %(day)s", { day: new Date().toLocaleDateString(LANGUAGE) });
    return { name, tracks: this.#bar.queue.entries.map(({ address }) => address) };
  }

  #keep() {
    const playlist = this.#playlist();
    this.#name.value = "";
    this.#keepThis(playlist);
  }

  #keepThis(playlist) {
    keep(playlist);
    this.#showKept();
    this.#say(_("Saved in this browser: %(name)s", { name: playlist.name }));
  }

  #showKept() {
    const rows = kept().map((playlist) => {
      const forget = button("×", () => this.#trying(() => {
        drop(playlist.name);
        this.#showKept();
        this.#heading.focus();
      }));
      forget.setAttribute("aria-label", _("Delete %(name)s", { name: playlist.name }));
      return make("li", {}, this.#playlistRow(playlist, button(_("Copy link"), () => this.#trying(() => this.#copy(playlist))), forget));
    });
    this.#kept.replaceChildren(...(rows.length ? [make("li", { class: "label" }, _("Playlists in this browser")), ...rows] : []));
  }

  #playlistRow({ name, tracks }, ...more) {
    const play = button(_("Play"), () => this.#trying(() => this.#bar.take(tracks)));
    play.setAttribute("aria-label", _("Play %(name)s", { name }));
    const add = button(_("Add to queue"), () => this.#trying(() => this.#bar.take(tracks, { add: true })));
    return make("p", { class: "line" }, make("span", { class: "name" }, name, " ", make("span", { class: "detail" }, plural(tracks.length, "%(num)s track", "%(num)s tracks"))), play, add, ...more);
  }

  async #copy(playlist) {
    const link = linkTo(playlist);
    try {
      await navigator.clipboard.writeText(link);
      this.#say(_("Link copied."));
    } catch {
      this.#say(_("Link: %(link)s", { link }));
    }
  }

  async #save() {
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

  async #trying(act) {
    try {
      await act();
    } catch (error) {
      this.#say(error.message);
    }
  }

  #say(words) {
    say(this.#status, words);
  }
}

function button(words, act, kind = "") {
  const made = make("button", { type: "button", class: `key ${kind}`.trim() }, words);
  made.addEventListener("click", act);
  return made;
}
