// The two decks of a player, and the nodes that they play into.
/** @import { Applied, Command, Position } from "./messages.js" */
/** @import { Deck } from "./player-state.js" */
/** @import { Stems } from "./stems.js" */
import { Emitter } from "../base/emitter.js";
import { FADE_OUT_SECONDS } from "./audio-hardware.js";
import { DecodedDeck } from "./decoded-deck.js";
import { isLong } from "./long-songs.js";
import { bytesOf, BUDGET } from "./memory.js";
import { APPLIED, ENDED, LOADING, POSITION, STEM_FAILED } from "./messages.js";
import { OutputGraph } from "./output-graph.js";
import { PythonDeck } from "./python-deck.js";
import { StreamDeck } from "./stream-deck.js";
import { isStreamable } from "./stream-workers.js";

const DECODED_BYTES = BUDGET / 4; // songs whose stems take more are streamed, however short they are
/** @type {readonly Deck[]} */
const DECKS = ["first", "python"];

/** @typedef {DecodedDeck | StreamDeck} FirstDeck */
/**
 * Events carry the deck that they come from.
 * @typedef {{ position: { deck: Deck, position: Position }, applied: { deck: Deck, applied: Applied }, ended: Deck, lost: { deck: Deck, error: Error },
 *   "stem-failed": { key: string, message: string }, loading: { loaded: number, total: number } }} DeckEvents
 */

/** @extends {Emitter<DeckEvents>} */
export class Decks extends Emitter {
  isStreaming;
  /** @type {FirstDeck | null} */
  first = null;
  /** @type {PythonDeck | null} */
  python = null;
  /** @type {OutputGraph | null} */
  output = null;
  /** Silence what sounds still after the decks were closed. */
  cut = () => {};
  #song;
  #stems;
  #trim = 0; // in dB
  /** @type {Set<FirstDeck | PythonDeck>} */
  #setUp = new Set(); // decks that have all settings, and are told of changes
  #firstLife = new AbortController(); // aborted when the first deck is closed
  #pythonLife = new AbortController();

  /** @param {Data.Song} song @param {Stems} stems */
  constructor(song, stems) {
    super();
    this.#song = song;
    this.#stems = stems;
    this.isStreaming = isStreamed(song);
  }

  /** The first deck, opened if there is none. */
  openFirst() {
    if (this.first) return this.first;
    this.#firstLife = new AbortController();
    const deck = this.isStreaming ? new StreamDeck(this.#song) : new DecodedDeck(this.#song, this.#stems);
    if (deck instanceof StreamDeck) this.#followStream(deck, this.#firstLife);
    this.#follow("first", deck, this.#firstLife);
    this.first = deck;
    return deck;
  }

  /** Another deck for Python. */
  openPython() {
    this.closePython();
    this.#pythonLife = new AbortController();
    const deck = new PythonDeck();
    deck.on(LOADING, (loading) => this.emit("loading", loading), this.#pythonLife);
    this.#follow("python", deck, this.#pythonLife);
    this.python = deck;
    return deck;
  }

  /**
   * Connect to the context's destination.
   * @param {AudioContext} context
   */
  connect(context) {
    if (this.output?.context !== context) this.output = new OutputGraph(context, this.#trim);
    return this.output;
  }

  /** @param {number} volume in dB */
  trim(volume) {
    this.#trim = volume;
    this.output?.trim(volume);
  }

  /**
   * Play a deck alone.
   * @param {Deck} name @param {AudioContext} context
   * @param {(() => Command[]) | null} commands all settings; null: it has been set up @param {AbortSignal} signal
   * @param {number} [at] the context's frame to begin at
   */
  async start(name, context, commands, signal, at) {
    const deck = this[name];
    if (!deck) return; // the caller has checked
    const output = this.connect(context);
    await deck.attach(output[name]);
    signal.throwIfAborted();
    if (commands) await this.setUp(deck, commands());
    signal.throwIfAborted();
    output.select(name);
    await (at === undefined ? deck.play() : deck.playFrom(at, signal));
  }

  /**
   * Give a deck all settings; from now on it is told of changes.
   * @param {FirstDeck | PythonDeck} deck @param {Command[]} commands
   */
  setUp(deck, commands) {
    this.#setUp.add(deck);
    return deck.apply(commands);
  }

  /** The decks that are told of changes. */
  get #playable() {
    return DECKS.filter((name) => this.isSetUp(name));
  }

  /** Whether a deck is told of changes. @param {Deck} name */
  isSetUp(name) {
    const deck = this[name];
    return deck !== null && this.#setUp.has(deck);
  }

  /** @param {Command[]} commands */
  apply(...commands) {
    for (const name of this.#playable) {
      const deck = this[name];
      deck?.apply(commands).catch((error) => this.#fail(name, deck, error));
    }
  }

  silence() {
    for (const name of this.#playable) this[name]?.pause().catch(() => {}); // a loss is reported
  }

  /** Python needs no other deck to sound; it reads the stems of one that streams. */
  retireFirst() {
    if (!this.isStreaming) this.closeFirst();
    else if (this.isSetUp("first")) this.first?.pause().catch(() => {}); // a loss is reported
  }

  closeFirst(milliseconds = 0) {
    this.#firstLife.abort();
    this.first?.close(milliseconds + 1000 * FADE_OUT_SECONDS);
    if (this.first) this.#setUp.delete(this.first);
    this.first = null;
    this.#stems.clear();
  }

  closePython(milliseconds = 0) {
    this.#pythonLife.abort();
    this.python?.close(milliseconds);
    if (this.python) this.#setUp.delete(this.python);
    this.python = null;
  }

  /**
   * Release everything.
   * @param {number} [milliseconds] that what is queued goes on to sound
   */
  close(milliseconds = 0) {
    this.closeFirst(milliseconds);
    this.closePython(milliseconds + 1000 * FADE_OUT_SECONDS);
    const { output } = this;
    this.output = null;
    this.cut = () => output?.close();
    if (milliseconds) setTimeout(this.cut, milliseconds);
    else this.cut();
  }

  /** @param {Deck} name @param {FirstDeck | PythonDeck} deck @param {Error} error */
  #fail(name, deck, error) {
    if (this[name] === deck) this.emit("lost", { deck: name, error });
  }

  /** @param {StreamDeck} deck @param {AbortController} life */
  #followStream(deck, life) {
    deck.on(STEM_FAILED, (failure) => this.emit("stem-failed", failure), life);
    deck.opened.catch((error) => this.#fail("first", deck, error));
  }

  /** @param {Deck} name @param {Emitter<{ position: Position, applied: Applied, ended: {}, lost: Error }>} deck @param {AbortController} life */
  #follow(name, deck, life) {
    deck.on(POSITION, (position) => this.emit("position", { deck: name, position }), life);
    deck.on(APPLIED, (applied) => this.emit("applied", { deck: name, applied }), life);
    deck.on(ENDED, () => this.emit("ended", name), life);
    deck.on("lost", (error) => this.emit("lost", { deck: name, error }), life);
  }
}

/**
 * Whether a song is streamed: it is long, or its stems would take much memory; and they can be decoded in parts.
 * @param {Data.Song} song
 */
export function isStreamed(song) {
  const { layers, frames } = song;
  const bytes = layers.reduce((sum, { stems: [{ channels }] }) => sum + bytesOf(channels, frames), 0);
  return (isLong(song) || bytes > DECODED_BYTES) && isStreamable(song);
}
