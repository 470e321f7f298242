// JSON-RPC endpoints of a chain: public ones, and the visitor's wallet.
//
//   httpEndpoint(url)         a public endpoint
//   walletEndpoint(provider)  the wallet's own endpoint
//   endpoint.request(method, params, signal)
//   askWallet(provider, method, params)  the only way to a wallet; refuses all but ALLOWED_METHODS
//
// RpcError: the endpoint answered with an error, of a kind (rpc-errors.js). Any other error: it could not be reached
// or understood. A rate limit, and a block that it doesn't have yet, are waited for.

/**
 * @typedef {object} Endpoint
 * @property {string} label
 * @property {(method: string, params: unknown[], signal?: AbortSignal) => Promise<any>} request
 *     resolves to the endpoint's result, which is not validated
 * @property {Map<string, number>} limits how many items a request may have, as far as the endpoint has shown
 */
/**
 * A wallet's provider (EIP-1193). Only `request` is guaranteed.
 * @typedef {object} Provider
 * @property {(request: { method: string, params: unknown[] }) => Promise<unknown>} request
 * @property {(event: string, listener: (value: unknown) => void) => void} [on]
 * @property {(event: string, listener: (value: unknown) => void) => void} [removeListener]
 */
/** @import { Kind } from "./rpc-errors.js" */
import { anySignal } from "../base/signals.js";
import { _ } from "../language/phrases.js";
import { kindOf, kindOfStatus, secondsOf } from "./rpc-errors.js";

const SECONDS = 6;
const WALLET_SECONDS = 15;
const MOST_BYTES = 16e6;
const TRIES = 3;
const WAIT_SECONDS = 0.5;
const MOST_WAIT_SECONDS = 5;
const WAITED_FOR = new Set(["busy", "unclear", "lagging"]);

const ALLOWED_METHODS = new Set([
  "eth_requestAccounts", "eth_accounts", "eth_chainId", "wallet_switchEthereumChain",
  "eth_getBlockByNumber", "eth_getCode", "eth_call",
]);

export class RpcError extends Error {
  /** @param {any} error untrusted @param {Kind} [kind] */
  constructor(error, kind = kindOf(error), seconds = 0) {
    super(shorten(typeof error === "string" ? error : error?.message));
    this.code = error?.code;
    this.kind = kind;
    this.seconds = seconds; // to wait before the next try, if the endpoint says so
  }
}

/** @type {Map<string, Map<string, number>>} by URL; what an endpoint allowed is remembered */
const LIMITS = new Map();

/**
 * @param {string} url
 * @returns {Endpoint}
 */
export function httpEndpoint(url) {
  const label = new URL(url).host;
  const limits = LIMITS.get(url) ?? new Map();
  LIMITS.set(url, limits);
  return { label, limits, request: (method, params, signal) => withRetries(() => post(url, method, params, signal), signal) };
}

/** @param {Provider} provider @param {string} method @param {unknown[]} params */
export async function askWallet(provider, method, params) {
  if (!ALLOWED_METHODS.has(method)) throw new Error(_("a wallet is never asked for %(method)s", { method }));
  return provider.request({ method, params });
}

/**
 * @param {Provider} provider @param {string} label
 * @returns {Endpoint}
 */
export function walletEndpoint(provider, label) {
  /** @param {string} method @param {unknown[]} params */
  const ask = async (method, params) => {
    try {
      return await askWallet(provider, method, params);
    } catch (error) {
      throw new RpcError(error);
    }
  };
  return {
    label,
    limits: new Map(),
    request: (method, params, signal) => withRetries(() => withTimeout(WALLET_SECONDS, ask(method, params), signal), signal),
  };
}

/**
 * Settle like a promise, unless it takes too long or the signal is aborted.
 * @template T
 * @param {number} seconds @param {Promise<T>} promise @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export function withTimeout(seconds, promise, signal) {
  const settled = new AbortController();
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    const timer = setTimeout(() => reject(new Error(_("no answer in %(seconds)s seconds", { seconds }))), seconds * 1000);
    signal?.addEventListener("abort", abort, { signal: settled.signal });
    if (signal?.aborted) abort();
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      settled.abort();
    });
  });
}

/**
 * A JSON-RPC quantity: hexadecimal by the specification, decimal in some wallets.
 * @param {unknown} value
 */
export function toNumber(value) {
  const number = Number(typeof value === "bigint" || /^(0x[0-9a-f]+|\d+)$/i.test(String(value)) ? value : NaN);
  if (!Number.isSafeInteger(number)) throw new Error(_("not a number where one was expected"));
  return number;
}

/**
 * An untrusted message as one short line of text.
 * @param {unknown} message
 */
export function shorten(message) {
  const line = String(message ?? _("no reason given")).replace(/[\p{C}\p{Z}\s]+/gu, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/**
 * @template T
 * @param {() => Promise<T>} ask @param {AbortSignal} [signal]
 */
async function withRetries(ask, signal) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RpcError) || !WAITED_FOR.has(error.kind) || tries === TRIES) throw error;
      await wait(Math.min(MOST_WAIT_SECONDS, error.seconds || WAIT_SECONDS) * tries, signal);
    }
  }
}

/** @param {number} seconds @param {AbortSignal} [signal] */
export function wait(seconds, signal) {
  return withTimeout(seconds + 60, new Promise((wake) => setTimeout(wake, seconds * 1000)), signal);
}

/**
 * @param {string} url @param {string} method @param {unknown[]} params @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
async function post(url, method, params, signal) {
  const timeOut = AbortSignal.timeout(SECONDS * 1000);
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      signal: signal ? anySignal(signal, timeOut) : timeOut,
    });
    return parseAnswer(answer, await readText(answer));
  } catch (error) {
    if (timeOut.aborted && !signal?.aborted) throw new Error(_("no answer in %(seconds)s seconds", { seconds: SECONDS }), { cause: error });
    throw error instanceof TypeError ? new Error(_("can't be reached"), { cause: error }) : error;
  }
}

/** @param {Response} answer */
async function readText(answer) {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  if (!answer.body) return text;
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

/** @param {Response} answer @param {string} text */
function parseAnswer(answer, text) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    content = null;
  }
  const seconds = secondsOf(answer.headers.get("retry-after"));
  if (content?.error) throw new RpcError(content.error, kindOf(content.error, answer.status), seconds);
  const kind = kindOfStatus(answer.status);
  if (kind === "busy") throw new RpcError(_("rate limit reached"), kind, seconds);
  if (kind === "limited") throw new RpcError(_("request too large"), kind);
  if (!answer.ok) throw new Error(_("HTTP status %(status)s", { status: answer.status }));
  if (content?.result === undefined) throw new Error(_("the response is not JSON-RPC"));
  return content.result;
}
