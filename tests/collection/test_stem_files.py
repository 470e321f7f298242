"""Stem files: which file belongs to which stem."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from pyodide_app.engine.model import Layer, Song, Stem
from stempress.collection.file_kinds import AUDIO, PICTURES
from stempress.collection.stem_files import StemFiles, find_stem_files
from stempress.core.errors import Findings
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path

SONG = Song("one", "One", (Layer("drums", "Drums", (Stem("amen", "Amen"), Stem("tape", "Tape"))),))
AMEN, TAPE = ("one", "drums", "amen"), ("one", "drums", "tape")


def find(site: Path, *names: str) -> tuple[StemFiles, Findings]:
    """Write files into the layer's folder; return the stem files found, and the findings."""
    for name in names:
        write(site / "stems/one/drums" / name, b"<svg/>")
    findings = Findings()
    return find_stem_files(site, [SONG], findings), findings


@pytest.mark.parametrize("suffix", [*AUDIO, ".WAV", ".Flac"])
def test_audio_files_may_have_any_of_these_suffixes(tmp_path: Path, suffix: str) -> None:
    files, findings = find(tmp_path, f"amen{suffix}", "tape.wav")
    assert files.audio[AMEN].name == f"amen{suffix}"
    assert (findings.faults, findings.warnings) == ([], [])


@pytest.mark.parametrize("suffix", [*PICTURES, ".PNG"])
def test_a_stem_may_have_a_picture(tmp_path: Path, suffix: str) -> None:
    files, findings = find(tmp_path, "amen.wav", f"amen{suffix}", "tape.wav")
    assert [*files.pictures] == [AMEN]
    assert files.audio.keys() == {AMEN, TAPE}
    assert findings.faults == []


def test_a_stem_has_one_picture_at_most(tmp_path: Path) -> None:
    _, findings = find(tmp_path, "amen.wav", "tape.wav", "tape.png", "tape.svg")
    assert [fault.message for fault in findings.faults] == [
        "the stem has more than one picture file"
    ]


def test_files_without_a_stem_are_suggested_for_one_without_a_file(tmp_path: Path) -> None:
    _, findings = find(tmp_path, "Amen.wav", "tape.wav", "notes.txt")
    assert [fault.where for fault in findings.faults] == ["stems/one/drums/amen"]
    assert findings.faults[0].hint.endswith("; files without a stem: Amen, notes")
    assert [warning.where for warning in findings.warnings] == [
        "stems/one/drums/Amen.wav",
        "stems/one/drums/notes.txt",
    ]


@pytest.mark.parametrize(
    ("folder", "missing", "hint"),
    [
        ("stems/one/drum", "stems/one/drums/", "rename drum"),
        ("stems/on/drums", "stems/one/", "rename on"),
        ("stem/one/drums", "stems/", "<stem>.wav"),
    ],
)
def test_folders_without_a_layer_are_suggested_for_one_without_a_folder(
    tmp_path: Path, folder: str, missing: str, hint: str
) -> None:
    write(tmp_path / folder / "amen.wav", b"")
    _, findings = find(tmp_path)
    assert [(fault.where, fault.message) for fault in findings.faults] == [(missing, "is missing")]
    assert findings.faults[0].hint.endswith(hint)


def test_no_files_are_missing_for_a_song_that_could_not_be_read(tmp_path: Path) -> None:
    findings = Findings()
    find_stem_files(tmp_path, [Song("one", "One", ())], findings)
    assert findings.faults == []


def test_names_that_a_disk_stores_decomposed_are_found(tmp_path: Path) -> None:
    layer = Layer("größe", "Größe", (Stem("süß", "Süß"),))
    write(tmp_path / "stems/one" / unicodedata.normalize("NFD", "größe/süß.wav"), b"x")
    findings = Findings()
    files = find_stem_files(tmp_path, [Song("one", "One", (layer,))], findings)
    assert [*files.audio] == [("one", "größe", "süß")]
    assert findings.faults == []
