// Layout of Python's memory, and how to restore a snapshot of it. The build takes snapshots with this module, and the
// browser restores them with it, so that extension modules have the same addresses in both.

/** @import { Layout, Library, PageRange } from "./files.js" */

export const PAGE_BYTES = 4096;
const PAGE_WORDS = PAGE_BYTES / 4;
/** argv[0] and the environment are in memory, too: they must be the same wherever Python starts. */
const PROGRAM = "./this.program";
export const ENVIRONMENT = {
  LANG: "C.UTF-8",
  PYTHONHASHSEED: "0",
  PYTHONNODEBUGRANGES: "1", // columns of tracebacks, a tenth of a snapshot
  PYTHONOPTIMIZE: "2", // no docstrings
  _: PROGRAM,
};

/**
 * Emscripten's module.
 * @typedef {object} Emscripten
 * @property {Uint8Array<ArrayBuffer>} HEAPU8
 * @property {{ length: number, grow: (by: number) => number }} wasmTable
 * @property {(name: string) => void} addRunDependency
 * @property {(name: string) => void} removeRunDependency
 * @property {(module: WebAssembly.Module, flags: object, path: string, scope: object) => Promise<object>} loadWebAssemblyModule
 * @property {{ loadedLibsByName: Record<string, object> }} LDSO
 */
/** @typedef {{ sitePackages: string }} Api of Pyodide */
/** @typedef {() => object} Restore fills memory, and returns the objects that Python refers to */
/** @typedef {(module: Emscripten, api: Api) => Promise<Restore | void>} Prepare */
/** @typedef {{ preRun: ((module: Emscripten) => void)[], API: Api, INITIAL_MEMORY: number, thisProgram: string }} Settings */
/** @typedef {(settings: Settings) => Promise<Emscripten>} Factory of Emscripten modules */

/**
 * A factory that calls `prepare` before Python runs. If that returns a function, Pyodide will restore its snapshot by it.
 * If it fails, the module is never created: `failed` is called.
 * @param {Factory} create @param {number} memory in bytes @param {Prepare} prepare @param {(error: unknown) => void} failed
 * @returns {Factory}
 */
export function preparedFactory(create, memory, prepare, failed) {
  return (settings) => {
    settings.INITIAL_MEMORY = memory;
    settings.thisProgram = PROGRAM;
    settings.preRun.push((module) => {
      module.addRunDependency("prepare");
      prepare(module, settings.API).then((restore) => {
        if (restore) Object.defineProperty(settings.API, "restoreSnapshot", { get: () => restore, set() {} });
        module.removeRunDependency("prepare");
      }).catch(failed);
    });
    return create(settings);
  };
}

/**
 * Link an extension module before Python imports it. The function table is grown to a fixed length first, since engines
 * differ in how many entries it has.
 * @param {Emscripten} module @param {Pick<Library, "path" | "table">} library @param {WebAssembly.Module} compiled
 */
export async function linkLibrary(module, { path, table }, compiled) {
  growTable(module, table);
  const flags = { loadAsync: true, global: false, nodelete: true, allowUndefined: false };
  const exports = await module.loadWebAssemblyModule(compiled, flags, path, {});
  module.LDSO.loadedLibsByName[path] = { refcount: Infinity, name: path, exports, global: false };
}

/** @param {Pick<Emscripten, "wasmTable">} module @param {number} length */
export function growTable({ wasmTable }, length) {
  if (wasmTable.length > length) throw new Error(`the function table has ${wasmTable.length} entries, not ${length}`);
  wasmTable.grow(length - wasmTable.length);
}

/**
 * Write a snapshot's pages to memory, after a check that it is the memory the snapshot was made for.
 * @param {Pick<Emscripten, "HEAPU8" | "wasmTable">} module
 * @param {Pick<Layout, "memory" | "table" | "pages" | "checksum">} layout
 * @param {Uint8Array} content of the pages, one after the other
 */
export function restorePages({ HEAPU8, wasmTable }, { memory, table, pages, checksum }, content) {
  const length = pages.reduce((sum, [, count]) => sum + count * PAGE_BYTES, 0);
  const given = [HEAPU8.length, wasmTable.length, content.length, checksumOthers(HEAPU8, pages)];
  const wanted = [memory, table, length, checksum];
  if (String(given) !== String(wanted)) throw new Error(`memory ${given} is not the snapshot's, ${wanted}`);
  let offset = 0;
  for (const [first, count] of pages) {
    HEAPU8.set(content.subarray(offset, offset + count * PAGE_BYTES), first * PAGE_BYTES);
    offset += count * PAGE_BYTES;
  }
}

/**
 * A checksum of memory without some of its pages.
 * @param {Uint8Array<ArrayBuffer>} memory @param {PageRange[]} pages
 */
export function checksumOthers(memory, pages) {
  const words = new Int32Array(memory.buffer, memory.byteOffset, memory.length / 4);
  let [sum, word] = [0, 0];
  for (const [first, count] of [...pages, [words.length / PAGE_WORDS, 0]]) {
    for (; word < first * PAGE_WORDS; word++) sum = (Math.imul(sum, 31) + words[word]) | 0;
    word += count * PAGE_WORDS;
  }
  return sum;
}

/**
 * Ranges of the pages that differ between two memories of the same size.
 * @param {Uint8Array<ArrayBuffer>} memory @param {Uint8Array<ArrayBuffer>} other
 */
export function changedPages(memory, other) {
  const [words, otherWords] = [memory, other].map((bytes) => new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
  /** @type {PageRange[]} */
  const pages = [];
  for (let page = 0; page < words.length / PAGE_WORDS; page++) {
    const [start, end] = [page * PAGE_WORDS, (page + 1) * PAGE_WORDS];
    const theirs = otherWords.subarray(start, end);
    if (words.subarray(start, end).every((word, index) => word === theirs[index])) continue;
    const last = pages.at(-1);
    if (last && last[0] + last[1] === page) last[1]++;
    else pages.push([page, 1]);
  }
  return pages;
}
