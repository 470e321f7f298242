// A deck whose stems are decoded at once: plays a short song until Python has loaded, or where Python cannot run. It
// lets Web Audio's nodes be used as the decks that play from workers are.
/** @import { Applied, Command, Position } from "./messages.js" */
/** @import { Part, Stems } from "./stems.js" */
import { Emitter } from "../base/emitter.js";
import { repeat } from "../base/timers.js";
import { FADE_OUT_SECONDS } from "./audio-hardware.js";
import { BrowserDeck } from "./browser-deck.js";
import { BUDGET } from "./memory.js";
import { APPLIED, ENDED, POSITION } from "./messages.js";

const REPORT_MS = 50; // how often the position is reported

/** @extends {Emitter<{ position: Position, applied: Applied, ended: {}, lost: Error }>} */
export class DecodedDeck extends Emitter {
  #song;
  #stems;
  /** @type {Map<string, AudioBuffer>} */
  #buffers = new Map();
  /** @type {{ deck: BrowserDeck, meter: AnalyserNode } | null} */
  #nodes = null;
  #life = new AbortController(); // aborted when it pauses

  /** @param {Pick<Data.Song, "frames" | "layers">} song @param {Stems} stems */
  constructor(song, stems) {
    super();
    this.#song = song;
    this.#stems = stems;
  }

  /** Decode a stem, so that it can be placed. @param {Part} part */
  async load(part) {
    const buffer = await this.#stems.get(part);
    this.#buffers.set(part.key, buffer);
    this.#nodes?.deck.load(part.key, buffer);
  }

  /** Resolves at once: a stem that is loaded has arrived to its end. */
  async buffer() {}

  /** A stem that failed is loaded anew in any case. */
  forget() {}

  /**
   * Release stems that are not wanted, down to half of the memory budget; resolves to their keys.
   * @param {(key: string) => boolean} isWanted
   */
  async evict(isWanted) {
    const keys = this.#stems.evict(BUDGET / 2, isWanted);
    for (const key of keys) this.#buffers.delete(key);
    this.#nodes?.deck.unload(keys);
    return keys;
  }

  /**
   * Connect to a node.
   * @param {AudioNode} into
   */
  async attach(into) {
    if (this.#nodes) return;
    const meter = new AnalyserNode(into.context, { fftSize: 4096 });
    meter.connect(into);
    const deck = new BrowserDeck(/** @type {AudioContext} */ (into.context), this.#song, meter);
    for (const [key, buffer] of this.#buffers) deck.load(key, buffer);
    this.#nodes = { deck, meter };
  }

  /** @param {Command[]} commands */
  async apply(commands) {
    for (const applied of this.#nodes?.deck.apply(commands) ?? []) this.emit(APPLIED, applied);
  }

  async play() {
    this.#play();
  }

  /** Play from a frame of the AudioContext on. @param {number} at */
  async playFrom(at) {
    this.#play(at);
  }

  /** Nothing has to be queued. */
  async finish() {
    return true;
  }

  /** @param {number} [at] a frame of the AudioContext */
  #play(at) {
    if (this.#nodes) this.emit(APPLIED, this.#nodes.deck.play(at));
    this.#life.abort();
    this.#life = new AbortController();
    repeat(REPORT_MS, () => this.#report(), this.#life.signal);
  }

  async pause() {
    this.#life.abort();
    this.#nodes?.deck.pause();
  }

  /** The frame of the song that will be heard at a frame of the context. @param {number} contextFrame */
  async songFrameAt(contextFrame) {
    return this.#nodes?.deck.songFrameAt(contextFrame) ?? 0;
  }

  /** What it takes besides the decoded stems, in bytes. */
  async stats() {
    return { fetched: 0, bytes: 0 };
  }

  /**
   * Release everything after a while, with a short fade.
   * @param {number} milliseconds
   */
  close(milliseconds) {
    this.#life.abort();
    this.#buffers.clear();
    const nodes = this.#nodes;
    this.#nodes = null;
    setTimeout(() => nodes?.deck.close(), milliseconds - 1000 * FADE_OUT_SECONDS);
    setTimeout(() => nodes?.meter.disconnect(), milliseconds);
  }

  #report() {
    if (!this.#nodes) return;
    const { deck, meter } = this.#nodes;
    if (deck.isOver) {
      this.emit(ENDED, {});
      return;
    }
    const samples = new Float32Array(meter.fftSize);
    meter.getFloatTimeDomainData(samples);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    const songFrame = Math.min(deck.songFrame(), this.#song.frames - 1);
    const counts = { underruns: 0, late: 0, lookAhead: 0 };
    const frame = deck.contextFrame;
    this.emit(POSITION, {
      frame, songFrame, contextFrame: Math.max(frame, deck.contextFrameAt(songFrame)), playing: true, peaks: [peak, peak], isStalled: false, waiting: [],
      ...counts,
    });
  }
}
