// The worker that streams stems in Ogg Vorbis.
import { loadVorbisCodec } from "../codecs/vorbis-codec.js";
import { serveStreams } from "./stream-requests.js";

serveStreams(loadVorbisCodec);
