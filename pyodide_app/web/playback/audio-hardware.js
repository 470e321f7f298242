// The page's audio context: created and resumed for playback, suspended a while after it.
import { fetchAhead } from "../base/idle.js";

const REST_SECONDS = 2; // from a pause to suspending the audio hardware
export const FADE_SECONDS = 0.01; // of every fade
export const FADE_OUT_SECONDS = 0.1; // before disconnecting, to avoid a click

const WORKLET = new URL("worklet.js", import.meta.url);

/** @type {AudioContext | null} */
let hardware = null;
let suspending = 0; // a timer

/**
 * Resume the audio context, or create one for a sample rate. Must be called from a user gesture's handler.
 * @param {number} rate
 */
export function resumeAudio(rate) {
  clearTimeout(suspending);
  if (hardware?.sampleRate !== rate) {
    if (hardware) closeSoon(hardware);
    hardware = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    hardware.audioWorklet?.addModule(WORKLET).catch(() => {}); // the decks await it
  }
  hardware.resume();
  return hardware;
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
  const seconds = (context.outputLatency || 0) + FADE_OUT_SECONDS;
  setTimeout(() => context.close(), 1000 * seconds);
}

/** Suspend the audio context in a while. */
export function suspendAudioSoon() {
  clearTimeout(suspending);
  suspending = setTimeout(() => hardware?.suspend(), REST_SECONDS * 1000);
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
