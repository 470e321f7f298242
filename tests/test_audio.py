"""The pipeline: what stems of a song share, web files made once, previews mixed by the engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.model import Layer, Song, Stem, stem_keys
from stempress import audio
from stempress.audio import (
    FADE_SECONDS,
    check_audio,
    check_song,
    load_stem,
    mix_preview,
    press_audio,
    preview_frames,
)
from stempress.catalog import Collection, read_collection
from stempress.codecs import decode
from stempress.errors import Findings
from stempress.measure import measure
from stempress.progress import Progress
from stempress.settings import read_settings
from stempress.sounds import SongSound, Sounds
from tests.small_site import tone, write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import StemKey
    from stempress.codecs import Sound

RATE = 8000
KEYS: list[StemKey] = [("one", "drums", name) for name in "ab"]


@dataclass
class Site:
    """A small site's folder, and how often each of its stems was decoded for the last press."""

    folder: Path
    decoded: Counter[str]

    def collection(self, **settings: object) -> Collection:
        findings = Findings()
        read = read_collection(self.folder, read_settings(self.folder, findings), findings)
        findings.raise_faults()
        changed = replace(read.settings.audio, **settings)  # type: ignore[arg-type]
        return replace(read, settings=replace(read.settings, audio=changed))

    def press(self, **settings: object) -> Sounds:
        collection, quiet = self.collection(**settings), Progress(quiet=True)
        self.decoded.clear()
        return press_audio(collection, check_audio(collection, Findings(), quiet), quiet)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a site with a cache of its own, so that nothing has been made before."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    write_small_site(tmp_path / "site")
    found = Site(tmp_path / "site", Counter())

    def counted(path: Path) -> Sound:
        found.decoded[path.relative_to(tmp_path / "site").as_posix()] += 1
        return decode(path)

    monkeypatch.setattr(audio, "decode", counted)
    return found


def song(*, bars: int | None = None, pad: bool = False) -> Song:
    stems = tuple(Stem(key[2], key[2].upper()) for key in KEYS)
    return Song("one", "One", (Layer("drums", "Drums", stems),), bars=bars, pad=pad)


def check(
    folder: Path, first: bytes, second: bytes, *, pad: bool = False
) -> tuple[SongSound, Findings]:
    """Write two stems and check them as a song's."""
    files = {key: folder / f"{key[2]}.flac" for key in KEYS}
    for path, content in zip(files.values(), (first, second), strict=True):
        write(path, content)
    findings = Findings()
    facts = {key: measure(path) for key, path in files.items()}
    return check_song(song(pad=pad), facts, files, findings), findings


@pytest.mark.parametrize(
    ("bars", "seconds", "expected"),
    [
        (None, 1, 1000),
        (None, 99, 9000),
        (9, 3, 3000),
        (9, 3.9, 3000),
        (7, 3, 2571),  # 2 of 7 bars of 1285.7 frames
        (9, 0.5, 500),  # not one bar
        (9, 99, 9000),
    ],
)
def test_a_preview_is_cut_on_a_bar(bars: int | None, seconds: float, expected: int) -> None:
    assert preview_frames(song(bars=bars), SongSound(1000, 9000), seconds) == expected


