// Wallets for the tests. What they answer is decided outside the page: answerWallet(id, method, params).
window.wallets = {};

window.makeWallet = function ({ id, name = id, icon = "", late = 0, announced = true, plain = false }) {
  const hearers = {};
  const provider = {
    async request({ method, params }) {
      const { result, error, never } = await window.answerWallet(id, method, params ?? []);
      if (never) return new Promise(() => {});
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    },
    on: (event, hear) => (hearers[event] ??= new Set()).add(hear),
    removeListener: (event, hear) => hearers[event]?.delete(hear),
    emit: (event, value) => hearers[event]?.forEach((hear) => hear(value)),
  };
  window.wallets[id] = provider;
  const appear = () => {
    if (plain) window.ethereum = provider;
    const detail = Object.freeze({ info: Object.freeze({ uuid: id, rdns: id, name, icon }), provider });
    const announce = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    if (!announced) return;
    // eslint-disable-next-line local/listener-signal -- a wallet is there as long as the document
    window.addEventListener("eip6963:requestProvider", announce);
    announce();
  };
  if (late) setTimeout(appear, late);
  else appear();
};
