// Starts Python from a snapshot of its memory, which the build takes after it has imported numpy and the engine.
import { RUNTIME } from "./downloads.js";
import { growTable, linkLibrary, preparedFactory, restorePages } from "./memory-layout.js";
import { importPyodide, runPyodide, STANDARD_LIBRARY } from "./pyodide.js";

/** @import { Downloads } from "./downloads.js" */
/** @import { Snapshot } from "./files.js" */
/** @import { Prepare } from "./memory-layout.js" */
/** @import { Pyodide } from "./pyodide.js" */

const EMPTY_ZIP = Uint8Array.from([0x50, 0x4b, 5, 6, ...new Array(18).fill(0)]);
const PLACEHOLDER = new Uint8Array(8); // Pyodide wants a snapshot of its own format; `prepare` replaces what restores it

/**
 * Start Python as it was when the snapshot was taken. Its file system is empty: modules that were not imported then
 * cannot be imported.
 * @param {Downloads} downloads @param {Promise<WebAssembly.Module>} wasm @param {Snapshot} snapshot
 * @returns {Promise<Pyodide>}
 */
export async function startFromSnapshot(downloads, wasm, snapshot) {
  const pages = readPages(downloads, snapshot);
  const libraries = Promise.all(snapshot.libraries.map(({ file, sha256 }) => downloads.compile(file, sha256)));
  /** @type {Prepare} */
  const prepare = async (module) => {
    for (const [index, compiled] of (await libraries).entries()) {
      await linkLibrary(module, snapshot.libraries[index], compiled);
    }
    growTable(module, snapshot.linked);
    const content = await pages;
    return () => {
      restorePages(module, snapshot, content);
      return snapshot.objects;
    };
  };
  for (const file of [pages, libraries]) file.catch(() => {}); // `prepare` throws it
  const pyodide = await start(wasm, snapshot, prepare);
  reseed(pyodide);
  return pyodide;
}

/** @param {Downloads} downloads @param {Snapshot} snapshot */
async function readPages(downloads, { file, sha256 }) {
  const body = await downloads.getInflated(file, sha256);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/**
 * @param {Promise<WebAssembly.Module>} wasm @param {Snapshot} snapshot @param {Prepare} prepare
 * @returns {Promise<Pyodide>}
 */
async function start(wasm, { memory, info }, prepare) {
  const { loadPyodide, scope } = await importPyodide();
  const create = scope._createPyodideModule;
  const files = { [RUNTIME + STANDARD_LIBRARY]: Promise.resolve(new Response(EMPTY_ZIP)) };
  const options = { lockFileContents: { info, packages: {} }, _loadSnapshot: PLACEHOLDER };
  /** @type {Promise<never>} */
  const failure = new Promise((resolve, reject) => {
    scope._createPyodideModule = preparedFactory(create, memory, prepare, reject);
  });
  try {
    return await runPyodide(loadPyodide, wasm, files, options, failure);
  } finally {
    scope._createPyodideModule = create;
  }
}

/**
 * Seed `random` again: all visitors' snapshots are the same.
 * @param {Pyodide} pyodide
 */
function reseed(pyodide) {
  const random = pyodide.pyimport("random");
  random.seed();
  random.destroy();
}