def test_every_number_of_whole_bars_is_kept_to_the_frame() -> None:
    sound = SongSound(48000, 1_499_999)
    for bars in range(1, 64):
        for whole in range(1, bars + 1):
            frames = -(-whole * sound.frames // bars)
            cut = preview_frames(song(bars=bars), sound, (frames + 0.5) / sound.rate)
            assert cut == whole * sound.frames // bars


def test_a_preview_is_the_engines_mix_and_fades_where_the_song_goes_on() -> None:
    stems = [StemAudio(np.full((1, 5 * RATE), level, np.float32)) for level in (0.1, 0.2)]
    sound = SongSound(RATE, 5 * RATE)
    mixer = Mixer(rate=RATE, frames=sound.frames, rows=2)
    for row, stem in enumerate(stems):
        mixer.place(row, stem)
    whole = mixer.render(0, sound.frames)
    assert np.array_equal(mix_preview(stems, sound, sound.frames).samples, whole)
    cut, fade = 3 * RATE, round(FADE_SECONDS * RATE)
    faded = mix_preview(stems, sound, cut).samples
    assert np.array_equal(faded[:, : cut - fade], whole[:, : cut - fade])
    assert faded[:, -1].tolist() == [0, 0]
    factors = faded[0, -fade:] / whole[0, cut - fade : cut]
    assert np.allclose(np.diff(factors), -1 / (fade - 1), atol=1e-6)


def test_every_stem_is_decoded_once_for_its_files_and_once_for_all_previews(site: Site) -> None:
    pressed = site.press(lossless=True)
    in_songs = {"drums/live", "drums/tape", "bass/live", "bass/synth"}
    assert len(site.decoded) == len(pressed.stems) == 2 * len(in_songs)
    assert max(site.decoded.values()) == 2
    assert site.decoded["stems/two/drums/tape.flac"] == 2, "two tokens, one decoding"
    assert site.decoded["stems/one/drums/tape.flac"] == 1, "in no token"


def test_what_was_made_once_is_not_made_again(site: Site) -> None:
    first = site.press()
    assert site.press() == first
    assert not site.decoded
    moved = site.folder / "stems/one/drums/live.flac"
    write(site.folder / "stems/one/drums/tape.flac", moved.read_bytes())
    again = site.press()
    assert not site.decoded, "a file's content counts, not its name"
    assert again.stems["one", "drums", "tape"].stream == first.stems["one", "drums", "live"].stream


def test_another_bitrate_or_codec_is_another_file(site: Site) -> None:
    key = ("one", "drums", "live")
    made = [
        site.press(stream=codec, bitrate=bitrate).stems[key].stream
        for codec, bitrate in (("opus", 96), ("opus", 128), ("mp3", 128), ("flac", 128))
    ]
    assert len({file.address for file in made}) == len(made)
    assert all(file.file.stat().st_size == file.size for file in made)


def test_a_song_is_stated_as_the_browser_decodes_it(site: Site) -> None:
    assert site.press(stream="opus").songs["one"] == SongSound(48000, 48000)
    assert site.press(stream="flac").songs["one"] == SongSound(RATE, 8000)


def test_the_lossless_file_is_the_mixers_where_that_is_flac(site: Site) -> None:
    both = site.press(stream="flac", lossless=True).stems["one", "drums", "live"]
    assert both.lossless == both.stream
    assert site.press(stream="flac").stems["one", "drums", "live"].lossless is None


def test_tokens_that_are_one_variation_share_a_preview(site: Site) -> None:
    collection = site.collection()
    ninety_three = next(token for token in collection.tokens if token.id == "93")
    ledger = replace(collection.ledger, tokens=(*collection.tokens, replace(ninety_three, id="94")))
    quiet = Progress(quiet=True)
    collection = replace(collection, ledger=ledger)
    sounds = press_audio(collection, check_audio(collection, Findings(), quiet), quiet)
    assert sounds.previews["93"] == sounds.previews["94"] != sounds.previews["92"]
    assert len(list(sounds.files())) == len(set(stem_keys(collection.songs))) + 3


def test_stems_of_other_rates_are_resampled_with_a_warning(tmp_path: Path) -> None:
    sound, findings = check(tmp_path, tone(0), tone(1, frames=16000, rate=16000))
    assert findings.faults == []
    assert [warning.where for warning in findings.warnings] == ["stems/one/drums/a.flac"]
    assert "has 8000 Hz, the song 16000 Hz" in findings.warnings[0].what
    assert sound == SongSound(16000, 16000)
    loaded = load_stem(tmp_path / "a.flac", sound)
    assert (loaded.rate, loaded.frames) == (16000, 16000)


def test_stems_of_other_lengths_are_a_fault_unless_padded(tmp_path: Path) -> None:
    _, findings = check(tmp_path, tone(0), tone(1, frames=9000))
    assert len(findings.faults) == 1
    assert "another length" in findings.faults[0].what
    sound, findings = check(tmp_path, tone(0), tone(1, frames=9000), pad=True)
    assert (findings.faults, sound) == ([], SongSound(RATE, 9000))
    padded = load_stem(tmp_path / "a.flac", sound).samples
    assert padded.shape == (1, 9000)
    assert not padded[:, 8000:].any()
    assert np.array_equal(padded[:, :8000], decode(tmp_path / "a.flac").samples)


def test_a_frame_that_a_resampler_rounds_away_is_no_other_length(tmp_path: Path) -> None:
    _, findings = check(tmp_path, tone(0), tone(1, frames=8001))
    assert findings.faults == []
