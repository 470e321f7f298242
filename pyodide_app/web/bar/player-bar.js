// <player-bar>: what plays on while the visitor walks through the site. It is made, and its modules are
// loaded, when something is first queued; site.js sees to that. What plays is jukebox.js's, what the
// queue's panel shows is queue-panel.js's.
import { find, make, say } from "../base/dom.js";
import { once } from "../base/once.js";
import { ROOT } from "../base/root.js";
import { icon } from "../base/icons.js";
import { Jukebox } from "./jukebox.js";
import { announce, tellState, withdraw } from "../playback/media-session.js";
import { Panel } from "./queue-panel.js";
import { _, number, percent, plural } from "../language/phrases.js";
import { fromHash } from "./playlists.js";
import { Queue, REPEATS } from "./queue.js";
import { loadSheets, Router } from "../pages/router.js";
import { note, recall } from "../base/storage.js";
import { expand } from "./tracks.js";
import { press } from "../base/controls.js";
import { clock } from "../language/units.js";

const COLLECTION = document.documentElement.dataset.collection ?? "";
const QUEUE = `stempress:queue:${COLLECTION}`; // localStorage: outlives the page
const PLAYING = `stempress:playing:${COLLECTION}`; // sessionStorage: when the page was left while it played
const SAVE_MS = 5000;
const GO_ON_MS = 15_000; // a page that comes later than this does not play by itself
const STEP_SECONDS = 5;

/** @import { Entry } from "./queue.js" */
/** @import { Track } from "./tracks.js" */
/** @import { Peaks } from "../playback/messages.js" */

export class PlayerBar extends HTMLElement {
  #life = new AbortController(); // ends when the bar is taken out of the document
  queue = Queue.read(recall(QUEUE));
  jukebox = new Jukebox(this.queue);
  #panel = new Panel(this);
  #held = false; // the visitor holds the position's thumb
  #saved = 0;
  #kept = recall(QUEUE); // the queue as text, as it was written or read last

