// JSON-RPC endpoints of the page: what is waited for, and what every answer is taken for.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { httpEndpoint, RpcError, walletEndpoint } from "../../pyodide_app/web/tokens/rpc.js";

const realFetch = globalThis.fetch;
const realTimeout = globalThis.setTimeout;
/** @type {number[]} */
let waits = [];

afterEach(() => {
  globalThis.fetch = realFetch;
  globalThis.setTimeout = realTimeout;
});

/** Answer requests with these in turn, the last one for ever, and let no time pass. */
function answering(...answers) {
  let asked = 0;
  waits = [];
  const setTimeout = (act, milliseconds, ...rest) => {
    if (milliseconds > 20_000) return realTimeout(act, milliseconds, ...rest);
    waits.push(milliseconds);
    return realTimeout(act, 0, ...rest);
  };
  Object.assign(globalThis, { setTimeout });
  globalThis.fetch = async () => {
    const [status, body, headers] = answers[Math.min(asked++, answers.length - 1)];
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  };
  return () => asked;
}

const ask = () => httpEndpoint("https://a.example/key").request("eth_call", []);
const right = [200, { jsonrpc: "2.0", id: 1, result: "0x1" }];
const refusal = (code, message, status = 200) => [status, { jsonrpc: "2.0", id: 1, error: { code, message } }];

for (const busy of [refusal(429, "slow down"), refusal(-32005, "limit exceeded"), refusal(-32005, "rate limited", 429), [429, ""], [503, "<html>"], refusal(-32000, "header not found")]) {
  test(`${JSON.stringify(busy)} is waited for`, async () => {
    const asked = answering(busy, busy, right);
    assert.equal(await ask(), "0x1");
    assert.equal(asked(), 3);
    assert.deepEqual(waits, [500, 1000]);
  });
}

test("an endpoint that says how long is asked no sooner, within reason", async () => {
  answering([429, "", { "retry-after": "2" }], right);
  await ask();
  assert.deepEqual(waits, [2000]);
  answering([429, "", { "retry-after": "86400" }], right);
  await ask();
  assert.deepEqual(waits, [5000]);
});

for (const [answer, kind] of [[refusal(-32005, "query returned more than 10000 results"), "limited"], [refusal(-32000, "missing trie node"), "pruned"], [refusal(3, "execution reverted"), "reverted"], [[413, ""], "limited"], [refusal(-32601, "nope"), "denied"]]) {
  test(`${JSON.stringify(answer)} is ${kind} at once`, async () => {
    const asked = answering(answer);
    await assert.rejects(ask, (error) => error instanceof RpcError && error.kind === kind);
    assert.equal(asked(), 1);
  });
}

test("what is not JSON-RPC is an error in words, never a wrong value", async () => {
  for (const body of ["", "<html>", "[]", "null", "7", "{}", "[".repeat(100_000), '{"result"', '{"id":1}', '"x"']) {
    answering([200, body]);
    await assert.rejects(ask, { message: "the response is not JSON-RPC" });
  }
  for (const status of [301, 400, 500, 502]) {
    answering([status, "<html>"]);
    await assert.rejects(ask, { message: `HTTP status ${status}` });
  }
});

test("what an endpoint allowed is remembered for as long as the page is open", () => {
  httpEndpoint("https://a.example/one").limits.set("batch", 40);
  assert.equal(httpEndpoint("https://a.example/one").limits.get("batch"), 40);
  assert.equal(httpEndpoint("https://a.example/two").limits.get("batch"), undefined);
});

test("a wallet that is busy is waited for, and whatever it throws is an error with a reason", async () => {
  answering();
  let asked = 0;
  const limited = { code: -32005, message: "Request is being rate limited." };
  const busy = { request: () => (++asked < 3 ? Promise.reject(limited) : Promise.resolve("0x1")) };
  assert.equal(await walletEndpoint(busy, "W").request("eth_call", []), "0x1");
  for (const thrown of [null, undefined, "no", 7, {}, { message: {} }, new Error("x"), { code: 4001 }]) {
    const wallet = { request: () => Promise.reject(thrown) };
    await assert.rejects(walletEndpoint(wallet, "W").request("eth_call", []), (error) => error instanceof RpcError && typeof error.message === "string");
  }
});
