// Records whatever the page plays, from before its first sound. window.heard() returns the
// peak of every 128 frames, since the first of them that was not silent; window.heardAt() with what each
// sample rate was heard at: {rate, from, to, data}, in ms of the page's clock, data as base64 of float32.
/** @type {(to: any, ...rest: any[]) => any} */
const connect = AudioNode.prototype.connect;
const peaks = [];
const heard = []; // {rate, from, to, pieces}
const taps = new WeakMap(); // AudioContext -> the node that hears all

AudioNode.prototype.connect = function (/** @type {any} */ to, /** @type {any[]} */ ...rest) {
  if (to instanceof AudioDestinationNode && to.context instanceof AudioContext) {
    connect.call(this, taps.get(to.context) ?? tap(to.context));
  }
  return connect.call(this, to, ...rest);
};

function tap(context) {
  const node = new GainNode(context);
  const found = { rate: context.sampleRate, from: 0, to: 0, pieces: [] };
  heard.push(found);
  taps.set(context, node);
  context.audioWorklet.addModule("/sound/recorder.js").then(() => {
    const recorder = new AudioWorkletNode(context, "recorder", { channelCount: 2 });
    recorder.port.onmessage = ({ data: [left] }) => hear(found, left);
    connect.call(connect.call(node, recorder), context.destination);
  });
  return node;
}

function hear(found, left) {
  const peak = left.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  if (peak > 0 || peaks.length) peaks.push(peak);
  if (peak > 0) found.to = performance.now();
  found.from ||= found.to;
  if (found.from) found.pieces.push(left);
}

window.heard = () => peaks;
window.heardAt = () => heard.map(({ pieces, ...facts }) => ({ ...facts, data: base64(pieces) }));

function base64(pieces) {
  const samples = Float32Array.from(pieces.flatMap((each) => [...each]));
  const bytes = new Uint8Array(samples.buffer);
  const letters = Array.from({ length: Math.ceil(bytes.length / 0x8000) }, (_, at) =>
    String.fromCharCode(...bytes.subarray(0x8000 * at, 0x8000 * (at + 1))),
  );
  return btoa(letters.join(""));
}
