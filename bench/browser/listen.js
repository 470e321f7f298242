// Runs before a page does: hears when the first sound leaves it, and every change of level after that.
/** @type {(to: any, ...rest: any[]) => any} */
const connect = AudioNode.prototype.connect;
const tapped = new WeakSet();
let hear;
window.firstSound = new Promise((resolve) => (hear = resolve));

AudioNode.prototype.connect = function (/** @type {any} */ to, /** @type {any[]} */ ...rest) {
  if (to instanceof AudioDestinationNode && this.context instanceof AudioContext && !tapped.has(this)) {
    tapped.add(this);
    window.output = this;
    poll(connect.call(this, new AnalyserNode(this.context, { fftSize: 2048 })));
  }
  return connect.call(this, to, ...rest);
};

function poll(analyser) {
  const samples = new Float32Array(analyser.fftSize);
  const channel = new MessageChannel(); // a timer would wait for 4 ms each time
  channel.port1.onmessage = () => {
    analyser.getFloatTimeDomainData(samples);
    if (samples.some((sample) => sample !== 0)) hear(performance.now());
    else setTimeout(() => channel.port2.postMessage(null), 1);
  };
  channel.port2.postMessage(null);
}

/** Return in seconds how long after each of `turns` calls of `change` the sound changed. */
window.latencies = async (change, turns) => {
  const { context } = window.output;
  await context.audioWorklet.addModule("/bench/watcher.js");
  const watcher = new AudioWorkletNode(context, "watcher");
  connect.call(connect.call(window.output, watcher), context.destination);
  let changed = null;
  watcher.port.onmessage = ({ data }) => changed?.(data);
  const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  const found = [];
  await wait(0.5);
  for (let turn = 0; turn < turns; turn++) {
    const first = new Promise((resolve) => (changed = resolve));
    const asked = context.currentTime;
    change(turn);
    found.push((await first) - asked);
    changed = null;
    await wait(0.25 + 0.1 * Math.random());
  }
  return found;
};
