"""``stempress new``: a site from a folder of stems."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from build import build
from stempress.audio.tempo import Tempo, measure_tempo
from stempress.commands.cli import run
from stempress.core.errors import SiteError
from stempress.drop.delivery import read_delivery
from stempress.drop.name_guess import guess, tempo_in_names
from tests.conftest import ROOT
from tests.support.small_site import tone, write, write_small_site

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
            ["Undertow/Drums/Amen", "Undertow/Bass/Sub"],
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
            found = measure_tempo(sorted(ROOT.glob(f"stems/{page.stem}/*/*.flac")))
            assert found.bpm == said["bpm"], page.stem


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
    assert measure_tempo([tmp_path / "tone.flac"]) == Tempo()
    assert measure_tempo([]) == Tempo()


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
    assert "Verify" not in mixer, "nothing decodes stems without the runtime"
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


def clicks(folder: Path, bpm: float, beats: int, *, lead: float = 0, tail: float = 0) -> list[Path]:
    """Write a pattern of clicks with silence before it and after it, in seconds."""
    rate = 8000
    random = np.random.default_rng(1)
    paths = []
    for layer, plays in (("kick", 2), ("snare", 4), ("hat", 1)):
        samples = np.zeros(int((lead + tail + beats * 60 / bpm) * rate) + 2000, dtype=np.float32)
        for half in range(2 * beats):
            if half % plays == plays // 2 and (plays > 1 or random.random() < 0.5):
                start = int((lead + half * 30 / bpm) * rate)
                level = 0.9 if half % 8 == plays // 2 else 0.4
                samples[start : start + 2000] += level * np.exp(-np.arange(2000) / 400)
        path = folder / f"{layer}.wav"
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples[:-2000], rate)
        paths.append(path)
    return paths


@pytest.mark.parametrize("bpm", [93, 120, 134])
def test_the_tempo_of_whole_bars_is_found(tmp_path: Path, bpm: int) -> None:
    found = measure_tempo(clicks(tmp_path, bpm, 64))
    assert found.bpm == pytest.approx(bpm, rel=1e-3)
    assert found.bars == 16


@pytest.mark.parametrize(
    ("bpm", "lead", "tail"),
    [(120, 0, 0.5), (120, 0.5, 0), (120, 0.25, 1.3), (134, 0, 2.1), (134, 0, 3.3), (93, 0, 1.9)],
)
def test_a_tempo_that_does_not_fit_is_only_a_candidate(
    tmp_path: Path, bpm: int, lead: float, tail: float
) -> None:
    found = measure_tempo(clicks(tmp_path, bpm, 64, lead=lead, tail=tail))
    assert (found.bpm, found.bars) == (None, None)
    assert bpm in found.candidates


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            ["Tide/Drums.wav", "Tide/Bass.wav", "Wave/Drums.wav", "Wave/Bass.wav"],
            ["Tide/Drums/Drums", "Tide/Bass/Bass", "Wave/Drums/Drums", "Wave/Bass/Bass"],
        ),
        (
            ["drums/soft_brush.wav", "drums/hard_stick.wav", "bass/deep_sub.wav"],
            ["Tape/Drums/Soft Brush", "Tape/Drums/Hard Stick", "Tape/Bass/Deep Sub"],
        ),
        (["Tide - Drums - Amen.wav", "Wave - Bass.wav"], ["Tide/Drums/Amen", "Wave/Bass/Bass"]),
        (
            ["Night Drive - 01 - Kick.wav", "Night Drive - 02 - Snare.wav"],
            ["Night Drive/Kick/Kick", "Night Drive/Snare/Snare"],
        ),
        (
            ["Night Drive 1-Kick.wav", "Night Drive A-Room.wav"],
            ["Night Drive/Kick/Kick", "Night Drive/Room/Room"],
        ),
        (
            ["Low Tide - Drums - Brushes.wav", "low tide - Bass - Süb.wav"],
            ["Low Tide/Drums/Brushes", "Low Tide/Bass/Süb"],
        ),
        (
            ["Über Wasser - Drums 01.wav", "Über Wasser - Drums 02.wav"],
            ["Über Wasser/Drums/Drums 01", "Über Wasser/Drums/Drums 02"],
        ),
        (
            ["Mara - Tide 90bpm - Stems - Drums.wav", "Mara - Tide 90bpm - Stems - Bass.wav"],
            ["Tide/Drums/Drums", "Tide/Bass/Bass"],
        ),
        (["Stems - Drums.wav", "Stems - Bass.wav"], ["Tape/Drums/Drums", "Tape/Bass/Bass"]),
        (
            ["Drums - Amen.wav", "Drums - Dusty.wav"],
            ["Tape/Drums/Amen", "Tape/Drums/Dusty"],
        ),
        (["Night Drive Kick.wav", "Night Drive Snare.wav"], ["Tape/Kick/Kick", "Tape/Snare/Snare"]),
        (
            ["Drums v1.wav", "Drums take 2.wav", "Drums alt 2.wav"],
            ["Tape/Drums/Drums v1", "Tape/Drums/Drums take 2", "Tape/Drums/Drums alt 2"],
        ),
        (["808 kick.wav", "909 kick.wav"], ["Tape/808 Kick/808 Kick", "Tape/909 Kick/909 Kick"]),
        (
            ["12 string.wav", "6 string.wav"],
            ["Tape/12 String/12 String", "Tape/6 String/6 String"],
        ),
        (["Kick_01.wav", "Snare_01.wav"], ["Tape/Kick/Kick 01", "Tape/Snare/Snare 01"]),
        (
            ["Mara - Tide - Drums.wav", "Mara - Tide - Bass.wav", "Mara - Wave - Drums.wav"],
            ["Tide/Drums/Drums", "Tide/Bass/Bass", "Wave/Drums/Drums"],
        ),
        (
            ["htdemucs/Tide/drums.wav", "htdemucs/Tide/vocals.wav", "htdemucs/Tide/other.wav"],
            ["Tide/Drums/Drums", "Tide/Vocals/Vocals", "Tide/Other/Other"],
        ),
        (["Tide/stems/Drums.wav", "Wave/stems/Bass.wav"], ["Tide/Drums/Drums", "Wave/Bass/Bass"]),
        (["Tide/Drums/Amen.wav", "Tide/Bass.wav"], ["Tide/Drums/Amen", "Tide/Bass/Bass"]),
        (
            ["EP/Tide/Drums.wav", "EP/Tide/Bass.wav", "EP/Wave/Drums.wav"],
            ["Tide/Drums/Drums", "Tide/Bass/Bass", "Wave/Drums/Drums"],
        ),
        (
            ["don't stop.wav", "80s.wav", "1st.wav"],
            ["Tape/Don't Stop/Don't Stop", "Tape/80s/80s", "Tape/1st/1st"],
        ),
    ],
)
def test_deliveries_are_understood(names: list[str], expected: list[str]) -> None:
    assert guess_names(*names, folder="Tape") == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        # Logic Pro, GarageBand: bounced in place
        (["Kick_bip.wav", "Lead Vox_bip_2.wav"], ["Kick/Kick", "Lead Vox/Lead Vox 2"]),
        (["Bass_bip.wav", "Bass_bip_1.wav"], ["Bass/Bass", "Bass/Bass 1"]),
        # Ableton Live: exported, frozen, recorded
        (["Tape Run 1-Kick.wav", "Tape Run A-Room.wav"], ["Kick/Kick", "Room/Room"]),
        (["Tape Run Kick.wav", "Tape Run A-Room.wav"], ["Kick/Kick", "A Room/A Room"]),
        (
            ["Freeze 1-Kick [2026-03-01 120312].wav", "Freeze 2-Keys [2026-03-01 120313].wav"],
            ["Kick/Kick", "Keys/Keys"],
        ),
        (["1-Kick (Freeze).wav", "2-Lead (Freeze)-1.wav"], ["Kick/Kick", "Lead/Lead 1"]),
        # FL Studio
        (["Run_Insert 1 - Kick.wav", "Run_Insert 2 - Bass.wav"], ["Kick/Kick", "Bass/Bass"]),
        # Reaper: rendered with the date, glued, as stems
        (["Kick_260301_1203.wav", "Bass_260301_1203.wav"], ["Kick/Kick", "Bass/Bass"]),
        (["Kick-glued.wav", "Bass-glued-01.wav"], ["Kick/Kick", "Bass/Bass 01"]),
        (["Kick_stem.wav", "Bass_stem.wav"], ["Kick/Kick", "Bass/Bass"]),
        # Bitwig Studio, Cubase, Pro Tools
        (["Kick-bounce-1.wav", "Bass-bounce-1.wav"], ["Kick/Kick 1", "Bass/Bass 1"]),
        (["Kick (R).wav", "Bass (R).wav"], ["Kick/Kick", "Bass/Bass"]),
        (["01 Kick (Kick).wav", "02 Sub (Sub).wav"], ["Kick/Kick", "Sub/Sub"]),
        (["Kick_01-01.wav", "Vox.dup1_01.wav"], ["Kick/Kick", "Vox/Vox 01"]),
        # tempo, key, date, format
        (["KICK_120_Am.wav", "BASS_120_Am.wav"], ["KICK/KICK", "BASS/BASS"]),
        (["Bass 128 BPM C#m.wav", "Drums 128 BPM.wav"], ["Bass/Bass", "Drums/Drums"]),
        (["Bass Am.wav", "Lead (F# minor).wav"], ["Bass/Bass", "Lead/Lead"]),
        (["Kick 2026-03-01.wav", "Bass 20260301.wav"], ["Kick/Kick", "Bass/Bass"]),
        (["Kick 24bit 48k.wav", "Bass_24-48.wav"], ["Kick/Kick", "Bass/Bass"]),
        # what tells names apart stays
        (["Vox_mono.wav", "Vox_stereo.wav"], ["Vox/Mono", "Vox/Stereo"]),
        (["Bass Am.wav", "Bass Dm.wav"], ["Bass Am/Bass Am", "Bass Dm/Bass Dm"]),
        (
            ["Vox (Wet).wav", "Drums (Live).wav"],
            ["Vox (Wet)/Vox (Wet)", "Drums (Live)/Drums (Live)"],
        ),
        (["Stem.wav", "Freeze.wav"], ["Stem/Stem", "Freeze/Freeze"]),
        # letters and copies
        (["Drums A.wav", "Drums B.wav", "Sub.wav"], ["Drums/Drums A", "Drums/Drums B", "Sub/Sub"]),
        (["Vitamin C.wav", "Kick.wav"], ["Vitamin C/Vitamin C", "Kick/Kick"]),
        (["Kick.wav", "Kick copy.wav"], ["Kick/Kick", "Kick/Kick copy"]),
        (["Drums-Amen.wav", "Bass-Sub.wav"], ["Drums/Amen", "Bass/Sub"]),
        (["Vox (Wet).wav", "Vox (Dry).wav"], ["Vox/Wet", "Vox/Dry"]),
        (["Run (Drums).wav", "Run (Bass).wav"], ["Drums/Drums", "Bass/Bass"]),
        (["Run.drums.wav", "Run.bass.wav"], ["Drums/Drums", "Bass/Bass"]),
        # programs that part mixes
        (
            ["Run-bass-Am-120bpm-440hz.wav", "Run-drums-Am-120bpm-440hz.wav"],
            ["Bass/Bass", "Drums/Drums"],
        ),
        (["Run_drum_split_by_lalalai.wav", "Run_vocals.wav"], ["Drum/Drum", "Vocals/Vocals"]),
        (["Lo-Fi.wav", "Hi-Hat.wav"], ["Lo Fi/Lo Fi", "Hi Hat/Hi Hat"]),
    ],
)
def test_what_music_programs_add_to_names_is_no_part_of_them(
    names: list[str], expected: list[str]
) -> None:
    assert guess_names(*names, folder="Tape Run") == [f"Tape Run/{each}" for each in expected]


@pytest.mark.parametrize(
    ("folder", "song"),
    [
        ("Tide 120bpm", "Tide"),
        ("Tide [120 Am]", "Tide"),
        ("Tide - Stems (WAV)", "Tide"),
        ("tide_stems_24bit", "Tide"),
        ("Tide.logicx", "Tide"),
        ("Tide Project", "Tide"),
        ("Stems", "Stems"),
        ("I Am", "I Am"),
        ("Tide 90bpm Am", "Tide"),
    ],
)
def test_a_songs_folder_gives_its_title(folder: str, song: str) -> None:
    names = [f"{folder}/Drums.wav", f"{folder}/Bass.wav", "Wave/Drums.wav", "Wave/Bass.wav"]
    if folder == "Stems":
        song = "Tape"
    assert guess_names(*names, folder="Tape")[0] == f"{song}/Drums/Drums"


@pytest.mark.parametrize(
    ("names", "left_out"),
    [
        (["Tide.wav", "Tide - Drums.wav", "Tide - Bass.wav"], ["Tide.wav"]),
        (["Tape.wav", "Drums.wav", "Bass.wav"], ["Tape.wav"]),
        (["Tide/Tide (Instrumental).wav", "Tide/Drums.wav"], ["Tide/Tide (Instrumental).wav"]),
        (["Main.wav", "Drums.wav", "Bass.wav"], ["Main.wav"]),
        (["Click.wav", "Drums.wav", "Count-In.wav"], ["Click.wav", "Count-In.wav"]),
        (["saw.wav", "saw soft.wav", "saw hard.wav"], []),
        (["Vocals.wav", "Instrumental.wav"], []),
        (["Click.wav"], []),
        (["Drums.mp3", "Drums.wav", "Bass.mp3"], ["Drums.mp3"]),
        (["Tide/WAV/Drums.wav", "Tide/MP3/Drums.mp3"], ["Tide/MP3/Drums.mp3"]),
    ],
)
def test_mixes_clicks_and_copies_beside_stems_are_left_out(
    tmp_path: Path, names: list[str], left_out: list[str]
) -> None:
    for name in names:
        write(tmp_path / "Tape" / name, "x")
    delivery = read_delivery(tmp_path / "Tape")
    assert [str(path) for path in delivery.left_out] == left_out


@pytest.mark.parametrize("sides", ["Gtr L/Gtr R", "Gtr-L/Gtr-R", "Gtr (L)/Gtr (R)", "Gtr_l/Gtr_r"])
def test_two_sides_in_mono_are_a_fault_and_two_stereo_files_are_not(
    tmp_path: Path, sides: str
) -> None:
    for name in sides.split("/"):
        write(tmp_path / f"{name}.wav", tone(container="WAV"))
    with pytest.raises(SiteError, match="is one side of a stereo recording"):
        read_delivery(tmp_path)
    for name in sides.split("/"):
        write(tmp_path / f"{name}.wav", tone(container="WAV", channels=2))
    assert len(read_delivery(tmp_path).stems) == 2


def test_a_folder_that_can_be_read_in_two_ways_is_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("Ahoy/one", "Ahoy/two", "Brine/three"):
        write(tmp_path / f"tape/{name}.flac", tone(frames=40_000))
    assert new(tmp_path / "tape") == 0
    assert "read as one song, with a folder for each layer" in capsys.readouterr().err
    assert (tmp_path / "tape-site/stems/tape/ahoy/one.flac").is_file()
    site = str(tmp_path / "other")
    assert new(tmp_path / "tape", "--layout", "song/layer", "--site", site) == 0
    assert "read as" not in capsys.readouterr().err
    assert (tmp_path / "other/stems/brine/three/three.flac").is_file()


def test_the_songs_title_is_in_names_and_the_collections_is_the_folders(tmp_path: Path) -> None:
    for name in ("Low Tide - Drums - Brushes", "Low Tide - Bass - Süb"):
        write(tmp_path / f"Demos/{name}.flac", tone(frames=40_000))
    assert new(tmp_path / "Demos", "--artist", "Ada") == 0
    site = tmp_path / "Demos-site"
    assert tomllib.loads((site / "site.toml").read_text("utf-8"))["site"]["title"] == "Demos"
    song = (site / "content/albums/demos/low-tide.md").read_text("utf-8")
    assert tomllib.loads(song.split("+++")[1])["title"] == "Low Tide"


def test_a_site_is_no_folder_of_stems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_small_site(tmp_path / "tides")
    assert new(tmp_path / "tides") == 1
    assert "tides: is already a site: it has a site.toml" in capsys.readouterr().err
    assert not (tmp_path / "tides-site").exists()


def test_an_artist_who_is_not_named_is_said_to_be_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "tape/Drums.flac", tone(frames=40_000))
    assert new(tmp_path / "tape") == 0
    settings = tmp_path / "tape-site/site.toml"
    assert f'the artist is "Unknown artist"; change it in {settings}' in capsys.readouterr().err
    site = str(tmp_path / "other")
    assert new(tmp_path / "tape", "--artist", "Ada", "--site", site) == 0
    assert "Unknown artist" not in capsys.readouterr().err


def test_nothing_is_left_out_in_silence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stems = tmp_path / "tide"
    for name in ("Drums/Amen", "Bass/Sub", "mixdown", "Tide Master"):
        write(stems / f"{name}.flac", tone(frames=40_000))
    for name in ("Lead.m4a", ".Pad.wav.icloud", "notes.txt", "._Drums.wav", ".DS_Store"):
        write(stems / name, "x")
    assert new(stems) == 0
    left_out = [line for line in capsys.readouterr().err.splitlines() if "left out" in line]
    assert left_out == [
        "left out: .Pad.wav.icloud is still in iCloud: download it in the Finder",
        (
            "left out: Lead.m4a is AAC or Apple Lossless, which stems cannot be: "
            "convert it to WAV or FLAC"
        ),
        "left out: Tide Master.flac is a mix of the whole song, not a stem",
        "left out: mixdown.flac is a mix of the whole song, not a stem",
        "left out: notes.txt is not a sound file",
        "left out: hidden and system files: 2, such as .DS_Store",
    ]
    stem_files = sorted(path.name for path in (tmp_path / "tide-site/stems").rglob("*.flac"))
    assert stem_files == ["amen.flac", "sub.flac"]


def test_stems_that_cannot_be_used_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stems = tmp_path / "tide"
    whole = tone(frames=40_000)
    write(stems / "Drums.flac", whole[: len(whole) // 2])
    samples = np.zeros(4000, dtype=np.float32)
    samples[2000] = np.nan
    soundfile.write(stems / "Bass.wav", samples, 8000, subtype="FLOAT")
    for side in "LR":
        write(stems / f"Keys.{side}.wav", tone(container="WAV"))
    assert new(stems) == 1
    printed = capsys.readouterr().err
    assert "Keys.L.wav: is one side of a stereo recording" in printed
    (stems / "Keys.L.wav").unlink()
    assert new(stems) == 1
    printed = capsys.readouterr().err
    assert "Drums.flac: it" in printed
    assert "Bass.wav: it contains samples that are not finite numbers" in printed
    assert not (tmp_path / "tide-site").exists()


@pytest.mark.posix
def test_a_name_that_is_not_utf8_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    write(folder / "Drums.flac", tone())
    assert new(folder) == 1
    assert "has a name that is not UTF-8" in capsys.readouterr().err


def test_short_stems_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "tide/Drums.flac", tone(frames=40_000))
    write(tmp_path / "tide/Bass.flac", tone(frames=20_000))
    assert new(tmp_path / "tide") == 0
    assert "Tide: Bass, Bass is 2.500 s shorter" in capsys.readouterr().err


def test_hidden_sounds_links_and_pictures_are_named_when_they_are_left_out(tmp_path: Path) -> None:
    stems = tmp_path / "tide"
    for name in ("Drums.wav", ".old/Bass.wav", ".Pad.wav"):
        write(stems / name, "x")
    for name in ("Drums.PNG", "Drums.svg", "Bass.png", "mixdown.wav", "mixdown.png"):
        write(stems / name, "x")
    write(tmp_path / "elsewhere/Lead.wav", "x")
    (stems / "more").symlink_to(tmp_path / "elsewhere")
    delivery = read_delivery(stems)
    assert [*map(str, delivery.stems)] == ["Drums.wav"]
    assert {str(stem): str(path) for stem, path in delivery.pictures.items()} == {
        "Drums.wav": "Drums.PNG"
    }
    assert {*map(str, delivery.left_out)} == {
        *(".old/Bass.wav", ".Pad.wav", "more", "mixdown.wav"),
        *("Drums.svg", "Bass.png", "mixdown.png"),
    }
