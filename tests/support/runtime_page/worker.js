// Starts Python as pages do, or from packages alone; a script's last expression, as JSON, is the answer.
// All scripts share one namespace.
import { Downloads, startFromPackages, startPython } from "./python.js";

const started = performance.now();
const downloads = new Downloads(() => {});
const isPlain = new URLSearchParams(location.search).get("start") === "packages";
const loading = isPlain ? startFromPackages(downloads, downloads.compile("pyodide.asm.wasm.bin")) : startPython();
const sharing = loading.then((pyodide) => pyodide.toPy({ __name__: "__main__" }));

self.onmessage = async ({ data: { script, given } }) => {
  try {
    const [text, pyodide, globals] = await Promise.all([
      fetch(new URL(script, import.meta.url)).then((answer) => answer.text()),
      loading,
      sharing,
    ]);
    const loaded = performance.now();
    globals.set("GIVEN", given);
    const value = JSON.parse(pyodide.runPython(text, { globals }));
    postMessage({ value, load: loaded - started, run: performance.now() - loaded });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
