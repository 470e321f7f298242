// <stem-radio>: what is on air, its controls, and how to keep it. Attributes: data-locked and data-preview (how stems that the
// visitor does not hold are treated, and the length of previews in seconds).
/** @import { Slot } from "./schedule.js" */
import { setDisabled } from "../base/controls.js";
import { createElement, find, loadJson, part, setText, siteAddress } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { mixNumber } from "../base/mix-numbers.js";
import { repeat } from "../base/timers.js";
import { _, pgettext } from "../language/phrases.js";
import { formatTime } from "../language/units.js";
import { formatMix } from "../mixer/mix-links.js";
import { clearMediaSession, setMediaSession, setPlaybackState } from "../playback/media-session.js";
import { MIXES } from "../saved/mixes.js";
import { ACCESS } from "../tokens/access-words.js";
import { owned } from "../tokens/ownership.js";
import { choiceAt } from "./schedule.js";
import { Station } from "./station.js";

const CLOCK_MS = 500;
const COLOURS = 8; // of layers, in site.css

export class StemRadio extends HTMLElement {
  #life = new AbortController();
  /** @type {Station | null} */
  #station = null;
  #shown = ""; // the song and mix

  connectedCallback() {
    if (this.dataset.off !== undefined) return;
    this.#life = new AbortController();
    this.#start(this.#life.signal).catch((error) => this.#say(reasonOf(error)));
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#station?.pause();
    this.#station = null;
    clearMediaSession(this);
  }

  get audioContext() {
    return this.outputNode?.context ?? null;
  }

  get outputNode() {
    return this.#station?.outputNode ?? null;
  }

  get stats() {
    return this.#station?.stats ?? null;
  }

  /** What is on air: the song's slug, the frame, and the mix. */
  get onAir() {
    if (!this.#station) return null;
    const { slot, frame } = this.#station.onAir;
    return { song: slot.song.slug, frame, mix: mixNumber(choiceAt(slot, frame)) };
  }

  /** @param {AbortSignal} signal */
  async #start(signal) {
    /** @type {Data.Radio} */
    const radio = await loadJson("data/radio.json");
    if (signal.aborted) return;
    const station = new Station(radio, /** @type {Data.Access} */ (this.dataset.locked), Number(this.dataset.preview));
    this.#station = station;
    station.on("state", () => this.#showState(station), { signal });
    station.on("heard", () => this.#show(station), { signal });
    this.#connect(".play", () => station.play());
    this.#connect(".pause", () => station.pause());
    this.#connect("[data-keep]", () => this.#keep(station));
    for (const type of ["pointerdown", "focus"]) part(this, "mixer").addEventListener(type, () => this.#linkToMixer(station), { signal });
    this.#showState(station);
    part(this, "on-air").hidden = false;
    repeat(CLOCK_MS, () => this.#show(station), signal);
  }

  /** @param {string} selector @param {() => void} act */
  #connect(selector, act) {
    find(this, selector).addEventListener("click", act, { signal: this.#life.signal });
  }

  /** @param {Station} station */
  #showState(station) {
    const { state, reason } = station;
    this.dataset.state = state;
    const [play, pause] = [find(this, ".play", HTMLButtonElement), find(this, ".pause", HTMLButtonElement)];
    play.disabled &&= state !== "paused"; // what is enabled comes first: it may get the other's focus
    setDisabled(pause, state === "paused", play);
    setDisabled(play, state !== "paused", pause);
    const words = { paused: "", loading: _("Loading"), playing: _("Playing") }[state];
    this.#say(reason || words);
    this.#show(station);
    if (state !== "paused") this.#showOnKeys(station);
    setPlaybackState(this, state);
  }

  /** @param {Station} station */
  #show(station) {
    const { slot, frame } = station.onAir;
    const { song } = slot;
    const clock = _("%(now)s of %(all)s", { now: formatTime(Math.min(frame, song.frames) / song.rate), all: formatTime(song.frames / song.rate) });
    setText(part(this, "clock"), clock);
    const choice = choiceAt(slot, frame);
    const notes = stemNotes(station, song, choice);
    const shown = [slot.round, slot.nth, mixNumber(choice), ...notes].join(" ");
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#showSong(slot, station.after(slot));
    this.#showMix(song, choice, notes);
    this.#linkToMixer(station);
    if (station.state !== "paused") this.#showOnKeys(station);
  }

  /** @param {Slot} slot @param {Slot} next */
  #showSong({ song }, next) {
    part(this, "title").replaceChildren(createElement("a", { href: siteAddress(song.address) }, song.title));
    setText(part(this, "artist"), song.artist);
    part(this, "next").replaceChildren(createElement("a", { href: siteAddress(next.song.address) }, next.song.title));
  }

  /** @param {Data.RadioSong} song @param {number[]} choice @param {string[]} notes on how stems are heard, by layer */
  #showMix(song, choice, notes) {
    const mix = mixNumber(choice);
    const hasPage = !song.pages || song.pages.includes(mix);
    const cover = siteAddress(hasPage ? `art/mixes/${song.slug}/${mix}.svg` : song.cover);
    const image = part(this, "cover", HTMLImageElement);
    if (image.src !== cover) image.src = cover;
    part(this, "mix").replaceChildren(hasPage ? createElement("a", { href: siteAddress(`songs/${song.slug}/${mix}/`) }, mix) : mix);
    part(this, "stems").replaceChildren(...song.layers.map((layer, row) => {
      const stem = layer.stems[choice[row]];
      const name = stem ? createElement("a", { href: siteAddress(stem.address) }, stem.name) : pgettext("layer", "None");
      return createElement("li", { class: `layer-${(row % COLOURS) + 1}` }, createElement("span", { class: "label" }, layer.name), " ", name, ...noteLine(notes[row]));
    }));
    this.#showTokens(song.tokens[mix] ?? []);
    part(this, "add").dataset.queue = `songs/${song.slug}/${mix}`;
  }

  /** @param {readonly string[]} addresses */
  #showTokens(addresses) {
    /** @type {HTMLElement | null} */
    const place = this.querySelector("[data-are-tokens]"); // of a site with tokens
    if (!place) return;
    place.hidden = !addresses.length;
    const links = addresses.map((address) => createElement("a", { href: siteAddress(address) }, `#${address.split("/").at(-2)}`));
    part(place, "tokens").replaceChildren(...links.map((link) => createElement("li", {}, link)));
  }

