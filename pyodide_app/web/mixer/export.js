// Export to WAV, of the mix and of its stems, and verification of the mix against its published digest.
/** @import { StemMixer } from "./stem-mixer.js" */
import { onEvent } from "./attempts.js";
import { publishedTake } from "./takes.js";
import { setDisabled } from "../base/controls.js";
import { find } from "../base/dom.js";
import { isSandboxed } from "../base/sandbox.js";
import { mixNumber } from "../base/mix-numbers.js";
import { saveFile } from "../base/save-file.js";
import { _, formatList, formatPercent } from "../language/phrases.js";
import { formatMegabytes } from "../language/units.js";

/** @typedef {{ signal: AbortSignal, onProgress: (done: number) => void }} Watch */
/**
 * What a button starts: it says how far it is, and that it was cancelled.
 * @typedef {object} Task
 * @property {(done: string) => string} doing
 * @property {() => string} cancelled
 * @property {(mixer: StemMixer, watch: Watch) => Promise<void>} act
 */

/** @type {Record<string, Task>} by the button's selector */
const TASKS = {
  ".export": {
    doing: (done) => _("Export: %(done)s", { done }),
    cancelled: () => _("Export: cancelled"),
    act: exportMix,
  },
  ".export-stems": {
    doing: (done) => _("Export stems: %(done)s", { done }),
    cancelled: () => _("Export stems: cancelled"),
    act: exportStems,
  },
  ".verify": {
    doing: (done) => _("Verify: %(done)s", { done }),
    cancelled: () => _("Verify: cancelled"),
    act: verify,
  },
  ".export-take": {
    doing: (done) => _("Export take: %(done)s", { done }),
    cancelled: () => _("Export take: cancelled"),
    act: exportTake,
  },
  ".verify-take": {
    doing: (done) => _("Verify: %(done)s", { done }),
    cancelled: () => _("Verify: cancelled"),
    act: verifyTake,
  },
};

/** @param {StemMixer} mixer */
export function addExport(mixer) {
  if (isSandboxed) {
    for (const key of mixer.querySelectorAll(".export, .export-stems, .export-take, .save-take")) key.remove();
    find(mixer, ".bits").closest("label")?.remove();
  }
  const cancel = find(mixer, ".cancel", HTMLButtonElement);
  /** @type {HTMLButtonElement[]} */
  const starts = [...mixer.querySelectorAll(/** @type {"button"} */ (Object.keys(TASKS).join()))];
  /** @type {AbortController | null} */
  let running = null; // one at a time, for they share the status line
  /** @type {HTMLButtonElement | undefined} */
  let pressed;
  cancel.disabled = true;

  /** @param {AbortController | null} life */
  const setRunning = (life) => {
    running = life;
    cancel.disabled &&= life === null; // what is enabled comes first: it may get the other's focus
    for (const start of starts) setDisabled(start, life !== null, cancel);
    if (pressed) setDisabled(cancel, life === null, pressed);
  };

  /** @param {Task} task */
  const run = async ({ doing, cancelled, act }) => {
    const life = new AbortController();
    setRunning(life);
    try {
      await act(mixer, { signal: life.signal, onProgress: (done) => mixer.announce(doing(formatPercent(done))) });
    } catch (error) {
      if (!life.signal.aborted) throw error;
      mixer.announce(cancelled());
    } finally {
      setRunning(null);
    }
  };
  onEvent(mixer, cancel, "click", () => running?.abort());
  for (const [selector, task] of Object.entries(TASKS)) {
    const start = starts.find((button) => button.matches(selector)); // not all are on every site
    if (start) {
      onEvent(mixer, start, "click", () => {
        pressed = start;
        return run(task);
      });
    }
  }
}

/** @param {StemMixer} mixer @param {Watch} watch */
async function exportMix(mixer, watch) {
  const player = await mixer.player();
  const layers = mixer.restrictedLayers; // now: the visitor may choose others meanwhile
  const file = await player.export(bitsOf(mixer), watch);
  saveFile(file);
  const done = { file: file.name, size: formatMegabytes(file.size) };
  mixer.announce(
    layers.length
      ? _("Exported %(file)s, %(size)s MB. Not in full, since you don't hold their stems: %(layers)s", { ...done, layers: formatList(layers) })
      : _("Exported %(file)s, %(size)s MB", done),
  );
}

/** @param {StemMixer} mixer @param {Watch} watch */
async function exportStems(mixer, watch) {
  const layers = mixer.restrictedLayers;
  if (layers.length) {
    mixer.announce(_("Only holders of its stems can export them. You don't hold: %(layers)s", { layers: formatList(layers) }));
    return;
  }
  const player = await mixer.player();
  const file = await player.exportStems(bitsOf(mixer), watch);
  saveFile(file);
  mixer.announce(_("Exported %(file)s, %(size)s MB", { file: file.name, size: formatMegabytes(file.size) }));
}

/** @param {StemMixer} mixer @param {Watch} watch */
async function exportTake(mixer, watch) {
  if (!mixer.openTake) return;
  const { take, text } = mixer.openTake;
  const player = await mixer.player();
  const file = await player.exportTake(take, text, bitsOf(mixer), watch);
  saveFile(file);
  mixer.announce(_("Exported %(file)s, %(size)s MB", { file: file.name, size: formatMegabytes(file.size) }));
}

/** @param {StemMixer} mixer @param {Watch} watch */
async function verifyTake(mixer, watch) {
  if (!mixer.openTake) return;
  const { take, text } = mixer.openTake;
  const player = await mixer.player();
  if (!player.hearsAllOf(take)) {
    mixer.announce(_("Only holders of all stems of this take can verify it."));
    return;
  }
  const digest = await player.takeDigest(take, text, watch);
  const { take: published, takeDigest } = publishedTake(mixer);
  if (text !== published || !takeDigest) mixer.announce(_("No digest has been published for this take. Here it is SHA-256 %(found)s", { found: digest }));
  else if (digest === takeDigest) mixer.announce(_("This is the take that was published: SHA-256 %(found)s", { found: digest }));
  else mixer.announce(_("This is not the take that was published: here %(found)s, there %(published)s", { found: digest, published: takeDigest }));
}

/** @param {StemMixer} mixer */
function bitsOf(mixer) {
  return Number(find(mixer, ".bits", HTMLSelectElement).value);
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
