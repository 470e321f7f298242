// The runtime's files, as a build has made them: it writes this module.

/**
 * A compressed file of the runtime.
 * @typedef {object} PackedFile
 * @property {string} file its name
 * @property {string} sha256 in hex
 */
/** @typedef {PackedFile & { path: string, table: number }} Library an extension module, its path, and its first entry in the function table */
/** @typedef {[first: number, count: number]} PageRange consecutive pages of memory */
/**
 * A snapshot of Python's memory. The file holds the pages that differ from those of a Python that is about to start.
 * @typedef {object} Layout
 * @property {number} memory size in bytes
 * @property {number} linked length of the function table once all libraries are linked
 * @property {number} table its length when the snapshot is restored
 * @property {PageRange[]} pages
 * @property {number} checksum of all other pages
 * @property {object} objects JavaScript objects that Python refers to, as Pyodide serializes them
 * @property {Record<string, string>} info of the lock file
 */
/** @typedef {PackedFile & Layout & { libraries: Library[] }} Snapshot */

/** @type {Snapshot | null} null if the build could not make one */
export const SNAPSHOT = null;

/** @type {Record<string, number>} sizes in bytes, by name */
export const SIZES = {};