  /** Fill the bar, and show what was queued the last time. */
  begin() {
    this.#fill();
    const { life: signal } = this;
    this.jukebox.on("state", () => this.#show(), { signal });
    this.jukebox.on("track", () => this.#show(), { signal });
    this.jukebox.on("state", () => this.#reportState(), { signal });
    this.jukebox.on("at", (place) => this.#followPlace(place), { signal });
    for (const type of ["pointerenter", "focusin"]) this.addEventListener(type, () => this.jukebox.warm(), { once: true, signal });
    addEventListener("pagehide", () => this.#leave(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#comeBack(), { signal });
    addEventListener("storage", ({ key }) => key === QUEUE && this.#adopt(), { signal });
    addEventListener("hashchange", () => this.#openShared(), { signal });
    new Router({
      isWanted: () => Boolean(this.queue.current),
      keep: this,
      report: (title) => {
        this.#announce(title);
        this.#show(); // there is a network again
      },
      signal,
      refuse: () => say(this.#find("reason"), _("You're offline, so that page couldn't load.")),
    });
    const resized = new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${this.offsetHeight}px`));
    resized.observe(this);
    signal.addEventListener("abort", () => resized.disconnect());
    this.#openShared();
    this.changed();
    if (wasPlaying() && !isReloaded()) this.jukebox.play();
    else this.jukebox.prepare();
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  /** A signal: aborted when the bar is taken out of the document. */
  get life() {
    return this.#life.signal;
  }

  /** The last node before the loudspeakers. */
  get outputNode() {
    return this.jukebox.outputNode;
  }

  get audioContext() {
    return this.outputNode?.context ?? null;
  }

  /**
   * Play what addresses stand for: at once, or after what is queued.
   * @param {readonly string[]} addresses
   */
  async take(addresses, { add = false } = {}) {
    const tracks = await expand(addresses);
    if (!tracks.length) throw new Error(_("there is nothing to play"));
    const isFirst = !this.queue.current;
    const added = add ? this.queue.add(tracks) : this.queue.replace(tracks);
    this.changed();
    const count = plural(added.length, "%(num)s track added to the queue.", "%(num)s tracks added to the queue.");
    this.#announce(added.length < tracks.length ? `${count} ${_("The queue is full.")}` : count);
    if (!add) await this.jukebox.play();
    else if (isFirst) await this.jukebox.prepare();
  }

  /** The queue is another: keep it, and show it. */
  changed() {
    this.#showQueue();
    this.#save();
  }

  /**
   * Tell screen readers; what they were told last is read again if a space makes it another text.
   * @param {string} words
   */
  #announce(words) {
    const news = this.#find("news");
    say(news, news.textContent === words ? `${words}\u00a0` : words);
  }

  #showQueue() {
    this.hidden = !this.queue.current && !this.#panel.isOpen;
    const count = this.queue.entries.length;
    say(this.#find("count"), number(count));
    this.#find("key.queue").setAttribute("aria-label", plural(count, "Queue: %(num)s track", "Queue: %(num)s tracks"));
    press(this.#find("shuffle"), this.queue.shuffled);
    this.#showRepeat();
    this.#panel.show();
    this.#show();
  }

  /** Stop, and let go of the queue. */
  empty() {
    this.queue.clear();
    this.jukebox.prepare();
    withdraw(this);
    this.changed();
  }

  close() {
    this.#panel.close();
    this.empty();
    find(document, "main").focus({ preventScroll: true });
  }

  /**
   * Play an entry of the queue.
   * @param {Entry} entry
   */
  go(entry) {
    this.jukebox.go(entry);
    this.changed();
  }

  /** @param {Entry} entry */
  removeEntry(entry) {
    const wasCurrent = entry === this.queue.current;
    const wasOn = this.#isOn;
    this.queue.remove(entry.id);
    if (wasCurrent) this.jukebox.prepare();
    if (wasCurrent && wasOn) this.jukebox.play();
    this.changed();
  }

  #fill() {
    /** @param {string} name @param {string} label @param {() => void} act */
    const key = (name, label, act, attributes = {}) => {
      const button = make("button", { type: "button", class: `key ${name}`, "aria-label": label, ...attributes }, icon(name));
      button.addEventListener("click", act, { signal: this.life });
      return button;
    };
    /** @param {string} name @param {string} label @param {Record<string, string | number>} attributes */
    const slider = (name, label, attributes) =>
      make("input", { type: "range", class: name, "aria-label": label, min: "0", autocomplete: "off", ...attributes });
    const { jukebox, queue } = this;
    this.append(
      make("a", { class: "cover", tabindex: "-1", "aria-hidden": "true" }, make("img", { width: "56", height: "56", alt: "" })),
      make("div", { class: "words" },
        make("p", { class: "what" }, make("a", { class: "title" }), " ", make("span", { class: "detail" })),
        make("p", { class: "reason", role: "status" })),
      make("div", { class: "keys" },
        key("previous", _("Previous track"), () => { jukebox.previous(); this.changed(); }),
        key("play", _("Play"), () => this.#toggle()),
        key("next", _("Next track"), () => { jukebox.next(); this.changed(); })),
      make("p", { class: "place" },
        make("span", { class: "now" }, "0:00"),
        slider("position", _("Position in the track"), { max: "1", step: "0.01", value: "0" }),
        make("span", { class: "of" }, "0:00")),
      make("div", { class: "extras" },
        slider("volume", _("Volume of the player"), { max: "1", step: "0.01", value: queue.volume }),
        key("shuffle", _("Shuffle"), () => { queue.setShuffled(!queue.shuffled); this.changed(); }, { "aria-pressed": "false" }),
        key("repeat", _("Repeat"), () => this.#turnRepeat()),
        key("queue", _("Queue"), () => this.#panel.toggle(), { "aria-expanded": "false", "aria-controls": "queue-panel" }),
        key("close", _("Close the player"), () => this.close())),
      make("p", { class: "news hidden", role: "status" }),
    );
    this.#find("key.queue").append(make("span", { class: "count" }));
    this.append(this.#panel.element);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", _("Player"));
    this.#joinSliders();
  }

  #joinSliders() {
    const { life: signal } = this;
    const [position, volume] = [this.#slider("position"), this.#slider("volume")];
    position.addEventListener("input", () => {
      this.#held = true;
      this.#showPlace(Number(position.value));
    }, { signal });
    position.addEventListener("change", () => {
      this.#held = false;
      this.#seek(Number(position.value));
    }, { signal });
    const speak = () => volume.setAttribute("aria-valuetext", percent(Number(volume.value)));
    volume.addEventListener("input", () => {
      this.jukebox.setVolume(Number(volume.value));
      speak();
      this.#save();
    }, { signal });
    speak();
  }

  #toggle() {
    if (this.#isOn) this.jukebox.pause();
    else this.jukebox.play();
  }

  #turnRepeat() {
    this.queue.repeat = REPEATS[(REPEATS.indexOf(this.queue.repeat) + 1) % REPEATS.length];
    this.changed();
  }

  #showRepeat() {
    const key = this.#find("repeat");
    const words = { off: _("Repeat: off"), all: _("Repeat: the queue"), one: _("Repeat: this track") }[this.queue.repeat];
    key.dataset.repeat = this.queue.repeat;
    key.setAttribute("aria-label", words);
    key.title = words;
  }

  /** Show the track and the state. */
  async #show() {
    const { jukebox, queue } = this;
    const { state, track } = jukebox;
    const isOn = state === "playing" || state === "loading";
    const play = this.#find("play");
    this.dataset.state = state;
    play.setAttribute("aria-label", isOn ? _("Pause") : queue.seconds > 0 ? _("Resume") : _("Play"));
    play.replaceChildren(icon(isOn ? "pause" : "play"));
    find(this, ".previous", HTMLButtonElement).disabled = !queue.current;
    find(this, ".next", HTMLButtonElement).disabled = !queue.after();
    say(this.#find("title"), track?.title ?? "");
    say(this.#find("detail"), track?.detail ?? "");
    if (track || !queue.current) this.#showTrack(track);
    this.#panel.mark();
    this.#showPlace(queue.seconds);
    const heard = await jukebox.heard().catch(() => /** @type {const} */ ("open")); // without the facts nothing plays either
    const words = { preview: _("Not yours: preview only"), silent: _("Not yours: silent"), open: "" }[heard];
    const { reason } = jukebox; // by now
    say(this.#find("reason"), jukebox.state === "failed" ? _("Can't play: %(reason)s", { reason }) : reason || words);
  }

  /**
   * Show where a track leads, its cover and length; or that there is none.
   * @param {Track | null} track
   */
  #showTrack(track) {
    for (const link of [this.#find("cover"), this.#find("title")]) setOrDrop(link, "href", track?.page);
    setOrDrop(find(this, ".cover > img"), "src", track?.cover);
    const seconds = track?.song.duration ?? 0;
    this.#slider("position").max = String(seconds || 1);
    say(this.#find("of"), clock(seconds));
  }

  /** @param {{ seconds: number, peaks: Peaks }} place */
  #followPlace({ seconds, peaks }) {
    if (!this.#held) this.#showPlace(seconds);
    this.style.setProperty("--level", Math.min(1, Math.max(...peaks)).toFixed(2));
    if (performance.now() - this.#saved > SAVE_MS) this.#save();
  }

  /** @param {number} seconds */
  #showPlace(seconds) {
    const position = this.#slider("position");
    const words = clock(seconds);
    position.value = String(seconds);
    position.style.setProperty("--at", (seconds / (Number(position.max) || 1)).toFixed(5));
    position.setAttribute("aria-valuetext", _("%(now)s of %(all)s", { now: words, all: clock(this.jukebox.duration) }));
    say(this.#find("now"), words);
  }

  /** Let the keys, the lock screen and other windows know of another state. */
  #reportState() {
    const { state, track } = this.jukebox;
    if (state === "playing" && track) this.#announceTrack(track);
    this.#reportPlace();
    this.#savePlace();
  }

  #reportPlace() {
    tellState(this, this.jukebox.state, { position: this.queue.seconds, duration: this.jukebox.duration });
  }

  /** @param {number} seconds */
  #seek(seconds) {
    this.jukebox.seek(seconds);
    this.#reportPlace();
    this.#save();
  }

  /** @param {Track} track */
  #announceTrack({ song, title, detail, cover }) {
    const { jukebox } = this;
    /** @param {number} by */
    const seek = (by) => this.#seek(this.queue.seconds + by);
    announce(this, { title: `${title} (${detail})`, artist: song.artist, album: song.album_title, artwork: [{ src: cover }] }, {
      play: () => jukebox.play(),
      pause: () => jukebox.pause(),
      previoustrack: () => { jukebox.previous(); this.changed(); },
      nexttrack: () => { jukebox.next(); this.changed(); },
      seekto: ({ seekTime }) => this.#seek(seekTime ?? this.queue.seconds),
      seekbackward: ({ seekOffset }) => seek(-(seekOffset ?? STEP_SECONDS)),
      seekforward: ({ seekOffset }) => seek(seekOffset ?? STEP_SECONDS),
    });
  }

  /** Offer the playlist that the page's address holds. */
  #openShared() {
    const playlist = fromHash(location.hash);
    if (!playlist) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    this.hidden = false;
    this.#panel.offer(playlist);
  }

  #leave() {
    if (!this.#isOn) return; // all else was kept when it changed
    this.#save();
    if (this.jukebox.state === "playing") note(PLAYING, String(Date.now()), "sessionStorage");
    this.jukebox.pause(); // the browser may keep this page, and show it again
  }

  #comeBack() {
    this.#adopt();
    if (wasPlaying()) this.jukebox.play();
  }

  /** There is one queue for all windows of the site: take what another one has made of it. */
  #adopt() {
    const text = recall(QUEUE);
    if (text === this.#kept) return;
    this.#kept = text;
    const { current } = this.queue;
    this.queue.adopt(text, { stays: this.#isOn });
    if (this.queue.current !== current) this.jukebox.prepare();
    else if (!this.#isOn) this.jukebox.seek(this.queue.seconds);
    this.jukebox.setVolume(this.queue.volume);
    this.#slider("volume").value = String(this.queue.volume);
    this.#showQueue();
  }

  /** Keep where it was paused; unless it was because another window plays, and keeps its own. */
  #savePlace() {
    if (!this.#isOn && recall(QUEUE) === this.#kept) this.#save();
  }

  get #isOn() {
    return this.jukebox.state === "playing" || this.jukebox.state === "loading";
  }

  #save() {
    this.#saved = performance.now();
    this.#kept = this.queue.current ? this.queue.write() : null;
    note(QUEUE, this.#kept);
  }

  /** @param {string} name */
  #find(name) {
    return find(this, `.${name}`);
  }

  /** @param {string} name */
  #slider(name) {
    return find(this, `.${name}`, HTMLInputElement);
  }
}

/**
 * Give an element an attribute, unless it has it; without a value, take it away.
 * @param {Element} element @param {string} name @param {string | undefined} value
 */
function setOrDrop(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** It played when the last page was left, a moment ago. */
function wasPlaying() {
  const when = Number(recall(PLAYING, "sessionStorage"));
  note(PLAYING, null, "sessionStorage");
  return Date.now() - when < GO_ON_MS;
}

/** The visitor has asked for this page anew. */
function isReloaded() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}

customElements.define("player-bar", PlayerBar);

/** The page's one bar, made when it is first asked for. */
export const openBar = once(open);

async function open() {
  const last = [...document.querySelectorAll("link[rel=stylesheet]")].at(-1); // the site's own
  await loadSheets(["fader", "bar"].map((name) => new URL(`app/web/${name}.css`, ROOT).href), { before: last });
  const bar = new PlayerBar();
  document.body.append(bar);
  bar.begin();
  return bar;
}
