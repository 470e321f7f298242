"""Warnings about stems."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from build import build
from stempress.audio.decode import open_source
from stempress.audio.measure import count_clipped_runs, measure
from stempress.audio.song_sound import SongSound
from stempress.audio.stem_lint import lint_layers, lint_memory, lint_mix, lint_stem
from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.commands.cli import run
from stempress.core.errors import Findings
from tests.conftest import ROOT
from tests.support.music import notes, sound_file, write_music
from tests.support.small_site import small_site, write

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.facts import Facts
    from stempress.collection.audio_formats import Codec
    from tests.support.music import Frames


def facts_of(folder: Path, samples: Frames, rate: int = 48000) -> Facts:
    path = folder / "stem.wav"
    path.write_bytes(sound_file(samples, rate=rate, subtype="FLOAT"))
    return measure(open_source(path), "digest")


def warnings_on(facts: Facts) -> str:
    findings = Findings()
    lint_stem("a.wav", facts, findings)
    return "\n".join(map(str, findings.warnings))


def test_a_good_stem_gets_no_warning(tmp_path: Path) -> None:
    assert warnings_on(facts_of(tmp_path, notes(1))) == ""


def test_clipping_is_counted_and_has_a_hint(tmp_path: Path) -> None:
    output = warnings_on(facts_of(tmp_path, np.clip(8 * notes(1), -1, 1)))
    assert "is clipped: it stays at full scale" in output
    assert "-> turn it down before exporting" in output


def test_clipped_runs_are_counted_per_channel() -> None:
    levels = np.zeros((2, 40), dtype=np.float32)
    levels[0, :3] = levels[0, 10:19] = levels[1, 9:13] = levels[1, 20:22] = 1
    assert count_clipped_runs(levels) == 3


def test_a_true_peak_over_full_scale_gets_a_warning(tmp_path: Path) -> None:
    frame = np.arange(96000)
    signal = 0.99 * np.sin(np.pi * frame / 2 + np.pi / 4) / np.sin(np.pi / 4)
    output = warnings_on(facts_of(tmp_path, np.stack([signal] * 2, axis=1)))
    assert "true peak of +3.0 dBTP" in output
    assert "-> turn it down by 4 dB" in output


def test_a_dc_offset_gets_a_warning(tmp_path: Path) -> None:
    assert "a DC offset of 1.0% of full scale" in warnings_on(facts_of(tmp_path, notes(1) + 0.01))


def test_a_silent_channel_is_named(tmp_path: Path) -> None:
    assert "has a silent right channel" in warnings_on(facts_of(tmp_path, notes(1) * [1, 0]))


def test_a_low_rate_and_a_short_stem_get_warnings(tmp_path: Path) -> None:
    output = warnings_on(facts_of(tmp_path, notes(1, seconds=0.4, rate=22050), 22050))
    assert "nothing above 11025 Hz is in it" in output
    assert "lasts only 0.40 s" in output


@pytest.mark.parametrize(("frames", "count"), [(0, 0), (1105, 1), (24000, 0)])
def test_encoder_padding_before_a_stem_gets_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], frames: int, count: int
) -> None:
    site = tmp_path / "site"
    write_music(site)
    late = np.concatenate((np.zeros((frames, 2)), notes(6)))[: len(notes(6))]
    write(site / "stems/one/lead/c.wav", sound_file(late))
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0
    output = "c.wav: starts 23.0 ms later than the other stems of its layer"
    assert capsys.readouterr().err.count(output) == count


def test_a_stem_far_from_its_layers_level_gets_a_warning(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_music(site)
    findings = Findings()
    song, files, facts = layer_of(site)
    lint_layers(song, facts, files, findings)
    assert not findings.warnings
    key = ("one", "lead", "c")
    facts[key] = replace(facts[key], loudness=facts[key].loudness - 12.5)
    lint_layers(song, facts, files, findings)
    assert "lead/c.wav: is 1" in str(findings.warnings[0])
    assert "dB quieter than the other stems of its layer" in str(findings.warnings[0])


def layer_of(site: Path) -> tuple[Song, dict[StemKey, Path], dict[StemKey, Facts]]:
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    files = dict(collection.files.audio)
    facts = {key: measure(open_source(path), "") for key, path in files.items()}
    return collection.songs[0], files, facts


def test_only_a_mix_that_clips_gets_a_warning() -> None:
    findings = Findings()
    lint_mix("stems/one/", "1-2-1", 0.99, findings)
    assert not findings.warnings
    lint_mix("stems/one/", "1-2-1", 1.3, findings)
    assert "mix 1-2-1 reaches +2.3 dBTP, so the limiter" in str(findings.warnings[0])
    assert "down by 3 dB" in str(findings.warnings[0])


@pytest.mark.parametrize(("suffix", "warnings"), [("mp3", 1), ("flac", 0)])
def test_a_layer_of_mp3_beside_others_gets_a_warning(
    tmp_path: Path, suffix: str, warnings: int
) -> None:
    song = small_site(tmp_path).collection.song("one")
    files = {
        (song.slug, layer.slug, stem.slug): Path(f"{stem.slug}.{suffix if nth else 'wav'}")
        for nth, layer in enumerate(song.layers)
        for stem in layer.stems
    }
    findings = Findings()
    lint_layers(song, {}, files, findings)
    assert ["is MP3" in warning.message for warning in findings.warnings] == [True] * warnings


@pytest.mark.parametrize(
    ("codec", "seconds", "told"),
    [
        ("mp3", 660, ["stems/one/: is too large for phones: as MP3 its mixes take up to 506.9 MB"]),
        ("mp3", 640, []),
        ("opus", 6600, []),
    ],
)
def test_a_song_that_phones_cannot_hold_gets_a_warning(
    tmp_path: Path, codec: Codec, seconds: int, told: list[str]
) -> None:
    small = small_site(tmp_path)
    facts = {key: stem.facts for key, stem in small.sounds.stems.items()}
    findings = Findings()
    sound = SongSound(96000, 96000 * seconds)
    lint_memory(small.collection.song("one"), facts, sound, codec, findings)
    assert [str(warning)[: len(told[0])] for warning in findings.warnings] == told
    assert all('stream = "opus"' in warning.hint for warning in findings.warnings)
