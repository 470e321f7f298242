// The worker that streams stems in Ogg Opus.
import { loadOpusCodec } from "../codecs/opus-codec.js";
import { serveStreams } from "./stream-requests.js";

serveStreams(loadOpusCodec);
