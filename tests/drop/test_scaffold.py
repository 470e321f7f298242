"""``build.py new``: a site out of a folder of stems."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from build import build
from stempress.audio.tempo import detect_tempo
from stempress.commands.cli import run
from stempress.drop.name_guess import guess, tempo_in_names
from tests.conftest import ROOT
from tests.support.small_site import tone, write

if TYPE_CHECKING:
    from tests.conftest import Press


def guessed(*names: str, folder: str = "my-stems") -> list[str]:
    paths = [PurePosixPath(name) for name in names]
    found = guess(paths, folder)
    return ["/".join(found[path]) for path in paths]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Undertow/Drums/Amen.wav"], ["Undertow/Drums/Amen"]),
        (["x/undertow/lead_guitar/01 amen break.wav"], ["Undertow/Lead Guitar/Amen Break"]),
        (["drums/amen.wav", "bass/sub.wav"], ["My Stems/Drums/Amen", "My Stems/Bass/Sub"]),
        (["Drums - Amen.wav", "Bass - Sub.wav"], ["My Stems/Drums/Amen", "My Stems/Bass/Sub"]),
        (["drums_amen.wav", "bass_sub_low.wav"], ["My Stems/Drums/Amen", "My Stems/Bass/Sub Low"]),
        (["Drums 1.wav", "Drums2.wav"], ["My Stems/Drums/Drums 1", "My Stems/Drums/Drums 2"]),
        (["Voice.wav", "Keys.wav"], ["My Stems/Voice/Voice", "My Stems/Keys/Keys"]),
        (
            ["Undertow - Drums - Amen 92bpm.wav", "Undertow - Bass - Sub 92bpm.wav"],
            ["My Stems/Drums/Amen", "My Stems/Bass/Sub"],
        ),
        (
            ["one/Drums - A.wav", "one/Bass - B.wav", "two/Drums - C.wav", "two/Bass - D.wav"],
            ["One/Drums/A", "One/Bass/B", "Two/Drums/C", "Two/Bass/D"],
        ),
        (
            ["01 Drums - Amen.wav", "02 Bass - Sub.wav"],
            ["My Stems/Drums/Amen", "My Stems/Bass/Sub"],
        ),
    ],
)
def test_names_tell_layers_and_stems(names: list[str], expected: list[str]) -> None:
    assert guessed(*names) == expected


NAMES = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1)


@given(st.lists(st.lists(NAMES.filter(lambda n: n.strip(".")), min_size=1, max_size=4), max_size=6))
def test_every_file_is_guessed_something(parts: list[list[str]]) -> None:
    paths = [PurePosixPath(*each[:-1], f"{each[-1]}.wav") for each in parts]
    found = guess(paths, "stems")
    assert found.keys() == set(paths)
    assert all(all(names) for names in found.values())


def test_a_tempo_in_names_counts_if_they_agree() -> None:
    assert tempo_in_names(["a 92bpm.wav", "b 92 BPM.wav", "c.wav"]) == 92
    assert tempo_in_names(["a 92bpm.wav", "b 93bpm.wav"]) is None
    assert tempo_in_names(["a 192384bpm"]) is None


def test_the_tempo_of_the_bundled_songs_is_what_their_artist_says() -> None:
    for page in ROOT.glob("content/albums/*/*.md"):
        if page.stem != "index":
            said = tomllib.loads(page.read_text("utf-8").split("+++")[1])
            found = detect_tempo(sorted(ROOT.glob(f"stems/{page.stem}/*/*.flac")))
            assert found is not None, page.stem
            assert found[0] == said["bpm"], page.stem


def test_bars_have_as_many_beats_as_was_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = 8000 * 24  # 12 bars of three beats at 90 beats a minute
    clicks = np.zeros(frames, dtype=np.float32)
    for at in range(36):
        clicks[at * frames // 36 :][:400] = 0.9 if at % 3 == 0 else 0.3
    for layer in ("drums", "bass"):
        path = tmp_path / f"waltz/{layer}/clicks.flac"
        path.parent.mkdir(parents=True)
        soundfile.write(path, clicks, 8000)
    assert new(tmp_path / "waltz", "--beats", "3", "--artist", "Ada", "--title", "Waltz") == 0
    text = (tmp_path / "waltz-site/content/albums/waltz/waltz.md").read_text("utf-8")
    assert "bpm = 90\nbars = 12\n" in text
    assert "assumed 3 beats per bar" in capsys.readouterr().err


def test_what_has_no_beginnings_has_no_tempo(tmp_path: Path) -> None:
    write(tmp_path / "tone.flac", tone(frames=80_000))
    assert detect_tempo([tmp_path / "tone.flac"]) is None
    assert detect_tempo([]) is None


def new(stems: Path, *given_: str) -> int:
    return run(["new", str(stems), *given_], build, ROOT)


def test_a_folder_of_stems_becomes_a_site_that_builds_at_once(
    tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    stems = tmp_path / 'Night "Shift"'
    for at, name in enumerate(("Drums - Amen", "Drums - Tape", "Bass - Süb", "Bass - Slap")):
        write(stems / f"{name}.flac", tone(at, frames=40_000 + 800 * at))
    write(stems / "Drums - Amen.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    write(stems / "notes.txt", "not a stem")
    assert new(stems, "--artist", "Ada") == 0
    site = tmp_path / 'Night "Shift"-site'
    settings = tomllib.loads((site / "site.toml").read_text("utf-8"))
    assert settings["site"] == {"title": 'Night "Shift"', "artist": "Ada"}
    assert settings["audio"] == {"pad": True}
    assert (site / "stems/night-shift/drums/amen.svg").is_file()
    assert (site / "stems/night-shift/bass/sub.flac").is_file()
    assert press_small(site) == 0
    assert (site / "dist/songs/night-shift/1-2/index.html").is_file()
    mixer = (site / "dist/mixer/index.html").read_text("utf-8")
    assert "Verify" not in mixer, "lossy stems cannot be compared with what was published"
    assert new(stems) == 1
    assert "is not empty" in capsys.readouterr().err


def test_what_is_wrong_with_stems_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stems = tmp_path / "stems"
    assert new(stems) == 1
    write(stems / "a/b/c.txt", "words")
    assert new(stems) == 1
    write(stems / "one/drums/amen.wav", b"RIFF")
    write(stems / "one/drums/tape.flac", b"")
    write(stems / "one/bass/sub.flac", tone())
    assert new(stems) == 1
    said = capsys.readouterr().err
    for words in (
        "is not a folder",
        "contains no audio files",
        "one/drums/amen.wav",
        "the file is empty",
    ):
        assert words in said
    write(stems / "one/drums/amen.wav", tone(container="WAV"))
    write(stems / "one/drums/tape.flac", tone())
    write(stems / "one/Drums/AMEN.flac", tone())
    assert new(stems) == 1
    assert "would be the same stem as" in capsys.readouterr().err
    assert not (tmp_path / "stems-site").exists()
