// The worker that streams stems in FLAC.
import { loadCodec } from "../codecs/flac-codec.js";
import { serveStreams } from "./stream-requests.js";

serveStreams("flac.wasm", loadCodec);
