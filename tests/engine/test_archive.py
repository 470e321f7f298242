"""ZIP archives, read by zipfile."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.archive import Member, Piece, archive, joined_crc

if TYPE_CHECKING:
    from collections.abc import Sequence

FILES = [b"RIFF" * 1000, b"", b"\0\1\2"]


def file(index: int) -> Piece:
    return Piece(index, len(FILES[index]), crc32(FILES[index]))


def joined(pieces: Sequence[Piece]) -> bytes:
    parts = (piece.content for piece in pieces)
    return b"".join(part if isinstance(part, bytes) else FILES[part] for part in parts)


def test_an_archive_has_its_files_and_an_archive_of_the_same_files() -> None:
    inner = archive([Member("a/é.wav", (file(0),)), Member("x.xml", (Piece.of(b"<x/>"),))])
    outer = archive([Member("1.wav", (file(0),)), Member("2.wav", (file(1),)), Member("in", inner)])
    with ZipFile(io.BytesIO(joined(outer))) as whole:
        assert whole.testzip() is None
        assert whole.namelist() == ["1.wav", "2.wav", "in"]
        assert whole.read("1.wav") == FILES[0]
        assert {info.compress_type for info in whole.infolist()} == {ZIP_STORED}
        assert {info.date_time[:3] for info in whole.infolist()} == {(1980, 1, 1)}
        with ZipFile(io.BytesIO(whole.read("in"))) as inside:
            assert inside.testzip() is None
            assert inside.read("a/é.wav") == FILES[0]
            assert inside.read("x.xml") == b"<x/>"


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_checksums_can_be_joined(first: bytes, second: bytes) -> None:
    assert crc32(first + second) == joined_crc(crc32(first), crc32(second), len(second))


class Sparse(io.RawIOBase):
    """A file that is zeros but for some bytes at known offsets."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.parts, self.length, self.position = {}, 0, 0
        for piece in pieces:
            if isinstance(piece.content, bytes):
                self.parts[self.length] = piece.content
            self.length += piece.size

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = offset + (0, self.position, self.length)[whence]
        return self.position

    def tell(self) -> int:
        return self.position

    def read(self, size: int = -1) -> bytes:
        size = self.length - self.position if size < 0 else size
        data = bytearray(size)
        for start, part in self.parts.items():
            for index, byte in enumerate(part, start - self.position):
                if 0 <= index < size:
                    data[index] = byte
        self.position += size
        return bytes(data)


def test_files_of_more_than_4_gb_are_written_as_zip64() -> None:
    huge = Piece(0, 5 << 30, 1)
    pieces = archive([Member("huge", (huge,)), Member("after", (Piece.of(b"end"),))])
    with ZipFile(Sparse(pieces)) as whole:
        assert [info.file_size for info in whole.infolist()] == [5 << 30, 3]
        assert whole.getinfo("after").header_offset > 5 << 30
        assert whole.read("after") == b"end"
