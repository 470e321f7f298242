// The handover: Python starts at the exact frame that the first deck has reached, and they crossfade.
/** @import { FirstDeck } from "./decks.js" */
/** @import { OutputGraph } from "./output-graph.js" */
/** @import { PythonDeck } from "./python-deck.js" */
import { sleep } from "../base/timers.js";

const PRIME_SECONDS = 0.3; // from asking Python to get ready to its first sample, about
const LEAD_SECONDS = 0.15; // from scheduling Python's start to its first sample

/**
 * Hand over to Python; resolves to false if that has to be tried again. When the signal is aborted, the first deck goes
 * on alone.
 * @param {{ first: FirstDeck, python: PythonDeck, output: OutputGraph }} decks @param {number} frames of the song
 * @param {AbortSignal} signal
 */
export async function handOver({ first, python, output }, frames, signal) {
  const goBack = () => {
    output.select("first");
    python.pause().catch(() => {}); // its loss is reported
  };
  signal.addEventListener("abort", goBack, { once: true });
  try {
    await prime(first, python, output, signal);
    const at = await schedule(first, python, output, frames, signal);
    if (at !== null) await sleep(1000 * output.crossfade(at), signal);
    return at !== null;
  } catch (error) {
    if (!signal.aborted) goBack();
    throw error;
  } finally {
    signal.removeEventListener("abort", goBack);
  }
}

/**
 * Let Python fetch the samples that it will start with.
 * @param {FirstDeck} first @param {PythonDeck} python @param {OutputGraph} output @param {AbortSignal} signal
 */
async function prime(first, python, output, signal) {
  await python.attach(output.python);
  const frame = await first.songFrameAt(contextFrame(output, PRIME_SECONDS));
  signal.throwIfAborted();
  await python.apply([["locate", Math.max(0, frame)]]);
  await python.ready();
  signal.throwIfAborted();
}

/**
 * Schedule Python's start; resolves to its time of the context, or null if the song ends before or it is too late.
 * @param {FirstDeck} first @param {PythonDeck} python @param {OutputGraph} output @param {number} frames
 * @param {AbortSignal} signal
 */
async function schedule(first, python, output, frames, signal) {
  const at = contextFrame(output, LEAD_SECONDS);
  const frame = await first.songFrameAt(at);
  signal.throwIfAborted();
  if (frame < 0 || frame >= frames) return null;
  await python.apply([["locate", frame]]);
  signal.throwIfAborted();
  const isInTime = python.isInTime(signal);
  await python.play(at);
  return (await isInTime) ? at / output.context.sampleRate : null;
}

/** @param {OutputGraph} output @param {number} seconds from now */
function contextFrame({ context }, seconds) {
  return Math.ceil((context.currentTime + seconds) * context.sampleRate);
}
