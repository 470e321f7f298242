// A deck of Web Audio nodes: plays until Python has loaded, or where it cannot run.
//
// It takes the same commands as session.py and has the same pan law, so that Python can take over within a song.
// It has no limiter.

/** @import { Applied, Command, RowSettings } from "./messages.js" */
/** @typedef {[start: number, end: number]} Loop frames of the song */

const RAMP = 0.01; // seconds, of every change of gain
const SOON = 0.03; // seconds from scheduling a source to its start

export class BrowserDeck {
  #context;
  #frames;
  #rows;
  #sum;
  /** @type {Map<string, AudioBuffer>} */
  #stems = new Map();
  #origin = { time: 0, frame: 0 }; // maps the context's time to a frame of the song
  /** @type {Loop | null} */
  #loop = null;
  #isPlaying = false;

  /**
   * @param {AudioContext} context @param {Pick<Data.Song, "frames" | "layers">} song
   * @param {AudioNode} output
   */
  constructor(context, { frames, layers }, output) {
    this.#context = context;
    this.#frames = frames;
    this.#sum = new GainNode(context);
    this.#sum.connect(output);
    this.#rows = layers.map(() => new Row(context, this.#sum));
  }

  /** @param {string} key @param {AudioBuffer} buffer */
  load(key, buffer) {
    this.#stems.set(key, buffer);
  }

  /** @param {Iterable<string>} keys */
  unload(keys) {
    for (const key of keys) this.#stems.delete(key);
  }

