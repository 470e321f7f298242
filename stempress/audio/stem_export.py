"""Export of a variation's stems to a folder: WAV files and a DAWproject file."""

from __future__ import annotations

from shutil import copyfileobj
from typing import TYPE_CHECKING

from pyodide_app.engine.archive import Piece
from pyodide_app.engine.stem_package import PackagedStem, StemPackage
from stempress.audio.decode import open_source
from stempress.audio.stem_blocks import stem_blocks
from stempress.core.files import attach_filename

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from pyodide_app.engine.pcm import Bits
    from stempress.audio.bounce import OpenMix
    from stempress.core.progress import Progress

_COPIED_BYTES = 1 << 20


def export_stems(mix: OpenMix, folder: Path, bits: Bits, progress: Progress) -> list[Path]:
    """Write the stems of a mix as they are, and a project that plays them; return the paths."""
    package = _package(mix, bits)
    paths = [folder / name for name in package.names]
    sources = list(mix.files.values())
    files: list[Piece] = []
    with progress.track("Stems", len(paths)) as step:
        for index, (source, path) in enumerate(zip(sources, paths, strict=True)):
            writer = package.writer(index)
            with attach_filename(path), path.open("wb") as file:
                file.write(writer.header)
                for block in stem_blocks(source, mix.sound):
                    file.write(writer.add(block))
            files.append(Piece(index, writer.size, writer.crc))
            step(path.name)
    project = folder / package.project_name
    with attach_filename(project), project.open("wb") as file:
        _write_pieces(file, package.project_pieces(files), paths)
    return [*paths, project]


def _package(mix: OpenMix, bits: Bits) -> StemPackage:
    song = mix.song
    chosen = dict(mix.settings.variation.chosen())
    stems = (
        PackagedStem(
            layer=song.layers[row].name,
            stem=song.layers[row].stems[chosen[row]].name,
            position=row,
            channels=open_source(path).channels,
            settings=mix.settings.rows[row],
        )
        for row, path in mix.files.items()
    )
    return StemPackage(
        tags=mix.tags,
        stems=tuple(stems),
        rate=mix.sound.rate,
        frames=mix.sound.frames,
        bits=bits,
        master_db=mix.settings.master_db,
        bars=song.bars or 0,
        sections=song.sections,
    )


def _write_pieces(file: BinaryIO, pieces: Iterable[Piece], paths: Sequence[Path]) -> None:
    """Write an archive; its files are copied from the paths."""
    for piece in pieces:
        if isinstance(piece.content, bytes):
            file.write(piece.content)
        else:
            with paths[piece.content].open("rb") as source:
                copyfileobj(source, file, _COPIED_BYTES)
