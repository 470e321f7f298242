// Keeps what reaches it, so that a test can compare it with what the engine says.
class Recorder extends AudioWorkletProcessor {
  /** @param {Float32Array[][]} inputs */
  process([input]) {
    if (input.length) this.port.postMessage([input[0].slice(), (input[1] ?? input[0]).slice()]);
    return true;
  }
}
registerProcessor("recorder", Recorder);
