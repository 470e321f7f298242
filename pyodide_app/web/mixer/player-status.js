// What a mixer says of its player: the state, the progress of downloads, why it does not play.
/** @import { Loading } from "../playback/stems.js" */
/** @import { PlayerState, StateChange } from "../playback/player.js" */
import { MemoryBudgetError } from "../playback/memory.js";
import { StatusLine } from "./status-line.js";
import { find } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { _, formatList, plural } from "../language/phrases.js";
import { formatMegabytes } from "../language/units.js";

/** @type {Readonly<Record<PlayerState, string>>} */
const STATES = { idle: "", loading: _("Loading"), ready: _("Ready"), playing: _("Playing"), paused: _("Paused"), failed: "" };

export class PlayerStatus {
  #mixer;
  #line;
  #stateWords = "";

  /** @param {HTMLElement} mixer may not have loaded its controls yet */
  constructor(mixer) {
    this.#mixer = mixer;
    this.#line = new StatusLine(mixer);
  }

  /**
   * Show a message for a few seconds.
   * @param {string} words
   */
  announce(words) {
    this.#line.announce(words);
  }

  /** @param {StateChange} change */
  showState({ state, reason, engine, refusal }) {
    this.#mixer.dataset.state = state;
    this.#stateWords = STATES[state];
    if (state === "playing") this.#stateWords = engine === "python" ? _("Playing, mixed by Python") : _("Playing, mixed by the browser");
    if (state === "failed") this.#stateWords = failureText(reason);
    else if (refusal) this.#stateWords = _("%(state)s. Python cannot run here: %(reason)s", { state: this.#stateWords, reason: refusal });
    if (state === "failed") this.announce(this.#stateWords);
    this.#line.report(this.#stateWords);
    if (state === "ready" || state === "failed") this.#progress.hidden = true;
  }

  /** @param {Loading} loading */
  showLoading({ loaded, total, waiting }) {
    const bar = this.#progress;
    bar.hidden = !waiting.length;
    bar.value = total ? loaded / total : 0;
    if (!waiting.length) {
      this.#line.report(this.#stateWords);
      return;
    }
    const python = waiting.includes("Python") ? ["Python"] : [];
    const stems = waiting.length - python.length;
    const what = formatList(stems ? [...python, plural(stems, "%(num)s stem", "%(num)s stems")] : python);
    const sizes = { what, loaded: formatMegabytes(loaded), total: formatMegabytes(total) };
    this.#line.report(_("Loading %(what)s: %(loaded)s of %(total)s MB", sizes));
  }

  /** @param {boolean} isStalled */
  showStall(isStalled) {
    if (this.#mixer.hasAttribute("data-stalled") === isStalled) return;
    this.#mixer.toggleAttribute("data-stalled", isStalled);
    this.#line.report(isStalled ? _("Buffering") : this.#stateWords);
  }

  get #progress() {
    return find(this.#mixer, "progress", HTMLProgressElement);
  }
}

/** @param {unknown} error */
function failureText(error) {
  const reason = reasonOf(error);
  if (error instanceof MemoryBudgetError) return _("Can't play: %(reason)s.", { reason });
  return _("Can't play: %(reason)s. Press Play to try again.", { reason });
}
