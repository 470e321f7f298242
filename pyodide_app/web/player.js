// One song as the visitor hears it: what is set, what is loaded, and which deck is heard.
import { ARMED, AT, ENDED, FAILED, LOADING, MISSED } from "./messages.js";
import { BUDGET, bytesOf, TooMuch, weigh } from "./memory.js";
import { PlainDeck } from "./plain.js";
import { PythonDeck } from "./python.js";
import { StemError, Stems } from "./sound.js";
import { take } from "./stage.js";

const LOSSLESS = ":lossless";
const PREVIEW = ":preview";
const REST_SECONDS = 2; // how long after a pause the audio hardware is let go
const LEAD_SECONDS = 0.15; // from asking Python to take over to its first sample
const FADE_LEAD_SECONDS = 0.05; // the least from knowing that they are in step to the crossfade
const FADE_SECONDS = 0.01; // from one deck to the other
const FADE_OUT_SECONDS = 0.1; // in which what sounds is let go, for what is cut off clicks
const ROOMY = navigator.hardwareConcurrency > 2; // Python can start while stems are decoded
const TELL_MS = 50; // how often the plain deck is asked where it is
const TIDY_SECONDS = 2; // from a choice to letting go of old ones: by then nothing asks for them

let hardware = null; // the AudioContext
let resting = 0;
let sounding = null; // the player that may be heard: one for the page

/** Have sound at a sample rate, in Hz. Call it in the gesture's own handler. */
export function wake(rate) {
  clearTimeout(resting);
  if (hardware?.sampleRate !== rate) {
    if (hardware) retire(hardware);
    hardware = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
  }
  hardware.resume();
  return hardware;
}

/** Say whether a player of this page is heard, or is about to be. */
export function isPlaying() {
  return sounding?.isWanted ?? false;
}

/** Close what has sounded until now, as soon as the last of it has left the loudspeakers. */
function retire(context) {
  const seconds = (context.outputLatency || 0) + FADE_OUT_SECONDS;
  setTimeout(() => context.close(), 1000 * seconds);
}

/** Let the audio hardware go in a while. */
export function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => hardware?.suspend(), REST_SECONDS * 1000);
}

/**
 * Two decks obey the same commands. The plain one plays as soon as the stems are decoded; when
 * Python is there it begins at the very sample that the plain one has reached, and they crossfade.
 *
 * Events: "loading" {loaded, total, waiting}, "state" {state, reason, engine, refusal}, "ended", "at"
 * {seconds, playing, peaks, levels, waiting}; levels are those of levels.py, and come from Python alone. A state's
 * reason is an Error.
 * States: "idle", "loading", "ready", "playing", "paused", "failed".
 */
export class Player extends EventTarget {
  state = "idle";
  /** Why Python does not mix here, if it cannot. */
  refusal = "";
  /** What has the loudspeakers while this plays: its pause() is called when something else takes them. */
  voice = this;
  #counts = { underruns: 0, late: 0, lookAhead: 0 };
  #seconds = 0;
  #song;
  #rows;
  #access;
  #previewSeconds;
  #master = 0;
  #trim = 0;
  #onBar = false;
  #loop = null;
  #frame = 0;
  #stems;
  #python = null;
  #ready = null; // a promise: Python has the song, its stems and the settings
  #live = false; // Python hears of changes
  #plain = null;
  #heard = null; // one of the two decks
  #out = null; // {node, plain, python, meter}: what both decks sound through
  #takeover = null; // {at}: one attempt of Python to take over, at a time of the context
  #wanted = false; // the visitor wants to hear it
  #telling = 0;
  #tidying = 0;

  /**
   * `song` is what data/songs/<song>.json holds; `root` is the site's root; a row for each layer.
   * `access` says of a layer and a stem whether it is "open", a "preview" of some seconds, or "silent".
   */
  constructor(song, root, rows, access = () => "open", previewSeconds = 0) {
    super();
    this.#song = song;
    this.#rows = rows;
    this.#access = access;
    this.#previewSeconds = previewSeconds;
    this.#stems = new Stems(song, root, (detail) => this.#tell("loading", detail));
  }

