// Tells when a steady sound changes, which here is a change of gain.
class Watcher extends AudioWorkletProcessor {
  #last = 0;

  /** @param {Float32Array[][]} inputs */
  process([[samples]]) {
    for (const [at, sample] of (samples ?? []).entries()) {
      if (Math.abs(sample - this.#last) > 1e-5) this.port.postMessage(currentTime + at / sampleRate);
      this.#last = sample;
    }
    return true;
  }
}

registerProcessor("watcher", Watcher);
