// Plays one song: holds the settings, loads the stems, and switches between the decks.
/** @import { Command, Peaks, Position, Row, RowSettings } from "./messages.js" */
/** @import { Loading, Part } from "./stems.js" */
import { Emitter } from "../base/emitter.js";
import { reasonOf } from "../base/errors.js";
import { SCHEDULED, POSITION, ENDED, LOADING, MISSED, STEM_FAILED } from "./messages.js";
import { BUDGET, bytesOf, MemoryBudgetError, checkBudget } from "./memory.js";
import { BrowserDeck } from "./browser-deck.js";
import { PythonDeck } from "./python-deck.js";
import { isStreamable, StreamDeck, warmStreaming } from "./stream-deck.js";
import { StemError, Stems } from "./stems.js";
import { takeAudioFocus } from "./audio-focus.js";
import { FADE_OUT_SECONDS, FADE_SECONDS, fadeOut, resumeAudio, suspendAudioSoon } from "./audio-hardware.js";
import { _ } from "../language/phrases.js";
import { repeat } from "../base/timers.js";
import { WorkerLost } from "../base/worker-client.js";

const LOSSLESS = ":lossless";
const PREVIEW = ":preview";
const DECODED_BYTES = BUDGET / 4; // songs whose stems take more are streamed
const PRIME_SECONDS = 0.3; // from asking Python to get ready to its first sample, about
const SWAP_SECONDS = 0.5; // of a streamed stem that have to arrive before it replaces another
const BUFFER_SECONDS = 20; // of streamed stems before Python is loaded, which takes the line and the processor for long
const MEASURING_MS = 500; // how often the stream deck's memory is measured
const LEAD_SECONDS = 0.15; // from scheduling Python's start to its first sample
const FADE_LEAD_SECONDS = 0.05; // at least, from Python's confirmation to the crossfade
const ROOMY = navigator.hardwareConcurrency > 2; // enough cores to start Python while stems are decoded
const REPORT_MS = 50; // how often the browser deck's position is reported
const TIDY_SECONDS = 2; // from choosing a stem to evicting unused ones

/** @type {Player | null} */
let active = null; // at most one per page

export { resumeAudio, suspendAudioSoon };

/**
 * Load what playing a song needs besides its sound, if it is streamed and the visitor does not save data.
 * @param {Data.Song} song
 */
export function warmUp(song) {
  if (!navigator.connection?.saveData && isStreamed(song)) warmStreaming();
}

/** Whether a player of this page is playing, or about to. */
export function isPlaying() {
  return active?.isWanted ?? false;
}

/** @typedef {"idle" | "loading" | "ready" | "playing" | "paused" | "failed"} PlayerState */
/** @typedef {"python" | "browser" | ""} Engine what mixes; "": nothing yet */
/**
 * @typedef {object} StateChange
 * @property {PlayerState} state
 * @property {unknown} reason the error, if it failed
 * @property {Engine} engine
 * @property {string} refusal why Python cannot mix here, or ""
 */
/**
 * @typedef {object} Place
 * @property {number} seconds
 * @property {boolean} playing
 * @property {boolean} [isStalled] whether it waits for stems that have not arrived
 * @property {Peaks} peaks
 * @property {Float32Array} [levels] readings of levels.py; from Python only
 * @property {number[]} [waiting] rows whose stems change with the next bar
 */
/**
 * @typedef {object} Stats
 * @property {number} underruns blocks that came too late to be played
 * @property {number} late changes that had to be reapplied
 * @property {number} lookAhead frames rendered ahead
 * @property {number} bytes of decoded stems
 * @property {number} fetched bytes of streamed stems, compressed
 * @property {number} stalls how often playback has waited for stems
 * @property {number} seconds that Python took to start
 * @property {Engine} engine
 */
/** @typedef {{ lossless?: boolean, plain?: boolean }} Quality `plain`: all stems in full, also those that the visitor does not own */
/** @typedef {Part | { key: null }} AnyPart null: silent */
/** @typedef {{ signal?: AbortSignal, onProgress?: (done: number) => void }} Watch `onProgress` gets the share done, from 0 to 1 */
/** @typedef {{ node: GainNode, plain: GainNode, python: GainNode, meter: AnalyserNode }} Output of both decks */

