// `await python(script)` has the worker run a Python file that lies beside this page.
const worker = new Worker(new URL(`worker.js${location.search}`, import.meta.url), { type: "module" });
const asked = [];
worker.onmessage = ({ data }) => asked.shift()(data);
worker.onerror = (event) => asked.shift()({ error: event.message });

window.python = (script, given = "null") =>
  new Promise((resolve) => {
    asked.push(resolve);
    worker.postMessage({ script, given });
  });
