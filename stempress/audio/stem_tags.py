"""Tags of the stems' files, which visitors may download as well as hear.

Names alone: what is often reworded, such as a licence, would give all files other addresses. There
is no cover either, since a player would have to fetch it before the sound.
"""

# ruff: noqa: PLC0415 - mutagen is slow to import, and most builds find all files in the cache

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stempress.audio.mix_tags import song_tags
from stempress.audio.results import WebFile
from stempress.collection.audio_formats import CODECS_BY_TYPE
from stempress.core.cache import cache_root, digest, store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyodide_app.engine.model import StemKey
    from pyodide_app.engine.tags import Tags
    from stempress.audio.audio_job import AudioJob
    from stempress.collection.audio_formats import Codec
    from stempress.collection.collection import Collection

VERSION = 1
"""Increment when the same file and tags give another file."""

type StemFiles = Mapping[StemKey, Mapping[Codec, WebFile]]


@dataclass(frozen=True, slots=True)
class _Task:
    """A stem's file to be tagged."""

    file: WebFile
    tags: Tags

    def run(self) -> bytes:
        """Return the tagged file."""
        from stempress.audio.tags import tag

        return tag(self.file.file.read_bytes(), CODECS_BY_TYPE[self.file.type], self.tags)


def tag_stems(job: AudioJob, files: StemFiles) -> dict[StemKey, dict[Codec, WebFile]]:
    """Return the files of stems with tags."""
    tasks = {
        key: {codec: _Task(file, stem_tags(job.collection, key)) for codec, file in group.items()}
        for key, group in files.items()
    }
    every = [task for group in tasks.values() for task in group.values()]
    paths = {task: cache_root() / "audio" / _name(task) for task in every}
    new = [task for task in paths if not paths[task].is_file()]
    with job.progress.track("Tagged stems", len(new), len(every)) as step:
        pending = {task: job.workers.submit(_Task.run, task) for task in new}
        for task in new:
            store(paths[task], pending.pop(task).result())
            step(task.tags.title)
    return {
        key: {
            codec: replace(
                task.file,
                address=f"audio/{paths[task].name}",
                size=paths[task].stat().st_size,
                file=paths[task],
            )
            for codec, task in group.items()
        }
        for key, group in tasks.items()
    }


def stem_tags(collection: Collection, key: StemKey) -> Tags:
    """Return the metadata of a stem's file."""
    song, layer = collection.song(key[0]), collection.song(key[0]).layer(key[1])
    stem = layer.stems[layer.index(key[2])]
    tags = song_tags(collection, song.slug).of_stem(layer.name, stem.name)
    return replace(tags, date="", genre="", label="", copyright="", license="")


def _name(task: _Task) -> str:
    key = digest("stem tags", VERSION, task.file.address, task.tags)
    return f"{key[:24]}{task.file.file.suffix}"
