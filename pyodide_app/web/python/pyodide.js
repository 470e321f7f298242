// Loads Pyodide with files that have been fetched already.
import { RUNTIME } from "./downloads.js";
import { ENVIRONMENT } from "./memory-layout.js";
import { explainMissing } from "../base/version.js";

/** @import { Factory } from "./memory-layout.js" */
/** @typedef {{ pyimport: (name: string) => any }} Pyodide */
/** @typedef {{ _createPyodideModule: Factory }} Scope pyodide.asm.js defines a global */

export const STANDARD_LIBRARY = "python_stdlib.zip";
const WASM = `${RUNTIME}pyodide.asm.wasm`;

/** Import Pyodide's own modules. */
export async function importPyodide() {
  const load = (/** @type {string} */ name) => import(RUNTIME + name).catch(async (error) => {
    throw await explainMissing(error, RUNTIME + name);
  });
  const [{ loadPyodide }] = await Promise.all([load("pyodide.mjs"), load("pyodide.asm.js")]);
  return { loadPyodide, scope: /** @type {Scope} */ (/** @type {unknown} */ (globalThis)) };
}

/**
 * Load Pyodide. What it would fetch is taken from `files`. If WebAssembly cannot be compiled, it hangs, but this fails.
 * @param {(options: object) => Promise<Pyodide>} loadPyodide @param {Promise<WebAssembly.Module>} wasm
 * @param {Record<string, Promise<Response>>} files by address @param {object} options for Pyodide
 * @param {Promise<never>} failure another reason why it may hang
 */
export async function runPyodide(loadPyodide, wasm, files, options, failure = new Promise(() => {})) {
  const [plainFetch, { instantiateStreaming }] = [self.fetch, WebAssembly];
  /** @type {Record<string, Promise<Response>>} */
  const fetched = { ...files, [WASM]: Promise.resolve(new Response()) };
  self.fetch = (input, ...rest) => {
    const address = input instanceof Request ? input.url : String(input);
    return fetched[address] ?? plainFetch(input, ...rest);
  };
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const module = await wasm;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  try {
    const loading = loadPyodide({ indexURL: RUNTIME, env: { ...ENVIRONMENT }, ...options });
    return await Promise.race([loading, wasm.then(() => failure)]);
  } finally {
    self.fetch = plainFetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}
