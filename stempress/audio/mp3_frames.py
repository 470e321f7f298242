"""MP3 frames: how many a file really has (ISO/IEC 11172-3, layer III)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from stempress.audio.patched_file import Slice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_XING_FLAGS = 1  # the number of frames is stated
_LAYER_3 = 1


class Frame(NamedTuple):
    """A frame's header: where it starts, its length in bytes, and where its side info ends."""

    start: int
    length: int
    side_end: int
    header: bytes


def with_frame_count(file: BinaryIO, size: int) -> list[bytes | Slice]:
    """Return the parts of a file whose header states as many frames as it has.

    Without a Xing or Info header libsndfile guesses from the first frame's bitrate. Nothing is
    returned if the header is right, or states more: then the file has been cut off.
    """
    file.seek(0)
    data = file.read(size)
    frames = _frames(data)
    first = next(frames, None)
    if first is None:
        return []
    count = sum(1 for _ in frames) + 1
    tag = data[first.side_end : first.side_end + 4]
    if tag in (b"Xing", b"Info"):
        if len(data) < first.side_end + 12:
            return []
        flags, stated = struct.unpack_from(">II", data, first.side_end + 4)
        place = first.side_end + 8
        if not flags & _XING_FLAGS or stated >= count - 1:
            return []
        return [Slice(0, place), struct.pack(">I", count - 1), Slice(place + 4, size)]
    if data[first.start + 36 : first.start + 40] == b"VBRI":
        return []
    return [Slice(0, first.start), _xing_frame(first, count), Slice(first.start, size)]


def _frames(data: bytes) -> Iterator[Frame]:
    """Yield the frames; what is between them, such as tags, is passed over."""
    position = after_id3(data)
    while (position := data.find(b"\xff", position)) >= 0:
        frame = _frame_at(data, position)
        if frame and _is_followed(data, frame):
            yield frame
            position = frame.start + frame.length
        else:
            position += 1


def _is_followed(data: bytes, frame: Frame) -> bool:
    """Return whether a frame ends at another one, or with the file or its tags."""
    end = frame.start + frame.length
    rest = data[end : end + 8]
    return (
        len(rest) < 4
        or rest.startswith((b"TAG", b"APETAGEX", b"ID3"))
        or bool(_frame_at(data, end))
    )


def _frame_at(data: bytes, position: int) -> Frame | None:
    header = data[position : position + 4]
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer != _LAYER_3 or bitrate in (0, 15) or rate == 3:
        return None
    is_mpeg1, is_mono = version == 3, header[3] >> 6 == 3
    kilobits = _BITRATES[3 if is_mpeg1 else 2][bitrate]
    samples = 144 if is_mpeg1 else 72
    length = samples * 1000 * kilobits // _RATES[version][rate] + (header[2] >> 1 & 1)
    side = (17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)
    return Frame(position, length, position + 4 + side, header)


def after_id3(data: bytes) -> int:
    """Return where an ID3v2 tag at the start ends."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = sum(
        (byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True)
    )
    return 10 + size


def _xing_frame(first: Frame, count: int) -> bytes:
    """Return a silent frame with a Xing header that states the number of frames."""
    frame = bytearray(first.length)
    frame[:4] = first.header
    place = first.side_end - first.start
    header = b"Xing" + struct.pack(">II", _XING_FLAGS, count)
    if len(frame) < place + len(header):
        frame.extend(bytes(place + len(header) - len(frame)))
    frame[place : place + len(header)] = header
    return bytes(frame)