  /** The last node before the loudspeakers. */
  get outputNode() {
    return this.#out?.node ?? null;
  }

  /** What mixes what is heard: "python", "browser", or nothing yet. */
  get engine() {
    if (!this.#heard) return "";
    return this.#heard === this.#python ? "python" : "browser";
  }

  /** Blocks missing, changes late, frames kept ready, bytes of stems, seconds to start Python. */
  get stats() {
    const bytes = this.#stems.bytes + (this.#python?.bytes ?? 0);
    return { ...this.#counts, bytes, seconds: this.#seconds, engine: this.engine };
  }

  get isWanted() {
    return this.#wanted;
  }

  /** Decode the chosen stems ahead of time, if they take no more than `most` bytes. */
  async preload(most) {
    if (this.#ready || this.#weight() > most) return;
    await Promise.all(this.#heardParts().map((part) => this.#stems.get(part)));
  }

  /** Load Python and the chosen stems; settles when Python has them. Ask again as often as you like. */
  prepare() {
    if (sounding !== this) {
      if (sounding) sounding.#evict();
      sounding = this;
    }
    if (!this.#ready) {
      this.#become("loading");
      this.#ready = this.#openPython();
      this.#ready.catch((error) => this.#refuse(error));
      this.#chosen().then(
        () => this.state === "loading" && !this.#wanted && this.#become("ready"),
        (error) => this.#fail(error),
      );
    }
    return this.#ready;
  }

  /** Call it in the gesture's own handler, or call `wake` there. */
  async play() {
    take(this.voice, () => this.voice.pause());
    this.#wanted = true;
    const context = wake(this.#song.rate);
    this.prepare().catch(() => {}); // it tells by itself
    if (this.state !== "playing") this.#become("loading");
    try {
      await this.#chosen();
      if (!this.#wanted || sounding !== this || this.state === "playing") return;
      this.#connect(context);
      if (this.#live && this.#heard !== this.#plain) await this.#playPython();
      else await this.#playPlain(context);
    } catch (error) {
      this.#fail(error);
    }
  }

  pause() {
    if (this.#wanted) rest();
    this.#wanted = false;
    if (this.state !== "playing") return;
    this.#forgo();
    this.#heard.pause();
    clearInterval(this.#telling);
    this.#become("paused");
  }

  stop() {
    this.pause();
    this.seek(0);
  }

  /** Go on from a place in the song, in seconds. */
  seek(seconds) {
    this.#frame = Math.max(0, Math.min(this.#song.frames - 1, Math.round(seconds * this.#song.rate)));
    this.#forgo();
    this.#change(["locate", this.#frame]);
    this.#tellPlace({ playing: this.state === "playing", peaks: [0, 0] });
  }

  /** Repeat from one place to another, in seconds; nothing: play to the end. */
  loop(start, end) {
    const frames = [start, end].map((seconds) => Math.round(seconds * this.#song.rate));
    this.#loop = start === undefined ? null : [frames[0], Math.min(frames[1], this.#song.frames)];
    this.#forgo();
    this.#change(this.#loopCommand);
  }

  master(volume) {
    this.#master = volume;
    this.#change(["master", volume]);
  }

  /** Set a row's volume in dB, pan, mute or solo. */
  adjust(row, settings) {
    Object.assign(this.#rows[row], settings);
    this.#change(this.#adjustCommand(row));
  }

  /** Ask again what may be heard. */
  allow() {
    for (const [row, { stem }] of this.#rows.entries()) this.choose(row, stem);
  }

  /** Let another stem of the layer sound, as soon as it is there. */
  async choose(row, stem) {
    this.#rows[row].stem = stem;
    if (!this.#ready) return;
    const part = this.#part(row);
    const get = () => this.#stems.get(part);
    try {
      this.#weigh();
      if (this.#live && part.key) await this.#python.hold(part.key, get);
      if (this.#plain && part.key) this.#plain.hold(part.key, await get());
      if (this.#heard === this.#python) this.#stems.clear();
      const when = this.#onBar && this.engine === "python" ? ["bar"] : [];
      if (this.#part(row).key === part.key) this.#change(["place", row, part.key, ...when]);
      clearTimeout(this.#tidying);
      this.#tidying = setTimeout(() => this.#tidy(), 1000 * TIDY_SECONDS);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Let stems change with the next bar, rather than at once. */
  swapOnBar(on) {
    this.#onBar = on;
  }

  /** Integrated loudness of the whole mix as it is set, in LUFS. */
  async loudness() {
    await this.prepare();
    const { integrated } = await this.#python.survey(this.#parts().map(({ key }) => key));
    return integrated;
  }

  /** SHA-256 of the mix, from its first frame to its last, in words of 16 or 24 bits. */
  digest(bits, { plain = false, ...watch } = {}) {
    return this.#whole(plain, (keys) => this.#python.prove(bits, keys, plain, watch));
  }

  /** A WAV file of the mix as it is set; `watch` is {signal, tell}. */
  export(bits, watch) {
    const { title, artist, album_title: album, isrc } = this.#song;
    const mix = this.#rows.map((_, row) => this.#nth(row) + 1).join("-");
    const tags = { title, artist, album, isrc, mix };
    return this.#whole(false, (keys) => this.#python.bounce(bits, keys, tags, watch));
  }

  /** Turn what is heard down, by dB, without a trace in the mix itself. */
  trim(volume) {
    this.#trim = volume;
    this.#out?.node.gain.setTargetAtTime(10 ** (volume / 20), this.#out.node.context.currentTime, 0.01);
  }

  /** Let go of everything; the player is of no use afterwards. */
  close() {
    if (sounding !== this) return;
    if (this.#wanted) rest();
    this.#evict();
    sounding = null;
  }

  /** Have the best there is of every stem in Python for as long as `act` takes. */
  async #whole(plain, act) {
    await this.prepare();
    const parts = this.#parts({ lossless: true, plain });
    this.#weigh(parts);
    await this.#holdAll(parts);
    if (!this.#plain) this.#stems.clear();
    const keys = parts.map(({ key }) => key);
    try {
      return await act(keys);
    } finally {
      await this.#python.release(keys.filter((key) => key?.endsWith(LOSSLESS)));
    }
  }

  async #chosen() {
    if (this.#live) return;
    this.#weigh();
    await Promise.all(this.#heardParts().map((part) => this.#stems.get(part)));
  }

  /** Refuse what does not fit in memory. A bounce takes twice as much for as long as it lasts. */
  #weigh(parts) {
    weigh(this.#weight(parts));
  }

  #weight(parts = this.#parts()) {
    return parts.reduce((sum, { channels = 0 }) => sum + bytesOf(channels, this.#song.frames), 0);
  }

  /** Keep stems that have been swapped out while they take up little. */
  #tidy() {
    const chosen = new Set(this.#parts().map(({ key }) => key));
    const isWanted = (key) => chosen.has(key) || key.endsWith(LOSSLESS);
    this.#plain?.forget(this.#stems.trim(BUDGET / 2, isWanted));
    this.#python?.trim(BUDGET / 2, isWanted).catch((error) => this.#refuse(error));
  }

  #holdAll(parts) {
    const heard = parts.filter(({ key }) => key);
    return Promise.all(heard.map((part) => this.#python.hold(part.key, () => this.#stems.get(part))));
  }

  /** Have a way from both decks to the loudspeakers. */
  #connect(context) {
    if (this.#out?.node.context === context) return;
    const [node, plain, python] = [1, 0, 0].map((gain) => new GainNode(context, { gain }));
    const meter = new AnalyserNode(context, { fftSize: 4096 });
    plain.connect(node);
    python.connect(node);
    node.connect(meter);
    node.connect(context.destination);
    this.#out = { node, plain, python, meter };
    if (this.#trim) this.trim(this.#trim);
  }

  // Python

  async #openPython() {
    const started = performance.now();
    this.#weigh();
    this.#python?.close(0);
    const python = new PythonDeck();
    const on = (type, hear) => python.addEventListener(type, ({ detail }) => hear(detail));
    on(AT, (detail) => this.#hear(detail));
    on(ENDED, () => this.#heard === python && this.#end());
    on(FAILED, (error) => this.#refuse(error));
    on(LOADING, ({ loaded, total }) => this.#stems.count("Python", loaded, total));
    on(ARMED, () => this.#crossfade());
    on(MISSED, () => this.#takeover && this.#takeOver());
    this.#python = python;
    const sound = this.#chosen();
    sound.catch(() => {}); // told below
    await (ROOMY ? this.#stems.arrived() : sound); // first of all sound: Python comes after the stems
    if (this.#python !== python) return;
    await Promise.all([python.open(this.#song), sound]);
    if (this.#out) python.attach(this.#out.python).catch(() => {}); // told when it is to play
    let parts = [];
    do {
      parts = this.#parts();
      await this.#holdAll(parts);
    } while (this.#parts().some(({ key }, row) => key !== parts[row].key));
    if (this.#python !== python) return;
    this.#live = true;
    if (!this.#plain) this.#stems.clear();
    await python.change(this.#everything());
    this.#seconds = (performance.now() - started) / 1000;
    if (this.#heard === this.#plain && this.state === "playing") this.#takeOver();
  }

  async #playPython() {
    await this.#python.attach(this.#out.python);
    if (!this.#wanted || sounding !== this) return;
    this.#out.python.gain.value = 1;
    this.#heard = this.#python;
    await this.#python.play();
    this.#become("playing");
  }

  /** Let Python begin where the plain deck will be in a moment. */
  async #takeOver() {
    const attempt = (this.#takeover = {});
    try {
      await this.#python.attach(this.#out.python);
      const { sampleRate, currentTime } = this.#out.node.context;
      const at = Math.ceil((currentTime + LEAD_SECONDS) * sampleRate);
      attempt.at = at / sampleRate;
      const frame = this.#plain?.songFrame(at / sampleRate);
      if (this.#takeover !== attempt || !(frame < this.#song.frames)) return;
      await this.#python.change([["locate", frame]]);
      if (this.#takeover === attempt) await this.#python.play(at);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Python will play in step with the plain deck, unheard: let it be heard from then on. */
  #crossfade() {
    const attempt = this.#takeover;
    if (!attempt) return;
    const { node, plain, python } = this.#out;
    const { currentTime } = node.context;
    const from = Math.max(attempt.at, currentTime + FADE_LEAD_SECONDS);
    const to = from + FADE_SECONDS;
    python.gain.setValueAtTime(0, from).linearRampToValueAtTime(1, to);
    plain.gain.setValueAtTime(1, from).linearRampToValueAtTime(0, to);
    setTimeout(() => {
      if (this.#takeover !== attempt) return;
      this.#takeover = null;
      this.#heard = this.#python;
      this.#leavePlain();
      this.#become("playing");
    }, 1000 * (from - currentTime + 2 * FADE_SECONDS));
  }

  /** Give up an attempt to take over: the visitor has gone elsewhere meanwhile. Try again later. */
  #forgo() {
    if (!this.#takeover) return;
    this.#takeover = null;
    const { plain, python } = this.#out;
    for (const { gain } of [plain, python]) gain.cancelScheduledValues(0);
    plain.gain.value = 1;
    python.gain.value = 0;
    this.#python.pause();
    setTimeout(() => {
      if (this.#heard === this.#plain && this.state === "playing" && !this.#takeover) this.#takeOver();
    }, 1000 * LEAD_SECONDS);
  }

  /** Do without Python. */
  #refuse(error) {
    if (sounding !== this || this.refusal || error instanceof StemError || error instanceof TooMuch) return;
    this.refusal = error.message;
    this.#live = false;
    this.#takeover = null;
    if (this.#heard === this.#python) {
      this.#heard = null;
      if (this.state === "playing") {
        this.#become("paused");
        this.play();
      }
    }
    this.#become(this.state);
  }

  // The plain deck

  async #playPlain(context) {
    if (!this.#plain) {
      this.#plain = new PlainDeck(context, this.#song, this.#out.plain);
      this.#heard = this.#plain;
      for (const part of this.#heardParts()) this.#plain.hold(part.key, await this.#stems.get(part));
      this.#plain.change(this.#everything());
    }
    this.#out.plain.gain.value = 1;
    this.#plain.play();
    this.#telling = setInterval(() => this.#tellPlain(), TELL_MS);
    this.#become("playing");
    if (this.#live) this.#takeOver();
  }

  #leavePlain() {
    clearInterval(this.#telling);
    this.#plain?.close();
    this.#plain = null;
    this.#stems.clear();
  }

  #tellPlain() {
    if (this.#plain.isOver) {
      this.#end();
      return;
    }
    this.#frame = Math.min(this.#plain.songFrame(), this.#song.frames - 1);
    const samples = new Float32Array(this.#out.meter.fftSize);
    this.#out.meter.getFloatTimeDomainData(samples);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    this.#tellPlace({ playing: true, peaks: [peak, peak] });
  }

  // Both

  #end() {
    this.stop();
    this.#tell("ended");
  }

  /** Another song is to be heard. */
  #evict() {
    clearTimeout(this.#tidying);
    this.#wanted = this.#live = false;
    this.#takeover = this.#ready = this.#heard = null;
    this.#leavePlain();
    this.#python?.close(1000 * FADE_OUT_SECONDS);
    this.#python = null;
    this.refusal = "";
    if (this.#out) fadeOut(this.#out);
    this.#out = null;
    this.#become("idle");
  }

  #change(command) {
    const failed = (error) => this.#refuse(error);
    if (this.#live) this.#python.change([command]).catch(failed);
    this.#plain?.change([command]);
  }

  #hear({ songFrame, playing, peaks, levels, waiting, ...counts }) {
    this.#counts = counts;
    if (this.#heard !== this.#python) return;
    if (songFrame >= 0) this.#frame = songFrame;
    this.#tellPlace({ playing, peaks, levels, waiting });
  }

  #tellPlace(detail) {
    this.#tell("at", { seconds: this.#frame / this.#song.rate, ...detail });
  }

  #become(state, reason = null) {
    this.state = state;
    this.#tell("state", { state, reason, engine: this.engine, refusal: this.refusal });
  }

  #fail(error) {
    this.pause();
    this.#ready = this.#heard = null;
    this.#live = false;
    this.#leavePlain();
    this.#become("failed", error);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #parts(wish) {
    return this.#rows.map((_, row) => this.#part(row, wish));
  }

  #heardParts() {
    return this.#parts().filter(({ key }) => key);
  }

  /** Return the key, the file and the channels of the stem that is chosen in a row; no key: nothing is heard. */
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

  #nth(row) {
    return this.#song.layers[row].stems.findIndex(({ slug }) => slug === this.#rows[row].stem);
  }

  /** Return all settings, as the commands that a deck begins with. */
  #everything() {
    return [
      ...this.#parts().map(({ key }, row) => ["place", row, key]),
      ...this.#rows.map((_, row) => this.#adjustCommand(row)),
      ["master", this.#master],
      this.#loopCommand,
      ["locate", this.#frame],
    ];
  }

  #adjustCommand(row) {
    const { volume, pan, mute, solo } = this.#rows[row];
    return ["adjust", row, volume, pan, mute, solo];
  }

  get #loopCommand() {
    return this.#loop ? ["loop", ...this.#loop] : ["loop"];
  }
}

/** Let what sounds end in a moment, with no click. */
function fadeOut({ node }) {
  const { context, gain } = node;
  const now = context.currentTime;
  gain.cancelScheduledValues(now).setValueAtTime(gain.value, now).linearRampToValueAtTime(0, now + FADE_SECONDS);
  setTimeout(() => node.disconnect(), 1000 * FADE_OUT_SECONDS);
}
