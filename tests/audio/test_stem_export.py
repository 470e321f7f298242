"""Stems for audio workstations, as the command line writes them."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest
import soundfile
from mutagen.wave import WAVE

from stempress.audio.bounce import open_mix
from stempress.audio.stem_export import export_stems
from stempress.core.progress import Progress
from tests.engine.test_pcm import chunks
from tests.support.dawproject_schema import faults
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.pcm import Bits

QUIET = Progress(quiet=True)
LINK = "v=1&song=one&mix=2-1&gain=-6,0&pan=0,0.5&mute=2&solo=1&master=-3"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    write_small_site(tmp_path / "site")
    return tmp_path / "site"


def exported(site: Path, folder: Path, mix: str = "2-1", bits: Bits = 24) -> list[Path]:
    folder.mkdir(exist_ok=True)
    return export_stems(open_mix(site, "one", mix, QUIET), folder, bits, QUIET)


def test_stems_are_the_sites_samples_under_readable_names(site: Path, tmp_path: Path) -> None:
    *stems, project = exported(site, tmp_path / "stems")
    assert [path.name for path in stems] == ["01 Drums - Tape.wav", "02 Bass - Live.wav"]
    assert project.name == "Ada Lund - One (2-1).dawproject"
    for path, source in zip(stems, ["drums/tape", "bass/live"], strict=True):
        expected, rate = soundfile.read(site / f"stems/one/{source}.flac", dtype="int32")
        samples, found_rate = soundfile.read(path, dtype="int32")
        assert rate == found_rate
        assert np.array_equal(expected, samples)


def test_a_project_is_valid_and_contains_the_same_files(site: Path, tmp_path: Path) -> None:
    *stems, project = exported(site, tmp_path / "stems", LINK)
    with ZipFile(project) as archive:
        assert archive.testzip() is None
        assert {info.compress_type for info in archive.infolist()} == {ZIP_STORED}
        root = ET.fromstring(archive.read("project.xml"))  # noqa: S314 - our own
        metadata = ET.fromstring(archive.read("metadata.xml"))  # noqa: S314 - our own
        assert not faults(root)
        assert not faults(metadata)
        paths = [str(file.get("path")) for file in root.findall(".//File")]
        assert [archive.read(path) for path in paths] == [path.read_bytes() for path in stems]
    channels = root.findall("Structure/Track/Channel")
    assert [channel.get("solo") for channel in channels] == ["true", "false", "false"]
    mutes = [channel.find("Mute") for channel in channels]
    assert [mute is not None and mute.get("value") for mute in mutes] == ["false", "true", "false"]


def test_files_say_what_they_are(site: Path, tmp_path: Path) -> None:
    drums = exported(site, tmp_path / "stems")[0]
    tags = WAVE(drums).tags
    assert tags is not None
    names = ("TIT2", "TPE1", "TALB", "TRCK", "TSRC", "TBPM", "TKEY")
    assert {name: str(tags[name]) for name in names if name in tags} == {
        "TIT2": "One (Drums: Tape)",
        "TPE1": "Ada Lund",
        "TALB": "Tides",
        "TRCK": "1/2",
        "TBPM": "92",
        "TKEY": "F#m",
    }
    flags, root, _, _, beats, *meter, tempo = struct.unpack(
        "<IHHfIHHf", chunks(drums.read_bytes())[b"acid"]
    )
    assert (flags, root, beats, meter, tempo) == (10, 66, 2, [4, 4], 92)
    with soundfile.SoundFile(drums) as file:
        assert file.copy_metadata()["tracknumber"] == "1/2"


@pytest.mark.parametrize("bits", [16, 24])
def test_the_same_stems_give_the_same_files(site: Path, tmp_path: Path, bits: Bits) -> None:
    first, second = (exported(site, tmp_path / name, bits=bits) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert soundfile.info(first[0]).subtype == f"PCM_{bits}"


def test_a_layer_that_is_left_out_has_no_file(site: Path, tmp_path: Path) -> None:
    song = site / "content/albums/tides/one.md"
    text = song.read_text()
    text = text.replace('name = "Drums"\n', 'name = "Drums"\nempty = { supply = 1 }\n', 1)
    write(song, text)
    stem, project = exported(site, tmp_path / "stems", "0-1")
    assert stem.name == "01 Bass - Live.wav"
    with ZipFile(project) as archive:
        assert b'color="#836000"' in archive.read("project.xml")  # the second layer's
