// The list of wallets: every one once, however it makes itself known.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

class Browser extends EventTarget {}
let life;

beforeEach(() => {
  const browser = new Browser();
  for (const name of ["addEventListener", "dispatchEvent"]) globalThis[name] = browser[name].bind(browser);
  Object.assign(globalThis, { window: globalThis });
  delete globalThis.ethereum;
  life = new AbortController();
});
afterEach(() => life.abort());

class ClassProvider {
  async request() {}
}
const object = () => ({ request: async (asked) => asked, on() {} });

function announce(provider, rdns, name = rdns) {
  dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: { info: { rdns, name, icon: "" }, provider } }));
}

/** The names of the wallets, when window.ethereum is looked for after the announcements, or before. */
async function namesOf(act, injected, { isFirst = false } = {}) {
  const { Wallets } = await import("../../pyodide_app/web/tokens/wallet.js");
  const wallets = new Wallets(life.signal);
  const inject = () => {
    globalThis.ethereum = injected;
    dispatchEvent(new Event("ethereum#initialized"));
  };
  if (isFirst) inject();
  act();
  inject();
  return wallets.list.map(({ name }) => name);
}

const bound = { get: (target, key) => (typeof target[key] === "function" ? target[key].bind(target) : target[key]) };
const PROXIES = {
  "the same object": (provider) => provider,
  "a Proxy": (provider) => new Proxy(provider, {}),
  "a Proxy that binds functions": (provider) => new Proxy(provider, bound),
  "a Proxy that deletes nothing": (provider) => new Proxy(provider, { deleteProperty: () => true }),
  "a Proxy that is not to be written to": (provider) => new Proxy(provider, { set: () => false, defineProperty: () => false, ...bound }),
  "a Proxy of a Proxy": (provider) => new Proxy(new Proxy(provider, bound), {}),
};

for (const [kind, wrap] of Object.entries(PROXIES)) {
  for (const make of [object, () => new ClassProvider(), () => Object.freeze(object())]) {
    for (const isFirst of [false, true]) {
      test(`announced, and at window.ethereum as ${kind}: listed once (${make}, ${isFirst})`, async () => {
        const provider = make();
        const wrapped = Object.isFrozen(provider) && kind.includes("binds") ? provider : wrap(provider);
        assert.deepEqual(await namesOf(() => announce(provider, "org.one", "One"), wrapped, { isFirst }), ["One"]);
      });
    }
  }
}

test("what is announced may be the Proxy", async () => {
  const provider = object();
  assert.deepEqual(await namesOf(() => announce(new Proxy(provider, bound), "org.one", "One"), provider), ["One"]);
});

test("an announcement without a proper id still names window.ethereum", async () => {
  const provider = object();
  for (const isFirst of [false, true]) {
    assert.deepEqual(await namesOf(() => announce(provider, "one", "One"), new Proxy(provider, {}), { isFirst }), ["One"]);
  }
});

test("wallets that hide behind functions of their own are known by what they call themselves", async () => {
  const provider = { ...object(), isRabby: true, isMetaMask: true };
  const membrane = { request: (asked) => provider.request(asked), isRabby: true, isMetaMask: true };
  assert.deepEqual(await namesOf(() => announce(provider, "io.rabby", "Rabby"), membrane), ["Rabby"]);
});

test("two wallets are two, even of one class and with the same flag", async () => {
  const announceBoth = () => {
    announce(new ClassProvider(), "org.one", "One");
    announce(new ClassProvider(), "org.two", "Two");
  };
  assert.deepEqual(await namesOf(announceBoth, new ClassProvider()), ["One", "Two", "This browser's wallet"]);
});

test("a wallet that pretends to be MetaMask is not taken for it", async () => {
  const announceIt = () => announce({ ...object(), isMetaMask: true }, "io.metamask", "MetaMask");
  assert.deepEqual(await namesOf(announceIt, { ...object(), isMetaMask: true }), ["MetaMask", "This browser's wallet"]);
});

test("no mark is left on a provider", async () => {
  const provider = object();
  await namesOf(() => announce(provider, "org.one"), new Proxy(provider, {}));
  await namesOf(() => announce(object(), "org.two"), provider);
  assert.deepEqual(Object.getOwnPropertySymbols(provider), []);
});

test("a provider that throws whatever is read is none", async () => {
  const hostile = new Proxy({}, { get() { throw new Error("no"); } });
  assert.deepEqual(await namesOf(() => announce(object(), "org.one", "One"), hostile), ["One"]);
});

test("providers that throw are listed as they are", async () => {
  const hostile = new Proxy(object(), { get: (target, key) => { if (key !== "request") throw new Error("no"); return target[key]; }, ownKeys() { throw new Error("no"); } });
  assert.deepEqual(await namesOf(() => announce(object(), "org.one", "One"), hostile), ["One", "This browser's wallet"]);
});