/** @typedef {{ row: number, stem: string, kept: string, reason: string }} FailedStem kept: the row's stem from now on */

/**
 * Two decks take the same commands. The first one plays as soon as it can: the browser deck once all stems are decoded,
 * or for a long song the stream deck while they arrive. Once Python has loaded, it starts at the exact sample that the
 * first deck has reached, and they crossfade.
 *
 * @extends {Emitter<{ loading: Loading, state: StateChange, position: Place, ended: undefined, "stem-failed": FailedStem }>}
 */
export class Player extends Emitter {
  /** @type {PlayerState} */
  state = "idle";
  /** Why Python cannot mix here, or "". */
  refusal = "";
  /**
   * Holds the audio focus while this plays: its pause() is called when something else takes it.
   * @type {{ pause(): void }}
   */
  owner = this;
  #counts = { underruns: 0, late: 0, lookAhead: 0 }; // of the audible deck
  #underrunsBefore = 0; // of the stream deck, once Python has taken over
  #startSeconds = 0;
  #pythonLife = new AbortController(); // aborted when the Python deck is replaced
  #browserLife = new AbortController(); // aborted when the browser deck stops
  #streamLife = new AbortController(); // aborted when the stream deck is replaced
  #sizes = { bytes: 0, fetched: 0 }; // of streamed stems
  #measured = 0; // when they were
  #stalls = 0;
  #isStalled = false;
  /** @type {Set<string>} */
  #failed = new Set(); // streamed stems that could not be loaded
  #heard = Promise.withResolvers(); // resolves when the stream deck is heard
  #song;
  #isStreaming;
  #root;
  #rows;
  #access;
  #previewSeconds;
  #master = 0;
  #trim = 0;
  #onBar = false;
  /** @type {[start: number, end: number] | null} */
  #loop = null; // in frames
  #frame = 0;
  #stems;
  /** @type {PythonDeck | null} */
  #python = null;
  /** @type {Promise<void> | null} */
  #ready = null; // resolves when Python has song, stems and settings
  #isPythonLive = false; // Python receives commands
  /** @type {BrowserDeck | null} */
  #browser = null;
  /** @type {StreamDeck | null} */
  #stream = null;
  /** @type {PythonDeck | BrowserDeck | StreamDeck | null} */
  #audible = null;
  /** @type {Output | null} */
  #output = null;
  /** @type {{ at: number } | null} */
  #takeover = null; // the pending start of Python, at a time of the context
  #isPlayWanted = false; // the visitor pressed Play
  #evicting = 0; // a timer
  /** @type {WorkerLost | null} */
  #loss = null; // Python's worker has died while it had this song

  /**
   * @param {Data.Song} song @param {string} root the site's
   * @param {Row[]} rows one for each layer
   * @param {(layer: string, stem: string) => Data.Access} access
   * @param {number} previewSeconds length of previews
   */
  constructor(song, root, rows, access = () => "open", previewSeconds = 0) {
    super();
    this.#song = song;
    this.#rows = rows;
    this.#access = access;
    this.#previewSeconds = previewSeconds;
    this.#root = new URL(root, document.baseURI).href; // resolved now, since the page's URL may change
    this.#isStreaming = isStreamed(song);
    this.#stems = new Stems(song, root, (loading) => this.emit("loading", loading));
  }

  /** The last node before the context's destination. */
  get outputNode() {
    return this.#output?.node ?? null;
  }

