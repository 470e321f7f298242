// <stem-mixer>: connects the controls in the page to a player.
//
// Song pages contain the controls, so that they are visible before any script has run. The many other pages load
// them from a song page (data-mixer) and set them (data-mix, data-solo). Attributes: data-song (the song's JSON),
// data-slug, data-rate (its sample rate), data-root (the site's root), data-locked and data-preview (how stems that
// the visitor does not own are treated, and the length of previews in seconds), data-streamed (the song is long), data-off
// (no player on this site).
// More controls are added by mixer.js.
/** @import { Loading } from "../playback/stems.js" */
/** @import { FailedStem, Place, PlayerState, StateChange } from "../playback/player.js" */
/** @import { Holding } from "../tokens/ownership.js" */
/** @import { Mix } from "./mix-links.js" */
import { Meters } from "./meters.js";
import { MemoryBudgetError } from "../playback/memory.js";
import { brokenRules, mixNumber, parseMixNumber } from "./mix-links.js";
import { access, owned, watch } from "../tokens/ownership.js";
import { _, formatList, plural } from "../language/phrases.js";
import { isPlaying, Player, resumeAudio, warmUp } from "../playback/player.js";
import { PositionSlider } from "../meters/position-slider.js";
import { MixerRow } from "./row.js";
import { StatusLine } from "./status-line.js";
import { Turntable } from "./turntable.js";
import { setPressed, isPressed, resetFader, describeFader } from "../base/controls.js";
import { find, findAll, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { whenIdle } from "../base/idle.js";
import { formatTime, formatDecibels, formatMegabytes } from "../language/units.js";

/** @typedef {{ mix: string, state: PlayerState, place: number, song: Data.Song, range: { from: number, to: number } }} MixerEvents */

const COLOURS = 8;
/** @type {Readonly<Record<PlayerState, string>>} */
const STATES = { idle: "", loading: _("Loading"), ready: _("Ready"), playing: _("Playing"), paused: _("Paused"), failed: "" };
/** @type {Readonly<Record<Data.Access, string>>} */
const ACCESS = { preview: _("not yours: preview only"), silent: _("not yours: silent"), open: "" };

export class StemMixer extends HTMLElement {
  /** @type {((mixer: StemMixer) => void)[]} */
  static extensions = []; // what else mixers do, added to each whose controls are there

  /** @type {Player | null} */
  #player = null;
  /** @type {Promise<Data.Song> | null} */
  #song = null;
  /** @type {Promise<void> | null} */
  #controls = null; // while they are loaded from a song page
  /** @type {MixerRow[]} */
  #rows = [];
  /** @type {[start: number, end: number] | null} */
  #range = null; // of the loop, in seconds; null: the whole song
  #place = 0; // seconds
  #isHeld = false; // the visitor is dragging the position
  /** @type {PositionSlider | null} */
  #slider = null;
  /** @type {Meters | null} */
  #meters = null;
  /** @type {Turntable | null} */
  #turntable = null;
  /** @type {Readonly<Holding>} */
  #holding = owned();
  #status = new StatusLine(this);
  #stateWords = "";
  #life = new AbortController(); // aborted when the mixer is removed from the page
  #playerLife = new AbortController();
  #rowsLife = new AbortController(); // aborted when the rows are those of another song

  connectedCallback() {
    if (this.dataset.off !== undefined) return;
    this.#life = new AbortController(); // the element may have been moved
    if (!this.dataset.mixer || this.#rows.length) this.#start();
    else (this.#controls = this.#loadControls()).catch(() => {}); // shown in the status line
  }

  disconnectedCallback() {
    this.#closePlayer();
    this.#rowsLife.abort();
    this.#life.abort();
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

  /** Resolves once Python has loaded the chosen stems; reading it starts the loading. */
  get ready() {
    return this.player().then((player) => player.prepare());
  }

  get playing() {
    return this.#player?.state === "playing";
  }

  /** In seconds. */
  get position() {
    return this.#place;
  }

  get duration() {
    return Number(this.#input(".position").max);
  }

  /** A signal: aborted when the mixer is removed from the page. */
  get life() {
    return this.#life.signal;
  }

  get rows() {
    return this.#rows;
  }

  /** Names of the layers whose chosen stem is not heard in full, since the visitor does not hold it. */
  get restrictedLayers() {
    return this.#rows.filter(({ element }) => element.dataset.access !== "open").map(({ element }) => element.getAttribute("aria-label") ?? "");
  }

  /** The chosen stems' positions in their layers, from 0. */
  get choice() {
    return this.#rows.map((row) => row.choice);
  }

  /** SHA-256 of the current mix, as little-endian interleaved words of 16 or 24 bits. */
  async digest(bits = 24) {
    const player = await this.player();
    return player.digest(bits);
  }

  /** The song's data, loaded once. */
  async facts() {
    await this.#controls;
    return this.#fetchFacts();
  }

  /** @returns {Promise<Data.Song>} */
  #fetchFacts() {
    this.#song ??= fetch(this.dataset.song ?? "").then((answer) => {
      if (answer.ok) return answer.json();
      this.#song = null;
      throw new Error(_("The song's data couldn't be loaded (HTTP %(status)s).", { status: answer.status }));
    });
    return this.#song;
  }

  /** The player, created on the first call. */
  async player() {
    const song = await this.facts();
    if (this.#player) return this.#player;
    const { root = "", preview } = this.dataset;
    const rows = this.#rows.map(({ settings }) => settings);
    const player = new Player(song, root, rows, (layer, stem) => this.#accessTo(layer, stem), Number(preview));
    this.#playerLife = new AbortController();
    const { signal } = this.#playerLife;
    player.on("loading", (loading) => this.#showLoading(loading), { signal });
    player.on("state", (change) => this.#showState(change), { signal });
    player.on("position", (place) => this.#followPlace(place), { signal });
    player.on("stem-failed", (failure) => this.#showFailedStem(failure), { signal });
    this.#player = player;
    player.changeStemsOnBar(this.#input(".on-the-bar").checked);
    player.master(Number(this.#input(".master input").value));
    this.#setLoop();
    player.seek(this.position);
    return player;
  }

  #closePlayer() {
    this.#player?.close();
    this.#playerLife.abort();
    this.#player = this.#song = null;
  }

  /**
   * Switch to another song.
   * @param {string} address of its JSON
   */
  async change(address) {
    this.#closePlayer();
    this.dataset.song = address;
    try {
      const song = await this.facts();
      if (this.dataset.song === address) this.#showSong(song);
    } catch (error) {
      this.announce(reasonOf(error));
    }
  }

  async play() {
    try {
      resumeAudio(Number(this.dataset.rate)); // now: after an await the user gesture no longer counts
      const player = await this.player();
      if (this.isConnected) await player.play();
    } catch (error) {
      this.announce(reasonOf(error));
    }
  }

  pause() {
    this.#player?.pause();
  }

  stop() {
    if (this.#player) this.#player.stop();
    else this.#showPlace(0);
  }

  /**
   * Seek within the song.
   * @param {number} seconds
   */
  seek(seconds) {
    const place = Math.max(0, Math.min(this.duration, seconds));
    this.#showPlace(place);
    this.#player?.seek(place);
  }

  /**
   * All settings.
   * @returns {Promise<Mix>}
   */
  async mix() {
    const { slug, rate } = await this.facts();
    const [start, end] = this.#range ?? [0, this.duration];
    return {
      song: slug,
      choice: this.choice,
      rows: this.#rows.map(({ settings }) => settings),
      master: Number(this.#input(".master input").value),
      loop: isPressed(this.#button(".loop")) ? [Math.round(start * rate), Math.round(end * rate)] : null,
      at: Math.round(this.position * rate),
    };
  }

  /**
   * Apply the settings of a mix; `place: false` keeps the position.
   * @param {Omit<Mix, "song">} mix
   */
  async setMix({ choice, rows, master, loop, at }, { place = true } = {}) {
    const { rate, frames } = await this.facts();
    for (const [nth, settings] of rows.entries()) this.#rows[nth].set(settings);
    for (const nth of rows.keys()) this.#adjust(nth);
    for (const [nth, stem] of choice.entries()) this.choose(nth, stem);
    this.setMaster(master);
    setPressed(this.#button(".loop"), Boolean(loop));
    const isPart = loop && !(loop[0] === 0 && loop[1] === frames);
    this.setRange(isPart ? [loop[0] / rate, loop[1] / rate] : null);
    if (place) this.seek(at / rate);
  }

  /** @param {number | string} volume in dB */
  setMaster(volume) {
    const fader = this.#input(".master input");
    fader.value = String(volume);
    describeFader(fader, formatDecibels(fader.value));
    this.#player?.master(Number(fader.value));
  }

  /**
   * Choose a row's stem.
   * @param {number} row @param {number} nth position of the stem in its layer, from 0
   */
  choose(row, nth) {
    const { stem, slugs } = this.#rows[row];
    if (stem.value === slugs[nth]) return;
    stem.value = slugs[nth];
    stem.dispatchEvent(new Event("change"));
  }

  /**
   * Set the range to loop, in seconds; null: the whole song.
   * @param {[start: number, end: number] | null} range
   */
  setRange(range) {
    this.#range = range;
    const [from, to] = range ?? [0, this.duration];
    this.style.setProperty("--from", (from / this.duration).toFixed(5));
    this.style.setProperty("--to", (to / this.duration).toFixed(5));
    this.toggleAttribute("data-range", Boolean(range));
    this.#setLoop();
    this.#emit("range", { from, to });
  }

  toggleLoop(on = !isPressed(this.#button(".loop"))) {
    setPressed(this.#button(".loop"), on);
    this.#setLoop();
  }

  /**
   * Show a message in the status line for a few seconds.
   * @param {string} words
   */
  announce(words) {
    this.#status.announce(words);
  }

  /**
   * Listen to the mixer's events, until it is removed from the page.
   * @template {keyof MixerEvents} Type
   * @param {Type} type @param {(detail: MixerEvents[Type]) => void} listener
   */
  on(type, listener) {
    this.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail), { signal: this.life });
  }

  /**
   * @template {keyof MixerEvents} Type
   * @param {Type} type @param {MixerEvents[Type]} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Load the controls from the song's page, which browsers cache for all its pages, and set them as this page says. */
  async #loadControls() {
    try {
      const { mixer = "", mix = "", root, solo } = this.dataset;
      const [page, song] = await Promise.all([fetchPage(mixer), this.#fetchFacts()]);
      if (!this.isConnected) return;
      const choice = parseMixNumber(mix);
      const controls = document.adoptNode(find(page, ".mixer"));
      for (const [nth, row] of findAll(controls, ".row").entries()) {
        find(row, "select", HTMLSelectElement).selectedIndex = choice[nth];
        setPressed(find(row, ".solo"), row.dataset.layer === solo);
      }
      for (const link of controls.querySelectorAll("a.to-mine")) link.setAttribute("href", `${root}mine/`);
      this.replaceChildren(controls);
      this.#start();
      for (const [nth, row] of this.#rows.entries()) row.draw(song.layers[nth]);
      this.#showMix(song);
    } catch (error) {
      this.announce(reasonOf(error));
      throw error;
    }
  }

  #start() {
    this.#connectControls();
    for (const extend of StemMixer.extensions) extend(this);
    this.life.addEventListener("abort", watch((holding) => this.#showHolding(holding)));
    this.#showHolding(owned());
    if (this.dataset.streamed !== undefined) this.#warmUp();
  }

  async #warmUp() {
    if (navigator.connection?.saveData) return;
    try {
      await whenIdle();
      if (this.isConnected) warmUp(await this.facts());
    } catch {
      // Play reports it
    }
  }

  /** Connect the controls. */
  #connectControls() {
    const { life: signal } = this;
    /** @param {string} selector @param {() => void} act */
    const onClick = (selector, act) => this.#button(selector).addEventListener("click", act, { signal });
    /** @param {string} selector @param {string} type @param {(input: HTMLInputElement) => void} act */
    const on = (selector, type, act) => {
      const input = this.#input(selector);
      input.addEventListener(type, () => act(input), { signal });
    };
    onClick(".play", () => this.play());
    onClick(".pause", () => this.pause());
    onClick(".stop", () => this.stop());
    onClick(".loop", () => this.toggleLoop());
    on(".master input", "input", (fader) => this.setMaster(fader.value));
    on(".master input", "dblclick", resetFader);
    on(".position", "input", (position) => {
      this.#isHeld = true;
      this.#showPlace(Number(position.value));
    });
    on(".position", "change", (position) => {
      this.#isHeld = false;
      this.seek(Number(position.value));
    });
    on(".on-the-bar", "change", (box) => this.#player?.changeStemsOnBar(box.checked));
    // Start loading before the first press, when the visitor is about to use the mixer; unless something is
    // playing, which that would stop: Python has one song at a time.
    const prepare = () => isPlaying() || this.ready.catch(() => {}); // shown in the status line
    this.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && prepare(), { once: true, signal });
    this.addEventListener("focusin", prepare, { once: true, signal });
    this.#slider = new PositionSlider(this.#input(".position"), signal);
    this.#meters = new Meters(this, signal);
    const record = this.querySelector(".turntable"); // a site's own template may have none
    if (record) this.#turntable = new Turntable(/** @type {HTMLElement} */ (record), signal);
    if (!this.#rows.length) this.#makeRows();
    this.#connectRows();
    for (const control of this.querySelectorAll("button, input, select")) control.removeAttribute("disabled");
    this.#button(".pause").disabled = true;
  }

  #makeRows() {
    this.#rows = [...findAll(this, ".row")].map((element) => new MixerRow(element));
  }

  #connectRows() {
    this.#rowsLife.abort();
    this.#rowsLife = new AbortController();
    const { signal } = this.#rowsLife;
    for (const [nth, row] of this.#rows.entries()) {
      row.listen({
        adjusted: () => this.#adjust(nth),
        chosen: () => this.#choose(nth),
        clicked: (share) => this.seek(share * this.duration),
        dragged: (from, to, isFree) => this.#stretch(from, to, isFree),
        dropped: () => this.toggleLoop(true),
      }, signal);
    }
    this.#markSilent();
  }

  /**
   * Mark the stems that the visitor holds and list them first; for the others the site's [audio] locked applies.
   * @param {Readonly<Holding>} holding
   */
  async #showHolding(holding) {
    this.#holding = holding;
    this.toggleAttribute("data-knows", holding.known);
    try {
      if (holding.known) this.#sortStems(await this.facts(), holding);
    } catch (error) {
      this.announce(reasonOf(error));
    }
    for (const row of this.#rows) this.#showAccess(row);
    this.#player?.updateAccess();
  }

  /** @param {Data.Song} song @param {Readonly<Holding>} holding */
  #sortStems({ slug, layers }, holding) {
    if (slug !== this.dataset.slug) return; // another song was chosen meanwhile
    for (const [nth, layer] of layers.entries()) {
      const { stem } = this.#rows[nth];
      /** @param {HTMLOptionElement} option */
      const isOwned = ({ value }) => holding.stems.has(`${slug}/${layer.slug}/${value}`);
      for (const option of stem.options) {
        const name = layer.stems.find((other) => other.slug === option.value)?.name ?? option.value;
        option.text = isOwned(option) ? _("%(stem)s · yours", { stem: name }) : name;
      }
      const chosen = stem.value;
      stem.append(...[...stem.options].sort((one, other) => Number(isOwned(other)) - Number(isOwned(one))));
      stem.value = chosen;
    }
  }

  /**
   * The visitor's access to a stem.
   * @param {string} layer @param {string} stem
   */
  #accessTo(layer, stem) {
    const { slug, locked } = this.dataset;
    return access(this.#holding, `${slug}/${layer}/${stem}`, /** @type {Data.Access} */ (locked));
  }

  /** @param {MixerRow} row */
  #showAccess({ element, layer, stem }) {
    const allowed = this.#accessTo(layer, stem.value);
    element.dataset.access = allowed;
    setText(find(element, ".access"), ACCESS[allowed]);
  }

  /**
   * Loop a dragged range, given as shares of the song; snapped to bars if the song has any.
   * @param {number} from @param {number} to @param {boolean} isFree
   */
  async #stretch(from, to, isFree) {
    const { bar_seconds: bar } = await this.facts();
    const step = bar && !isFree ? bar / this.duration : 0.001;
    const start = Math.floor(Math.min(from, to) / step) * step;
    const end = Math.min(1, Math.ceil(Math.max(from, to) / step) * step);
    if (end > start) this.setRange([start * this.duration, end * this.duration]);
  }

  #setLoop() {
    this.#player?.loop(isPressed(this.#button(".loop")) ? (this.#range ?? [0, this.duration]) : null);
  }

  /** @param {number} nth of the rows */
  #adjust(nth) {
    const { volume, pan, mute, solo } = this.#rows[nth].settings;
    this.#player?.adjust(nth, { volume, pan, mute, solo });
    this.#markSilent();
  }

  /** Dim the rows that are muted, or not soloed while others are. */
  #markSilent() {
    const anySolo = this.#rows.some(({ solo }) => isPressed(solo));
    for (const { element, mute, solo } of this.#rows) {
      element.classList.toggle("silent", isPressed(mute) || (anySolo && !isPressed(solo)));
    }
  }

  /** @param {number} nth of the rows */
  async #choose(nth) {
    const row = this.#rows[nth];
    setText(find(row.element, ".trouble"), "");
    this.#player?.choose(nth, row.stem.value);
    this.#showAccess(row);
    try {
      const song = await this.facts();
      if (song.slug !== this.dataset.slug) return; // another song was chosen meanwhile
      row.draw(song.layers[nth]);
      this.#showMix(song);
    } catch (error) {
      this.announce(reasonOf(error));
    }
  }

  /**
   * Show the mix number, linked to its page if it has one, and the rules that the mix breaks.
   * @param {Data.Song} song
   */
  #showMix(song) {
    const mix = mixNumber(this.choice);
    const link = find(this, ".mix-number", HTMLAnchorElement);
    link.textContent = mix;
    if (song.pages.includes(mix)) link.href = `${this.dataset.root}${song.address}${mix}/`;
    else link.removeAttribute("href");
    const rules = find(this, ".rules");
    const words = brokenRules(this.choice, song);
    rules.hidden = !words.length;
    rules.textContent = words.length ? _("This mix can't be forged. %(rules)s", { rules: words.join(" ") }) : "";
    this.#emit("mix", mix);
  }

  /** @param {Loading} loading */
  #showLoading({ loaded, total, waiting }) {
    const bar = find(this, "progress", HTMLProgressElement);
    bar.hidden = !waiting.length;
    bar.value = total ? loaded / total : 0;
    if (!waiting.length) {
      this.#status.report(this.#stateWords);
      return;
    }
    const python = waiting.includes("Python") ? ["Python"] : [];
    const stems = waiting.length - python.length;
    const what = formatList(stems ? [...python, plural(stems, "%(num)s stem", "%(num)s stems")] : python);
    const sizes = { what, loaded: formatMegabytes(loaded), total: formatMegabytes(total) };
    this.#status.report(_("Loading %(what)s: %(loaded)s of %(total)s MB", sizes));
  }

  /** @param {StateChange} change */
  #showState({ state, reason, engine, refusal }) {
    this.dataset.state = state;
    this.#button(".pause").disabled = state !== "playing";
    this.#turntable?.turn(state === "playing");
    this.#stateWords = STATES[state];
    if (state === "playing") this.#stateWords = engine === "python" ? _("Playing, mixed by Python") : _("Playing, mixed by the browser");
    if (state === "failed") this.#stateWords = failureText(reason);
    else if (refusal) this.#stateWords = _("%(state)s. Python cannot run here: %(reason)s", { state: this.#stateWords, reason: refusal });
    if (state === "failed") this.announce(this.#stateWords);
    else this.#status.report(this.#stateWords);
    if (state === "ready" || state === "failed") find(this, "progress").hidden = true;
    this.#emit("state", state);
  }

  /**
   * Say in its row that a stem cannot be heard; a row that kept its stem shows that one again.
   * @param {FailedStem} failure
   */
  #showFailedStem({ row, stem, kept, reason }) {
    const { element, stem: select } = this.#rows[row];
    const name = select.querySelector(`option[value="${CSS.escape(stem)}"]`)?.textContent ?? stem;
    if (select.value === stem && kept !== stem) {
      select.value = kept;
      this.#choose(row);
    }
    const words = _("Can't play the stem %(stem)s: %(reason)s", { stem: name, reason });
    setText(find(element, ".trouble"), kept === stem ? words : "");
    this.announce(words);
  }

  /** @param {boolean} isStalled */
  #showStall(isStalled) {
    if (this.hasAttribute("data-stalled") === isStalled) return;
    this.toggleAttribute("data-stalled", isStalled);
    this.#status.report(isStalled ? _("Buffering") : this.#stateWords);
  }

  /** @param {Place} place */
  #followPlace({ seconds, playing, peaks, levels, isStalled = false, waiting = [] }) {
    this.#showStall(playing && isStalled);
    if (!this.#isHeld) this.#follow(seconds, playing);
    this.#meters?.show({ playing, peaks, levels }, this.#rows);
    for (const [nth, { element }] of this.#rows.entries()) {
      element.toggleAttribute("data-waits", waiting.includes(nth));
    }
  }

  /**
   * Show a position: playheads, slider and time.
   * @param {number} seconds
   */
  #showPlace(seconds) {
    const now = formatTime(seconds);
    this.#slider?.show(seconds, _("%(now)s of %(all)s", { now, all: formatTime(this.duration) }));
    setText(find(this, ".now"), now);
    this.#movePlayheads(seconds);
  }

  /**
   * Follow what plays: all of the position once a second and after a jump, what is drawn of it in between.
   * @param {number} seconds @param {boolean} playing
   */
  #follow(seconds, playing) {
    const isSameSecond = seconds >= this.#place && Math.floor(seconds) === Math.floor(this.#place);
    if (!playing || !isSameSecond) {
      this.#showPlace(seconds);
      return;
    }
    this.#slider?.follow(seconds);
    this.#movePlayheads(seconds);
  }

  /** @param {number} seconds */
  #movePlayheads(seconds) {
    this.#place = seconds;
    for (const row of this.#rows) row.place(Math.min(1, seconds / this.duration));
    this.#emit("place", seconds);
  }

  /**
   * Rebuild the rows for another song.
   * @param {Data.Song} song
   */
  #showSong(song) {
    const [first] = this.#rows;
    find(this, ".rows").replaceChildren(...song.layers.map((layer, nth) => createRow(layer, nth, first.element)));
    this.dataset.rate = String(song.rate);
    this.dataset.slug = song.slug;
    this.#input(".position").max = String(song.duration);
    find(this, ".of").textContent = formatTime(song.duration);
    this.#makeRows();
    this.#connectRows();
    const choice = parseMixNumber(song.pages[0] ?? "");
    for (const [nth, row] of this.#rows.entries()) {
      row.stem.value = song.layers[nth].stems[choice[nth] ?? 0].slug;
      row.speak();
      row.draw(song.layers[nth]);
    }
    this.#showHolding(this.#holding);
    this.setRange(null);
    this.#showPlace(0);
    this.#showMix(song);
    this.#showState({ state: "idle", reason: null, engine: "", refusal: "" });
    this.#emit("song", song);
  }

  /** @param {string} selector */
  #input(selector) {
    return find(this, selector, HTMLInputElement);
  }

  /** @param {string} selector */
  #button(selector) {
    return find(this, selector, HTMLButtonElement);
  }
}

/**
 * A row for a layer, cloned from another one.
 * @param {Data.Layer} layer @param {number} nth of the rows @param {HTMLElement} model
 */
function createRow(layer, nth, model) {
  const row = /** @type {HTMLElement} */ (model.cloneNode(true));
  row.className = `row layer-${(nth % COLOURS) + 1}`;
  row.setAttribute("aria-label", layer.name);
  row.dataset.layer = layer.slug;
  setText(find(row, ".layer-name"), layer.name);
  find(row, "select").replaceChildren(...layer.stems.map((stem) => new Option(stem.name, stem.slug)));
  for (const key of row.querySelectorAll("button")) setPressed(key, false);
  for (const fader of row.querySelectorAll("input")) fader.value = fader.defaultValue;
  return row;
}

/** @param {unknown} error */
function failureText(error) {
  const reason = reasonOf(error);
  if (error instanceof MemoryBudgetError) return _("Can't play: %(reason)s.", { reason });
  return _("Can't play: %(reason)s. Press Play to try again.", { reason });
}

/** @param {string} address */
async function fetchPage(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(_("The mixer couldn't be loaded (HTTP %(status)s).", { status: answer.status }));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
