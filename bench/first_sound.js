// An init script: `window.firstSound` is a promise of when the page's first sound was rendered, in ms since 1970.
{
  const connect = AudioNode.prototype.connect;
  const probes = new WeakMap(); // AudioContext -> promise of its probe
  window.firstSound = new Promise((resolve) => {
    const addProbe = async (context) => {
      await context.audioWorklet.addModule("/sound-probe.js");
      const probe = new AudioWorkletNode(context, "sound-probe");
      probe.port.onmessage = ({ data }) => resolve(data);
      connect.call(probe, context.destination);
      return probe;
    };
    AudioNode.prototype.connect = function (to, ...rest) {
      if (to instanceof AudioDestinationNode && to.context instanceof AudioContext) {
        if (!probes.has(to.context)) probes.set(to.context, addProbe(to.context));
        probes.get(to.context).then((probe) => connect.call(this, probe));
      }
      return connect.call(this, to, ...rest);
    };
  });
}
