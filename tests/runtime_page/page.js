// Starts the worker and shows what it answers.
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const show = (text) => { document.getElementById("answer").textContent = text; };
worker.onmessage = ({ data }) => show(JSON.stringify(data));
worker.onerror = (event) => show(JSON.stringify({ error: event.message }));
