// The worker that streams the stems of the open song.
import { answerRequests } from "../base/worker-host.js";
import { once } from "../base/once.js";
import { loadOpus } from "../codecs/opus.js";
import { APPLY, ATTACH, BUFFER, CLOSE, LINK, LOAD, OPEN, PAUSE, PLAY, STATS, UNLOAD, SONG_FRAME, WARM } from "./messages.js";
import { StreamSong } from "./stream-song.js";

let decoderUrl = "";
/** @type {StreamSong | null} */
let song = null;

const loadDecoder = once(async () => loadOpus(await WebAssembly.compileStreaming(fetch(decoderUrl))));

/** @param {{ decoder: string }} message */
async function warm({ decoder }) {
  decoderUrl = decoder;
  await loadDecoder();
}

function current() {
  if (!song) throw new Error("closed");
  return song;
}

answerRequests({
  [OPEN]: ({ decoder, ...format }) => {
    decoderUrl = decoder;
    song?.close();
    song = new StreamSong(format, loadDecoder);
  },
  [ATTACH]: ({ port }) => current().attach(port),
  [LINK]: ({ port }) => current().link(port),
  [WARM]: warm,
  [LOAD]: ({ stems, opening }) => current().add(stems, opening),
  [UNLOAD]: ({ keys }) => current().remove(keys),
  [APPLY]: ({ commands }) => current().apply(commands),
  [PLAY]: ({ at }) => current().play(at),
  [PAUSE]: () => current().pause(),
  [BUFFER]: ({ key, seconds }) => current().buffer(key, seconds),
  [STATS]: () => current().stats,
  [SONG_FRAME]: ({ contextFrame }) => current().songFrameAt(contextFrame),
  [CLOSE]: () => {
    song?.close();
    song = null;
  },
});
