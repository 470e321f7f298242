"""The text of takes: base64url without padding of a version byte and a raw deflate stream.

The stream (RFC 1951) contains integers, each an LEB128 varint, signed ones in zigzag form:

    song, rate, frames, length, layers: (slug, stems: slugs), rows: (stem, mute + 2 * solo,
    volume, pan), master, loop, position, moves: (frames since the last move, control + 16 * row,
    value)

A string is its length in bytes and UTF-8; a list is preceded by its length. A loop is 0 for none,
or its length and its start. ``pyodide_app/web/takes/format.js`` reads and writes the same.
"""

from __future__ import annotations

import re
import zlib
from binascii import a2b_base64, b2a_base64
from dataclasses import replace

from pyodide_app.engine.take import OF_MIX, Control, Move, Take, TakeError, TakeLayer, TakeRow

VERSION = 1
MOST_SECONDS = 3600
"""Longest take."""
MOST_TEXT = 1_000_000
"""Longest text, in characters."""
MOST_BYTES = 4_000_000
"""Largest size after decompression."""
_MOST_LAYERS = 256
_MOST_STEMS = 1000  # of a layer
_MOST_RATE = 768_000
_MOST_FRAMES = 1 << 40
_MOST_SLUG_BYTES = 200
_VOLUMES = (-6000, 600)
_PANS = (-1_000_000, 1_000_000)
_VARINT_BYTES = 7  # 49 bits, which JavaScript's numbers hold exactly
_CONTROLS = 16
_TO_URL = str.maketrans("+/", "-_")
_FROM_URL = str.maketrans("-_", "+/")


def parse_take(text: str) -> Take:
    """Parse the text of a take, or a link with it; TakeError says what is wrong."""
    text = text_in(text)
    if len(text) > MOST_TEXT:
        raise TakeError(f"the take has more than {MOST_TEXT:,} characters")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text) or len(text) % 4 == 1:
        raise TakeError("this is not the text of a take")
    data = a2b_base64(text.translate(_FROM_URL) + "=" * (-len(text) % 4))
    if data[0] != VERSION:
        raise TakeError(f"the take has version {data[0]}; only version {VERSION} is supported")
    return _read_take(_Reader(_inflate(data[1:])))


def text_in(link: str) -> str:
    """Return the text of a take from a link, whose fragment has it as ``take``; or from itself."""
    fragment = link.strip().rpartition("#")[2]
    if "=" not in fragment:
        return fragment
    fields = (field.partition("=") for field in fragment.split("&"))
    return next((value for name, _, value in fields if name == "take"), "")


