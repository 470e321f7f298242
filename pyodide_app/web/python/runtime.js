// Starting Python in a worker. All of it is asked for at once; packages are unpacked by the browser while
// WebAssembly is compiled: Python itself would take several times as long for that, and only then.
import { unzip } from "./zip.js";
import { ROOT } from "../base/root.js";

const RUNTIME = new URL("app/runtime/", ROOT).href;
const ASM = "pyodide.asm.js";
const LIBRARY = "python_stdlib.zip";
const LOCK = "pyodide-lock.json";
const WASM = "pyodide.asm.wasm";

/** Load Pyodide, numpy and the engine; `tell` hears how many bytes of how many have come. */
export async function startPython(tell = () => {}) {
  const plain = self.fetch;
  const get = counted(plain, tell);
  const lock = get(LOCK).then((answer) => answer.text());
  const files = lock.then((text) => {
    const packages = Object.values(JSON.parse(text).packages);
    return Promise.all(packages.map((each) => unpacked(get, each)));
  });
  const coming = {
    [LOCK]: lock.then((text) => new Response(text)),
    [LIBRARY]: get(LIBRARY),
    [WASM]: inflated(get(`${WASM}.bin`)),
  };
  import(`${RUNTIME}${ASM}`).catch(() => {}); // asked for again where it is wanted
  self.fetch = (wanted, ...rest) => coming[String(wanted?.url ?? wanted).replace(RUNTIME, "")] ?? plain(wanted, ...rest);
  try {
    const [pyodide] = await Promise.all([load(files), files, ...Object.values(coming)]);
    return pyodide;
  } finally {
    self.fetch = plain;
  }
}

async function load(files) {
  const { loadPyodide } = await import(`${RUNTIME}pyodide.mjs`);
  return loadPyodide({
    indexURL: RUNTIME,
    lockFileURL: `${RUNTIME}${LOCK}`,
    fsInit: async (FS, { sitePackages }) => put(FS, sitePackages, (await files).flat()),
  });
}

/** Return what fetches files of the runtime and counts their bytes as they come. */
function counted(plain, tell) {
  let [loaded, total] = [0, Infinity];
  const sizes = plain(`${RUNTIME}sizes.json`).then((answer) => answer.json());
  sizes.then((found) => { total = Object.values(found).reduce((sum, size) => sum + size, 0); }, () => {});
  return async (name, options) => {
    const answer = await plain(`${RUNTIME}${name}`, options);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    const counter = new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        if (total < Infinity) tell(Math.min(loaded, total), total);
        controller.enqueue(chunk);
      },
    });
    return new Response(answer.body.pipeThrough(counter), { headers: answer.headers });
  };
}

/** It is shipped compressed, for gateways of IPFS compress nothing; .bin, for some hosts inflate a .gz. */
async function inflated(asked) {
  const { body } = await asked;
  const headers = { "Content-Type": "application/wasm" }; // compiled while it comes
  return new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers });
}

/** Return the files of a package, if it is the one that the lock file names. */
async function unpacked(get, { file_name: name, sha256 }) {
  const bytes = sha256.match(/../g).map((pair) => Number.parseInt(pair, 16));
  const integrity = `sha256-${btoa(String.fromCharCode(...bytes))}`;
  const answer = await get(name, { integrity });
  return unzip(await answer.arrayBuffer());
}

function put(FS, folder, files) {
  for (const [name, bytes] of files) {
    const path = `${folder}/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, bytes, { canOwn: true });
  }
}
