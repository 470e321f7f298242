"""Formats of videos, and whether this computer can write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTALL = "pip install 'stempress[video]'"


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """A container with its codecs, as FFmpeg calls them; ``options`` are the video encoder's.

    ``rates`` are the sample rates that players can be expected to play, the best for any other
    rate first.
    """

    container: str
    type: str
    video: str
    audio: str
    rates: tuple[int, ...]
    options: Mapping[str, str] = field(hash=False)
    muxer: Mapping[str, str] = field(default_factory=dict, hash=False)


FORMATS = {
    ".mp4": VideoFormat(
        container="mp4",
        type="video/mp4",
        video="libx264",
        audio="aac",
        rates=(48000, 44100),
        options={"preset": "veryfast", "crf": "20"},
        muxer={"movflags": "+faststart"},  # players need the index before all the rest
    ),
    ".webm": VideoFormat(
        container="webm",
        type="video/webm",
        video="libvpx-vp9",
        audio="libopus",
        rates=(48000,),
        options={"deadline": "realtime", "cpu-used": "6", "crf": "28", "b": "0"},
    ),
}
"""All formats, by the suffix of their files."""


def is_installed() -> bool:
    """Return whether PyAV is installed."""
    from importlib.util import find_spec  # noqa: PLC0415 - few builds make videos

    return find_spec("av") is not None


def check_encoders(file_format: VideoFormat, where: str) -> None:
    """Raise SiteError, of ``where``, if PyAV is missing or cannot write a format."""
    if not is_installed():
        message = "needs PyAV, which is not installed"
        raise SiteError([Fault(where, message, hint=INSTALL)])
    from av.codec import Codec  # noqa: PLC0415 - an optional dependency
    from av.codec.codec import UnknownCodecError  # noqa: PLC0415

    for name in (file_format.video, file_format.audio):
        try:
            Codec(name, "w")
        except UnknownCodecError:
            message = f"needs the encoder {name}, which this build of PyAV is without"
            hint = f"install the wheel from PyPI: {INSTALL} --only-binary av"
            raise SiteError([Fault(where, message, hint=hint)]) from None
