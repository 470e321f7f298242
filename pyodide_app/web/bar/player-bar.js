// <player-bar>: the player that keeps playing while the visitor browses the site. site.js loads it when something
// is first queued. jukebox.js plays; queue-panel.js shows the queue.
import { find } from "../base/dom.js";
import { once } from "../base/once.js";
import { _, plural } from "../language/phrases.js";
import { LevelBar } from "../meters/level-bar.js";
import { PositionView } from "../meters/position-view.js";
import { followLyrics } from "../pages/lyrics.js";
import { isMotionOn } from "../pages/motion.js";
import { Router } from "../pages/router.js";
import { addLastingSheets } from "../pages/style-sheets.js";
import { createControls } from "./bar-controls.js";
import { BarTransport } from "./bar-transport.js";
import { BarView } from "./bar-view.js";
import { Jukebox } from "./jukebox.js";
import { parsePlaylist } from "./playlists.js";
import { QueuePanel } from "./queue-panel.js";
import { SavedQueue, isReloaded, readQueue, wasPlaying } from "./saved-queue.js";
import { SHEETS } from "./sheets.js";
import { expandTracks } from "./tracks.js";

/** @import { Peaks } from "../playback/messages.js" */
/** @import { Entry } from "./queue.js" */

export class PlayerBar extends HTMLElement {
  #life = new AbortController(); // ends when the bar is taken out of the document
  queue = readQueue();
  jukebox = new Jukebox(this.queue);
  #saved = new SavedQueue(this.jukebox);
  #transport = new BarTransport(this, this.jukebox, this.#saved);
  #panel = new QueuePanel(this);
  #position = new PositionView(this);
  #view = new BarView(this, this.jukebox, this.#position);
  /** @type {LevelBar | null} */
  #level = null; // on the cover

  /** Create the controls and restore the saved queue. */
  start() {
    const { life: signal } = this;
    this.#createControls();
    this.jukebox.on("state", () => this.#show(), { signal });
    this.jukebox.on("track", () => this.#show(), { signal });
    this.jukebox.on("state", () => this.#transport.reportState(), { signal });
    this.jukebox.on("state", () => this.#saved.saveIfPaused(), { signal });
    this.jukebox.on("position", (place) => this.#followPlace(place), { signal });
    for (const type of ["pointerenter", "focusin"]) this.addEventListener(type, () => this.jukebox.preload(), { once: true, signal });
    this.#connectPages();
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
    this.#view.announce(added.length < tracks.length ? `${count} ${_("The queue is full.")}` : count);
    if (!add) await this.jukebox.play();
    else if (isFirst) await this.jukebox.prepare();
  }

  /** Save and show the queue after a change. */
  update() {
    this.#showQueue();
    this.#saved.save();
  }

  /** Stop, and empty the queue. */
  clearQueue() {
    this.queue.clear();
    this.jukebox.prepare();
    this.#transport.release();
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
    const wasOn = this.jukebox.isOn;
    this.queue.remove(entry.id);
    if (wasCurrent) this.jukebox.prepare();
    if (wasCurrent && wasOn) this.jukebox.play();
    this.update();
  }

  #createControls() {
    const actions = {
      previous: () => this.#transport.previous(),
      play: () => this.#transport.toggle(),
      next: () => this.#transport.next(),
      shuffle: () => this.#transport.toggleShuffle(),
      repeat: () => this.#transport.cycleRepeat(),
      queue: () => this.#panel.toggle(),
      close: () => this.close(),
    };
    this.append(...createControls(actions, this.queue.volume, this.life), this.#panel.element);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", _("Player"));
    this.#position.connect((seconds) => this.#transport.seek(seconds), this.life);
    this.#transport.connectVolume(this.life);
    this.#level = new LevelBar(find(this, ".cover > .dancing"), this.life, { mark: false });
  }

  /** Play on while the visitor goes from page to page, and share the queue with other windows. */
  #connectPages() {
    const { life: signal } = this;
    this.#saved.connect(() => {
      this.#transport.volume.value = String(this.queue.volume);
      this.#showQueue();
    }, signal);
    addEventListener("hashchange", () => this.#openShared(), { signal });
    new Router({
      isWanted: () => Boolean(this.queue.current),
      keep: this,
      report: (title) => {
        this.#view.announce(title);
        this.#show(); // clears the offline message
      },
      signal,
      refuse: () => this.#view.showReason(_("You're offline, so that page couldn't load.")),
    });
  }

  #showQueue() {
    this.hidden = !this.queue.current && !this.#panel.isOpen;
    this.#view.showQueue();
    this.#panel.show();
    this.#show();
  }

  /** Show the track and the state. */
  #show() {
    this.#view.showState();
    this.#panel.markCurrent();
    this.#position.show(this.queue.seconds);
  }

  /** @param {{ seconds: number, peaks: Peaks }} place */
  #followPlace({ seconds, peaks }) {
    this.#position.follow(seconds, this.jukebox.state === "playing");
    if (this.jukebox.track) followLyrics(this.jukebox.track.song.slug, seconds, (place) => this.#transport.seek(place));
    const level = isMotionOn() && this.jukebox.state === "playing" ? Math.min(1, Math.max(...peaks)) : 0;
    this.#level?.report(level);
    this.#panel.report(level);
    this.#saved.saveIfDue();
  }

  /** Offer the playlist in the page's hash, if there is one. */
  #openShared() {
    const playlist = parsePlaylist(location.hash);
    if (!playlist) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    this.hidden = false;
    this.#panel.offer(playlist);
  }
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
