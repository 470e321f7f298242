// The worker that streams stems in FLAC.
import { loadFlacCodec } from "../codecs/flac-codec.js";
import { serveStreams } from "./stream-requests.js";

serveStreams(loadFlacCodec);