  /** What is heard, as a link of the mixer writes it. @param {Station} station */
  #mixOf(station) {
    const { slot, frame } = station.onAir;
    const { song } = slot;
    const choice = choiceAt(slot, frame);
    const rows = choice.map(() => ({ volume: 0, pan: 0, mute: false, solo: false }));
    return { song, choice, text: formatMix({ song: song.slug, choice, rows, master: 0, loop: null, at: Math.min(frame, song.frames - 1) }) };
  }

  /** @param {Station} station */
  #linkToMixer(station) {
    const { song, text } = this.#mixOf(station);
    part(this, "mixer", HTMLAnchorElement).href = `${siteAddress(song.address)}#${text}`;
  }

  /** @param {Station} station */
  #keep(station) {
    const { song, choice, text } = this.#mixOf(station);
    const name = _("%(song)s, mix %(mix)s", { song: song.title, mix: mixNumber(choice) });
    try {
      MIXES.save([...MIXES.read().filter((saved) => saved.name !== name), { name, mix: text }]);
      this.#say(_("Saved in this browser: %(name)s", { name }));
    } catch (error) {
      this.#say(reasonOf(error));
    }
  }

  /** Show on media keys and the lock screen what is on air. @param {Station} station */
  #showOnKeys(station) {
    const { song } = station.onAir.slot;
    const artwork = [{ src: siteAddress(song.cover), type: "image/svg+xml" }];
    const metadata = { title: song.title, artist: song.artist, album: document.title, artwork };
    const pause = () => station.pause();
    setMediaSession(this, metadata, { play: () => station.play(), pause, stop: pause });
  }

  /** @param {string} words */
  #say(words) {
    setText(part(this, "status"), words);
  }
}

/**
 * Why the stems of a mix cannot be heard, or not all of them, by layer; "" for those that can.
 * @param {Station} station @param {Data.RadioSong} song @param {number[]} choice
 */
function stemNotes(station, song, choice) {
  const holding = owned();
  return song.layers.map(({ slug, stems }, row) => {
    const stem = stems[choice[row]];
    const access = stem ? station.accessOf(`${song.slug}/${slug}/${stem.slug}`, holding) : "open";
    return station.troubles.of(song, row, choice[row]) || ACCESS[access];
  });
}

/** @param {string} words a note, or "" */
function noteLine(words) {
  return words ? [" ", createElement("span", { class: "note" }, words)] : [];
}

customElements.define("stem-radio", StemRadio);
