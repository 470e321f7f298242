// Files that Python's session writes: a mix, or an archive of its stems. What is written goes to blobs, which the browser
// may keep on the disk, so that a file is never whole in memory.
/** @import { Request } from "../base/worker-host.js" */
/** @import { Keys, StemsOfMix, Tags } from "./messages.js" */
/** @import { Bytes, Session, StemExport, WavTask } from "./python-session.js" */
/** @import { SessionStems } from "./session-stems.js" */

/**
 * The mix as a WAV file.
 * @param {Session} session @param {SessionStems} stems @param {{ bits: number, keys: Keys, tags: Tags }} mix @param {Request} request
 */
export function exportMix(session, stems, { bits, keys, tags }, request) {
  const bounce = session.bounce(bits, keys.map((key) => key ?? undefined), JSON.stringify(tags));
  const { name } = bounce;
  const pieces = [takeBlob(bounce.header())];
  const step = () => pieces.push(takeBlob(bounce.step()));
  return stems.runToEnd(keys, bounce, step, () => new File(pieces, name, { type: "audio/wav" }), request);
}

/**
 * The stems of a mix as they are, and a project for audio workstations, as a ZIP archive.
 * @param {Session} session @param {SessionStems} stems @param {{ bits: number, keys: Keys, mix: StemsOfMix }} mix @param {Request} request
 */
export async function exportStems(session, stems, { bits, keys, mix }, { signal, report }) {
  const audible = keys.filter((key) => key !== null);
  const task = session.export_stems(bits, audible, JSON.stringify(mix));
  try {
    /** @type {Blob[]} */
    const files = [];
    for (const [nth, key] of audible.entries()) {
      const share = (/** @type {number} */ done) => report((nth + done) / audible.length);
      files.push(await exportStem(stems, key, task.file(nth), { signal, report: share }));
    }
    return new File(takePieces(task, files), task.name, { type: "application/zip" });
  } finally {
    task.destroy();
  }
}

/**
 * @param {SessionStems} stems @param {string} key @param {WavTask} file @param {Request} request
 */
function exportStem(stems, key, file, request) {
  const pieces = [takeBlob(file.header())];
  return stems.runToEnd([key], file, () => pieces.push(takeBlob(file.step())), () => new Blob(pieces), request);
}

/**
 * The pieces of an archive, in which files stand for their indices.
 * @param {StemExport} task @param {Blob[]} files
 */
function takePieces(task, files) {
  const list = task.pieces();
  const pieces = list.toJs();
  list.destroy();
  return pieces.map((piece) => (typeof piece === "number" ? files[piece] : piece));
}

/** @param {Bytes} bytes */
function takeBlob(bytes) {
  const blob = new Blob([bytes.toJs()]);
  bytes.destroy();
  return blob;
}
