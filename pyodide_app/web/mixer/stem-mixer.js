// <stem-mixer>: the controls that the page brings along, joined to a player.
//
// The pages of songs have it whole, so that it can be seen before a line of this has run. Others, of
// which there are thousands, say where it is to be found (data-mixer) and how it is to be set (data-mix,
// data-solo). Attributes: data-song (the song's JSON), data-slug, data-rate (its sample rate), data-root (the site's root),
// data-locked and data-preview (what is heard of stems that are not the visitor's, and for how many
// seconds), data-off (there is nothing to play with). What else it can do is in tools.js and shortcuts.js.
import { joinKeys } from "./shortcuts.js";
import { showLevels } from "./meters.js";
import { TooMuch } from "../playback/memory.js";
import { broken } from "./mix-links.js";
import { access, owned, watch } from "../tokens/ownership.js";
import { _, listed, plural } from "../language/phrases.js";
import { isPlaying, Player, wake } from "../playback/player.js";
import { joinTools } from "./tools.js";
import { press, pressed, reset, speak } from "../base/controls.js";
import { clock, decibels, megabytes, side } from "../language/units.js";

const COLOURS = 8;
const STATES = { idle: "", loading: _("Loading"), ready: _("Ready"), playing: _("Playing"), paused: _("Paused") };
const DRAG_PIXELS = 6; // a hand that moves less far has clicked
const NEWS_MS = 4000; // how long news stays, whatever else there is to tell

export class StemMixer extends HTMLElement {
  #player = null;
  #song = null; // a promise of the song's facts
  #whole = null; // a promise of the controls, where the page has not brought them
  #rows = [];
  #range = null; // seconds that Loop repeats; null is the whole song
  #held = false; // the visitor holds the position's thumb
  #holding = null; // what the visitor owns
  #life = new AbortController(); // ends when the page is left
  #words = ""; // what the status line says when nothing is loading
  #news = 0; // a timer, while the status line tells news
  #later = null; // what it says after them

