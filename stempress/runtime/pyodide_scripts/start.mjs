// Starts Pyodide in Node so that the same input always gives the same memory.
import nodeCrypto from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, runInThisContext } from "node:vm";
import { ENVIRONMENT } from "../../../pyodide_app/web/python/memory-layout.js";

/** @import { Factory } from "../../../pyodide_app/web/python/memory-layout.js" */

const LiveDate = Date;

/**
 * Stop the clock, and make random numbers the same ones: both get into memory.
 * @param {number} seed of 0 to 255; another one gives another time and other random numbers
 */
export function freezeChance(seed) {
  const now = LiveDate.UTC(2026, 0, 1 + seed);
  // @ts-expect-error -- Date can also be called without new, which Pyodide doesn't do
  globalThis.Date = class extends LiveDate {
    /** @param {any[]} given */
    constructor(...given) {
      super(.../** @type {[any]} */ (given.length ? given : [now]));
    }

    /** @override */
    static now() {
      return now;
    }
  };
  performance.now = () => seed;
  Math.random = () => seed / 256;
  nodeCrypto.randomFillSync = (/** @type {any} */ view) => view.fill(seed);
}

/** What is not caught is reported in a line: Node would print the line of the source, a megabyte of Pyodide. */
export function reportErrors() {
  process.on("uncaughtException", (error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`, () => process.exit(1));
  });
}

/**
 * Start Pyodide.
 * @param {string} runtime folder of its files @param {object} options for Pyodide
 * @param {(create: Factory) => Factory} wrap its factory of Emscripten modules
 */
export async function startPyodide(runtime, options, wrap = (create) => create) {
  const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")).href);
  const scope = /** @type {any} */ (globalThis);
  scope.require = createRequire(import.meta.url);
  scope.__dirname = runtime;
  // Not imported: Node would take it for a module of the wrong kind, depending on where the cache is.
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  runInThisContext(readFileSync(join(runtime, "pyodide.asm.js"), "utf8"), { importModuleDynamically });
  scope._createPyodideModule = wrap(scope._createPyodideModule);
  return loadPyodide({ indexURL: runtime, env: { ...ENVIRONMENT }, ...options });
}

/**
 * Run a Python script in a namespace of its own.
 * @param {any} pyodide @param {string} name of a file beside this one
 */
export function runScript(pyodide, name) {
  const globals = pyodide.toPy({ __name__: "__main__" });
  pyodide.runPython(readFileSync(new URL(name, import.meta.url), "utf8"), { globals });
  globals.destroy();
}
