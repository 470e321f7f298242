// Files that Python's session writes: a mix, or an archive of its stems. None of them is ever whole in memory.
/** @import { Request } from "../base/worker-host.js" */
/** @import { Keys, StemsOfMix, Tags, TakeKeys } from "./messages.js" */
/** @import { Bytes, Session, StemExport, WavTask } from "./python-session.js" */
/** @import { ScratchFile } from "./scratch-file.js" */
/** @import { SessionStems } from "./session-stems.js" */
import { withScratchFiles } from "./scratch-file.js";

/**
 * The mix as a WAV file.
 * @param {Session} session @param {SessionStems} stems @param {{ bits: number, keys: Keys, tags: Tags }} mix @param {Request} request
 */
export async function exportMix(session, stems, { bits, keys, tags }, request) {
  return saveBounce(session.bounce(bits, keys.map((key) => key ?? undefined), JSON.stringify(tags)), stems, keys, request);
}

/**
 * A take as a WAV file.
 * @param {Session} session @param {SessionStems} stems @param {{ bits: number, text: string, keys: TakeKeys, tags: Tags }} take @param {Request} request
 */
export async function exportTake(session, stems, { bits, text, keys, tags }, request) {
  const bounce = session.bounce_take(bits, text, JSON.stringify(keys), JSON.stringify(tags));
  return saveBounce(bounce, stems, Object.values(keys), request);
}

/** @param {WavTask & { name: string }} bounce @param {SessionStems} stems @param {Keys} keys @param {Request} request */
async function saveBounce(bounce, stems, keys, request) {
  const { name } = bounce;
  const file = await withScratchFiles(async (open) => writeWav(await open(), stems, keys, bounce, request));
  return new File([file], name, { type: "audio/wav" });
}

/**
 * The stems of a mix as they are, and a project for audio workstations, as a ZIP archive.
 * @param {Session} session @param {SessionStems} stems @param {{ bits: number, keys: Keys, mix: StemsOfMix }} mix @param {Request} request
 */
export async function exportStems(session, stems, { bits, keys, mix }, { signal, report }) {
  const audible = keys.filter((key) => key !== null);
  const task = session.export_stems(bits, audible, JSON.stringify(mix));
  try {
    const files = await withScratchFiles(async (open) => {
      /** @type {Blob[]} */
      const written = [];
      for (const [nth, key] of audible.entries()) {
        const share = (/** @type {number} */ done) => report((nth + done) / audible.length);
        written.push(await writeWav(await open(), stems, [key], task.file(nth), { signal, report: share }));
      }
      return written;
    });
    return new File(takePieces(task, files), task.name, { type: "application/zip" });
  } finally {
    task.destroy();
  }
}

/**
 * Run a task to its end, and write what it gives to a file.
 * @param {ScratchFile} file @param {SessionStems} stems @param {Keys} keys @param {WavTask} task @param {Request} request
 */
async function writeWav(file, stems, keys, task, request) {
  /** @param {Bytes} bytes */
  const write = (bytes) => {
    file.write(bytes.toJs());
    bytes.destroy();
  };
  write(task.header());
  await stems.runToEnd(keys, task, () => write(task.step()), () => null, request);
  return file.finish();
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
