"""``build.py new``: a site from a folder of stems."""

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


def guess_names(*names: str, folder: str = "my-stems") -> list[str]:
    paths = [PurePosixPath(name) for name in names]
    guesses = guess(paths, folder)
    return ["/".join(guesses[path]) for path in paths]


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
def test_names_determine_layers_and_stems(names: list[str], expected: list[str]) -> None:
    assert guess_names(*names) == expected


NAMES = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1)


@given(st.lists(st.lists(NAMES.filter(lambda n: n.strip(".")), min_size=1, max_size=4), max_size=6))
def test_every_file_gets_a_guess(parts: list[list[str]]) -> None:
    paths = [PurePosixPath(*names[:-1], f"{names[-1]}.wav") for names in parts]
    guesses = guess(paths, "stems")
    assert guesses.keys() == set(paths)
    assert all(all(guess_) for guess_ in guesses.values())


def test_a_tempo_in_names_counts_if_all_agree() -> None:
    assert tempo_in_names(["a 92bpm.wav", "b 92 BPM.wav", "c.wav"]) == 92
    assert tempo_in_names(["a 92bpm.wav", "b 93bpm.wav"]) is None
    assert tempo_in_names(["a 192384bpm"]) is None


@pytest.mark.slow
def test_the_tempo_of_the_bundled_songs_is_what_their_artist_says() -> None:
    for page in ROOT.glob("content/albums/*/*.md"):
        if page.stem != "index":
            said = tomllib.loads(page.read_text("utf-8").split("+++")[1])
            found = detect_tempo(sorted(ROOT.glob(f"stems/{page.stem}/*/*.flac")))
            assert found is not None, page.stem
            assert found[0] == said["bpm"], page.stem


def test_the_number_of_beats_per_bar_can_be_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = 8000 * 24  # 12 bars of three beats at 90 bpm
    clicks = np.zeros(frames, dtype=np.float32)
    for beat in range(36):
        clicks[beat * frames // 36 :][:400] = 0.9 if beat % 3 == 0 else 0.3
    for layer in ("drums", "bass"):
        path = tmp_path / f"waltz/{layer}/clicks.flac"
        path.parent.mkdir(parents=True)
        soundfile.write(path, clicks, 8000)
    assert new(tmp_path / "waltz", "--beats", "3", "--artist", "Ada", "--title", "Waltz") == 0
    text = (tmp_path / "waltz-site/content/albums/waltz/waltz.md").read_text("utf-8")
    assert "bpm = 90\nbars = 12\n" in text
    assert "assumed 3 beats per bar" in capsys.readouterr().err


def test_audio_without_onsets_has_no_tempo(tmp_path: Path) -> None:
    write(tmp_path / "tone.flac", tone(frames=80_000))
    assert detect_tempo([tmp_path / "tone.flac"]) is None
    assert detect_tempo([]) is None


def new(stems: Path, *options: str) -> int:
    return run(["new", str(stems), *options], build, ROOT)


def test_a_folder_of_stems_becomes_a_site_that_builds(
    tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    stems = tmp_path / 'Night "Shift"'
    for index, name in enumerate(("Drums - Amen", "Drums - Tape", "Bass - Süb", "Bass - Slap")):
        write(stems / f"{name}.flac", tone(index, frames=40_000 + 800 * index))
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


def test_unusable_stems_are_all_reported_together(
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
    output = capsys.readouterr().err
    for message in (
        "is not a folder",
        "contains no audio files",
        "one/drums/amen.wav",
        "the file is empty",
    ):
        assert message in output
    write(stems / "one/drums/amen.wav", tone(container="WAV"))
    write(stems / "one/drums/tape.flac", tone())
    write(stems / "one/Drums/AMEN.flac", tone())
    assert new(stems) == 1
    assert "would be the same stem as" in capsys.readouterr().err
    assert not (tmp_path / "stems-site").exists()
