"""A file with other bytes in some places, as decoders read it: nothing is copied or written."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, override

if TYPE_CHECKING:
    from collections.abc import Buffer
    from pathlib import Path


class Slice:
    """Bytes of a file from ``start`` up to ``end``."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end

    def __len__(self) -> int:
        return self.end - self.start


class PatchedFile(io.RawIOBase):
    """The parts of a file, and bytes between them, one after the other."""

    def __init__(self, path: Path, parts: list[bytes | Slice]) -> None:
        """Open the file for reading."""
        super().__init__()
        self._file = path.open("rb")
        self._parts = [part for part in parts if len(part)]
        self._size = sum(map(len, self._parts))
        self._position = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    @override
    def tell(self) -> int:
        return self._position

    @override
    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and (data := self._at(self._position, len(view) - filled)):
            view[filled : filled + len(data)] = data
            filled += len(data)
            self._position += len(data)
        return filled

    @override
    def close(self) -> None:
        self._file.close()
        super().close()

    def _at(self, position: int, count: int) -> bytes:
        """Return up to ``count`` bytes of the part at a position."""
        for part in self._parts:
            if position < len(part):
                if isinstance(part, bytes):
                    return part[position : position + count]
                self._file.seek(part.start + position)
                return self._file.read(min(count, len(part) - position))
            position -= len(part)
        return b""
