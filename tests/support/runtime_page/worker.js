// Loads the prepared runtime as the mixer does; a script's last expression, as JSON, is the answer.
// All scripts share one namespace.
import { loadPyodide } from "./runtime/pyodide.mjs";

const started = performance.now();
const indexURL = new URL("runtime/", import.meta.url).href;
const loading = loadPyodide({
  indexURL,
  lockFileURL: `${indexURL}pyodide-lock.json`,
  packages: ["numpy", "stempress-app"],
});
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
