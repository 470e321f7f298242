// Starts Python for a song: after the stems, which are what is waited for; then it gets the stems and all settings.
/** @import { Decks } from "./decks.js" */
/** @import { MixSettings } from "./mix-settings.js" */
/** @import { PythonDeck } from "./python-deck.js" */
/** @import { StemSupply } from "./stem-supply.js" */
/** @import { StemSwaps } from "./stem-swaps.js" */
/** @import { Stems } from "./stems.js" */
import { areSame } from "./mix-settings.js";

const ROOMY = navigator.hardwareConcurrency > 2; // enough cores to start Python while stems are decoded

/**
 * Resolves when Python can play.
 * @param {{ settings: MixSettings, decks: Decks, supply: StemSupply, swaps: StemSwaps, stems: Stems }} parts of the player
 * @param {() => Promise<boolean>} whenHeard resolves to true when the first deck is heard, to false if it is not to be
 * @param {AbortSignal} signal
 */
export async function startPython({ settings, decks, supply, swaps, stems }, whenHeard, signal) {
  supply.check(settings.parts());
  const python = decks.openPython();
  const isDownloaded = ROOMY && !decks.isStreaming;
  await swaps.loadWanted((parts) => (isDownloaded ? stems.allDownloaded() : supply.begin(parts)), signal);
  if (decks.isStreaming && (await whenHeard())) await supply.buffer(swaps.wanted);
  signal.throwIfAborted();
  await python.open(settings.song);
  signal.throwIfAborted();
  if (decks.isStreaming) await link(python, decks);
  if (decks.output) python.attach(decks.output.python).catch(() => {}); // reported when it is used
  await setUp(python, { settings, decks, supply, swaps }, signal);
}

/**
 * Let Python read the stems that are streamed.
 * @param {PythonDeck} python @param {Decks} decks
 */
async function link(python, decks) {
  const first = decks.openFirst();
  if (!("link" in first)) return;
  const { port1, port2 } = new MessageChannel();
  await Promise.all([python.link(port1), first.link(port2)]);
}

/**
 * @param {PythonDeck} python
 * @param {{ settings: MixSettings, decks: Decks, supply: StemSupply, swaps: StemSwaps }} parts @param {AbortSignal} signal
 */
async function setUp(python, { settings, decks, supply, swaps }, signal) {
  for (;;) {
    const parts = await swaps.loadWanted((wanted) => supply.give(python, wanted), signal);
    signal.throwIfAborted();
    await decks.setUp(python, settings.commands(parts));
    signal.throwIfAborted();
    if (!areSame(parts, swaps.wanted)) continue;
    swaps.begin(parts);
    return;
  }
}
