// Files that exports are written to: on the disk where there is one for pages, else in blobs.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

/** @type {Map<string, any>} */
const files = new Map();
const HOUR = 3_600_000;

class FileSystemFileHandle {
  isOpen = false;
  lastModified = Date.now();
  /** @type {number[]} */
  bytes = [];
  async createSyncAccessHandle() {
    this.isOpen = true;
    return {
      write: (/** @type {Uint8Array} */ bytes, { at }) => {
        const taken = bytes.slice(0, 2); // disks may take less than all
        this.bytes.splice(at, taken.length, ...taken);
        return taken.length;
      },
      close: () => (this.isOpen = false),
    };
  }
  async getFile() {
    assert.ok(!this.isOpen);
    return Object.assign(new Blob([new Uint8Array(this.bytes)]), { lastModified: this.lastModified });
  }
}
const folder = {
  getFileHandle: async (/** @type {string} */ name) => {
    const handle = new FileSystemFileHandle();
    files.set(name, handle);
    return handle;
  },
  removeEntry: async (/** @type {string} */ name) => files.delete(name),
  async *entries() {
    yield* files;
  },
};
let getDirectory = async () => folder;
Object.assign(globalThis, { FileSystemFileHandle, document: { documentElement: { dataset: {} } } });
Object.defineProperty(globalThis, "navigator", { value: { storage: { getDirectory: () => getDirectory() } }, configurable: true });
const { withScratchFiles } = await import("../../pyodide_app/web/playback/scratch-file.js");

afterEach(() => {
  files.clear();
  getDirectory = async () => folder;
});

/** Write two pieces to a file; its bytes. */
async function written() {
  const blob = await withScratchFiles(async (open) => {
    const file = await open();
    file.write(new Uint8Array([1, 2, 3]));
    file.write(new Uint8Array([4, 5]));
    return file.finish();
  });
  return [...new Uint8Array(await blob.arrayBuffer())];
}

test("a file on the disk has all that was written, in order, and stays until it is saved", async () => {
  assert.deepEqual(await written(), [1, 2, 3, 4, 5]);
  assert.equal(files.size, 1);
});

test("where pages have no disk, a file is made of blobs", async () => {
  getDirectory = async () => {
    throw new DOMException("no", "SecurityError");
  };
  assert.deepEqual(await written(), [1, 2, 3, 4, 5]);
  assert.equal(files.size, 0);
});

test("files of work that fails are removed, finished ones too", async () => {
  const failing = withScratchFiles(async (open) => {
    await (await open()).finish();
    (await open()).write(new Uint8Array([1]));
    assert.equal(files.size, 2);
    throw new Error("cancelled");
  });
  await assert.rejects(failing, { message: "cancelled" });
  assert.equal(files.size, 0);
});

test("files that were saved long ago are removed, and nobody else's", async () => {
  await written();
  const [[old, handle]] = files;
  files.set("another program's", new FileSystemFileHandle());
  files.get("another program's").lastModified = handle.lastModified = Date.now() - 2 * HOUR;
  await written();
  assert.ok(!files.has(old));
  assert.equal(files.size, 2);
});
