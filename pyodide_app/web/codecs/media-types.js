// Media types of files that can be decoded as their bytes arrive, as audio_formats.py names them.

export const FLAC = "audio/flac";
export const VORBIS = "audio/ogg; codecs=vorbis";
export const OPUS = "audio/ogg; codecs=opus";
