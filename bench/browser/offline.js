// Mixes raw 16-bit stems as a plain Web Audio page would; answers with seconds.
export async function load({ files, rate }) {
  const context = new OfflineAudioContext(2, 1, rate);
  return Promise.all(
    files.map(async (file) => {
      const words = new Int16Array(await (await fetch(file)).arrayBuffer());
      const frames = words.length / 2;
      const buffer = context.createBuffer(2, frames, rate);
      for (const channel of [0, 1]) {
        const into = buffer.getChannelData(channel);
        for (let at = 0; at < frames; at++) into[at] = words[channel * frames + at] / 32768;
      }
      return buffer;
    }),
  );
}

export async function mix(buffers, gain) {
  const { length, sampleRate } = buffers[0];
  const context = new OfflineAudioContext(2, length, sampleRate);
  for (const buffer of buffers) {
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(new GainNode(context, { gain })).connect(context.destination);
    source.start();
  }
  const started = performance.now();
  await context.startRendering();
  return (performance.now() - started) / 1000;
}
