// <player-bar>: the player that keeps playing while the visitor browses the site. site.js loads it when something
// is first queued. jukebox.js plays; queue-panel.js shows the queue.
import { find, createElement, setText } from "../base/dom.js";
import { once } from "../base/once.js";
import { createIcon } from "../base/icons.js";
import { Jukebox } from "./jukebox.js";
import { setMediaSession, setPlaybackState, clearMediaSession } from "../playback/media-session.js";
import { QueuePanel } from "./queue-panel.js";
import { _, formatNumber, formatPercent, plural } from "../language/phrases.js";
import { LevelBar } from "../meters/level-bar.js";
import { PositionSlider } from "../meters/position-slider.js";
import { followLyrics } from "../pages/lyrics.js";
import { isMotionOn } from "../pages/motion.js";
import { parsePlaylist } from "./playlists.js";
import { Queue, REPEATS } from "./queue.js";
import { Router } from "../pages/router.js";
import { addLastingSheets } from "../pages/style-sheets.js";
import { saveItem, readItem } from "../base/storage.js";
import { expandTracks } from "./tracks.js";
import { setPressed } from "../base/controls.js";
import { SHEETS } from "./sheets.js";
import { formatTime } from "../language/units.js";

const COLLECTION = document.documentElement.dataset.collection ?? "";
const QUEUE = `stempress:queue:${COLLECTION}`; // in localStorage
const PLAYING = `stempress:playing:${COLLECTION}`; // in sessionStorage: when the page was left while playing
const SAVE_MS = 5000;
const RESUME_MS = 15_000; // playback resumes on a page that loads within this time
const STEP_SECONDS = 5;

/** @import { Entry } from "./queue.js" */
/** @import { Track } from "./tracks.js" */
/** @import { Peaks } from "../playback/messages.js" */

export class PlayerBar extends HTMLElement {
  #life = new AbortController(); // ends when the bar is taken out of the document
  queue = Queue.parse(readItem(QUEUE));
  jukebox = new Jukebox(this.queue);
  #panel = new QueuePanel(this);
  /** @type {LevelBar | null} */
  #level = null; // on the cover
  /** @type {PositionSlider | null} */
  #position = null;
  #place = 0; // seconds, as shown
  #isPositionHeld = false; // the visitor is dragging the position
  #savedTime = 0;
  #savedText = readItem(QUEUE); // the serialized queue, as last saved or read

