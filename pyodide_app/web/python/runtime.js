// Starts Python in a worker. All files are fetched in parallel, and the browser unpacks the packages while it
// compiles the WebAssembly: Python would take several times as long, and only afterwards.
import { unzip } from "./zip.js";
import { ROOT } from "../base/root.js";
import { APP } from "../base/version.js";

const RUNTIME = new URL("app/runtime/", ROOT).href;
const ASM = "pyodide.asm.js";
const LIBRARY = "python_stdlib.zip";
const LOCK = new URL("python/pyodide-lock.json", APP).href; // it names the engine of this version
const WASM = "pyodide.asm.wasm";

/** @typedef {(name: string, options?: RequestInit) => Promise<Response>} Get fetches a file of the runtime */
/** @typedef {[name: string, bytes: Uint8Array<ArrayBuffer>]} File */
/** @typedef {(loaded: number, total: number) => void} Report called with how many bytes of how many have come */
/** @typedef {{ pyimport: (name: string) => any }} Pyodide */
/**
 * Emscripten's file system.
 * @typedef {object} FileSystem
 * @property {(path: string) => void} mkdirTree
 * @property {(path: string, bytes: Uint8Array, options: { canOwn: boolean }) => void} writeFile
 */

/**
 * Load Pyodide, numpy and the engine.
 * @param {Report} report
 */
export async function startPython(report = () => {}) {
  const plainFetch = self.fetch;
  const get = countingFetch(plainFetch, report);
  const lock = fetchText(plainFetch, LOCK);
  const files = lock.then((text) => {
    /** @type {{ file_name: string, sha256: string }[]} */
    const packages = Object.values(JSON.parse(text).packages);
    return Promise.all(packages.map((file) => unpack(get, file)));
  });
  /** @type {Record<string, Promise<Response>>} */
  const prefetched = {
    [LOCK]: lock.then((text) => new Response(text)),
    [RUNTIME + LIBRARY]: get(LIBRARY),
    [RUNTIME + WASM]: inflate(get(`${WASM}.bin`)),
  };
  import(`${RUNTIME}${ASM}`).catch(() => {}); // Pyodide imports it again and reports the error
  self.fetch = (input, ...rest) => {
    const address = input instanceof Request ? input.url : String(input);
    return prefetched[address] ?? plainFetch(input, ...rest);
  };
  try {
    const [pyodide] = await Promise.all([load(files), files, ...Object.values(prefetched)]);
    return pyodide;
  } finally {
    self.fetch = plainFetch;
  }
}

/** @param {typeof fetch} plainFetch @param {string} address */
async function fetchText(plainFetch, address) {
  const answer = await plainFetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

/**
 * @param {Promise<File[][]>} files
 * @returns {Promise<Pyodide>}
 */
async function load(files) {
  const { loadPyodide } = await import(`${RUNTIME}pyodide.mjs`);
  return loadPyodide({
    indexURL: RUNTIME,
    lockFileURL: LOCK,
    fsInit: async (/** @type {FileSystem} */ FS, /** @type {{ sitePackages: string }} */ { sitePackages }) => {
      writeFiles(FS, sitePackages, (await files).flat());
    },
  });
}

/**
 * A fetch for files of the runtime that reports the bytes received.
 * @param {typeof fetch} plainFetch @param {Report} report
 * @returns {Get}
 */
function countingFetch(plainFetch, report) {
  let [loaded, total] = [0, Infinity];
  /** @param {Record<string, number>} sizes */
  const addUp = (sizes) => { total = Object.values(sizes).reduce((sum, size) => sum + size, 0); };
  plainFetch(`${RUNTIME}sizes.json`).then((answer) => answer.json()).then(addUp, () => {});
  return async (name, options) => {
    const answer = await plainFetch(`${RUNTIME}${name}`, options);
    if (!answer.ok || !answer.body) throw new Error(`${name}: ${answer.status}`);
    /** @type {TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>} */
    const counter = new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        if (total < Infinity) report(Math.min(loaded, total), total);
        controller.enqueue(chunk);
      },
    });
    return new Response(answer.body.pipeThrough(counter), { headers: answer.headers });
  };
}

/**
 * Decompress the WebAssembly module: IPFS gateways do not compress. It is named .bin since some hosts inflate .gz.
 * @param {Promise<Response>} answer
 */
async function inflate(answer) {
  const { body } = await answer;
  const headers = { "Content-Type": "application/wasm" }; // compiled as it streams in
  return new Response(body?.pipeThrough(new DecompressionStream("gzip")), { headers });
}

/**
 * Fetch a package, checked against the lock file's SHA-256, and unzip it.
 * @param {Get} get @param {{ file_name: string, sha256: string }} file
 */
async function unpack(get, { file_name: name, sha256 }) {
  const bytes = (sha256.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const integrity = `sha256-${btoa(String.fromCharCode(...bytes))}`;
  const answer = await get(name, { integrity });
  return unzip(await answer.arrayBuffer());
}

/** @param {FileSystem} FS @param {string} folder @param {File[]} files */
function writeFiles(FS, folder, files) {
  for (const [name, bytes] of files) {
    const path = `${folder}/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, bytes, { canOwn: true });
  }
}
