// The worker that streams the stems of the open song.
import { answerRequests } from "../base/worker-host.js";
import { loadCodec } from "../codecs/codecs.js";
import { APPLY, ATTACH, BUFFER, CLOSE, LINK, LOAD, OPEN, PAUSE, PLAY, STATS, UNLOAD, SONG_FRAME, WARM } from "./messages.js";
import { StreamSong } from "./stream-song.js";

/** @type {StreamSong | null} */
let song = null;

/** @param {{ decoders: string, mediaTypes: Set<string> }} message decoders: the address of their folder */
async function warm({ decoders, mediaTypes }) {
  await Promise.all([...mediaTypes].map((type) => loadCodec(type, decoders)));
}

function current() {
  if (!song) throw new Error("closed");
  return song;
}

answerRequests({
  [OPEN]: ({ decoders, ...format }) => {
    song?.close();
    song = new StreamSong(format, (type) => loadCodec(type, decoders));
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