  /** @returns {Engine} */
  get engine() {
    if (!this.#audible) return "";
    return this.#audible === this.#python ? "python" : "browser";
  }

  /** @returns {Stats} */
  get stats() {
    const bytes = this.#stems.bytes + (this.#python?.bytes ?? 0) + this.#sizes.bytes;
    const { fetched } = this.#sizes;
    const underruns = this.#underrunsBefore + this.#counts.underruns;
    return { ...this.#counts, underruns, bytes, fetched, stalls: this.#stalls, seconds: this.#startSeconds, engine: this.engine };
  }

  get isWanted() {
    return this.#isPlayWanted;
  }

  /**
   * Decode the chosen stems ahead of time, unless they take more than `most` bytes.
   * @param {number} most
   */
  async preload(most) {
    if (this.#ready || this.#bytesOf() > most) return;
    await Promise.all(this.#audibleParts().map((part) => this.#stems.get(part)));
  }

  /** Load Python and the chosen stems; resolves when Python has them. May be called repeatedly. */
  prepare() {
    if (active !== this) {
      if (active) active.#release();
      active = this;
    }
    if (!this.#ready) {
      if (this.state !== "playing") this.#setState("loading");
      this.#ready = this.#openPython();
      this.#ready.catch((error) => this.#doWithoutPython(error));
      this.#loadChosen().then(
        () => {
          if (this.state === "loading" && !this.#isPlayWanted) this.#setState("ready");
        },
        (error) => this.#fail(error),
      );
    }
    return this.#ready;
  }

  /** Must be called from a user gesture's handler, unless resumeAudio was. */
  async play() {
    takeAudioFocus(this.owner, () => this.owner.pause());
    this.#isPlayWanted = true;
    const context = resumeAudio(this.#song.rate);
    this.prepare().catch(() => {}); // reported as a state
    if (this.state !== "playing") this.#setState("loading");
    try {
      await this.#loadChosen();
      if (!this.#isPlayWanted || active !== this || this.state === "playing") return;
      const output = this.#connect(context);
      if (this.#isPythonLive && !this.#isFirst(this.#audible)) await this.#playPython(output);
      else if (this.#isStreaming) await this.#playStream(output);
      else await this.#playInBrowser(context, output);
    } catch (error) {
      this.#fail(error);
    }
  }

  pause() {
    if (this.#isPlayWanted) suspendAudioSoon();
    this.#isPlayWanted = false;
    if (this.state !== "playing") return;
    this.#cancelTakeover();
    this.#audible?.pause();
    this.#browserLife.abort();
    this.#setState("paused");
  }

  stop() {
    this.pause();
    this.seek(0);
  }

  /**
   * Seek within the song.
   * @param {number} seconds
   */
  seek(seconds) {
    this.#frame = Math.max(0, Math.min(this.#song.frames - 1, Math.round(seconds * this.#song.rate)));
    this.#cancelTakeover();
    this.#apply(["locate", this.#frame]);
    this.#reportPlace({ playing: this.state === "playing", peaks: [0, 0] });
  }

  /**
   * Loop a range, in seconds; null: play to the end.
   * @param {readonly [start: number, end: number] | null} range
   */
  loop(range) {
    const { rate, frames } = this.#song;
    this.#loop = range && [Math.round(range[0] * rate), Math.min(Math.round(range[1] * rate), frames)];
    this.#cancelTakeover();
    this.#apply(this.#loopCommand);
  }

  /** @param {number} volume in dB */
  master(volume) {
    this.#master = volume;
    this.#apply(["master", volume]);
  }

  /** @param {number} row @param {Partial<RowSettings>} settings */
  adjust(row, settings) {
    Object.assign(this.#rows[row], settings);
    this.#apply(this.#adjustCommand(row));
  }

  /** Apply a change of the visitor's access to stems. */
  updateAccess() {
    for (const [row, { stem }] of this.#rows.entries()) this.choose(row, stem);
  }

  /**
   * Choose another stem for a row; it is heard as soon as it has loaded.
   * @param {number} row @param {string} stem
   */
  async choose(row, stem) {
    const before = this.#rows[row].stem;
    this.#rows[row].stem = stem;
    if (!this.#ready) return;
    const part = this.#part(row);
    try {
      this.#checkMemory();
      if (isAudible(part) && this.#isStreamed(part)) await this.#streamStem(part);
      else if (this.#isPythonLive && this.#python && part.key !== null) await this.#python.load(part.key, () => this.#stems.get(part));
      if (this.#browser && part.key !== null) this.#browser.load(part.key, await this.#stems.get(part));
      if (this.#audible === this.#python) this.#stems.clear();
      const isOnBar = this.#onBar && this.engine === "python";
      if (this.#part(row).key === part.key) this.#apply(isOnBar ? ["place", row, part.key, "bar"] : ["place", row, part.key]);
      clearTimeout(this.#evicting);
      this.#evicting = setTimeout(() => this.#evictUnused(), 1000 * TIDY_SECONDS);
    } catch (error) {
      if (!this.#isStreamed(part)) this.#fail(error);
      else if (this.#rows[row].stem === stem) this.#keepStem(row, before, error);
    }
  }

  /**
   * Change stems at the next bar, rather than at once.
   * @param {boolean} on
   */
  changeStemsOnBar(on) {
    this.#onBar = on;
  }

  /** Integrated loudness of the whole mix with its current settings, in LUFS. */
  async loudness() {
    const python = await this.#preparedPython();
    const { integrated } = await python.measure(this.#parts().map(({ key }) => key));
    return integrated;
  }

  /**
   * SHA-256 of the whole mix, as words of 16 or 24 bits.
   * @param {number} bits @param {Quality & Watch} [options]
   */
  digest(bits, { plain = false, ...watch } = {}) {
    return this.#withBestStems(plain, (python, keys) => python.digest(bits, keys, plain, watch));
  }

  /**
   * The mix with its current settings, as a WAV file.
   * @param {number} bits @param {Watch} watch
   */
  export(bits, watch) {
    const { title, artist, album_title: album, isrc } = this.#song;
    const mix = this.#rows.map((settings, row) => this.#nth(row) + 1).join("-");
    const tags = { title, artist, album, isrc, mix };
    return this.#withBestStems(false, (python, keys) => python.bounce(bits, keys, tags, watch));
  }

  /**
   * Trim the output, in dB; exports and digests are not affected.
   * @param {number} volume
   */
  trim(volume) {
    this.#trim = volume;
    if (!this.#output) return;
    const { gain, context } = this.#output.node;
    gain.setTargetAtTime(10 ** (volume / 20), context.currentTime, 0.01);
  }

  /** Release everything; the player cannot be used afterwards. */
  close() {
    if (active !== this) return;
    if (this.#isPlayWanted) suspendAudioSoon();
    this.#release();
    active = null;
  }

  /** The Python deck, once it has the song and its stems. */
  async #preparedPython() {
    await this.prepare();
    if (!this.#python) throw new Error(_("another song has been chosen"));
    return this.#python;
  }

  /**
   * Load lossless stems, where there are any, into Python while `act` runs.
   * @template T
   * @param {boolean} plain @param {(python: PythonDeck, keys: (string | null)[]) => Promise<T>} act
   */
  async #withBestStems(plain, act) {
    const python = await this.#preparedPython();
    const parts = this.#parts({ lossless: true, plain });
    this.#checkMemory(parts);
    await Promise.all([this.#streamAll(parts), this.#loadAll(python, parts)]);
    if (!this.#browser) this.#stems.clear();
    const keys = parts.map(({ key }) => key);
    try {
      return await act(python, keys);
    } finally {
      await python.unload(keys.filter((key) => key !== null).filter((key) => key.endsWith(LOSSLESS)));
    }
  }

  async #loadChosen() {
    if (this.#isPythonLive) return;
    this.#checkMemory();
    const parts = this.#audibleParts();
    await Promise.all([this.#streamAll(parts), ...parts.filter((part) => !this.#isStreamed(part)).map((part) => this.#stems.get(part))]);
  }

  /**
   * Throw if the stems do not fit in memory. A bounce takes twice as much while it runs.
   * @param {AnyPart[]} [parts]
   */
  #checkMemory(parts) {
    checkBudget(this.#bytesOf(parts));
  }

  #bytesOf(parts = this.#parts()) {
    const decoded = parts.filter(isAudible).filter((part) => !this.#isStreamed(part));
    return decoded.reduce((sum, { channels }) => sum + bytesOf(channels, this.#song.frames), 0);
  }

  /** @param {AnyPart} part */
  #isStreamed(part) {
    return isAudible(part) && !part.key.endsWith(LOSSLESS) && this.#isStreaming;
  }

  /** Evict unused stems, down to half of the memory budget. */
  #evictUnused() {
    const chosen = new Set(this.#parts().map(({ key }) => key));
    /** @param {string} key */
    const isWanted = (key) => chosen.has(key) || key.endsWith(LOSSLESS);
    this.#browser?.unload(this.#stems.evict(BUDGET / 2, isWanted));
    this.#unloadStreamed(isWanted).catch((error) => this.#doWithoutPython(error));
    this.#python?.evict(BUDGET / 2, isWanted).catch((error) => this.#doWithoutPython(error));
  }

  /** @param {PythonDeck} python @param {AnyPart[]} parts */
  #loadAll(python, parts) {
    const decoded = parts.filter(isAudible).filter((part) => !this.#isStreamed(part));
    return Promise.all(decoded.map((part) => python.load(part.key, () => this.#stems.get(part))));
  }

  /**
   * Connect both decks to the context's destination.
   * @param {AudioContext} context
   */
  #connect(context) {
    if (this.#output?.node.context === context) return this.#output;
    const [node, plain, python] = [1, 0, 0].map((gain) => new GainNode(context, { gain }));
    const meter = new AnalyserNode(context, { fftSize: 4096 });
    plain.connect(node);
    python.connect(node);
    node.connect(meter);
    node.connect(context.destination);
    const output = { node, plain, python, meter };
    this.#output = output;
    if (this.#trim) this.trim(this.#trim);
    return output;
  }

  // Python

  async #openPython() {
    const started = performance.now();
    this.#checkMemory();
    this.#pythonLife.abort();
    this.#pythonLife = new AbortController();
    this.#python?.close(0);
    const python = this.#makePython(this.#pythonLife);
    this.#python = python;
    const chosen = this.#loadChosen();
    chosen.catch(() => {}); // reported below
    await (ROOMY && !this.#isStreaming ? this.#stems.allDownloaded() : chosen); // stems first: Python is not needed to play
    if (this.#isStreaming && this.#isPlayWanted) await this.#bufferFirst();
    if (this.#python !== python) return;
    await Promise.all([python.open(this.#song), chosen]);
    await this.#link(python);
    if (this.#output) python.attach(this.#output.python).catch(() => {}); // reported when it is used
    /** @type {AnyPart[]} */
    let parts = [];
    do {
      parts = this.#parts();
      await this.#loadAll(python, parts);
    } while (this.#parts().some(({ key }, row) => key !== parts[row].key));
    if (this.#python !== python) return;
    this.#isPythonLive = true;
    if (!this.#browser) this.#stems.clear();
    await python.apply(this.#allCommands());
    this.#startSeconds = (performance.now() - started) / 1000;
    if (this.#isFirst(this.#audible) && this.state === "playing") this.#takeOver();
  }

  /**
   * Let Python read the stems that are streamed.
   * @param {PythonDeck} python
   */
  async #link(python) {
    if (!this.#isStreaming || this.#python !== python) return;
    const { port1, port2 } = new MessageChannel();
    await Promise.all([python.link(port1), this.#streamDeck().link(port2)]);
  }

  /** @param {AbortController} life */
  #makePython({ signal }) {
    const python = new PythonDeck();
    python.on(POSITION, (position) => this.#followDeck(python, position), { signal });
    python.on(ENDED, () => this.#audible === python && this.#end(), { signal });
    python.on("lost", (error) => this.#doWithoutPython(error), { signal });
    python.on(LOADING, ({ loaded, total }) => this.#stems.reportProgress("Python", loaded, total), { signal });
    python.on(SCHEDULED, () => this.#crossfade(), { signal });
    python.on(MISSED, () => this.#takeover && this.#takeOver(), { signal });
    return python;
  }

  /** @param {Output} output */
  async #playPython(output) {
    const python = this.#python;
    await python?.attach(output.python);
    if (!python || this.#python !== python || !this.#isPlayWanted || active !== this) return;
    output.python.gain.value = 1;
    this.#audible = python;
    await python.play();
    this.#setState("playing");
  }

  /** Schedule Python to start where the first deck will be in a moment. */
  async #takeOver() {
    const [python, first, output] = [this.#python, this.#stream ?? this.#browser, this.#output];
    if (!python || !first || !output) return;
    const attempt = (this.#takeover = { at: 0 });
    try {
      await python.attach(output.python);
      const { sampleRate } = output.node.context;
      if (this.#stream) await this.#prime(python, this.#stream, output);
      const at = Math.ceil((output.node.context.currentTime + LEAD_SECONDS) * sampleRate);
      attempt.at = at / sampleRate;
      const frame = await first.songFrameAt(at);
      if (this.#takeover !== attempt || frame < 0 || frame >= this.#song.frames) return;
      await python.apply([["locate", frame]]);
      if (this.#takeover === attempt) await python.play(at);
    } catch (error) {
      this.#doWithoutPython(error);
    }
  }

  /**
   * Let Python fetch the samples that it will start with.
   * @param {PythonDeck} python @param {StreamDeck} stream @param {Output} output
   */
  async #prime(python, stream, { node: { context } }) {
    const soon = Math.ceil((context.currentTime + PRIME_SECONDS) * context.sampleRate);
    await python.apply([["locate", Math.max(0, await stream.songFrameAt(soon))]]);
    await python.ready();
  }

  /** Python will play in sync with the first deck: crossfade then. */
  #crossfade() {
    const [attempt, output] = [this.#takeover, this.#output];
    if (!attempt || !output) return;
    const { node, plain, python } = output;
    const { currentTime } = node.context;
    const from = Math.max(attempt.at, currentTime + FADE_LEAD_SECONDS);
    const to = from + FADE_SECONDS;
    python.gain.setValueAtTime(0, from).linearRampToValueAtTime(1, to);
    plain.gain.setValueAtTime(1, from).linearRampToValueAtTime(0, to);
    setTimeout(() => {
      if (this.#takeover !== attempt) return;
      this.#takeover = null;
      this.#audible = this.#python;
      this.#underrunsBefore = this.#counts.underruns;
      this.#stream?.pause();
      this.#closeBrowser();
      this.#setState("playing");
    }, 1000 * (from - currentTime + 2 * FADE_SECONDS));
  }

  /** Cancel a takeover after a seek, a pause or a change of the loop, and retry later. */
  #cancelTakeover() {
    if (!this.#takeover || !this.#output) return;
    this.#takeover = null;
    const { plain, python } = this.#output;
    for (const { gain } of [plain, python]) gain.cancelScheduledValues(0);
    plain.gain.value = 1;
    python.gain.value = 0;
    this.#python?.pause();
    setTimeout(() => {
      if (this.#isFirst(this.#audible) && this.state === "playing" && !this.#takeover) this.#takeOver();
    }, 1000 * LEAD_SECONDS);
  }

  /** @param {unknown} error why Python cannot mix here */
  #doWithoutPython(error) {
    if (active !== this || this.refusal || error instanceof StemError || error instanceof MemoryBudgetError) return;
    if (error === this.#loss) return; // all requests fail with the worker
    const isFirstLoss = error instanceof WorkerLost && !this.#loss;
    if (isFirstLoss) {
      this.#loss = error;
      this.#ready = null; // start Python again
    } else this.refusal = reasonOf(error);
    this.#isPythonLive = false;
    this.#takeover = null;
    if (this.#audible === this.#python) {
      this.#audible = null;
      if (this.#output) this.#output.python.gain.value = 0;
      if (this.state === "playing") {
        this.#setState("paused");
        this.play();
      }
    } else if (isFirstLoss && this.#isPlayWanted) this.prepare().catch(() => {}); // reported as a state
    this.#setState(this.state);
  }

  // The browser deck

  /** @param {AudioContext} context @param {Output} output */
  async #playInBrowser(context, output) {
    if (!this.#browser) {
      const deck = new BrowserDeck(context, this.#song, output.plain);
      this.#browser = deck;
      this.#audible = deck;
      for (const part of this.#audibleParts()) deck.load(part.key, await this.#stems.get(part));
      if (this.#browser !== deck) return;
      deck.apply(this.#allCommands());
    }
    output.plain.gain.value = 1;
    this.#browser.play();
    this.#browserLife.abort();
    this.#browserLife = new AbortController();
    repeat(REPORT_MS, () => this.#reportBrowser(), this.#browserLife.signal);
    this.#setState("playing");
    if (this.#isPythonLive) this.#takeOver();
  }

  #closeBrowser() {
    this.#browserLife.abort();
    this.#browser?.close();
    this.#browser = null;
    this.#stems.clear();
  }

  #reportBrowser() {
    if (!this.#browser || !this.#output) return;
    if (this.#browser.isOver) {
      this.#end();
      return;
    }
    this.#frame = Math.min(this.#browser.songFrame(), this.#song.frames - 1);
    const samples = new Float32Array(this.#output.meter.fftSize);
    this.#output.meter.getFloatTimeDomainData(samples);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    this.#reportPlace({ playing: true, peaks: [peak, peak] });
  }

  // The stream deck

  /** @param {unknown} deck */
  #isFirst(deck) {
    return deck !== null && (deck === this.#browser || deck === this.#stream);
  }

  #streamDeck() {
    if (this.#stream) return this.#stream;
    const deck = new StreamDeck(this.#song);
    this.#stream = deck;
    this.#streamLife.abort();
    this.#streamLife = new AbortController();
    const { signal } = this.#streamLife;
    deck.on(POSITION, (position) => this.#followDeck(deck, position), { signal });
    deck.on(ENDED, () => this.#audible === deck && this.#end(), { signal });
    deck.on(STEM_FAILED, ({ key, message }) => this.#loseStem(key, new Error(message)), { signal });
    deck.on("lost", (error) => this.#fail(error), { signal });
    return deck;
  }

  /** @param {Output} output */
  async #playStream(output) {
    const deck = this.#streamDeck();
    await deck.attach(output.plain);
    if (this.#audible !== deck) await deck.apply(this.#allCommands());
    if (!this.#isPlayWanted || active !== this || this.#stream !== deck) return;
    output.plain.gain.value = 1;
    this.#audible = deck;
    await deck.play();
    this.#setState("playing");
    if (this.#isPythonLive) this.#takeOver();
  }

  /**
   * Start to fetch the parts that are streamed. One that fails costs its row alone.
   * @param {AnyPart[]} parts
   */
  async #streamAll(parts) {
    const streamed = parts.filter(isAudible).filter((part) => this.#isStreamed(part));
    const results = await Promise.allSettled(streamed.map((part) => this.#streamDeck().load(part, this.#root)));
    for (const [nth, result] of results.entries()) {
      if (result.status === "rejected") this.#loseStem(streamed[nth].key, result.reason);
    }
  }

  /**
   * Stream another stem; while it plays, wait until it can be heard.
   * @param {Part} part
   */
  async #streamStem(part) {
    await this.#streamDeck().load(part, this.#root);
    this.#failed.delete(part.key);
    if (this.state === "playing") await this.#streamDeck().buffer(part.key, SWAP_SECONDS);
  }

  /** Resolves when the stream deck plays, and has enough to go on while Python is loaded. */
  async #bufferFirst() {
    await this.#heard.promise;
    await Promise.allSettled(this.#audibleParts().map(({ key }) => this.#stream?.buffer(key, BUFFER_SECONDS)));
  }

  /** @param {(key: string) => boolean} isWanted */
  async #unloadStreamed(isWanted) {
    const keys = this.#stream?.unused(isWanted) ?? [];
    if (keys.length) await Promise.all([this.#stream?.unload(keys), this.#isPythonLive && this.#python?.unload(keys)]);
  }

  /**
   * A stem that was to replace another failed: the row keeps the other.
   * @param {number} row @param {string} before @param {unknown} error
   */
  #keepStem(row, before, error) {
    const { stem } = this.#rows[row];
    this.#rows[row].stem = before;
    this.emit("stem-failed", { row, stem, kept: before, reason: reasonOf(error) });
  }

  /** @param {string} key @param {unknown} error */
  #loseStem(key, error) {
    this.#failed.add(key);
    this.#stream?.forget(key);
    for (const [row, part] of this.#parts().entries()) {
      const { stem } = this.#rows[row];
      if (part.key === key) this.emit("stem-failed", { row, stem, kept: stem, reason: reasonOf(error) });
    }
    if (this.#audibleParts().every((part) => this.#failed.has(part.key))) this.#fail(new StemError(reasonOf(error)));
  }

  async #measureStream() {
    const now = performance.now();
    if (!this.#stream || now - this.#measured < MEASURING_MS) return;
    this.#measured = now;
    this.#sizes = await this.#stream.stats();
  }

  #closeStream() {
    this.#streamLife.abort();
    this.#stream?.close(1000 * FADE_OUT_SECONDS);
    this.#stream = null;
    this.#failed.clear();
    this.#isStalled = false;
    this.#sizes = { bytes: 0, fetched: 0 };
    this.#heard = Promise.withResolvers();
  }

  // Both decks

  #end() {
    this.stop();
    this.emit("ended");
  }

  /** Release everything for another song. */
  #release() {
    clearTimeout(this.#evicting);
    this.#isPlayWanted = this.#isPythonLive = false;
    this.#takeover = this.#ready = this.#audible = null;
    this.#closeBrowser();
    this.#closeStream();
    this.#pythonLife.abort();
    this.#python?.close(1000 * FADE_OUT_SECONDS);
    this.#python = null;
    this.refusal = "";
    this.#loss = null;
    if (this.#output) fadeOut(this.#output.node);
    this.#output = null;
    this.#setState("idle");
  }

  /** @param {Command} command */
  #apply(command) {
    if (this.#isPythonLive) this.#python?.apply([command]).catch((error) => this.#doWithoutPython(error));
    this.#browser?.apply([command]);
    this.#stream?.apply([command]).catch((error) => this.#fail(error));
  }

  /** @param {PythonDeck | StreamDeck} deck @param {Position} position */
  #followDeck(deck, { songFrame, playing, peaks, levels, waiting, isStalled, underruns, late, lookAhead }) {
    if (this.#audible !== deck) return;
    this.#counts = { underruns, late, lookAhead };
    if (isStalled && !this.#isStalled && playing) this.#stalls++;
    this.#isStalled = isStalled;
    if (playing && !isStalled) this.#heard.resolve(null);
    if (songFrame >= 0) this.#frame = songFrame;
    this.#reportPlace({ playing, peaks, levels, waiting, isStalled });
    this.#measureStream().catch(() => {}); // reported as a loss
  }

  /** @param {Omit<Place, "seconds">} place */
  #reportPlace(place) {
    this.emit("position", { seconds: this.#frame / this.#song.rate, ...place });
  }

  /** @param {PlayerState} state @param {unknown} [reason] */
  #setState(state, reason = null) {
    this.state = state;
    this.emit("state", { state, reason, engine: this.engine, refusal: this.refusal });
  }

  /** @param {unknown} error */
  #fail(error) {
    this.pause();
    this.#ready = this.#audible = null;
    this.#isPythonLive = false;
    this.#closeBrowser();
    this.#closeStream();
    this.#setState("failed", error);
  }

  /** @param {Quality} [quality] */
  #parts(quality) {
    return this.#rows.map((settings, row) => this.#part(row, quality));
  }

  #audibleParts() {
    return this.#parts().filter(isAudible);
  }

  /**
   * The part of a row's chosen stem that is heard.
   * @param {number} row @param {Quality} [quality]
   * @returns {AnyPart}
   */
  #part(row, { lossless = false, plain = false } = {}) {
    const layer = this.#song.layers[row];
    const stem = layer.stems[this.#nth(row)];
    const key = `${layer.slug}/${stem.slug}`;
    const access = plain ? "open" : this.#access(layer.slug, stem.slug);
    const { channels, audio: file } = stem;
    if (access === "silent") return { key: null };
    if (access === "preview") return { key: key + PREVIEW, file, channels, seconds: this.#previewSeconds };
    if (lossless && stem.lossless) return { key: key + LOSSLESS, file: stem.lossless, channels };
    return { key, file, channels };
  }

  /** @param {number} row */
  #nth(row) {
    return this.#song.layers[row].stems.findIndex(({ slug }) => slug === this.#rows[row].stem);
  }

  /**
   * All settings, as commands for a new deck.
   * @returns {Command[]}
   */
  #allCommands() {
    return [
      ...this.#parts().map(({ key }, row) => /** @type {Command} */ (["place", row, key])),
      ...this.#rows.map((settings, row) => this.#adjustCommand(row)),
      ["master", this.#master],
      this.#loopCommand,
      ["locate", this.#frame],
    ];
  }

  /**
   * @param {number} row
   * @returns {Command}
   */
  #adjustCommand(row) {
    const { volume, pan, mute, solo } = this.#rows[row];
    return ["adjust", row, volume, pan, mute, solo];
  }

  /** @returns {Command} */
  get #loopCommand() {
    return this.#loop ? ["loop", ...this.#loop] : ["loop"];
  }
}

/**
 * @param {AnyPart} part
 * @returns {part is Part}
 */
function isAudible(part) {
  return part.key !== null;
}

/**
 * Whether a song is streamed: its stems would take much memory, and can be decoded in parts.
 * @param {Data.Song} song
 */
function isStreamed({ layers, frames, rate }) {
  const bytes = layers.reduce((sum, { stems: [{ channels }] }) => sum + bytesOf(channels, frames), 0);
  return bytes > DECODED_BYTES && layers.every(({ stems }) => stems.every(({ audio }) => isStreamable(audio, rate)));
}
