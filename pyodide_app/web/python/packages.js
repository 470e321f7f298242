// Starts Python from packages: the standard library, numpy and the engine. All files are fetched in parallel, and the
// browser unpacks them while it compiles the WebAssembly: Python would take several times as long, and only afterwards.
import { RUNTIME } from "./downloads.js";
import { importPyodide, runPyodide, STANDARD_LIBRARY } from "./pyodide.js";
import { unzip } from "./zip.js";
import { APP } from "../base/version.js";

/** @import { Downloads } from "./downloads.js" */
/** @typedef {[name: string, bytes: Uint8Array<ArrayBuffer>]} File */
/**
 * Emscripten's file system.
 * @typedef {object} FileSystem
 * @property {(path: string) => void} mkdirTree
 * @property {(path: string, bytes: Uint8Array, options: { canOwn: boolean }) => void} writeFile
 */

const LOCK = new URL("python/pyodide-lock.json", APP).href; // it names the engine of this version

/**
 * Start Python with numpy and the engine installed.
 * @param {Downloads} downloads @param {Promise<WebAssembly.Module>} wasm
 */
export async function startFromPackages(downloads, wasm) {
  const standardLibrary = downloads.get(STANDARD_LIBRARY);
  const lock = fetchLock();
  const files = lock.then(({ packages }) => Promise.all(Object.values(packages).map((file) => unpack(downloads, file))));
  const starting = importPyodide().then(({ loadPyodide }) => {
    const options = {
      lockFileContents: lock,
      fsInit: async (/** @type {FileSystem} */ FS, /** @type {{ sitePackages: string }} */ { sitePackages }) => {
        writeFiles(FS, sitePackages, (await files).flat());
      },
    };
    return runPyodide(loadPyodide, wasm, { [RUNTIME + STANDARD_LIBRARY]: standardLibrary }, options);
  });
  const [pyodide] = await Promise.all([starting, files, standardLibrary]);
  return pyodide;
}

/** @returns {Promise<{ packages: Record<string, { file_name: string, sha256: string }> }>} */
async function fetchLock() {
  const answer = await fetch(LOCK);
  if (!answer.ok) throw new Error(`${LOCK}: ${answer.status}`);
  return answer.json();
}

/**
 * Fetch a package, checked against the lock file's SHA-256, and unzip it.
 * @param {Downloads} downloads @param {{ file_name: string, sha256: string }} file
 */
async function unpack(downloads, { file_name: name, sha256 }) {
  const answer = await downloads.get(name, sha256);
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