  /**
   * @param {readonly Command[]} commands
   * @returns {Applied[]} each command, and when it takes effect; frames are the context's
   */
  apply(commands) {
    return commands.map((command) => {
      const time = this.#run(command);
      return { ...this.#placeAt(time), commands: [command], isReset: !this.#isPlaying };
    });
  }

  /**
   * @param {number} [at] the context's frame to begin at
   * @returns {Applied} when playback starts
   */
  play(at = 0) {
    this.#isPlaying = true;
    const time = Math.max(this.#soon, at / this.#context.sampleRate);
    return { ...this.#placeAt(this.#locate(this.#origin.frame, time)), commands: [], isReset: true };
  }

  /** The context's frame. */
  get contextFrame() {
    return Math.round(this.#context.currentTime * this.#context.sampleRate);
  }

  pause() {
    if (!this.#isPlaying) return;
    this.#origin = { time: 0, frame: this.songFrame() };
    this.#isPlaying = false;
    for (const row of this.#rows) row.fadeOut();
  }

  /** Release everything, after a short fade. */
  close() {
    this.pause();
    this.#stems.clear();
    setTimeout(() => this.#sum.disconnect(), 1000 * RAMP * 5);
  }

  /** Whether the song is over; stems may be shorter, or none may be audible. */
  get isOver() {
    return this.#isPlaying && this.songFrame() >= this.#frames;
  }

  /** The song frame at a frame of the context. @param {number} contextFrame */
  songFrameAt(contextFrame) {
    return this.songFrame(contextFrame / this.#context.sampleRate);
  }

  /** The context's frame at which a frame of the song sounds, if nothing loops. @param {number} songFrame */
  contextFrameAt(songFrame) {
    return Math.round(this.#origin.time * this.#context.sampleRate) + songFrame - this.#origin.frame;
  }

  /** The song frame at a time of the context. */
  songFrame(time = this.#context.currentTime) {
    const { sampleRate } = this.#context;
    if (!this.#isPlaying) return this.#origin.frame;
    const frame = this.#origin.frame + Math.max(0, Math.round((time - this.#origin.time) * sampleRate));
    if (!this.#loop || this.#origin.frame >= this.#loop[1] || frame < this.#loop[1]) return frame;
    const [start, end] = this.#loop;
    return start + ((frame - start) % (end - start));
  }

  /** Run a command; returns its time of the context. @param {Command} command */
  #run(command) {
    const { currentTime } = this.#context;
    switch (command[0]) {
      case "place":
        return this.#place(command[1], command[2], command[3]);
      case "adjust":
        this.#adjust(command[1], command[2], command[3], command[4], command[5]);
        return currentTime;
      case "master":
        rampTo(this.#sum.gain, this.#context, decibelsToGain(command[1]));
        return currentTime;
      case "loop":
        return this.#setLoop(command.length === 3 ? [command[1], command[2]] : null);
      case "locate":
        return this.#locate(command[1]);
      default:
        return currentTime;
    }
  }

  /** @param {number} time of the context */
  #placeAt(time) {
    return { frame: Math.round(time * this.#context.sampleRate), songFrame: this.songFrame(time) };
  }

  /**
   * Bars are not known here: what waits for one does not.
   * @param {number} row @param {string | null} key @param {"bar" | number} [due]
   */
  #place(row, key, due) {
    this.#rows[row].stem = (key && this.#stems.get(key)) || null;
    return this.#isPlaying ? this.#start(row, typeof due === "number" ? due : 0) : this.#context.currentTime;
  }

  /** @param {number} nth @param {number} volume @param {number} pan @param {boolean} mute @param {boolean} solo */
  #adjust(nth, volume, pan, mute, solo) {
    this.#rows[nth].settings = { volume, pan, mute, solo };
    const anySolo = this.#rows.some((row) => row.settings.solo);
    for (const row of this.#rows) row.updateGains(anySolo);
  }

  /** @param {Loop | null} loop */
  #setLoop(loop) {
    const time = this.#soon;
    const frame = this.songFrame(time);
    this.#loop = loop;
    return this.#locate(frame, time);
  }

  /** @param {number} frame of the song @param {number} time of the context */
  #locate(frame, time = this.#soon) {
    this.#origin = { time, frame };
    if (this.#isPlaying) for (const row of this.#rows.keys()) this.#start(row);
    return time;
  }

  /** @param {number} row @param {number} [frame] of the song, before which it does not start */
  #start(row, frame = 0) {
    const { sampleRate } = this.#context;
    const time = Math.max(this.#origin.time, this.#soon, this.#origin.time + (frame - this.#origin.frame) / sampleRate);
    this.#rows[row].start(time, this.songFrame(time), this.#loop);
    return time;
  }

  /** The earliest time of the context, on a frame, for which something can be scheduled. */
  get #soon() {
    const { sampleRate, currentTime } = this.#context;
    return Math.ceil((currentTime + SOON) * sampleRate) / sampleRate;
  }
}

/** @typedef {{ source: AudioBufferSourceNode, fade: GainNode, end: number }} Voice end: when it fades out, a time of the context */

/** One layer: a source, and a gain for each channel. */
class Row {
  /** @type {AudioBuffer | null} */
  stem = null;
  /** @type {RowSettings} */
  settings = { volume: 0, pan: 0, mute: false, solo: false };
  #context;
  #splitter;
  #left;
  #right;
  /** @type {Voice | null} */
  #voice = null;
  /** @type {Voice | null} */
  #before = null; // may sound until the voice starts

  /** @param {AudioContext} context @param {AudioNode} output */
  constructor(context, output) {
    this.#context = context;
    this.#splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    this.#left = new GainNode(context);
    this.#right = new GainNode(context);
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    this.#splitter.connect(this.#left, 0).connect(merger, 0, 0);
    this.#splitter.connect(this.#right, 1).connect(merger, 0, 1);
    merger.connect(output);
  }

  /** @param {boolean} anySolo whether any row is soloed */
  updateGains(anySolo) {
    const { volume, pan, mute, solo } = this.settings;
    const level = mute || (anySolo && !solo) ? 0 : decibelsToGain(volume);
    rampTo(this.#left.gain, this.#context, level * Math.sqrt(1 - pan));
    rampTo(this.#right.gain, this.#context, level * Math.sqrt(1 + pan));
  }

  /**
   * Start the stem at a time of the context from a song frame; the previous source fades out.
   * @param {number} time @param {number} frame @param {Loop | null} loop
   */
  start(time, frame, loop) {
    this.fadeOut(time);
    if (!this.stem || frame >= this.stem.length) return;
    const { sampleRate } = this.#context;
    // Upmix mono to both channels.
    const fade = new GainNode(this.#context, { gain: 0, channelCount: 2, channelCountMode: "explicit" });
    const source = new AudioBufferSourceNode(this.#context, { buffer: this.stem });
    if (loop && frame < loop[1]) {
      Object.assign(source, { loop: true, loopStart: loop[0] / sampleRate, loopEnd: loop[1] / sampleRate });
    }
    fade.gain.setValueAtTime(0, time).linearRampToValueAtTime(1, time + RAMP);
    source.connect(fade).connect(this.#splitter);
    source.start(time, frame / sampleRate);
    source.onended = () => fade.disconnect();
    this.#voice = { source, fade, end: Infinity };
  }

  fadeOut(time = this.#context.currentTime) {
    for (const voice of [this.#before, this.#voice]) if (voice && voice.end > time) fadeOutAt(voice, time);
    if (this.#voice) this.#before = this.#voice;
    this.#voice = null;
  }
}

/** @param {Voice} voice @param {number} time */
function fadeOutAt(voice, time) {
  voice.fade.gain.cancelScheduledValues(time).setValueAtTime(1, time).linearRampToValueAtTime(0, time + RAMP);
  voice.source.stop(time + RAMP);
  voice.end = time;
}

/** @param {AudioParam} param @param {AudioContext} context @param {number} value */
function rampTo(param, context, value) {
  const now = context.currentTime;
  param.cancelScheduledValues(now).setValueAtTime(param.value, now).linearRampToValueAtTime(value, now + RAMP);
}

/**
 * dB to gain; -60 dB and below is silence.
 * @param {number} volume
 */
function decibelsToGain(volume) {
  return volume > -60 ? 10 ** (volume / 20) : 0;
}
