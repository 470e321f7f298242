// Taps the last node of the player bar, or else of the mixer or the radio; window.recording() answers with all
// frames so far, as base64 of interleaved float32.
const pieces = [];
const bar = document.querySelector("player-bar");
const mixer = bar?.outputNode ? bar : document.querySelector("stem-mixer") ?? document.querySelector("stem-radio");
await mixer.audioContext.audioWorklet.addModule(new URL("recorder.js", import.meta.url));
const recorder = new AudioWorkletNode(mixer.audioContext, "recorder", { channelCount: 2 });
recorder.port.onmessage = ({ data }) => pieces.push(data);
mixer.outputNode.connect(recorder).connect(mixer.audioContext.destination);

/** Record a node of another song, too. */
window.record = (node) => node.connect(recorder);

window.recording = () => {
  const frames = pieces.reduce((sum, [left]) => sum + left.length, 0);
  const samples = new Float32Array(2 * frames);
  let at = 0;
  for (const [left, right] of pieces) {
    for (let each = 0; each < left.length; each++) {
      samples[at++] = left[each];
      samples[at++] = right[each];
    }
  }
  const bytes = new Uint8Array(samples.buffer);
  let text = "";
  for (let each = 0; each < bytes.length; each += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(each, each + 0x8000));
  }
  return btoa(text);
};
document.documentElement.dataset.recording = "on";
