// The worker that streams stems in Ogg Vorbis.
import { loadCodec } from "../codecs/vorbis-codec.js";
import { serveStreams } from "./stream-requests.js";

serveStreams("vorbis.wasm", loadCodec);
