// A worker that starts Python as pages do, or from packages: ?start=packages.
import { Downloads, startFromPackages, startPython } from "./python.js";

const downloads = new Downloads(() => {});
const isPlain = new URLSearchParams(location.search).get("start") === "packages";
const python = await (isPlain ? startFromPackages(downloads, downloads.compile("pyodide.asm.wasm.bin")) : startPython());
python.pyimport("pyodide_app.session");
postMessage("started");
