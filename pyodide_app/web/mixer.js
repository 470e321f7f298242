// <stem-mixer>: the controls that the page brings along, joined to a player.
//
// Everything is in the page already, so that it can be seen before a line of this has run. Attributes:
// data-song (the song's JSON), data-rate (its sample rate), data-root (the site's root), data-off (there
// is nothing to play with).
import { Player, wake } from "./player.js";

const SILENT = -60; // dB: what the volumes' lowest place means
const COLOURS = 8;
const MEGABYTE = 1e6;
const STATES = { idle: "", loading: "Loading", ready: "Ready", playing: "Playing", paused: "Paused" };

class StemMixer extends HTMLElement {
  #player = null;
  #song = null; // a promise of the song's facts
  #rows = [];
  #held = false; // the visitor holds the position's thumb
  #words = ""; // what the status line says when nothing is loading
  #closed = new AbortController();

  connectedCallback() {
    if (this.dataset.off !== undefined || this.#rows.length) return;
    this.#join();
    const chooser = document.querySelector("select[data-mixer-songs]");
    if (chooser && this === document.querySelector("stem-mixer")) {
      chooser.disabled = false;
      chooser.addEventListener("change", () => this.change(chooser.value));
    }
  }

  disconnectedCallback() {
    this.#player?.close();
    this.#player = null;
    this.#song = null;
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
    return this.#playing().then((player) => player.ready);
  }

  /** SHA-256 of the mix as it is set, as little-endian interleaved words of 16 or 24 bits. */
  async digest(bits = 24) {
    const player = await this.#playing();
    return player.digest(bits);
  }

  /** Show another song: the address of its JSON. */
  async change(address) {
    this.#player?.close();
    this.#player = null;
    this.dataset.song = address;
    this.#song = null;
    try {
      const song = await this.#facts();
      if (this.dataset.song === address) this.#show(song);
    } catch (error) {
      this.#say(error.message);
    }
  }

  /** Join the controls to what they do. */
  #join() {
    const on = (selector, type, hear) => {
      for (const element of this.querySelectorAll(selector)) element.addEventListener(type, hear);
    };
    on(".play", "click", () => this.#play());
    on(".pause", "click", () => this.#player?.pause());
    on(".stop", "click", () => this.#player?.stop());
    on(".loop", "click", ({ currentTarget }) => this.#toggleLoop(currentTarget));
    on(".master input", "input", ({ target }) => {
      write(target, decibels(target.value));
      this.#with((player) => player.master(Number(target.value)));
    });
    on(".master input", "dblclick", ({ target }) => reset(target));
    on(".position", "input", ({ target }) => {
      this.#held = true;
      this.#place(Number(target.value));
    });
    on(".position", "change", ({ target }) => {
      this.#held = false;
      this.#seek(Number(target.value));
    });
    // Loading may begin before the first press, where the visitor is about to use the mixer.
    const intent = { once: true };
    this.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && this.#prepare(), intent);
    this.addEventListener("focusin", () => this.#prepare(), intent);
    this.#joinRows();
    this.#enable();
  }

  #joinRows() {
    this.#rows = [...this.querySelectorAll(".row")].map((element, at) => {
      const row = {
        element,
        stem: element.querySelector("select"),
        mute: element.querySelector(".mute"),
        solo: element.querySelector(".solo"),
        volume: element.querySelector(".volume input"),
        pan: element.querySelector(".pan input"),
      };
      for (const key of [row.mute, row.solo]) {
        key.addEventListener("click", () => {
          press(key, !pressed(key));
          this.#adjust(at);
        });
      }
      for (const [fader, words] of [[row.volume, decibels], [row.pan, side]]) {
        fader.addEventListener("input", () => {
          write(fader, words(fader.value));
          this.#adjust(at);
        });
        fader.addEventListener("dblclick", () => reset(fader));
      }
      row.stem.addEventListener("change", () => this.#choose(at));
      const lane = element.querySelector(".lane");
      lane.addEventListener("click", (event) => {
        const box = lane.getBoundingClientRect();
        this.#seek(((event.clientX - box.left) / box.width) * this.#duration);
      });
      return row;
    });
    this.#markSilent();
  }

  #enable() {
    for (const control of this.querySelectorAll("button, input, select")) control.disabled = false;
    this.querySelector(".pause").disabled = true;
  }

  get #duration() {
    return Number(this.querySelector(".position").max);
  }

  /** The song's facts, fetched once. */
  #facts() {
    this.#song ??= fetch(this.dataset.song).then((answer) => {
      if (answer.ok) return answer.json();
      this.#song = null;
      throw new Error(`The song's data is not there (${answer.status}).`);
    });
    return this.#song;
  }

  /** The player, made when it is first needed. */
  async #playing() {
    const song = await this.#facts();
    if (this.#player) return this.#player;
    const player = new Player(song, this.dataset.root, this.#rows.map((_, at) => this.#settings(at)));
    player.addEventListener("loading", ({ detail }) => this.#showLoading(detail));
    player.addEventListener("state", ({ detail }) => this.#showState(detail));
    player.addEventListener("at", ({ detail }) => this.#showPlace(detail));
    this.#player = player;
    player.master(Number(this.querySelector(".master input").value));
    this.#setLoop();
    player.seek(Number(this.querySelector(".position").value));
    return player;
  }

  /** Do something with the player if there is one; a new one reads the controls anyway. */
  #with(act) {
    if (this.#player) act(this.#player);
  }

  #prepare() {
    this.ready.catch(() => {}); // the state says what is wrong
  }

  async #play() {
    try {
      wake(Number(this.dataset.rate)); // now: after the first wait the gesture is over
      const player = await this.#playing();
      await player.play();
    } catch (error) {
      this.#say(error.message);
    }
  }

  #toggleLoop(key) {
    press(key, !pressed(key));
    this.#with(() => this.#setLoop());
  }

  #setLoop() {
    if (pressed(this.querySelector(".loop"))) this.#player.loop(0, this.#duration);
    else this.#player.loop();
  }

  #seek(seconds) {
    this.#place(seconds);
    this.#with((player) => player.seek(seconds));
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
    this.#with((player) => player.adjust(at, { volume, pan, mute, solo }));
    this.#markSilent();
  }

  /** Dim the rows that cannot be heard. */
  #markSilent() {
    const anySolo = this.#rows.some(({ solo }) => pressed(solo));
    for (const { element, mute, solo } of this.#rows) {
      element.classList.toggle("silent", pressed(mute) || (anySolo && !pressed(solo)));
    }
  }

  async #choose(at) {
    const row = this.#rows[at];
    this.#with((player) => player.choose(at, row.stem.value));
    try {
      const song = await this.#facts();
      const stem = song.layers[at].stems.find(({ slug }) => slug === row.stem.value);
      row.element.querySelector(".lane path").setAttribute("d", stem.path);
      this.#showMix(song);
    } catch (error) {
      this.#say(error.message);
    }
  }

  /** Name the mix, and link to its page if it has one. */
  #showMix(song) {
    const mix = this.#rows.map(({ stem }) => stem.selectedIndex + 1).join("-");
    const link = this.querySelector(".mix-number");
    link.textContent = mix;
    if (song.pages.includes(mix)) link.href = `${this.dataset.root}${song.address}${mix}/`;
    else link.removeAttribute("href");
  }

  #showLoading({ loaded, total, waiting }) {
    const bar = this.querySelector("progress");
    bar.hidden = !waiting.length;
    bar.value = total ? loaded / total : 0;
    if (!waiting.length) {
      this.#say(this.#words);
      return;
    }
    const what = waiting.includes("Python") ? "Python" : "";
    const stems = waiting.length - (what ? 1 : 0);
    const parts = [what, stems ? `${stems} ${stems === 1 ? "stem" : "stems"}` : ""].filter(Boolean);
    this.#say(`Loading ${parts.join(" and ")}: ${megabytes(loaded)} of ${megabytes(total)} MB`);
  }

  #showState({ state, reason, engine, refusal }) {
    this.dataset.state = state;
    this.querySelector(".pause").disabled = state !== "playing";
    this.#words = STATES[state];
    if (state === "playing") this.#words = `Playing, mixed by ${engine === "python" ? "Python" : "the browser"}`;
    if (state === "failed") this.#words = `It does not play: ${reason}. Press Play to try again.`;
    else if (refusal) this.#words += `. Python cannot run here: ${refusal}`;
    this.#say(this.#words);
    if (state === "ready" || state === "failed") this.querySelector("progress").hidden = true;
  }

  #showPlace({ seconds, playing, peaks }) {
    if (!this.#held) this.#place(seconds);
    const bars = this.querySelectorAll(".meter span");
    const levels = peaks.map((peak) => (playing && peak > 0 ? Math.max(SILENT, 20 * Math.log10(peak)) : SILENT));
    for (const [at, level] of levels.entries()) {
      bars[at].style.setProperty("--level", (1 - level / SILENT).toFixed(3));
    }
    const meter = this.querySelector(".meter");
    const loudest = Math.round(Math.max(...levels));
    meter.setAttribute("aria-valuenow", loudest);
    meter.setAttribute("aria-valuetext", loudest > SILENT ? `${loudest} dB` : "silence");
  }

  /** Put the playhead and the clock at a place in the song. */
  #place(seconds) {
    const position = this.querySelector(".position");
    position.value = seconds;
    position.setAttribute("aria-valuetext", `${clock(seconds)} of ${clock(this.#duration)}`);
    this.querySelector(".now").textContent = clock(seconds);
    this.style.setProperty("--at", Math.min(1, seconds / this.#duration).toFixed(5));
  }

  #say(words) {
    const status = this.querySelector(".status");
    if (status.textContent !== words) status.textContent = words;
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
      row.querySelector(".lane path").setAttribute("d", layer.stems[0].path);
      for (const key of row.querySelectorAll("button")) press(key, false);
      for (const fader of row.querySelectorAll("input")) fader.value = 0;
      write(row.querySelector(".volume input"), decibels(0));
      write(row.querySelector(".pan input"), side(0));
      return row;
    });
    this.querySelector(".rows").replaceChildren(...rows);
    this.#joinRows();
    const choice = (song.pages[0] ?? "").split("-");
    for (const [at, { stem, element }] of this.#rows.entries()) {
      stem.selectedIndex = Math.max(0, (choice[at] ?? 1) - 1);
      element.querySelector(".lane path").setAttribute("d", song.layers[at].stems[stem.selectedIndex].path);
    }
    this.dataset.rate = song.rate;
    this.querySelector(".position").max = song.duration;
    this.querySelector(".of").textContent = clock(song.duration);
    this.#place(0);
    this.#showMix(song);
    this.#showState({ state: "idle", refusal: "" });
  }
}

function pressed(key) {
  return key.getAttribute("aria-pressed") === "true";
}

function press(key, down) {
  key.setAttribute("aria-pressed", String(down));
}

/** Put a fader back to where it began. */
function reset(fader) {
  fader.value = fader.defaultValue;
  fader.dispatchEvent(new Event("input"));
}

function write(fader, words) {
  fader.setAttribute("aria-valuetext", words);
  fader.parentElement.querySelector(".value").textContent = words;
}

function decibels(value) {
  const volume = Number(value);
  if (volume <= SILENT) return "Silence";
  return `${volume > 0 ? "+" : ""}${volume.toString().replace("-", "\u2212")} dB`;
}

function side(value) {
  const percent = Math.round(Number(value) * 100);
  if (percent === 0) return "Centre";
  return `${Math.abs(percent)} % ${percent < 0 ? "left" : "right"}`;
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function megabytes(bytes) {
  return (bytes / MEGABYTE).toFixed(1);
}

customElements.define("stem-mixer", StemMixer);
