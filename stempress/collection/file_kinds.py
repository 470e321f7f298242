"""Kinds of files by suffix: which can be stems or pictures, and what others are."""

from __future__ import annotations

AUDIO = (
    *(".wav", ".flac", ".aiff", ".aif", ".ogg", ".opus", ".mp3"),
    *(".wave", ".bwf", ".bw64", ".rf64", ".w64", ".aifc", ".caf", ".oga", ".au", ".snd"),
)
"""Sound files that libsndfile decodes; the first seven are what people mostly have."""
COMMON_AUDIO = AUDIO[:7]
PICTURES = (".png", ".jpg", ".jpeg", ".svg")
OTHER_SOUND = {
    ".aac": "AAC",
    ".ac3": "Dolby Digital",
    ".ape": "Monkey's Audio",
    ".dff": "DSD",
    ".dsf": "DSD",
    ".m4a": "AAC or Apple Lossless",
    ".m4b": "AAC",
    ".mka": "Matroska",
    ".mov": "a QuickTime film",
    ".mp4": "an MPEG-4 film",
    ".sd2": "Sound Designer II",
    ".webm": "WebM",
    ".wma": "Windows Media Audio",
    ".wv": "WavPack",
}
"""Sound files that cannot be decoded, and what they hold."""
CONVERT = "convert it to WAV or FLAC"
ICLOUD = ".icloud"


def placeholder_of(name: str) -> str:
    """Return the name of the file that iCloud has not downloaded yet, "" for other files.

    macOS leaves ``.drums.wav.icloud`` in the place of ``drums.wav``.
    """
    is_placeholder = name.startswith(".") and name.endswith(ICLOUD)
    return name[1 : -len(ICLOUD)] if is_placeholder else ""
