"""Export of a mix's stems, block by block, as the browser's worker calls it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from pyodide_app.engine.archive import Piece
from pyodide_app.engine.mix import RowSettings
from pyodide_app.engine.model import Section
from pyodide_app.engine.stem_package import PackagedStem, StemPackage
from pyodide_app.engine.tags import Tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Stem
    from pyodide_app.engine.pcm import Bits

    type Planar = NDArray[np.float32]

BLOCK_FRAMES = 1 << 16


class StemExport:
    """The files of a mix's stems, and the archive that they make up."""

    def __init__(
        self, mix: str, stems: Sequence[Stem], *, rate: int, frames: int, bits: Bits
    ) -> None:
        """Take the stems that play, in layer order, and a JSON object that says what they are.

        It has the fields of ``StemPackage``: ``tags``, ``stems`` with their ``settings``,
        ``master_db``, ``bars`` and ``sections``.
        """
        facts: dict[str, Any] = json.loads(mix)
        self._package = StemPackage(
            tags=Tags(**facts["tags"]),
            stems=tuple(
                _packaged(names, stem) for names, stem in zip(facts["stems"], stems, strict=True)
            ),
            rate=rate,
            frames=frames,
            bits=bits,
            master_db=facts["master_db"],
            bars=facts["bars"],
            sections=tuple(Section(**section) for section in facts["sections"]),
        )
        self._stems = stems
        self._files: list[Piece] = []

    @property
    def name(self) -> str:
        """Name of the archive."""
        return self._package.archive_name

    def file(self, index: int) -> StemFile:
        """Start a stem's file."""
        return StemFile(self._package, index, self._stems[index], self._files)

    def pieces(self) -> list[bytes | int]:
        """Return the archive as bytes and indices of files, all of which have been written."""
        return [piece.content for piece in self._package.archive_pieces(self._files)]


class StemFile:
    """Writes a stem's file; then adds its size and checksum to ``files``."""

    def __init__(self, package: StemPackage, index: int, stem: Stem, files: list[Piece]) -> None:
        """Take the package, the stem's index in it, and the stem."""
        self._writer, self._stem = package.writer(index), stem
        self._index, self._files = index, files

    @property
    def frame(self) -> int:
        """First frame of the next block."""
        return self._writer.frame

    @property
    def progress(self) -> float:
        """Fraction of the file written so far, from 0 to 1."""
        return self._writer.frame / self._writer.frames

    def header(self) -> bytes:
        """Return the bytes of the file before its samples."""
        return self._writer.header

    def step(self) -> bytes:
        """Return the bytes of the next block; NotArrivedError: again, later."""
        writer = self._writer
        data = writer.add(self._read(min(BLOCK_FRAMES, writer.frames - writer.frame)))
        if writer.frame == writer.frames:
            self._files.append(Piece(self._index, writer.size, writer.crc))
        return data

    def _read(self, count: int) -> Planar:
        """Return the next frames, with silence past the stem's end."""
        block = np.zeros((self._stem.channels, count), dtype=np.float32)
        samples = self._stem.read(slice(self.frame, self.frame + count))
        block[:, : samples.shape[1]] = samples * self._stem.scale
        return block


def _packaged(names: dict[str, Any], stem: Stem) -> PackagedStem:
    settings = RowSettings(**names["settings"])
    return PackagedStem(**names | {"settings": settings, "channels": stem.channels})
