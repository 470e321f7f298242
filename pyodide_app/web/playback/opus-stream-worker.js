// The worker that streams stems in Ogg Opus.
import { loadCodec } from "../codecs/opus-codec.js";
import { serveStreams } from "./stream-requests.js";

serveStreams("opus.wasm", loadCodec);
