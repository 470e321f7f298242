// A worker that starts Python as Pyodide's documentation has it.
import { loadPyodide } from "./stock/pyodide.mjs";

const python = await loadPyodide({ indexURL: new URL("stock/", import.meta.url).href });
await python.loadPackage("stempress-app", { messageCallback() {} });
python.pyimport("pyodide_app.session");
postMessage("started");
