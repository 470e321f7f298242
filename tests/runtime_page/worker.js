// Loads the prepared runtime as the mixer does; a script's last expression, as JSON, is the answer.
import { loadPyodide } from "./runtime/pyodide.mjs";

const started = performance.now();
const indexURL = new URL("runtime/", import.meta.url).href;
const loading = loadPyodide({
  indexURL,
  lockFileURL: `${indexURL}pyodide-lock.json`,
  packages: ["numpy", "stempress-app"],
});

self.onmessage = async ({ data: { script, given } }) => {
  try {
    const [text, pyodide] = await Promise.all([
      fetch(new URL(script, import.meta.url)).then((answer) => answer.text()),
      loading,
    ]);
    const loaded = performance.now();
    const globals = pyodide.toPy({ GIVEN: given, __name__: "__main__" });
    const value = JSON.parse(pyodide.runPython(text, { globals }));
    postMessage({ value, load: loaded - started, run: performance.now() - loaded });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