  connectedCallback() {
    if (this.dataset.off !== undefined || this.#rows.length) return;
    if (this.dataset.mixer) (this.#whole = this.#fill()).catch(() => {}); // the status says what is wrong
    else this.#begin();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#player?.close();
    this.#player = this.#song = null;
  }

  get audioContext() {
    return this.outputNode?.context ?? null;
  }

  get outputNode() {
    return this.#player?.outputNode ?? null;
  }

  get stats() {
    return this.#player?.stats ?? null;
  }

  /** Settles when Python and the chosen stems are there; asking for it begins the loading. */
  get ready() {
    return this.player().then((player) => player.prepare());
  }

  get playing() {
    return this.#player?.state === "playing";
  }

  /** Where it is, in seconds. */
  get position() {
    return Number(this.querySelector(".position").value);
  }

  get duration() {
    return Number(this.querySelector(".position").max);
  }

  /** A signal: aborted when the mixer is taken out of its page. */
  get life() {
    return this.#life.signal;
  }

  get rows() {
    return this.#rows;
  }

  /** Positions of the chosen stems in their layers, from 0. */
  get choice() {
    return this.#rows.map(({ stem, slugs }) => slugs.indexOf(stem.value));
  }

  /** SHA-256 of the mix as it is set, as little-endian interleaved words of 16 or 24 bits. */
  async digest(bits = 24) {
    const player = await this.player();
    return player.digest(bits);
  }

  /** The song's facts, fetched once. */
  async facts() {
    await this.#whole;
    return this.#fetchFacts();
  }

  #fetchFacts() {
    this.#song ??= fetch(this.dataset.song).then((answer) => {
      if (answer.ok) return answer.json();
      this.#song = null;
      throw new Error(_("The song's data couldn't be loaded (HTTP %(status)s).", { status: answer.status }));
    });
    return this.#song;
  }

  /** The player, made when it is first needed. */
  async player() {
    const song = await this.facts();
    if (this.#player) return this.#player;
    const access = (layer, stem) => this.#access(layer, stem);
    const rows = this.#rows.map((_, at) => this.#settings(at));
    const player = new Player(song, this.dataset.root, rows, access, Number(this.dataset.preview));
    player.addEventListener("loading", ({ detail }) => this.#showLoading(detail));
    player.addEventListener("state", ({ detail }) => this.#showState(detail));
    player.addEventListener("at", ({ detail }) => this.#showPlace(detail));
    this.#player = player;
    player.swapOnBar(this.querySelector(".on-the-bar").checked);
    player.master(Number(this.querySelector(".master input").value));
    this.#setLoop();
    player.seek(this.position);
    return player;
  }

  /** Show another song: the address of its JSON. */
  async change(address) {
    this.#player?.close();
    this.#player = this.#song = null;
    this.dataset.song = address;
    try {
      const song = await this.facts();
      if (this.dataset.song === address) this.#show(song);
    } catch (error) {
      this.say(error.message);
    }
  }

  async play() {
    try {
      wake(Number(this.dataset.rate)); // now: after the first wait the gesture is over
      const player = await this.player();
      if (this.isConnected) await player.play();
    } catch (error) {
      this.say(error.message);
    }
  }

  pause() {
    this.#player?.pause();
  }

  stop() {
    if (this.#player) this.#player.stop();
    else this.#place(0);
  }

  /** Go on from a place in the song, in seconds. */
  seek(seconds) {
    const place = Math.max(0, Math.min(this.duration, seconds));
    this.#place(place);
    this.#player?.seek(place);
  }

  /** What is set, as mix-links.js writes it. */
  async mix() {
    const { slug, rate } = await this.facts();
    const range = this.#range?.map((seconds) => Math.round(seconds * rate)) ?? null;
    return {
      song: slug,
      choice: this.choice,
      rows: this.#rows.map((_, at) => this.#settings(at)),
      master: Number(this.querySelector(".master input").value),
      loop: pressed(this.querySelector(".loop")) ? (range ?? [0, Math.round(this.duration * rate)]) : null,
      at: Math.round(this.position * rate),
    };
  }

  /** Set everything that a mix says; `place` false leaves the position as it is. */
  async setMix({ choice, rows, master, loop, at }, { place = true } = {}) {
    const { rate, frames } = await this.facts();
    for (const [nth, { volume, pan, mute, solo }] of rows.entries()) {
      const row = this.#rows[nth];
      row.volume.value = volume;
      row.pan.value = pan;
      press(row.mute, mute);
      press(row.solo, solo);
      this.#speakRow(nth);
    }
    for (const nth of rows.keys()) this.#adjust(nth);
    for (const [nth, stem] of choice.entries()) this.choose(nth, stem);
    this.setMaster(master);
    press(this.querySelector(".loop"), Boolean(loop));
    const whole = !loop || (loop[0] === 0 && loop[1] === frames);
    this.setRange(whole ? null : loop.map((frame) => frame / rate));
    if (place) this.seek(at / rate);
  }

  setMaster(volume) {
    const fader = this.querySelector(".master input");
    fader.value = volume;
    speak(fader, decibels(fader.value));
    this.#player?.master(Number(fader.value));
  }

  /** Let a row play a stem, by its position from 0. */
  choose(at, nth) {
    const { stem, slugs } = this.#rows[at];
    if (stem.value === slugs[nth]) return;
    stem.value = slugs[nth];
    stem.dispatchEvent(new Event("change"));
  }

  /** Repeat a range, in seconds; null is the whole song. */
  setRange(range) {
    this.#range = range;
    const [from, to] = range ?? [0, this.duration];
    this.style.setProperty("--from", (from / this.duration).toFixed(5));
    this.style.setProperty("--to", (to / this.duration).toFixed(5));
    this.toggleAttribute("data-range", Boolean(range));
    this.#setLoop();
    this.dispatchEvent(new CustomEvent("range", { detail: { from, to } }));
  }

  toggleLoop(on = !pressed(this.querySelector(".loop"))) {
    press(this.querySelector(".loop"), on);
    this.#setLoop();
  }

  /** Tell what has just come about; it stays for a while. */
  say(words) {
    clearTimeout(this.#news);
    this.#write(words);
    this.#news = setTimeout(() => {
      this.#news = 0;
      if (this.#later !== null) this.#write(this.#later);
      this.#later = null;
    }, NEWS_MS);
  }

  /** Tell how things stand, as soon as there is no news. */
  #report(words) {
    if (this.#news) this.#later = words;
    else this.#write(words);
  }

  #write(words) {
    const status = this.querySelector(".status");
    if (status.textContent !== words) status.textContent = words;
  }

  /** Fetch the controls, once for all pages of a song, and set them as this page wants. */
  async #fill() {
    try {
      const [page, song] = await Promise.all([fetchPage(this.dataset.mixer), this.#fetchFacts()]);
      if (!this.isConnected) return;
      const choice = this.dataset.mix.split("-").map((nth) => nth - 1);
      const mixer = document.adoptNode(page.querySelector(".mixer"));
      for (const [at, row] of mixer.querySelectorAll(".row").entries()) {
        row.querySelector("select").selectedIndex = choice[at];
        press(row.querySelector(".solo"), row.dataset.layer === this.dataset.solo);
      }
      this.replaceChildren(mixer);
      this.#begin();
      for (const at of this.#rows.keys()) this.#draw(song, at);
      this.#showMix(song);
    } catch (error) {
      this.say(error.message);
      throw error;
    }
  }

  #begin() {
    this.#join();
    joinTools(this);
    joinKeys(this);
    this.life.addEventListener("abort", watch((holding) => this.#showHolding(holding)));
    this.#showHolding(owned());
  }

  /** Join the controls to what they do. */
  #join() {
    const on = (selector, type, hear) => this.querySelector(selector).addEventListener(type, hear);
    on(".play", "click", () => this.play());
    on(".pause", "click", () => this.pause());
    on(".stop", "click", () => this.stop());
    on(".loop", "click", () => this.toggleLoop());
    on(".master input", "input", ({ target }) => this.setMaster(target.value));
    on(".master input", "dblclick", ({ target }) => reset(target));
    on(".position", "input", ({ target }) => {
      this.#held = true;
      this.#place(Number(target.value));
    });
    on(".position", "change", ({ target }) => {
      this.#held = false;
      this.seek(Number(target.value));
    });
    on(".on-the-bar", "change", ({ target }) => this.#player?.swapOnBar(target.checked));
    // Loading may begin before the first press, where the visitor is about to use the mixer; unless it
    // would end what is heard: Python has one song at a time.
    const intent = { once: true };
    const prepare = () => isPlaying() || this.ready.catch(() => {}); // the status says what is wrong
    this.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && prepare(), intent);
    this.addEventListener("focusin", prepare, intent);
    this.#joinRows();
    for (const control of this.querySelectorAll("button, input, select")) control.disabled = false;
    this.querySelector(".pause").disabled = true;
  }

  /** Mark what the visitor owns, and list it first; the rest is as the site's [audio] locked says. */
  async #showHolding(holding) {
    this.#holding = holding;
    this.toggleAttribute("data-knows", holding.known);
    try {
      const { slug, layers } = holding.known ? await this.facts() : { layers: [] };
      for (const [at, layer] of layers.entries()) {
        const { stem } = this.#rows[at];
        const mine = ({ value }) => holding.stems.has(`${slug}/${layer.slug}/${value}`);
        for (const option of stem.options) {
          const { name } = layer.stems.find((each) => each.slug === option.value);
          option.text = mine(option) ? _("%(stem)s · yours", { stem: name }) : name;
        }
        const chosen = stem.value;
        stem.append(...[...stem.options].sort((one, other) => mine(other) - mine(one)));
        stem.value = chosen;
      }
    } catch (error) {
      this.say(error.message);
    }
    for (const at of this.#rows.keys()) this.#markHeld(at);
    this.#player?.allow();
  }

  /** Say how much of a stem may be heard: all of it, a preview, or nothing. */
  #access(layer, stem) {
    const { slug } = this.dataset;
    return access(this.#holding ?? owned(), `${slug}/${layer}/${stem}`, this.dataset.locked);
  }

  #markHeld(at) {
    const { element, stem } = this.#rows[at];
    const access = this.#access(element.dataset.layer, stem.value);
    element.dataset.access = access;
    const words = { preview: _("not yours: preview only"), silent: _("not yours: silent"), open: "" };
    element.querySelector(".access").textContent = this.#holding?.known ? words[access] : "";
  }

  #joinRows() {
    this.#rows = [...this.querySelectorAll(".row")].map((element, at) => {
      const find = (selector) => element.querySelector(selector);
      const row = {
        element, lane: find(".lane"), stem: find("select"), mute: find(".mute"), solo: find(".solo"),
        volume: find(".volume input"), pan: find(".pan input"),
        slugs: [...find("select").options].map(({ value }) => value),
      };
      for (const key of [row.mute, row.solo]) {
        key.addEventListener("click", () => {
          press(key, !pressed(key));
          this.#adjust(at);
        });
      }
      for (const fader of [row.volume, row.pan]) {
        fader.addEventListener("input", () => {
          this.#speakRow(at);
          this.#adjust(at);
        });
        fader.addEventListener("dblclick", () => reset(fader));
      }
      row.stem.addEventListener("change", () => this.#choose(at));
      this.#joinLane(row.lane);
      return row;
    });
    this.#markSilent();
  }

  /** A click seeks; a drag loops what it went over, by whole bars where there are bars. */
  #joinLane(lane) {
    const share = (event) => {
      const box = lane.getBoundingClientRect();
      return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    };
    lane.addEventListener("pointerdown", (down) => {
      if (down.button !== 0) return;
      const from = share(down);
      let dragged = false;
      const stop = new AbortController();
      const { signal } = stop;
      const move = (event) => {
        dragged ||= Math.abs(event.clientX - down.clientX) >= DRAG_PIXELS;
        if (dragged) this.#stretch(from, share(event), event.altKey);
      };
      const up = () => {
        stop.abort();
        if (dragged) this.toggleLoop(true);
        else this.seek(from * this.duration);
      };
      if (down.pointerType !== "touch") addEventListener("pointermove", move, { signal }); // a finger scrolls
      addEventListener("pointerup", up, { signal });
      addEventListener("pointercancel", () => stop.abort(), { signal });
    });
  }

  async #stretch(from, to, freely) {
    const { bar_seconds: bar } = await this.facts();
    const step = bar && !freely ? bar / this.duration : 0.001;
    const start = Math.floor(Math.min(from, to) / step) * step;
    const end = Math.min(1, Math.ceil(Math.max(from, to) / step) * step);
    if (end > start) this.setRange([start * this.duration, end * this.duration]);
  }

  #setLoop() {
    if (!this.#player) return;
    if (pressed(this.querySelector(".loop"))) this.#player.loop(...(this.#range ?? [0, this.duration]));
    else this.#player.loop();
  }

  #settings(at) {
    const { stem, volume, pan, mute, solo } = this.#rows[at];
    return {
      stem: stem.value,
      volume: Number(volume.value),
      pan: Number(pan.value),
      mute: pressed(mute),
      solo: pressed(solo),
    };
  }

  #adjust(at) {
    const { volume, pan, mute, solo } = this.#settings(at);
    this.#player?.adjust(at, { volume, pan, mute, solo });
    this.#markSilent();
  }

  #speakRow(at) {
    const { volume, pan } = this.#rows[at];
    speak(volume, decibels(volume.value));
    speak(pan, side(pan.value));
  }

  /** Dim the rows that cannot be heard. */
  #markSilent() {
    const anySolo = this.#rows.some(({ solo }) => pressed(solo));
    for (const { element, mute, solo } of this.#rows) {
      element.classList.toggle("silent", pressed(mute) || (anySolo && !pressed(solo)));
    }
  }

  async #choose(at) {
    this.#player?.choose(at, this.#rows[at].stem.value);
    this.#markHeld(at);
    try {
      const song = await this.facts();
      this.#draw(song, at);
      this.#showMix(song);
    } catch (error) {
      this.say(error.message);
    }
  }

  #draw({ layers }, at) {
    const { element } = this.#rows[at];
    element.querySelector(".lane path").setAttribute("d", layers[at].stems[this.choice[at]].path);
  }

  /** Name the mix, link to its page if it has one, and say which rules it breaks. */
  #showMix(song) {
    const mix = this.choice.map((nth) => nth + 1).join("-");
    const link = this.querySelector(".mix-number");
    link.textContent = mix;
    if (song.pages.includes(mix)) link.href = `${this.dataset.root}${song.address}${mix}/`;
    else link.removeAttribute("href");
    const rules = this.querySelector(".rules");
    const words = broken(this.choice, song);
    rules.hidden = !words.length;
    rules.textContent = words.length ? _("This mix can't be forged. %(rules)s", { rules: words.join(" ") }) : "";
    this.dispatchEvent(new CustomEvent("mix", { detail: mix }));
  }

  #showLoading({ loaded, total, waiting }) {
    const bar = this.querySelector("progress");
    bar.hidden = !waiting.length;
    bar.value = total ? loaded / total : 0;
    if (!waiting.length) {
      this.#report(this.#words);
      return;
    }
    const python = waiting.includes("Python") ? ["Python"] : [];
    const stems = waiting.length - python.length;
    const what = listed(stems ? [...python, plural(stems, "%(num)s stem", "%(num)s stems")] : python);
    const sizes = { what, loaded: megabytes(loaded), total: megabytes(total) };
    this.#report(_("Loading %(what)s: %(loaded)s of %(total)s MB", sizes));
  }

  #showState({ state, reason, engine, refusal }) {
    this.dataset.state = state;
    this.querySelector(".pause").disabled = state !== "playing";
    this.#words = STATES[state];
    if (state === "playing") this.#words = engine === "python" ? _("Playing, mixed by Python") : _("Playing, mixed by the browser");
    if (state === "failed") this.#words = failure(reason, reason instanceof TooMuch);
    else if (refusal) this.#words = _("%(state)s. Python can't run here: %(reason)s", { state: this.#words, reason: refusal });
    if (state === "failed") this.say(this.#words);
    else this.#report(this.#words);
    if (state === "ready" || state === "failed") this.querySelector("progress").hidden = true;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  #showPlace({ seconds, playing, peaks, levels = null, waiting = [] }) {
    if (!this.#held) this.#place(seconds);
    showLevels(this, playing ? peaks : [0, 0], playing ? levels : null);
    for (const [at, { element }] of this.#rows.entries()) {
      element.toggleAttribute("data-waits", waiting.includes(at));
    }
  }

  /** Put the playhead and the clock at a place in the song. */
  #place(seconds) {
    const position = this.querySelector(".position");
    position.value = seconds;
    position.setAttribute("aria-valuetext", _("%(now)s of %(all)s", { now: clock(seconds), all: clock(this.duration) }));
    this.querySelector(".now").textContent = clock(seconds);
    const share = Math.min(1, seconds / this.duration).toFixed(5);
    for (const each of [position, ...this.#rows.map(({ lane }) => lane)]) each.style.setProperty("--at", share);
    this.dispatchEvent(new CustomEvent("place", { detail: seconds }));
  }

  /** Rebuild the rows for another song, out of the rows that are there. */
  #show(song) {
    const [first] = this.#rows;
    const rows = song.layers.map((layer, at) => {
      const row = first.element.cloneNode(true);
      row.className = `row layer-${(at % COLOURS) + 1}`;
      row.setAttribute("aria-label", layer.name);
      row.dataset.layer = layer.slug;
      row.querySelector(".layer-name").textContent = layer.name;
      row.querySelector("select").replaceChildren(
        ...layer.stems.map((stem) => new Option(stem.name, stem.slug)),
      );
      for (const key of row.querySelectorAll("button")) press(key, false);
      for (const fader of row.querySelectorAll("input")) fader.value = fader.defaultValue;
      return row;
    });
    this.querySelector(".rows").replaceChildren(...rows);
    this.dataset.rate = song.rate;
    this.dataset.slug = song.slug;
    this.querySelector(".position").max = song.duration;
    this.querySelector(".of").textContent = clock(song.duration);
    this.#joinRows();
    const choice = song.pages[0]?.split("-").map((nth) => nth - 1) ?? [];
    for (const [at, { stem }] of this.#rows.entries()) {
      stem.value = song.layers[at].stems[choice[at] ?? 0].slug;
      this.#speakRow(at);
      this.#draw(song, at);
    }
    this.#showHolding(this.#holding);
    this.setRange(null);
    this.#place(0);
    this.#showMix(song);
    this.#showState({ state: "idle", refusal: "" });
    this.dispatchEvent(new CustomEvent("song", { detail: song }));
  }
}

function failure({ message: reason }, isFinal) {
  if (isFinal) return _("Can't play: %(reason)s.", { reason });
  return _("Can't play: %(reason)s. Press Play to try again.", { reason });
}

async function fetchPage(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(_("The mixer couldn't be loaded (HTTP %(status)s).", { status: answer.status }));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

customElements.define("stem-mixer", StemMixer);
