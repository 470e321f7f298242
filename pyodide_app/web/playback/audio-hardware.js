// The page's audio context: created and resumed for playback, suspended a while after it, and interrupted by others: by a
// call, an alarm, another app.
import { fetchAhead } from "../base/idle.js";
import { outputLatency } from "./output-latency.js";

const REST_SECONDS = 2; // from a pause to suspending the audio hardware
const REFUSAL_SECONDS = 1; // a browser that wants a gesture first has not begun by then
export const FADE_SECONDS = 0.01; // of every fade
export const FADE_OUT_SECONDS = 0.1; // before disconnecting, to avoid a click

const WORKLET = new URL("worklet.js", import.meta.url);

/** @type {AudioContext | null} */
let hardware = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let suspending; // a timer
let isResting = false; // the context was suspended from here
let resuming = 0; // requests that are not answered
/** @type {Set<(context: AudioContext) => void>} */
const listeners = new Set();

/**
 * Hear of interruptions: a context has stopped, and not to rest; or it does not begin, since nobody has touched the page.
 * @param {(context: AudioContext) => void} act @param {AbortSignal} signal
 */
export function onInterruption(act, signal) {
  listeners.add(act);
  signal.addEventListener("abort", () => listeners.delete(act), { once: true });
}

/**
 * Resume the audio context, or create one for a sample rate. Must be called from a user gesture's handler.
 * @param {number} rate
 */
export function resumeAudio(rate) {
  clearTimeout(suspending);
  if (hardware?.sampleRate !== rate) {
    if (hardware) closeSoon(hardware);
    hardware = openContext(rate);
  }
  isResting = false;
  resuming++;
  hardware.resume().catch(() => {}).finally(() => resuming--); // a failure leaves it suspended
  tellIfRefused(hardware);
  return hardware;
}

/** @param {AudioContext} context */
function tellIfRefused(context) {
  setTimeout(() => {
    const isWaiting = context === hardware && context.state === "suspended" && !isResting;
    if (isWaiting && navigator.userActivation?.hasBeenActive === false) tellListeners(context);
  }, 1000 * REFUSAL_SECONDS);
}

/** @param {AudioContext} context */
function tellListeners(context) {
  for (const act of [...listeners]) act(context);
}

/** @param {number} rate */
function openContext(rate) {
  // An iPhone's silent switch mutes web pages' sound, unless it is music.
  if (navigator.audioSession) navigator.audioSession.type = "playback";
  const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
  context.onstatechange = () => {
    const { state } = context;
    const isStopped = state === "interrupted" || state === "closed" || (state === "suspended" && !isResting && !resuming);
    if (isStopped) tellListeners(context);
  };
  context.audioWorklet?.addModule(WORKLET).catch(() => {}); // the decks await it
  return context;
}

/** Let the browser cache the worklet's module: it can be loaded only once there is a context. */
export function fetchWorklet() {
  return fetchAhead(WORKLET);
}

/**
 * Close a context once its last samples have been played.
 * @param {AudioContext} context
 */
function closeSoon(context) {
  const seconds = outputLatency(context) + FADE_OUT_SECONDS;
  setTimeout(() => context.close(), 1000 * seconds);
}

/** Suspend the audio context in a while. */
export function suspendAudioSoon() {
  clearTimeout(suspending);
  suspending = setTimeout(() => {
    isResting = true;
    hardware?.suspend().catch(() => {}); // it is closed, or interrupted
  }, REST_SECONDS * 1000);
}

/**
 * Fade out and disconnect, without a click.
 * @param {GainNode} node
 */
export function fadeOut(node) {
  const { context, gain } = node;
  const now = context.currentTime;
  gain.cancelScheduledValues(now).setValueAtTime(gain.value, now).linearRampToValueAtTime(0, now + FADE_SECONDS);
  setTimeout(() => node.disconnect(), 1000 * FADE_OUT_SECONDS);
}
