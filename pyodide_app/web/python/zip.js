// Reads ZIP archives; the browser inflates. Layout: APPNOTE.TXT 4.3.
import { _ } from "../language/phrases.js";

const END = 0x06054b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const DEFLATED = 8;

/**
 * The name and bytes of every file in an archive.
 * @param {ArrayBuffer} archive
 * @returns {Promise<[string, Uint8Array<ArrayBuffer>][]>}
 */
export function unzip(archive) {
  const view = new DataView(archive);
  const end = findDirectoryEnd(view);
  /** @type {Promise<[string, Uint8Array<ArrayBuffer>]>[]} */
  const files = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true)); // name, extra, comment
    const name = new TextDecoder().decode(new Uint8Array(archive, at + ENTRY_BYTES, lengths[0]));
    if (!name.endsWith("/")) files.push(readEntry(archive, view, at).then((bytes) => [name, bytes]));
    at += ENTRY_BYTES + lengths[0] + lengths[1] + lengths[2];
  }
  return Promise.all(files);
}

/**
 * Offset of the end-of-central-directory record; only a comment may follow it.
 * @param {DataView} view
 */
function findDirectoryEnd(view) {
  for (let at = view.byteLength - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new Error(_("not a ZIP archive"));
}

/** @param {ArrayBuffer} archive @param {DataView} view @param {number} entry offset in the central directory */
async function readEntry(archive, view, entry) {
  const local = view.getUint32(entry + 42, true);
  const start = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const bytes = new Uint8Array(archive, start, view.getUint32(entry + 20, true));
  if (view.getUint16(entry + 10, true) !== DEFLATED) return bytes;
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}