def format_take(take: Take) -> str:
    """Return the text of a take."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = compressor.compress(_take_bytes(take)) + compressor.flush()
    text = b2a_base64(bytes([VERSION]) + data, newline=False).decode()
    return text.rstrip("=").translate(_TO_URL)


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        payload = inflater.decompress(data, MOST_BYTES + 1)
    except zlib.error:
        raise TakeError("the take is damaged") from None
    if len(payload) > MOST_BYTES:
        raise TakeError("the take is too large")
    if not inflater.eof or inflater.unused_data:
        raise TakeError("the take is damaged")
    return payload


class _Reader:
    """Reads integers and strings, each within limits."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, most: int, least: int = 0) -> int:
        value = 0
        for nth in range(_VARINT_BYTES):
            if self._at >= len(self._data):
                raise TakeError("the take is cut off")
            byte = self._data[self._at]
            self._at += 1
            value += (byte & 0x7F) << (7 * nth)
            if byte < 0x80:
                if not least <= value <= most:
                    raise TakeError(f"the take has a value of {value}, out of {least} to {most}")
                return value
        raise TakeError("the take has a number that is too long")

    def signed(self, limits: tuple[int, int]) -> int:
        least, most = limits
        zigzag = self.number(2 * max(-least, most))
        value = -((zigzag + 1) // 2) if zigzag % 2 else zigzag // 2
        if not least <= value <= most:
            raise TakeError(f"the take has a value of {value}, out of {least} to {most}")
        return value

    def slug(self) -> str:
        size = self.number(_MOST_SLUG_BYTES, 1)
        word = self._data[self._at : self._at + size]
        self._at += size
        try:
            return word.decode() if len(word) == size else self._cut_off()
        except UnicodeDecodeError:
            raise TakeError("the take has a name that is not UTF-8") from None

    def end(self) -> None:
        if self._at != len(self._data):
            raise TakeError("the take has more than it says")

    def _cut_off(self) -> str:
        raise TakeError("the take is cut off")


def _read_take(reader: _Reader) -> Take:
    song = reader.slug()
    rate = reader.number(_MOST_RATE, 1)
    frames = reader.number(_MOST_FRAMES, 1)
    length = reader.number(MOST_SECONDS * rate, 1)
    layers = tuple(_read_layer(reader) for _ in range(reader.number(_MOST_LAYERS, 1)))
    rows = tuple(_read_row(reader, layer) for layer in layers)
    take = Take(
        song,
        rate,
        frames,
        length,
        layers,
        rows,
        master=reader.signed(_VOLUMES),
        loop=_read_loop(reader, frames),
        position=reader.number(frames - 1),
    )
    moves = []
    frame = 0
    for _ in range(reader.number(MOST_BYTES)):
        frame += reader.number(length - frame)
        moves.append(_read_move(reader, take, frame))
    reader.end()
    return replace(take, moves=tuple(moves))


def _read_layer(reader: _Reader) -> TakeLayer:
    return TakeLayer(reader.slug(), tuple(reader.slug() for _ in range(reader.number(_MOST_STEMS))))


def _read_row(reader: _Reader, layer: TakeLayer) -> TakeRow:
    stem, flags = reader.number(len(layer.stems)), reader.number(3)
    return TakeRow(
        stem, reader.signed(_VOLUMES), reader.signed(_PANS), bool(flags & 1), bool(flags & 2)
    )


def _read_loop(reader: _Reader, frames: int) -> tuple[int, int] | None:
    length = reader.number(frames)
    if not length:
        return None
    start = reader.number(frames - length)
    return start, start + length


def _read_move(reader: _Reader, take: Take, frame: int) -> Move:
    row, code = divmod(reader.number(_CONTROLS * len(take.layers) - 1), _CONTROLS)
    if code not in list(Control):
        raise TakeError(f"the take changes a control that is unknown: {code}")
    control = Control(code)
    if row and control in OF_MIX:
        raise TakeError("the take changes a control of a row that has none")
    match control:
        case Control.STEM | Control.STEM_ON_BAR:
            value = reader.number(len(take.layers[row].stems))
        case Control.MUTE | Control.SOLO:
            value = reader.number(1)
        case Control.VOLUME | Control.MASTER:
            value = reader.signed(_VOLUMES)
        case Control.PAN:
            value = reader.signed(_PANS)
        case Control.SEEK:
            value = reader.number(take.frames - 1)
        case Control.LOOP:
            start, end = _read_loop(reader, take.frames) or (0, 0)
            return Move(frame, control, row, start, end)
    return Move(frame, control, row, value)


def _take_bytes(take: Take) -> bytes:
    data = bytearray(_slug(take.song))
    for number in (take.rate, take.frames, take.length, len(take.layers)):
        data += _number(number)
    for layer in take.layers:
        data += _slug(layer.slug) + _number(len(layer.stems))
        data += b"".join(map(_slug, layer.stems))
    for row in take.rows:
        data += _number(row.stem) + _number(row.mute + 2 * row.solo)
        data += _signed(row.volume) + _signed(row.pan)
    data += _signed(take.master) + _loop(*(take.loop or (0, 0)))
    data += _number(take.position) + _number(len(take.moves))
    frame = 0
    for move in take.moves:
        data += _number(move.frame - frame) + _number(move.control + _CONTROLS * move.row)
        data += _value(move)
        frame = move.frame
    return bytes(data)


def _value(move: Move) -> bytes:
    match move.control:
        case Control.VOLUME | Control.MASTER | Control.PAN:
            return _signed(move.value)
        case Control.LOOP:
            return _loop(move.value, move.end)
        case _:
            return _number(move.value)


def _loop(start: int, end: int) -> bytes:
    return _number(end - start) + _number(start) if end else _number(0)


def _slug(text: str) -> bytes:
    data = text.encode()
    return _number(len(data)) + data


def _signed(value: int) -> bytes:
    return _number(2 * value if value >= 0 else -2 * value - 1)


def _number(value: int) -> bytes:
    data = bytearray()
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)
