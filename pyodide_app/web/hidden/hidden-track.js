// /hidden/<slug>/: compares a hidden track with its seal, and plays it once its tokens are revealed.
import { checkAnswer } from "../base/answers.js";
import { loadJson, part } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { ROOT } from "../base/root.js";
import { _ } from "../language/phrases.js";
import { eachPage } from "../pages/page-life.js";
import "../playback/audio-focus.js"; // in which the page's player takes part
import { openTrack, openedSalts, SealError, verifyTrack } from "./sealed-track.js";

/** @import { Reason } from "./sealed-track.js" */

/** @param {Reason} reason */
function sentenceOf(reason) {
  return {
    file: _("the file is not the one that was sealed"),
    hashes: _("the final hash is not that of the seal"),
    salts: _("a token was opened as something else than was sealed"),
    closed: _("not all of its tokens have been revealed"),
    locked: _("the published salts don't decrypt it"),
  }[reason];
}

/** @param {string} address @param {AbortSignal} signal */
async function loadBytes(address, signal) {
  const answer = await fetch(new URL(address, ROOT), { signal });
  checkAnswer(answer, address);
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * The seal that has a track, and the track in it.
 * @param {string} slug
 */
async function loadSeal(slug) {
  /** @type {Data.Provenance} */
  const { seals } = await loadJson("data/provenance.json");
  for (const seal of seals) {
    const track = seal.hidden?.find((each) => each.slug === slug);
    if (track) return { seal, track };
  }
  throw new SealError("hashes");
}

class HiddenTrack {
  #button;
  #status;
  #sound;
  #signal;

  /** @param {HTMLElement} section @param {AbortSignal} signal */
  constructor(section, signal) {
    this.section = section;
    this.#button = part(section, "open", HTMLButtonElement);
    this.#status = part(section, "outcome");
    this.#sound = part(section, "sound", HTMLAudioElement);
    this.#signal = signal;
    this.#button.addEventListener("click", () => this.#open(), { signal });
    this.#button.hidden = false;
  }

  async #open() {
    this.#button.disabled = true;
    this.#status.textContent = _("Loading…");
    try {
      this.#status.textContent = await this.#verifyAndPlay();
    } catch (error) {
      const reason = error instanceof SealError ? sentenceOf(error.reason) : reasonOf(error);
      this.#status.textContent = _("It can't be opened: %(reason)s.", { reason });
      this.#button.disabled = false;
    }
  }

  /** @returns {Promise<string>} the outcome */
  async #verifyAndPlay() {
    const { hiddenTrack: slug = "", file: address = "" } = this.section.dataset;
    const [{ seal, track }, file] = await Promise.all([loadSeal(slug), loadBytes(address, this.#signal)]);
    await verifyTrack(file, seal, track);
    if (openedSalts(seal, track).length < track.tokens) return _("Verified: the file is the one that was sealed. It is still closed.");
    const { title, type, sound } = await openTrack(file, seal, track);
    await this.#play(title, new Blob([sound], { type }));
    return _("Verified and decrypted: the file is the one that was sealed.");
  }

  /** @param {string} title as it was sealed @param {Blob} sound */
  async #play(title, sound) {
    if (this.#signal.aborted) return;
    const url = URL.createObjectURL(sound);
    this.#signal.addEventListener("abort", () => this.#stop(url), { once: true });
    this.#sound.src = url;
    this.#sound.ariaLabel = title;
    this.#sound.hidden = false;
    this.#button.hidden = true;
    await this.#sound.play().catch(() => {}); // some browsers want another press, of the player's own button
  }

  /** @param {string} url */
  #stop(url) {
    this.#sound.pause();
    URL.revokeObjectURL(url);
  }
}

eachPage((signal) => {
  const section = document.querySelector("[data-hidden-track]");
  if (!(section instanceof HTMLElement)) return;
  // Browsers have WebCrypto on pages of https, of this computer, and of files alone.
  if (globalThis.crypto?.subtle) new HiddenTrack(section, signal);
  else part(section, "outcome").textContent = _("Browsers decrypt on secure pages only: open this page with https.");
});
