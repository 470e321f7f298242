// Compiles all Python modules below a folder in place: node compile.mjs ORDER
// ORDER is a JSON file with the fields of `Order`.
import { readFileSync } from "node:fs";
import { reportErrors, runScript, startPyodide } from "./start.mjs";

/**
 * @typedef {object} Order
 * @property {string} runtime folder of Pyodide's files
 * @property {Record<string, string>} info of the lock file
 * @property {string} folder
 */

reportErrors();
/** @type {Order} */
const { runtime, info, folder } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const python = await startPyodide(runtime, { lockFileContents: { info, packages: {} } });
python.mountNodeFS("/work", folder);
runScript(python, "compile_sources.py");
process.exit(0); // Python would wait for input
