"""The fields of a take, in the order in which its bytes have them; ``take_format`` lists them."""

from __future__ import annotations

from dataclasses import replace

from pyodide_app.engine.take import OF_MIX, Control, Move, Take, TakeError, TakeLayer, TakeRow
from pyodide_app.engine.take_bytes import Reader, write_number, write_signed, write_slug

MOST_SECONDS = 3600
"""Longest take."""
MOST_BYTES = 4_000_000
"""Largest size of all fields."""
_MOST_LAYERS = 256
_MOST_STEMS = 1000  # of a layer
_MOST_RATE = 768_000
_MOST_FRAMES = 1 << 40
_VOLUMES = (-6000, 600)
_PANS = (-1_000_000, 1_000_000)
_CONTROLS = 16


def read_take(data: bytes) -> Take:
    """Return the take that these bytes are; TakeError says what is wrong."""
    reader = Reader(data)
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


def _read_layer(reader: Reader) -> TakeLayer:
    return TakeLayer(reader.slug(), tuple(reader.slug() for _ in range(reader.number(_MOST_STEMS))))


def _read_row(reader: Reader, layer: TakeLayer) -> TakeRow:
    stem, flags = reader.number(len(layer.stems)), reader.number(3)
    return TakeRow(
        stem, reader.signed(_VOLUMES), reader.signed(_PANS), bool(flags & 1), bool(flags & 2)
    )


def _read_loop(reader: Reader, frames: int) -> tuple[int, int] | None:
    length = reader.number(frames)
    if not length:
        return None
    start = reader.number(frames - length)
    return start, start + length


def _read_move(reader: Reader, take: Take, frame: int) -> Move:
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


def take_bytes(take: Take) -> bytes:
    """Return a take as bytes."""
    data = bytearray(write_slug(take.song))
    for number in (take.rate, take.frames, take.length, len(take.layers)):
        data += write_number(number)
    for layer in take.layers:
        data += write_slug(layer.slug) + write_number(len(layer.stems))
        data += b"".join(map(write_slug, layer.stems))
    for row in take.rows:
        data += write_number(row.stem) + write_number(row.mute + 2 * row.solo)
        data += write_signed(row.volume) + write_signed(row.pan)
    data += write_signed(take.master) + _loop(*(take.loop or (0, 0)))
    data += write_number(take.position) + write_number(len(take.moves))
    frame = 0
    for move in take.moves:
        data += write_number(move.frame - frame) + write_number(move.control + _CONTROLS * move.row)
        data += _value(move)
        frame = move.frame
    return bytes(data)


def _value(move: Move) -> bytes:
    match move.control:
        case Control.VOLUME | Control.MASTER | Control.PAN:
            return write_signed(move.value)
        case Control.LOOP:
            return _loop(move.value, move.end)
        case _:
            return write_number(move.value)


def _loop(start: int, end: int) -> bytes:
    return write_number(end - start) + write_number(start) if end else write_number(0)
