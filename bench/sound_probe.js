// A worklet that reports when the first sound reaches it, in ms since 1970.
class SoundProbe extends AudioWorkletProcessor {
  #isHeard = false;

  process([channels]) {
    if (!this.#isHeard && channels.some((samples) => samples.some((sample) => sample !== 0))) {
      this.#isHeard = true;
      this.port.postMessage(Date.now());
    }
    return true;
  }
}
registerProcessor("sound-probe", SoundProbe);
