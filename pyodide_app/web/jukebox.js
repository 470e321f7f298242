// What the bar plays: the tracks of a queue, one after the other, each by the mixer's own player.
//
// Nothing of the player is loaded before the first Play. While a track comes to its end the next one is
// decoded, where memory permits, so that it follows at once. What cannot be played is passed over.
import { ROOT } from "./dom.js";
import { BUDGET } from "./memory.js";
import { access, owned, watch } from "./ownership.js";
import { _ } from "./phrases.js";
import { take } from "./stage.js";
import { collection, trackOf } from "./tracks.js";

const AHEAD_SECONDS = 20; // before the end: the next track is decoded
const BACK_SECONDS = 3; // into a track: Previous goes to its beginning
const SILENT = -100; // dB: what no volume is
const PATIENCE_MS = 3000; // for the browser to let sound begin

/**
 * Events: "state", "at" {seconds, peaks}, "track".
 * States: "paused", "loading", "playing", "failed"; `reason` says why, what the visitor can do, or what was
 * passed over.
 */
export class Jukebox extends EventTarget {
  state = "paused";
  reason = "";
  /** Facts of the current track, as trackOf gives them; null while they are not known. */
  track = null;
  #queue;
  #sound = null; // player.js, once it is there
  #deck = null; // {id, track, player}: what is heard
  #ahead = null; // {id, deck: a promise}: what is next
  #turn = 0; // each wish of the visitor's outdates those before it
  #isWanted = false; // the visitor wants to hear something
  #missed = []; // {entry, seconds, reason}: what has not played since something did
  #skipped = ""; // which was the last of them, and why, in words

