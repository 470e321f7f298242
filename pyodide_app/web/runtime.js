// Starting Python in a worker. The largest file is shipped compressed and inflated here: gateways of
// IPFS compress nothing. Its name ends in .bin, for some hosts inflate what is called .gz.
export const RUNTIME = new URL("../runtime/", import.meta.url).href;
const WASM = `${RUNTIME}pyodide.asm.wasm`;

/** Load Pyodide, numpy and the engine. */
export async function startPython() {
  const plain = self.fetch;
  self.fetch = (wanted, ...rest) => {
    const isWasm = (wanted?.url ?? String(wanted)) === WASM;
    return isWasm ? inflated(plain(`${WASM}.bin`)) : plain(wanted, ...rest);
  };
  const { loadPyodide } = await import(`${RUNTIME}pyodide.mjs`);
  return loadPyodide({
    indexURL: RUNTIME,
    lockFileURL: `${RUNTIME}pyodide-lock.json`,
    packages: ["numpy", "stempress-app"],
  });
}

async function inflated(asked) {
  const answer = await asked;
  if (!answer.ok) return answer;
  const headers = { "Content-Type": "application/wasm" }; // compiled while it comes
  return new Response(answer.body.pipeThrough(new DecompressionStream("gzip")), { headers });
}
