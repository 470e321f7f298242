"""The profiles of a song's stems, analysed in parallel and cached."""

from __future__ import annotations

import io
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from stempress.clashes.stem_profile import VERSION, StemProfile, profile_stem
from stempress.core.cache import cache_root, digest, load, save
from stempress.core.crash_log import working_on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from pyodide_app.engine.model import StemKey
    from stempress.audio.facts import Facts
    from stempress.audio.song_sound import SongSound
    from stempress.clashes.clash import Name
    from stempress.core.progress import Step
    from stempress.core.work import Workers

MIN_BYTES_FOR_PROCESSES = 20_000_000  # below this, starting processes costs more than it saves


def stem_profiles(
    files: Mapping[StemKey, Path],
    facts: Mapping[StemKey, Facts],
    sound: SongSound,
    workers: Workers,
    step: Step,
) -> dict[Name, StemProfile]:
    """Return the profiles of a song's stems by layer and stem."""
    paths = {key: _cache_path(facts[key], sound) for key in files}
    profiles = {key: profile for key, path in paths.items() if (profile := _read(path))}
    new = [key for key in files if key not in profiles]
    total = sum(files[key].stat().st_size for key in new)
    submit = workers.submit_to_process if total > MIN_BYTES_FOR_PROCESSES else workers.submit
    pending = {key: submit(profile_stem, files[key], sound) for key in new}
    for key, task in pending.items():
        with working_on(files[key]):
            profiles[key] = task.result()
        _write(paths[key], profiles[key])
        step("/".join(key))
    step(", ".join(sorted({key[0] for key in files})), len(files) - len(new))
    return {key[1:]: profiles[key] for key in files}


def _cache_path(facts: Facts, sound: SongSound) -> Path:
    key = digest(VERSION, facts.digest, sound.rate, sound.frames)
    return cache_root() / "profiles" / f"{key[:24]}.npz"


def _read(path: Path) -> StemProfile | None:
    """Return a cached profile; None if it is missing or damaged."""
    content = load(path)
    if content is None:
        return None
    try:
        with np.load(io.BytesIO(content)) as arrays:
            return StemProfile(*(_value(arrays[field.name]) for field in fields(StemProfile)))
    except (KeyError, ValueError, BadZipFile):
        return None


def _value(array: NDArray[np.float32]) -> Any:  # noqa: ANN401 - an array, or the number in it
    return array if array.ndim else array.item()


def _write(path: Path, profile: StemProfile) -> None:
    buffer = io.BytesIO()
    arrays = {field.name: getattr(profile, field.name) for field in fields(StemProfile)}
    np.savez(buffer, **arrays)
    save(path, buffer.getvalue())