  constructor(queue) {
    super();
    this.#queue = queue;
    watch(() => this.#deck?.player.allow());
  }

  get duration() {
    return this.track?.song.duration ?? 0;
  }

  /** The last node before the loudspeakers. */
  get outputNode() {
    return this.#deck?.player.outputNode ?? null;
  }

  /** Blocks missing, bytes of stems and more, as the player tells them. */
  get stats() {
    return this.#deck?.player.stats ?? null;
  }

  /** Play the queue's current track from where it is. Call it in a gesture's own handler. */
  play() {
    this.#missed = [];
    this.#skipped = "";
    return this.#play();
  }

  pause() {
    this.#turn++;
    this.#rest();
    this.#missed = [];
    this.#deck?.player.pause();
    this.#become("paused");
  }

  /** Have the player at hand: the visitor is about to press Play. */
  warm() {
    this.#load().catch(() => {}); // Play says what is wrong
  }

  /** Know the current track, without playing it; what played before is let go of. */
  async prepare() {
    const turn = ++this.#turn;
    const entry = this.#queue.current;
    this.#rest();
    this.#leave();
    this.track = this.#ahead = null;
    try {
      if (entry) await this.#show(entry);
      if (turn === this.#turn) this.#become("paused");
    } catch (error) {
      if (turn === this.#turn) this.#become("failed", error.message);
    }
  }

  /** Play another entry of the queue, from its beginning. */
  go({ id }) {
    this.#queue.go(id);
    if (this.#deck?.id === id) this.#deck.player.seek(0);
    return this.play();
  }

  next() {
    const entry = this.#queue.after();
    return entry && this.go(entry);
  }

  previous() {
    const entry = this.#queue.seconds > BACK_SECONDS ? null : this.#queue.before();
    if (entry) return this.go(entry);
    return this.seek(0);
  }

  /** Go on from a place in the track, in seconds. */
  seek(seconds) {
    if (!this.track) return;
    this.#queue.seconds = Math.max(0, Math.min(seconds, this.duration));
    this.#deck?.player.seek(this.#queue.seconds);
    this.#tell("at", { seconds: this.#queue.seconds, peaks: [0, 0] });
  }

  /** From 0, which is silence, to 1. */
  setVolume(volume) {
    this.#queue.volume = volume;
    this.#deck?.player.trim(volume > 0 ? 20 * Math.log10(volume) : SILENT);
  }

  /** Say how much of the current track the visitor hears: "open", "preview" or "silent". */
  async heard() {
    const { track } = this;
    if (!track) return "open";
    const { mixer } = await collection();
    const found = track.song.layers.map(({ slug }, at) =>
      track.sounds(slug) ? access(owned(), `${track.song.slug}/${slug}/${track.rows[at].stem}`, mixer.locked) : "open",
    );
    return found.find((each) => each !== "open") ?? "open";
  }

  async #play() {
    const turn = ++this.#turn;
    const entry = this.#queue.current;
    if (!entry) return;
    this.#isWanted = true;
    take(this, () => this.pause()); // while it is loaded, too
    try {
      if (this.#deck?.id !== entry.id && !(await this.#put(entry, turn))) return;
      await this.#deck.player.play();
    } catch (error) {
      if (turn === this.#turn) this.#miss(error.message);
    }
  }

  /** Have a player of an entry for what is heard; false where the visitor wants something else by then. */
  async #put(entry, turn) {
    this.#leave();
    if (this.track) this.#sound?.wake(this.track.song.rate); // while the gesture lasts
    this.#become("loading", this.#skipped);
    await this.#show(entry);
    const deck = await this.#deckFor(entry);
    if (turn !== this.#turn) return false;
    this.#deck = deck;
    deck.player.seek(Math.min(this.#queue.seconds, this.duration - 1));
    this.setVolume(this.#queue.volume);
    return true;
  }

  /** The current track does not play: go on to the next, unless all that follow have been tried. */
  #miss(reason) {
    const { current, seconds } = this.#queue;
    this.#missed.push({ entry: current, seconds, reason });
    const next = this.#queue.after({ ended: true });
    if (!this.#isWanted || !next || this.#missed.some(({ entry }) => entry === next)) {
      this.#giveUp();
      return;
    }
    const { address, title, detail } = this.track ?? {};
    const track = address === current.address ? `${title} (${detail})` : current.address;
    this.#skipped = _("Skipped %(track)s: %(reason)s", { track, reason });
    this.#queue.go(next.id);
    this.#play();
  }

  /** Nothing of what was tried plays: be where it began, so that it can be tried again. */
  async #giveUp() {
    const { entry, seconds, reason } = this.#missed.find((each) => this.#queue.entries.includes(each.entry));
    this.#queue.go(entry.id);
    this.#queue.seconds = seconds;
    const shown = this.prepare();
    const turn = this.#turn;
    await shown;
    if (turn === this.#turn) this.#become("failed", reason);
  }

  /** Let go of the loudspeakers, if they are had; when a player is still on its way, too. */
  #rest() {
    if (this.#isWanted) this.#sound?.rest();
    this.#isWanted = false;
  }

  async #show({ id, address }) {
    const track = await trackOf(address);
    if (this.#queue.current?.id !== id) return;
    this.track = track;
    this.#tell("track");
  }

  /** A player of an entry: the one that has been decoded ahead, if it is that one. */
  #deckFor(entry) {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead?.id === entry.id ? ahead.deck.catch(() => this.#deckOf(entry)) : this.#deckOf(entry);
  }

  async #load() {
    this.#sound ??= await import("./player.js");
    return this.#sound;
  }

  async #deckOf({ id, address }) {
    const [sound, track, { mixer }] = await Promise.all([this.#load(), trackOf(address), collection()]);
    const { song, rows, sounds } = track;
    const allowed = (layer, stem) => (sounds(layer) ? access(owned(), `${song.slug}/${layer}/${stem}`, mixer.locked) : "silent");
    const player = new sound.Player(song, ROOT.href, rows, allowed, mixer.preview_seconds);
    player.voice = this;
    const deck = { id, track, player };
    const on = (type, hear) => player.addEventListener(type, ({ detail }) => deck === this.#deck && hear(detail));
    on("state", (detail) => this.#heed(detail));
    on("at", (detail) => this.#place(detail));
    on("ended", () => this.#end());
    return deck;
  }

  #heed({ state, reason }) {
    if (state === "failed") {
      this.#miss(reason.message);
      return;
    }
    const isOn = state === "playing" || state === "loading";
    this.#become(isOn ? state : "paused", isOn ? this.#skipped : "");
    if (state !== "playing") return;
    this.#missed = [];
    this.#listen();
  }

  #place({ seconds, playing, peaks }) {
    this.#queue.seconds = seconds;
    this.#tell("at", { seconds, peaks: playing ? peaks : [0, 0] });
    if (playing && this.duration - seconds < AHEAD_SECONDS) this.#prepareNext();
  }

  #prepareNext() {
    const entry = this.#queue.after({ ended: true });
    if (!entry || entry.id === this.#deck.id || entry.id === this.#ahead?.id) return;
    const room = BUDGET - this.#deck.player.stats.bytes;
    const deck = this.#deckOf(entry).then(async (next) => {
      await next.player.preload(room);
      return next;
    });
    deck.catch(() => {}); // it is tried again when it is wanted
    this.#ahead = { id: entry.id, deck };
  }

  #end() {
    const entry = this.#queue.after({ ended: true });
    if (entry) this.go(entry);
    else this.pause(); // at the track's beginning by now, which those who listen have to know
  }

  #leave() {
    this.#deck?.player.pause();
    this.#deck?.player.close();
    this.#deck = null;
  }

  /** A browser may want a press before anything sounds: say so, rather than play to nobody. */
  #listen() {
    const turn = this.#turn;
    setTimeout(() => {
      if (turn !== this.#turn || this.state !== "playing" || this.outputNode?.context.state === "running") return;
      this.pause();
      this.#become("paused", _("Press Play to continue"));
    }, PATIENCE_MS);
  }

  #become(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.#tell("state");
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
