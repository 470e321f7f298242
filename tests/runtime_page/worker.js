// Loads the prepared runtime as the mixer does, imports what it imports, and answers with times.
import { loadPyodide } from "./runtime/pyodide.mjs";

const started = performance.now();
const indexURL = new URL("runtime/", import.meta.url).href;

try {
  const [script, pyodide] = await Promise.all([
    fetch(new URL("imports.py", import.meta.url)).then((answer) => answer.text()),
    loadPyodide({
      indexURL,
      lockFileURL: `${indexURL}pyodide-lock.json`,
      packages: ["numpy", "stempress-app"],
    }),
  ]);
  const loaded = performance.now();
  const answer = JSON.parse(pyodide.runPython(script));
  postMessage({ ...answer, load: loaded - started, imports: performance.now() - loaded });
} catch (error) {
  postMessage({ error: String(error) });
}
