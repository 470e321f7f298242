// What a worker that streams stems answers.
/** @import { Codec } from "../codecs/codec.js" */
import { answerRequests } from "../base/worker-host.js";
import { _ } from "../language/phrases.js";
import { APPLY, ATTACH, BUFFER, CLOSE, FINISH, LINK, LOAD, OPEN, PAUSE, PLAY, STATS, UNLOAD, SONG_FRAME, WARM } from "./messages.js";
import { StreamSong } from "./stream-song.js";

/**
 * Stream the stems of the open song.
 * @param {string} decoder the name of its file @param {(module: WebAssembly.Module) => Promise<Codec>} loadCodec
 */
export function serveStreams(decoder, loadCodec) {
  /** @type {StreamSong | null} */
  let song = null;
  /** @type {Promise<Codec> | null} */
  let codec = null;

  /** The codec, loaded on first use and again after a failure. @param {string} decoders */
  function load(decoders) {
    codec ??= WebAssembly.compileStreaming(fetch(decoders + decoder)).then(loadCodec).catch((error) => {
      codec = null;
      throw error;
    });
    return codec;
  }

  function current() {
    if (!song) throw new Error(_("another song has been chosen"));
    return song;
  }

  answerRequests({
    [OPEN]: ({ decoders, ...format }) => {
      song?.close();
      song = new StreamSong(format, () => load(decoders));
    },
    [ATTACH]: ({ port }) => current().attach(port),
    [LINK]: ({ port }) => current().link(port),
    [WARM]: async ({ decoders }) => {
      await load(decoders);
    },
    [LOAD]: ({ stems, opening }) => current().add(stems, opening),
    [UNLOAD]: ({ keys }) => current().remove(keys),
    [APPLY]: ({ commands }) => current().apply(commands),
    [FINISH]: () => current().finish(),
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
}
