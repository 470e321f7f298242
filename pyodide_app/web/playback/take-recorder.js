// Records takes: what the decks say of every change, at the frame at which it is heard.
//
// Frames of a take count what has been played since it began, whichever deck has played it; while playback is stalled,
// none is. Of each deck a log is kept, so that a take can begin at any time with what is heard then.
/** @import { Applied, Command, Position } from "./messages.js" */
/** @import { MixSettings } from "./mix-settings.js" */
/** @import { Deck } from "./player-state.js" */
/** @import { Recording } from "./take-log.js" */
import { MOST_SECONDS } from "../takes/format.js";
import { composeTake } from "./compose-take.js";
import { TakeLog } from "./take-log.js";

/** @typedef {import("../takes/format.js").Take} Take */
export class TakeRecorder {
  /** Whether a take is recorded, or will be once something plays. */
  isOn = false;
  #song;
  #stemOf;
  #onTake;
  /** @type {Record<Deck, TakeLog>} */
  #logs;
  /** @type {Recording | null} */
  #recording = null;
  /** @type {Deck | null} */
  #deck = null; // that is heard
  #isPlaying = false;
  #isEnding = false;

  /**
   * @param {Data.Song} song
   * @param {(row: number, key: string | null) => string} stemOf the slug of the stem that a row plays by its key; "" for none
   * @param {(take: Take | null) => void} onTake called when a take has ended: with null, if nothing was played
   */
  constructor(song, stemOf, onTake) {
    this.#song = song;
    this.#stemOf = stemOf;
    this.#onTake = onTake;
    const { length } = song.layers;
    this.#logs = { first: new TakeLog(length), python: new TakeLog(length) };
  }

  /** Record from now on, or once something plays. */
  start() {
    this.isOn = true;
    const log = this.#deck && this.#logs[this.#deck];
    if (this.#isPlaying && log?.last) this.#begin(log, log.last);
  }

  /** End the take at the next mark, after all that was done before. */
  finishAtMark() {
    if (this.#recording) this.#isEnding = true;
    else this.finish();
  }

  /** End the take. */
  finish() {
    if (!this.isOn) return;
    const recording = this.#recording;
    this.isOn = this.#isEnding = false;
    this.#recording = null;
    this.#onTake(recording && composeTake(recording, this.#song));
  }

  /** A deck has applied commands. @param {Deck} deck @param {Applied} applied */
  note(deck, { commands, ...rest }) {
    const applied = { ...rest, commands: commands.map((command) => this.#withSlug(command)) };
    this.#logs[deck].add(applied);
    const recording = this.#recording;
    if (recording?.deck !== deck || applied.isReset) return;
    this.#enter(recording, applied);
    if (!this.#isEnding || !commands.some(([name]) => name === "mark")) return;
    recording.end = Math.max(recording.end, applied.frame + recording.offset);
    this.finish();
  }

  /** A deck says where it is. @param {Deck} deck @param {Position} position */
  follow(deck, position) {
    const log = this.#logs[deck];
    const before = log.last;
    if (!this.#recording && this.isOn && deck === this.#deck && this.#isPlaying && position.playing) this.#begin(log, log.start);
    const recording = this.#recording;
    if (!recording || deck === this.#deck || deck !== recording.deck) log.follow(position); // not while it fades out
    if (recording && deck === this.#deck && deck !== recording.deck && position.playing) this.#changeDeck(recording, deck);
    if (recording?.deck === deck) {
      const end = position.songFrame < 0 && before ? before.frame + this.#song.frames - before.songFrame : position.frame;
      recording.end = Math.max(recording.end, Math.min(end, position.frame) + recording.offset);
      if (recording.end >= (MOST_SECONDS - 1) * this.#song.rate) this.finish();
    }
    if (!this.#recording || this.#recording.deck === deck) log.settle(position);
  }

  /** What a deck plays, after a take that it has played. @param {Deck} deck @param {Pick<MixSettings, "rows" | "master" | "loop">} settings */
  assume(deck, settings) {
    this.#logs[deck].assume(settings);
  }

  /** The song has been played to its end. */
  reachEnd() {
    const recording = this.#recording;
    const last = recording && this.#logs[recording.deck].last;
    if (recording && last && last.songFrame >= 0) recording.end = last.frame + recording.offset + this.#song.frames - last.songFrame;
    this.finish();
  }

  /** Another deck is heard, or playback has begun or ended. @param {Deck | null} deck @param {boolean} isPlaying @param {boolean} isWanted */
  change(deck, isPlaying, isWanted) {
    const hasEnded = this.#isPlaying && !isPlaying;
    const isHandedOver = deck === "python" || deck === this.#recording?.deck;
    this.#deck = deck;
    this.#isPlaying = isPlaying;
    if (this.isOn && (hasEnded || (!isPlaying && !isWanted && this.#recording))) this.finish();
    else if (this.#recording && !isHandedOver) this.finish(); // another one plays on, from somewhere
  }

  /**
   * Begin with what is heard at a frame.
   * @param {TakeLog} log @param {{ frame: number, songFrame: number }} start
   */
  #begin(log, { frame, songFrame }) {
    if (!this.#deck || songFrame < 0) return;
    const { state, later } = log.at(frame);
    this.#recording = { deck: this.#deck, offset: -frame, state, position: songFrame, entries: [], end: 1 };
    for (const applied of later) this.#enter(this.#recording, applied);
  }

  /** A key is null of a layer that is left out, and of a stem that the visitor may not hear. @param {Command} command @returns {Command} */
  #withSlug(command) {
    if (command[0] !== "place") return command;
    const [, row, key, ...when] = command;
    return ["place", row, this.#stemOf(row, key), ...when];
  }

  /** @param {Recording} recording @param {Applied} applied */
  #enter({ entries, offset }, { frame, commands }) {
    for (const command of commands) entries.push({ frame: Math.max(0, frame + offset), command });
  }

  /**
   * Python has taken over: what it plays from its first frame on is heard, and no longer what the first deck was told.
   * @param {Recording} recording @param {Deck} deck
   */
  #changeDeck(recording, deck) {
    const [from, to] = [this.#logs[recording.deck].anchor, this.#logs[deck].anchor];
    if (!from || !to) return; // with the next report
    recording.offset += from.frame + (to.contextFrame - from.contextFrame) - to.frame;
    recording.deck = deck;
    const log = this.#logs[deck];
    const start = log.start.frame + recording.offset;
    recording.entries = recording.entries.filter(({ frame }) => frame < start);
    for (const command of log.commands) recording.entries.push({ frame: start, command });
    for (const applied of log.later) this.#enter(recording, applied);
  }
}
