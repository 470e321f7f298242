"""Whole mixes with tags and covers, as visitors download them.

A file's address follows from the mix, the tags and the cover, so it changes with any of them. A
cover is drawn only if something that it is made from has changed.
"""

# ruff: noqa: PLC0415 - mutagen and Pillow are slow to import, and most builds need neither

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.art.covers import CoverRenderer, sleeve_colours
from stempress.audio.mix_tags import mix_tags
from stempress.audio.results import WebFile
from stempress.collection.audio_formats import CODECS_BY_TYPE
from stempress.core.cache import cache_root, digest, file_digest, store
from stempress.core.digests import digest_of
from stempress.core.workers import start_workers
from stempress.site.cover_addresses import picture_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyodide_app.engine.model import Song, Variation
    from pyodide_app.engine.tags import Tags
    from stempress.audio.results import Sounds
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress
    from stempress.core.work import Pending, Workers

VERSION = 2
"""Increment when the same mix, tags and cover give another file."""
COVER_SIZE = 800
"""Width and height in pixels."""
_JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True)
class _Task:
    """A mix to be tagged: its file, its tags and its cover, and where the result is kept."""

    mix: WebFile
    tags: Tags
    cover: Path
    target: Path

    def run(self) -> bytes:
        """Return the tagged file."""
        from stempress.audio.tags import tag

        codec = CODECS_BY_TYPE[self.mix.type]
        return tag(self.mix.file.read_bytes(), codec, self.tags, self.cover.read_bytes())


def tag_mixes(collection: Collection, sounds: Sounds, generator: str, progress: Progress) -> Sounds:
    """Give the whole mixes tags and covers; ``generator`` is a hash of what draws covers."""
    if not sounds.mixes:
        return sounds
    with start_workers() as workers:
        covers = _draw_covers(collection, sounds, generator, workers)
        tasks = {
            variation: list(_tasks(collection, variation, covers[variation], mixes))
            for variation, mixes in sounds.mixes.items()
        }
        every = [task for group in tasks.values() for task in group]
        new = [task for task in every if not task.target.is_file()]
        with progress.track("Tagged mixes", len(new), len(every)) as step:
            pending = {task: workers.submit(_Task.run, task) for task in new}
            for task in new:
                store(task.target, pending.pop(task).result())
                step(task.tags.title)
    tagged = {variation: tuple(map(_web_file, group)) for variation, group in tasks.items()}
    return replace(sounds, mixes=tagged)


def _tasks(
    collection: Collection, variation: Variation, cover: Path, mixes: tuple[WebFile, ...]
) -> Iterator[_Task]:
    tags, picture = mix_tags(collection, variation), file_digest(cover)
    for mix in mixes:
        key = digest(VERSION, mix.address, tags, picture)
        name = f"{key[:24]}{mix.file.suffix}"
        yield _Task(mix, tags, cover, cache_root() / "audio" / name)


def _web_file(task: _Task) -> WebFile:
    path = task.target
    return WebFile(f"audio/{path.name}", task.mix.type, path.stat().st_size, path)


def _draw_covers(
    collection: Collection, sounds: Sounds, generator: str, workers: Workers
) -> dict[Variation, Path]:
    """Return the covers of mixes as JPEGs in the cache.

    Stems with pictures by the artist give each mix a cover of its own. All mixes of another song
    have the song's record: drawing one for each takes longer than a build of the pages.
    """
    sleeves, song_keys = sleeve_colours(collection.songs), dict[str, str]()
    renderer = CoverRenderer(collection, sounds, sleeves)
    paths: dict[Variation, Path] = {}
    pending: dict[Path, Pending] = {}
    for variation in sounds.mixes:
        song = collection.song(variation.song)
        if song.slug not in song_keys:
            song_keys[song.slug] = _cover_key(collection, sounds, song, sleeves[song.slug])
        own = variation if picture_keys(collection, song, variation) else None
        key = digest(VERSION, generator, song_keys[song.slug], own and own.choice)
        path = paths[variation] = cache_root() / "pictures" / f"{key}.jpg"
        if path not in pending and not path.is_file():
            cover = renderer.variation(song, own) if own else renderer.song(song)
            pending[path] = workers.submit(_jpeg, cover)
    for path, picture in pending.items():
        store(path, picture.result())
    return paths


def _cover_key(collection: Collection, sounds: Sounds, song: Song, sleeve: str) -> str:
    """Return the key of the covers of a song's mixes: a hash of all there is of the song."""
    keys, pictures = list(stem_keys([song])), collection.files.pictures
    sound = [sounds.stems[key] for key in keys]
    return digest_of(sleeve, replace(song, story=""), sound, [pictures.get(key) for key in keys])


def _jpeg(svg: bytes) -> bytes:
    from stempress.art.raster import rasterise

    buffer = BytesIO()
    rasterise(svg, COVER_SIZE).convert("RGB").save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return buffer.getvalue()
