"""Checks of the rates and lengths of a song's stems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.model import Layer, Song, Stem
from stempress.audio.check import check_song
from stempress.audio.decode import open_source
from stempress.audio.measure import measure
from stempress.audio.sample_blocks import join_blocks
from stempress.audio.song_sound import SongSound
from stempress.audio.sound import decode
from stempress.audio.stem_blocks import stem_blocks
from stempress.core.errors import Findings
from tests.support.small_site import tone, write

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import StemKey

RATE = 8000
KEYS: list[StemKey] = [("one", "drums", name) for name in "ab"]


def song(*, pad: bool) -> Song:
    stems = tuple(Stem(key[2], key[2].upper()) for key in KEYS)
    return Song("one", "One", (Layer("drums", "Drums", stems),), pad=pad)


def check(
    folder: Path, first: bytes, second: bytes, *, pad: bool = False
) -> tuple[SongSound, Findings]:
    """Write two stems and check them as stems of a song."""
    files = {key: folder / f"{key[2]}.flac" for key in KEYS}
    for path, content in zip(files.values(), (first, second), strict=True):
        write(path, content)
    findings = Findings()
    facts = {key: measure(open_source(path), path.name) for key, path in files.items()}
    return check_song(song(pad=pad), facts, files, findings), findings


def test_stems_with_another_rate_are_resampled_with_a_warning(tmp_path: Path) -> None:
    sound, findings = check(tmp_path, tone(0), tone(1, frames=16000, rate=16000))
    assert findings.faults == []
    assert [warning.where for warning in findings.warnings] == ["stems/one/drums/a.flac"]
    assert "has 8000 Hz while its song has 16000 Hz" in findings.warnings[0].message
    assert sound == SongSound(16000, 16000)
    assert join_blocks(stem_blocks(tmp_path / "a.flac", sound)).shape == (1, 16000)


def test_stems_that_differ_in_length_are_a_fault_unless_padded(tmp_path: Path) -> None:
    _, findings = check(tmp_path, tone(0), tone(1, frames=9000))
    assert len(findings.faults) == 1
    assert "differs in length" in findings.faults[0].message
    sound, findings = check(tmp_path, tone(0), tone(1, frames=9000), pad=True)
    assert (findings.faults, sound) == ([], SongSound(RATE, 9000))
    padded = join_blocks(stem_blocks(tmp_path / "a.flac", sound))
    assert padded.shape == (1, 9000)
    assert not padded[:, 8000:].any()
    assert np.array_equal(padded[:, :8000], decode(tmp_path / "a.flac").samples)


def test_a_difference_of_one_frame_is_tolerated(tmp_path: Path) -> None:
    _, findings = check(tmp_path, tone(0), tone(1, frames=8001))
    assert findings.faults == []
