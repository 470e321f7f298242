// Endpoints of a chain: something to ask in JSON-RPC that answers in time, or is passed over.
//
//   httpEndpoint(url)         a public endpoint
//   walletEndpoint(provider)  the visitor's wallet, which brings an endpoint of its own
//   endpoint.request(method, params, signal)
//   askWallet(provider, method, params)  the one way to a wallet: it asks nothing but ASKED
//
// RpcError: it answered, and refused. Any other error: there is no answer to be had from it.
import { _ } from "./phrases.js";
const SECONDS = 6;
const WALLET_SECONDS = 15;
const MOST_BYTES = 16e6;
const TRIES = 3;
const BUSY = new Set([-32005, -32029, 429]); // how endpoints say "slower"

const ASKED = new Set([
  "eth_requestAccounts", "eth_accounts", "eth_chainId", "wallet_switchEthereumChain",
  "eth_getBlockByNumber", "eth_getCode", "eth_call",
]);

export class RpcError extends Error {
  constructor(error) {
    super(brief(error?.message));
    this.code = error?.code;
  }
}

class BusyError extends Error {
  constructor(seconds) {
    super(_("rate limit reached"));
    this.seconds = seconds;
  }
}

export function httpEndpoint(url) {
  const label = new URL(url).host;
  return { label, request: (method, params, signal) => patiently(() => post(url, method, params, signal), signal) };
}

export async function askWallet(provider, method, params) {
  if (!ASKED.has(method)) throw new Error(_("a wallet is never asked for %(method)s", { method }));
  return provider.request({ method, params });
}

export function walletEndpoint(provider, label) {
  const ask = async (method, params) => {
    try {
      return await askWallet(provider, method, params);
    } catch (error) {
      throw new RpcError(error);
    }
  };
  return { label, request: (method, params, signal) => within(WALLET_SECONDS, ask(method, params), signal) };
}

/** Settle as a promise does, unless it takes too long or is not wanted any more. */
export function within(seconds, promise, signal) {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    const watch = setTimeout(() => reject(new Error(_("no answer in %(seconds)s seconds", { seconds }))), seconds * 1000);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
    promise.then(resolve, reject).finally(() => {
      clearTimeout(watch);
      signal?.removeEventListener("abort", end);
    });
  });
}

/** A number of JSON-RPC: hexadecimal by the letter, decimal in some wallets. */
export function toNumber(value) {
  const number = Number(typeof value === "bigint" || /^(0x[0-9a-f]+|\d+)$/i.test(value) ? value : NaN);
  if (!Number.isSafeInteger(number)) throw new Error(_("not a number where one is due"));
  return number;
}

/** A stranger's message as one short line of text. */
export function brief(message) {
  const line = String(message ?? _("no reason given")).replace(/[\p{C}\p{Z}\s]+/gu, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

async function patiently(ask, signal) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof BusyError) || tries === TRIES) throw error;
      await within(60, new Promise((wake) => setTimeout(wake, error.seconds * 1000 * tries)), signal);
    }
  }
}

async function post(url, method, params, signal) {
  const timeOut = AbortSignal.timeout(SECONDS * 1000);
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, timeOut]) : timeOut,
    });
    return result(answer, await readText(answer));
  } catch (error) {
    if (timeOut.aborted && !signal?.aborted) throw new Error(_("no answer in %(seconds)s seconds", { seconds: SECONDS }));
    throw error instanceof TypeError ? new Error(_("it cannot be reached")) : error;
  }
}

async function readText(answer) {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > MOST_BYTES) {
      await reader.cancel();
      throw new Error(_("response too large"));
    }
    text += decoder.decode(value, { stream: true });
  }
}

function result(answer, text) {
  if (answer.status === 429) {
    throw new BusyError(Math.min(5, Number(answer.headers.get("retry-after")) || 0.5));
  }
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    content = null;
  }
  if (content?.error) {
    throw BUSY.has(content.error.code) ? new BusyError(0.5) : new RpcError(content.error);
  }
  if (answer.status === 413) throw new RpcError({ message: _("the question is too large") });
  if (!answer.ok) throw new Error(_("status %(status)s", { status: answer.status }));
  if (content?.result === undefined) throw new Error(_("its answer is not JSON-RPC"));
  return content.result;
}
