// Files that are written piece by piece and then saved by the visitor: in the origin's private file system, so that they are
// on the disk while they are written, or else in blobs, which browsers keep in memory as they like.
import { _ } from "../language/phrases.js";

const PREFIX = "stempress-export-";
const KEPT_MS = 3_600_000; // longer than saving takes; nobody says when it is over

/**
 * A file that is being written; `finish` closes it.
 * @typedef {{ write: (bytes: Uint8Array<ArrayBuffer>) => void, finish: () => Promise<Blob>, discard: () => Promise<void> }} ScratchFile
 */

/**
 * Call a function with what opens new files; if it fails, or is cancelled, they are removed.
 * @template T
 * @param {(open: () => Promise<ScratchFile>) => Promise<T>} act
 */
export async function withScratchFiles(act) {
  /** @type {ScratchFile[]} */
  const files = [];
  const open = async () => {
    const file = await openScratchFile();
    files.push(file);
    return file;
  };
  try {
    return await act(open);
  } catch (error) {
    await Promise.allSettled(files.map((file) => file.discard()));
    throw error;
  }
}

/**
 * Open a new file. For workers, since only they may write to the disk step by step.
 * @returns {Promise<ScratchFile>}
 */
async function openScratchFile() {
  try {
    return await openOnDisk();
  } catch {
    return inBlobs(); // no such storage: in private windows, in sandboxed frames, over http
  }
}

/** @returns {Promise<ScratchFile>} */
async function openOnDisk() {
  const folder = await navigator.storage.getDirectory();
  await removeOld(folder);
  const name = PREFIX + crypto.randomUUID();
  const file = await folder.getFileHandle(name, { create: true });
  const access = await /** @type {any} */ (file).createSyncAccessHandle(); // of workers, while this is checked as a page, too
  let size = 0;
  return {
    write(bytes) {
      while (bytes.length) {
        const written = access.write(bytes, { at: size });
        if (!written) throw new Error(_("the disk is full"));
        size += written;
        bytes = bytes.subarray(written);
      }
    },
    async finish() {
      access.close();
      return file.getFile();
    },
    async discard() {
      access.close();
      await folder.removeEntry(name);
    },
  };
}

/** Remove files that were saved long ago. @param {FileSystemDirectoryHandle} folder */
async function removeOld(folder) {
  for await (const [name, handle] of folder.entries()) {
    if (!name.startsWith(PREFIX) || !(handle instanceof FileSystemFileHandle)) continue;
    try {
      const { lastModified } = await handle.getFile();
      if (Date.now() - lastModified > KEPT_MS) await folder.removeEntry(name);
    } catch {
      // another window is writing it
    }
  }
}

/** @returns {ScratchFile} */
function inBlobs() {
  /** @type {Blob[]} */
  const pieces = [];
  return {
    write: (bytes) => void pieces.push(new Blob([bytes])),
    finish: async () => new Blob(pieces),
    discard: async () => {},
  };
}