  /** Create the controls and restore the saved queue. */
  start() {
    this.#createControls();
    const { life: signal } = this;
    this.jukebox.on("state", () => this.#show(), { signal });
    this.jukebox.on("track", () => this.#show(), { signal });
    this.jukebox.on("state", () => this.#reportState(), { signal });
    this.jukebox.on("position", (place) => this.#followPlace(place), { signal });
    for (const type of ["pointerenter", "focusin"]) this.addEventListener(type, () => this.jukebox.preload(), { once: true, signal });
    addEventListener("pagehide", () => this.#leavePage(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#restorePage(), { signal });
    addEventListener("storage", ({ key }) => key === QUEUE && this.#adoptQueue(), { signal });
    addEventListener("hashchange", () => this.#openShared(), { signal });
    new Router({
      isWanted: () => Boolean(this.queue.current),
      keep: this,
      report: (title) => {
        this.#announce(title);
        this.#show(); // clears the offline message
      },
      signal,
      refuse: () => setText(this.#find("reason"), _("You're offline, so that page couldn't load.")),
    });
    const resized = new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${this.offsetHeight}px`));
    resized.observe(this);
    signal.addEventListener("abort", () => resized.disconnect());
    this.#openShared();
    this.update();
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

  /** The last node before the context's destination. */
  get outputNode() {
    return this.jukebox.outputNode;
  }

  get audioContext() {
    return this.outputNode?.context ?? null;
  }

  /**
   * Play tracks now, or add them to the queue.
   * @param {readonly string[]} addresses
   */
  async playTracks(addresses, { add = false } = {}) {
    const tracks = await expandTracks(addresses);
    if (!tracks.length) throw new Error(_("there is nothing to play"));
    const isFirst = !this.queue.current;
    const added = add ? this.queue.add(tracks) : this.queue.replace(tracks);
    this.update();
    const count = plural(added.length, "%(num)s track added to the queue.", "%(num)s tracks added to the queue.");
    this.#announce(added.length < tracks.length ? `${count} ${_("The queue is full.")}` : count);
    if (!add) await this.jukebox.play();
    else if (isFirst) await this.jukebox.prepare();
  }

  /** Save and show the queue after a change. */
  update() {
    this.#showQueue();
    this.#save();
  }

  /**
   * Announce a message to screen readers. A trailing space makes them repeat the same one.
   * @param {string} words
   */
  #announce(words) {
    const news = this.#find("news");
    setText(news, news.textContent === words ? `${words}\u00a0` : words);
  }

  #showQueue() {
    this.hidden = !this.queue.current && !this.#panel.isOpen;
    const count = this.queue.entries.length;
    setText(this.#find("count"), formatNumber(count));
    this.#find("key.queue").setAttribute("aria-label", plural(count, "Queue: %(num)s track", "Queue: %(num)s tracks"));
    setPressed(this.#find("shuffle"), this.queue.shuffled);
    this.#showRepeat();
    this.#panel.show();
    this.#show();
  }

  /** Stop, and empty the queue. */
  clearQueue() {
    this.queue.clear();
    this.jukebox.prepare();
    clearMediaSession(this);
    this.update();
  }

  close() {
    this.#panel.close();
    this.clearQueue();
    find(document, "main").focus({ preventScroll: true });
  }

  /**
   * Play an entry of the queue.
   * @param {Entry} entry
   */
  playEntry(entry) {
    this.jukebox.playEntry(entry);
    this.update();
  }

  /** @param {Entry} entry */
  removeEntry(entry) {
    const wasCurrent = entry === this.queue.current;
    const wasOn = this.#isOn;
    this.queue.remove(entry.id);
    if (wasCurrent) this.jukebox.prepare();
    if (wasCurrent && wasOn) this.jukebox.play();
    this.update();
  }

  #createControls() {
    /** @param {string} name @param {string} label @param {() => void} act */
    const key = (name, label, act, attributes = {}) => {
      const button = createElement("button", { type: "button", class: `key ${name}`, "aria-label": label, ...attributes }, createIcon(name));
      button.addEventListener("click", act, { signal: this.life });
      return button;
    };
    /** @param {string} name @param {string} label @param {Record<string, string | number>} attributes */
    const slider = (name, label, attributes) =>
      createElement("input", { type: "range", class: name, "aria-label": label, min: "0", autocomplete: "off", ...attributes });
    const { jukebox, queue } = this;
    this.append(
      createElement("a", { class: "cover", tabindex: "-1", "aria-hidden": "true" }, createElement("img", { width: "56", height: "56", alt: "" }), createElement("span", { class: "dancing" })),
      createElement("div", { class: "words" },
        createElement("p", { class: "what" }, createElement("a", { class: "title" }), " ", createElement("span", { class: "detail" })),
        createElement("p", { class: "reason", role: "status" })),
      createElement("div", { class: "keys" },
        key("previous", _("Previous track"), () => { jukebox.previous(); this.update(); }),
        key("play", _("Play"), () => this.#toggle()),
        key("next", _("Next track"), () => { jukebox.next(); this.update(); })),
      createElement("p", { class: "place" },
        createElement("span", { class: "now" }, "0:00"),
        slider("position", _("Position in the track"), { max: "1", step: "0.01", value: "0" }),
        createElement("span", { class: "of" }, "0:00")),
      createElement("div", { class: "extras" },
        slider("volume", _("Volume of the player"), { max: "1", step: "0.01", value: queue.volume }),
        key("shuffle", _("Shuffle"), () => { queue.setShuffled(!queue.shuffled); this.update(); }, { "aria-pressed": "false" }),
        key("repeat", _("Repeat"), () => this.#cycleRepeat()),
        key("queue", _("Queue"), () => this.#panel.toggle(), { "aria-expanded": "false", "aria-controls": "queue-panel" }),
        key("close", _("Close the player"), () => this.close())),
      createElement("p", { class: "news hidden", role: "status" }),
    );
    this.#find("key.queue").append(createElement("span", { class: "count" }));
    this.append(this.#panel.element);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", _("Player"));
    this.#connectSliders();
    this.#level = new LevelBar(find(this, ".cover > .dancing"), this.life, { mark: false });
  }

  #connectSliders() {
    const { life: signal } = this;
    const [position, volume] = [this.#slider("position"), this.#slider("volume")];
    this.#position = new PositionSlider(position, signal);
    position.addEventListener("input", () => {
      this.#isPositionHeld = true;
      this.#showPlace(Number(position.value));
    }, { signal });
    position.addEventListener("change", () => {
      this.#isPositionHeld = false;
      this.#seek(Number(position.value));
    }, { signal });
    const speak = () => volume.setAttribute("aria-valuetext", formatPercent(Number(volume.value)));
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

  #cycleRepeat() {
    this.queue.repeat = REPEATS[(REPEATS.indexOf(this.queue.repeat) + 1) % REPEATS.length];
    this.update();
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
    play.replaceChildren(createIcon(isOn ? "pause" : "play"));
    find(this, ".previous", HTMLButtonElement).disabled = !queue.current;
    find(this, ".next", HTMLButtonElement).disabled = !queue.next();
    setText(this.#find("title"), track?.title ?? "");
    setText(this.#find("detail"), track?.detail ?? "");
    if (track || !queue.current) this.#showTrack(track);
    this.#panel.markCurrent();
    this.#showPlace(queue.seconds);
    const access = await jukebox.access().catch(() => /** @type {const} */ ("open")); // without the facts nothing plays either
    const words = { preview: _("Not yours: preview only"), silent: _("Not yours: silent"), open: "" }[access];
    const { reason } = jukebox; // after the wait
    setText(this.#find("reason"), jukebox.state === "failed" ? _("Can't play: %(reason)s", { reason }) : reason || words);
  }

  /**
   * Show a track's link, cover and duration; null clears them.
   * @param {Track | null} track
   */
  #showTrack(track) {
    for (const link of [this.#find("cover"), this.#find("title")]) setAttribute(link, "href", track?.page);
    setAttribute(find(this, ".cover > img"), "src", track?.cover);
    const seconds = track?.song.duration ?? 0;
    this.#slider("position").max = String(seconds || 1);
    setText(this.#find("of"), formatTime(seconds));
  }

  /** @param {{ seconds: number, peaks: Peaks }} place */
  #followPlace({ seconds, peaks }) {
    if (!this.#isPositionHeld) this.#followTime(seconds);
    if (this.jukebox.track) followLyrics(this.jukebox.track.song.slug, seconds, (place) => this.#seek(place));
    const level = isMotionOn() && this.jukebox.state === "playing" ? Math.min(1, Math.max(...peaks)) : 0;
    this.#level?.report(level);
    this.#panel.report(level);
    const isDue = performance.now() - this.#savedTime > SAVE_MS;
    if (isDue && this.#isLatest) this.#save();
  }

  /** @param {number} seconds */
  #showPlace(seconds) {
    const words = formatTime(seconds);
    this.#position?.show(seconds, _("%(now)s of %(all)s", { now: words, all: formatTime(this.jukebox.duration) }));
    setText(this.#find("now"), words);
    this.#place = seconds;
  }

  /**
   * Follow what plays: all of the position once a second and after a jump, the slider in between.
   * @param {number} seconds
   */
  #followTime(seconds) {
    const isSameSecond = seconds >= this.#place && Math.floor(seconds) === Math.floor(this.#place);
    if (isSameSecond && this.jukebox.state === "playing") this.#position?.follow(seconds);
    else this.#showPlace(seconds);
  }

  /** Report a change of state to the media session, and save it. */
  #reportState() {
    const { state, track } = this.jukebox;
    if (state === "playing" && track) this.#announceTrack(track);
    this.#reportPlace();
    this.#savePlace();
  }

  #reportPlace() {
    setPlaybackState(this, this.jukebox.state, { position: this.queue.seconds, duration: this.jukebox.duration });
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
    setMediaSession(this, { title: `${title} (${detail})`, artist: song.artist, album: song.album_title, artwork: [{ src: cover }] }, {
      play: () => jukebox.play(),
      pause: () => jukebox.pause(),
      previoustrack: () => { jukebox.previous(); this.update(); },
      nexttrack: () => { jukebox.next(); this.update(); },
      seekto: ({ seekTime }) => this.#seek(seekTime ?? this.queue.seconds),
      seekbackward: ({ seekOffset }) => seek(-(seekOffset ?? STEP_SECONDS)),
      seekforward: ({ seekOffset }) => seek(seekOffset ?? STEP_SECONDS),
    });
  }

  /** Offer the playlist in the page's hash, if there is one. */
  #openShared() {
    const playlist = parsePlaylist(location.hash);
    if (!playlist) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    this.hidden = false;
    this.#panel.offer(playlist);
  }

  #leavePage() {
    if (!this.#isOn) return; // otherwise everything is saved already
    this.#save();
    if (this.jukebox.state === "playing") saveItem(PLAYING, String(Date.now()), "sessionStorage");
    this.jukebox.pause(); // the page may go to the back/forward cache
  }

  #restorePage() {
    this.#adoptQueue();
    if (wasPlaying()) this.jukebox.play();
  }

  /** Adopt the queue that another window has saved: all windows of the site share it. */
  #adoptQueue() {
    const text = readItem(QUEUE);
    if (text === this.#savedText) return;
    this.#savedText = text;
    const { current } = this.queue;
    this.queue.adopt(text, { stays: this.#isOn });
    if (this.queue.current !== current) this.jukebox.prepare();
    else if (!this.#isOn) this.jukebox.seek(this.queue.seconds);
    this.jukebox.setVolume(this.queue.volume);
    this.#slider("volume").value = String(this.queue.volume);
    this.#showQueue();
  }

  /** Save the position when paused, unless another window has saved the queue since. */
  #savePlace() {
    if (!this.#isOn && this.#isLatest) this.#save();
  }

  /** Whether no other window has saved the queue since this one has saved or read it. */
  get #isLatest() {
    // What the window that plays now has saved may not have come here yet.
    return !this.jukebox.hasYielded && readItem(QUEUE) === this.#savedText;
  }

  get #isOn() {
    return this.jukebox.state === "playing" || this.jukebox.state === "loading";
  }

  #save() {
    this.#savedTime = performance.now();
    const text = this.queue.current ? this.queue.serialize() : null;
    if (text === this.#savedText) return; // another window may have changed it since
    this.#savedText = text;
    saveItem(QUEUE, text);
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
 * Set an attribute if it differs; undefined removes it.
 * @param {Element} element @param {string} name @param {string | undefined} value
 */
function setAttribute(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Whether music was playing when the last page was left, a moment ago. */
function wasPlaying() {
  const when = Number(readItem(PLAYING, "sessionStorage"));
  saveItem(PLAYING, null, "sessionStorage");
  return Date.now() - when < RESUME_MS;
}

/** Whether this page was reloaded. */
function isReloaded() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}

customElements.define("player-bar", PlayerBar);

/** The document's player bar, created on the first call. */
export const openBar = once(open);

async function open() {
  await addLastingSheets(SHEETS);
  const bar = new PlayerBar();
  document.body.append(bar);
  bar.start();
  return bar;
}
