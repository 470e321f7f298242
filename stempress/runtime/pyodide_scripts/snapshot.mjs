// Takes a snapshot of Python's memory, with numpy and the engine imported: node snapshot.mjs ORDER
// ORDER is a JSON file with the fields of `Order`. Two files are written: the content of memory pages, and their layout.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changedPages, checksumOthers, growTable, linkLibrary, PAGE_BYTES, preparedFactory } from "../../../pyodide_app/web/python/memory-layout.js";
import { freezeChance, reportErrors, runScript, startPyodide } from "./start.mjs";

/** @import { Layout, Library } from "../../../pyodide_app/web/python/files.js" */
/** @import { Emscripten, Prepare } from "../../../pyodide_app/web/python/memory-layout.js" */
/**
 * @typedef {object} Order
 * @property {string} runtime folder of Pyodide's files
 * @property {string} library folder of the standard library and of site-packages, as Python sees it
 * @property {string[]} modules extension modules, by their paths below that folder
 * @property {string} empty an empty ZIP archive
 * @property {Record<string, string>} info of the lock file
 * @property {number} memory bytes; more than Python needs, for memory that grows meanwhile is not restored
 * @property {string} pages where the pages are written
 * @property {string} layout where the layout is written
 */
/** @typedef {{ linked: number, libraries: Pick<Library, "path" | "table">[] }} Linked */

const TABLE_STEP = 0x2000; // libraries begin at multiples of it, which leaves room for entries that other engines add
const TABLE_ROOM = 0x800;

reportErrors();
/** @type {Order} */
const order = JSON.parse(readFileSync(process.argv[2], "utf8"));
const isModule = new Set(order.modules);

/** @param {Emscripten} module */
function nextTable({ wasmTable }) {
  return Math.ceil((wasmTable.length + TABLE_ROOM) / TABLE_STEP) * TABLE_STEP;
}

/** @param {{ sitePackages: string }} api */
function libraryFolder({ sitePackages }) {
  return sitePackages.slice(0, sitePackages.lastIndexOf("/"));
}

/**
 * Link all extension modules, each at the next free place.
 * @type {(...parameters: Parameters<Prepare>) => Promise<Linked>}
 */
async function linkModules(module, api) {
  const libraries = [];
  for (const name of order.modules) {
    const library = { path: `${libraryFolder(api)}/${name}`, table: nextTable(module) };
    await linkLibrary(module, library, new WebAssembly.Module(readFileSync(join(order.library, name))));
    libraries.push(library);
  }
  growTable(module, nextTable(module));
  return { linked: module.wasmTable.length, libraries };
}

/** The files of the library. An extension module is linked already, so Python only looks for its name. */
function readLibrary() {
  const names = readdirSync(order.library, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(order.library, name)).isFile()).map((name) => name.replaceAll("\\", "/"));
  return files.map((name) => ({ name, bytes: isModule.has(name) ? new Uint8Array() : readFileSync(join(order.library, name)) }));
}

/**
 * Start Python with the extension modules linked.
 * @param {object} options for Pyodide @param {Prepare} prepare
 * @returns {Promise<any>}
 */
function startLinked(options, prepare) {
  const lockFileContents = { info: order.info, packages: {} };
  return new Promise((resolve, reject) => {
    startPyodide(order.runtime, { stdLibURL: order.empty, lockFileContents, ...options },
      (create) => preparedFactory(create, order.memory, prepare, reject)).then(resolve, reject);
  });
}

/** Python with everything imported. */
async function startImported() {
  const python = await startLinked({
    _makeSnapshot: true,
    fsInit: async (/** @type {any} */ FS, /** @type {{ sitePackages: string }} */ api) => {
      for (const { name, bytes } of readLibrary()) {
        const path = `${libraryFolder(api)}/${name}`;
        FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
        FS.writeFile(path, bytes);
      }
    },
  }, async (module, api) => { await linkModules(module, api); });
  runScript(python, "import_engine.py");
  return python;
}

/**
 * Memory as it will be when a snapshot is restored.
 * @returns {Promise<Linked & { table: number, memory: Uint8Array<ArrayBuffer> }>}
 */
function startFresh() {
  return new Promise((resolve, reject) => {
    startLinked({ _loadSnapshot: new Uint8Array(8) }, async (module, api) => {
      const linked = await linkModules(module, api);
      return () => {
        resolve({ ...linked, table: module.wasmTable.length, memory: module.HEAPU8.slice() });
        throw new Error("only the memory is wanted");
      };
    }).catch(reject); // after resolve, without effect
  });
}

/**
 * The memory and the objects in a snapshot of Pyodide's format.
 * @param {Uint8Array<ArrayBuffer>} snapshot
 */
function parseSnapshot(snapshot) {
  const [, start, length] = new Uint32Array(snapshot.buffer, 0, 3);
  const objects = JSON.parse(new TextDecoder().decode(snapshot.subarray(48, 48 + length)));
  return { objects, memory: snapshot.slice(start) };
}

freezeChance(1);
const python = await startImported();
const { objects, memory } = parseSnapshot(python.makeMemorySnapshot());
freezeChance(2); // pages that depend on chance are part of the snapshot
const fresh = await startFresh();
if (memory.length !== order.memory) throw new Error(`Python takes ${memory.length} bytes of memory, more than ${order.memory}`);
if (python._module.wasmTable.length !== fresh.table) throw new Error("other extension modules were imported than were ordered");
const pages = changedPages(memory, fresh.memory);
/** @type {Layout} */
const layout = { ...fresh, memory: memory.length, pages, checksum: checksumOthers(fresh.memory, pages), objects, info: order.info };
writeFileSync(order.layout, JSON.stringify(layout));
writeFileSync(order.pages, Buffer.concat(pages.map(([first, count]) => memory.subarray(first * PAGE_BYTES, (first + count) * PAGE_BYTES))));
process.exit(0); // Python would wait for input
