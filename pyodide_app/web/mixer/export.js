// Export to WAV, and verification of the mix against its published digest.
/** @import { StemMixer } from "./stem-mixer.js" */
import { onEvent } from "./attempts.js";
import { createElement, find } from "../base/dom.js";
import { isSandboxed } from "../base/sandbox.js";
import { mixNumber } from "../base/mix-numbers.js";
import { _, formatList, formatPercent } from "../language/phrases.js";
import { formatMegabytes } from "../language/units.js";

/** @typedef {{ signal: AbortSignal, onProgress: (done: number) => void }} Watch */

/** @param {StemMixer} mixer */
export function addExport(mixer) {
  const cancel = find(mixer, ".cancel", HTMLButtonElement);
  /** @type {HTMLButtonElement[]} */
  const starts = [...mixer.querySelectorAll(/** @type {"button"} */ (".export, .verify"))];
  /** @type {AbortController | null} */
  let running = null; // one at a time, for they share the status line
  cancel.disabled = true;
  if (isSandboxed) {
    find(mixer, ".export").remove();
    find(mixer, ".bits").closest("label")?.remove();
  }

  /** @param {AbortController | null} life */
  const setRunning = (life) => {
    running = life;
    for (const start of starts) start.disabled = life !== null;
    cancel.disabled = life === null;
  };

  /**
   * @param {{ doing: (done: string) => string, cancelled: string }} words
   * @param {(watch: Watch) => Promise<void>} act
   */
  const bounce = async ({ doing, cancelled }, act) => {
    const life = new AbortController();
    setRunning(life);
    try {
      await act({ signal: life.signal, onProgress: (done) => mixer.announce(doing(formatPercent(done))) });
    } catch (error) {
      if (!life.signal.aborted) throw error;
      mixer.announce(cancelled);
    } finally {
      setRunning(null);
    }
  };
  onEvent(mixer, cancel, "click", () => running?.abort());
  for (const start of starts) {
    onEvent(mixer, start, "click", () => start.matches(".verify")
      ? bounce({ doing: (done) => _("Verify: %(done)s", { done }), cancelled: _("Verify: cancelled") }, (watch) => verify(mixer, watch))
      : bounce({ doing: (done) => _("Export: %(done)s", { done }), cancelled: _("Export: cancelled") }, (watch) => exportFile(mixer, watch)));
  }
}

/** @param {StemMixer} mixer @param {Watch} watch */
async function exportFile(mixer, watch) {
  const song = await mixer.facts();
  const name = `${song.slug}-${mixNumber(mixer.choice)}.wav`;
  const player = await mixer.player();
  const bits = Number(find(mixer, ".bits", HTMLSelectElement).value);
  const layers = mixer.restrictedLayers; // now: the visitor may choose others meanwhile
  const file = await player.export(bits, watch);
  const link = createElement("a", { download: name, href: URL.createObjectURL(file) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  const done = { file: name, size: formatMegabytes(file.size) };
  mixer.announce(
    layers.length
      ? _("Exported %(file)s, %(size)s MB. Not in full, since you don't hold their stems: %(layers)s", { ...done, layers: formatList(layers) })
      : _("Exported %(file)s, %(size)s MB", done),
  );
}

/** @param {StemMixer} mixer @param {Watch} watch */
async function verify(mixer, watch) {
  const layers = mixer.restrictedLayers;
  if (layers.length) {
    mixer.announce(_("Only holders of its stems can verify this mix. You don't hold: %(layers)s", { layers: formatList(layers) }));
    return;
  }
  const song = await mixer.facts();
  const published = await publishedDigest(song, mixNumber(mixer.choice), mixer.dataset.root ?? "");
  if (!published) {
    mixer.announce(_("No digest has been published for this mix."));
    return;
  }
  const player = await mixer.player();
  const digest = await player.digest(24, { plain: true, ...watch });
  mixer.announce(
    digest === published
      ? _("This is the mix that was published: SHA-256 %(found)s", { found: digest })
      : _("This is not the mix that was published: here %(found)s, there %(published)s", { found: digest, published }),
  );
}

/**
 * The published digest of a mix, or null.
 * @param {Data.Song} song @param {string} mix @param {string} root
 */
async function publishedDigest(song, mix, root) {
  const answer = await fetch(new URL(`${root}data/digests/${song.slug}.json`, document.baseURI));
  if (!answer.ok) return null;
  /** @type {Data.Digests} */
  const digests = await answer.json();
  return (digests.streams ?? digests).mixes[mix] ?? null;
}
