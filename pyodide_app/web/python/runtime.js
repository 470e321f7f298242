// Starting Python in a worker. All of it is asked for at once; packages are unpacked by the browser while
// WebAssembly is compiled: Python itself would take several times as long for that, and only then.
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
 * The file system of Emscripten.
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
  import(`${RUNTIME}${ASM}`).catch(() => {}); // asked for again where it is wanted
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
 * What fetches files of the runtime and counts their bytes as they come.
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
 * It is shipped compressed, for gateways of IPFS compress nothing; .bin, for some hosts inflate a .gz.
 * @param {Promise<Response>} answer
 */
async function inflate(answer) {
  const { body } = await answer;
  const headers = { "Content-Type": "application/wasm" }; // compiled while it comes
  return new Response(body?.pipeThrough(new DecompressionStream("gzip")), { headers });
}

/**
 * The files of a package, if it is the one that the lock file names.
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
