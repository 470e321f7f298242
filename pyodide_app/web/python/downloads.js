// Fetches the runtime's files and reports how many bytes have been received.
import { ROOT } from "../base/root.js";
import { SIZES } from "./files.js";

export const RUNTIME = new URL("app/runtime/", ROOT).href;

/** @typedef {(loaded: number, total: number) => void} Report called with how many bytes of how many have been received */

export class Downloads {
  #report;
  #loaded = 0;
  #total = 0;

  /** @param {Report} report */
  constructor(report) {
    this.#report = report;
  }

  /**
   * Fetch a file of the runtime; fails if its SHA-256 is another one.
   * @param {string} name @param {string} [sha256] in hex
   */
  async get(name, sha256) {
    this.#total += SIZES[name] ?? 0;
    const answer = await fetch(RUNTIME + name, sha256 ? { integrity: toIntegrity(sha256) } : {});
    if (!answer.ok || !answer.body) throw new Error(`${name}: ${answer.status}`);
    /** @type {TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>} */
    const counter = new TransformStream({
      transform: (chunk, controller) => {
        this.#loaded += chunk.byteLength;
        this.#report(Math.min(this.#loaded, this.#total), this.#total);
        controller.enqueue(chunk);
      },
    });
    return new Response(answer.body.pipeThrough(counter), { headers: answer.headers });
  }

  /**
   * Fetch a file and decompress it: IPFS gateways do not compress. It is named .bin since some hosts inflate .gz.
   * @param {string} name @param {string} [sha256] in hex
   */
  async getInflated(name, sha256) {
    const { body } = await this.get(name, sha256);
    return /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (body).pipeThrough(new DecompressionStream("gzip"));
  }

  /**
   * Compile compressed WebAssembly as it streams in.
   * @param {string} name @param {string} [sha256] in hex
   */
  compile(name, sha256) {
    const headers = { "Content-Type": "application/wasm" };
    return WebAssembly.compileStreaming(this.getInflated(name, sha256).then((body) => new Response(body, { headers })));
  }
}

/** @param {string} sha256 in hex */
function toIntegrity(sha256) {
  const bytes = (sha256.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}
