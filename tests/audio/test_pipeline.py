"""The pipeline: nothing is done twice, and what is made fits together."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from build import build
from pyodide_app.engine import loudness
from pyodide_app.engine.pcm import pcm_bytes
from stempress.audio import decode as reading
from stempress.audio import previews
from stempress.audio.decode import Source
from stempress.audio.encode import decode
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.music import LAYERS, notes, sound_file, write_music
from tests.support.small_site import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.audio.decode import Planar
    from stempress.audio.song_sound import SongSound


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a site with a cache of its own goes."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "site"


def press(site: Path) -> int:
    return run(["--site", str(site), "--without-runtime"], build, ROOT)


def data(site: Path, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site / "dist" / address).read_text("utf-8"))
    return found


def files(site: Path) -> dict[str, bytes]:
    dist = site / "dist"
    return {str(at.relative_to(dist)): at.read_bytes() for at in dist.rglob("*") if at.is_file()}


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was told of the sound."""
    lines = capsys.readouterr().err.splitlines()
    return [line for line in lines if line.endswith(" new") and not line.startswith("Files: ")]


def test_the_second_build_decodes_nothing(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_music(site, "lossless = true")
    assert press(site) == 0
    assert "Web stems: 7 of 7 new" in said(capsys)
    first = files(site)

    def refuse(_: Source) -> Iterator[Planar]:
        raise AssertionError

    monkeypatch.setattr(Source, "blocks", refuse)
    assert press(site) == 0
    assert all(": 0 of " in line for line in said(capsys))
    assert files(site) == first


def test_a_changed_stem_redoes_what_it_is_in(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_music(site, "lossless = true")
    assert press(site) == 0
    before = data(site, "data/digests/one.json")["mixes"]
    capsys.readouterr()
    write(site / "stems/one/lead/c.wav", sound_file(notes(77)))
    assert press(site) == 0
    lines = said(capsys)
    assert lines[0] == "Stems: 1 of 7 new"
    assert lines[-3:] == [
        "Web stems: 1 of 7 new",
        "Previews: 1 of 2 new",
        "Mix digests: 3 of 9 new",
    ]
    after = data(site, "data/digests/one.json")["mixes"]
    assert {mix for mix in after if after[mix] != before[mix]} == {"1-1-3", "1-2-3", "2-1-3"}


def test_a_stem_is_decoded_once_for_all_previews(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_music(site, 'previews = "all"')
    decoded: Counter[str] = Counter()

    def counted(path: Path, song: SongSound) -> Iterator[Planar]:
        decoded["/".join(path.parts[-2:])] += 1
        return reading.stem_blocks(path, song)

    monkeypatch.setattr(previews, "stem_blocks", counted)
    assert press(site) == 0
    assert decoded == {f"{layer}/{stem}.wav": 1 for layer, of in LAYERS.items() for stem in of}
    assert len(list((site / "dist/audio").glob("*.mp3"))) == 9


def test_previews_are_of_one_loudness_cut_on_a_bar_and_faded(site: Path) -> None:
    write_music(site, 'previews = "all"')
    write(site / "stems/one/lead/c.wav", sound_file(0.05 * notes(6)))
    write(site / "stems/one/drums/b.wav", sound_file(2.5 * notes(1)))
    assert press(site) == 0
    heard = sorted((site / "dist/audio").glob("*.mp3"))
    for file in heard:
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        assert 0 <= len(samples) - 3 * rate <= 2 * 1152
        assert loudness.integrated_loudness(samples.T, rate) == pytest.approx(
            previews.TARGET_LUFS, abs=0.3
        )
        assert loudness.true_peak(samples.T) < 1
        assert np.abs(samples[-1152:]).max() < 0.01
    assert len(heard) == 9


@pytest.mark.parametrize(("which", "count"), [("tokens", 2), ("none", 0)])
def test_previews_are_of_what_was_asked(site: Path, which: str, count: int) -> None:
    write_music(site, f'previews = "{which}"')
    assert press(site) == 0
    assert len(list((site / "dist/audio").glob("*.mp3"))) == count
    page = (site / "dist/songs/one/1-1-1/index.html").read_text("utf-8")
    assert ("<audio" in page) == bool(count)
    assert "<audio" not in (site / "dist/songs/one/2-1-1/index.html").read_text("utf-8")
    assert ("animation_url" in data(site, "metadata/91.json")) == bool(count)


def test_a_published_digest_is_of_the_words_that_mix_writes(site: Path, tmp_path: Path) -> None:
    write_music(site, "lossless = true")
    write(site / "stems/one/bass/b.wav", sound_file(2 * notes(3), subtype="FLOAT"))
    write(site / "stems/one/lead/c.wav", sound_file(notes(6, rate=44100), rate=44100))
    assert press(site) == 0
    published = data(site, "data/digests/one.json")
    assert (published["bits"], published["rate"], published["frames"]) == (24, 48000, 192000)
    for mix in ("1-1-1", "1-2-3"):
        out = tmp_path / "mix.wav"
        assert run(["mix", "one", mix, "-o", str(out), "--site", str(site)], build, ROOT) == 0
        assert published["mixes"][mix] == sha256(pcm_bytes(decode(out).samples, 24)).hexdigest()
    told = data(site, "metadata/92.json")["properties"]["mix"]
    assert told == {
        "sha256": published["mixes"]["1-2-3"], "bits": 24, "rate": 48000, "frames": 192000
    }  # fmt: skip


def test_digests_are_of_tokens_alone_without_lossless_stems(site: Path) -> None:
    write_music(site)
    assert press(site) == 0
    assert set(data(site, "data/digests/one.json")["mixes"]) == {"1-1-1", "1-2-3"}
    write_music(site, "lossless = true")
    assert press(site) == 0
    assert len(data(site, "data/digests/one.json")["mixes"]) == 9


def test_lossless_stems_are_the_words_that_are_mixed(site: Path) -> None:
    write_music(site, "lossless = true")
    write(site / "stems/one/drums/a.wav", sound_file(1.5 * notes(0), subtype="FLOAT"))
    assert press(site) == 0
    stem = data(site, "data/songs/one.json")["layers"][0]["stems"][0]
    samples, _ = soundfile.read(site / "dist" / stem["lossless"]["url"], dtype="float64")
    source = np.float32(1.5 * notes(0)).astype(np.float64)
    assert np.abs(samples - np.clip(source, -1, 1)).max() <= 2**-23
    assert (samples * 2**23 == np.rint(samples * 2**23)).all()


def test_what_an_unrevealed_token_is_leaves_no_trace(site: Path) -> None:
    write_music(site)
    assert press(site) == 0
    told = files(site)
    ledger = json.loads((site / "content/tokens.json").read_bytes())
    ledger["tokens"].append({"id": "95", "tier": "song", "state": "unrevealed"})
    write(site / "content/tokens.json", json.dumps(ledger))
    assert press(site) == 0
    now = files(site)
    assert {name for name in now if name.startswith(("audio/", "data/digests/"))} == {
        name for name in told if name.startswith(("audio/", "data/digests/"))
    }
    assert "mix" not in data(site, "metadata/95.json").get("properties", {})


def test_a_files_content_counts_not_its_name(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_music(site)
    assert press(site) == 0
    capsys.readouterr()
    write(site / "stems/one/lead/c.wav", (site / "stems/one/lead/a.wav").read_bytes())
    assert press(site) == 0
    assert {"Stems: 0 of 7 new", "Web stems: 0 of 7 new"} <= set(said(capsys))
    stems = data(site, "data/songs/one.json")["layers"][2]["stems"]
    assert stems[0]["audio"] == stems[2]["audio"] != stems[1]["audio"]


def test_another_bitrate_or_codec_is_another_file(site: Path) -> None:
    found = set()
    for audio in ("", "bitrate = 96", 'stream = "mp3"', 'stream = "flac"'):
        write_music(site, audio)
        assert press(site) == 0
        found.add(data(site, "data/songs/one.json")["layers"][0]["stems"][0]["audio"]["url"])
    assert len(found) == 4


def test_the_lossless_file_is_the_mixers_where_that_is_flac(site: Path) -> None:
    write_music(site, 'stream = "flac"\nlossless = true')
    assert press(site) == 0
    stem = data(site, "data/songs/one.json")["layers"][0]["stems"][0]
    assert stem["lossless"] == stem["audio"]


def test_a_song_is_stated_as_the_browser_decodes_it(site: Path) -> None:
    for layer, stems in LAYERS.items():
        for stem in stems:
            write(
                site / f"stems/one/{layer}/{stem}.wav", sound_file(notes(1, rate=44100), rate=44100)
            )
    for stream, rate in (("opus", 48000), ("mp3", 44100)):
        kept = {path: path.read_bytes() for path in (site / "stems").rglob("*.wav")}
        write_music(site, f'stream = "{stream}"\nlossless = true')
        for path, content in kept.items():
            write(path, content)
        assert press(site) == 0
        song = data(site, "data/songs/one.json")
        assert (song["rate"], song["frames"]) == (rate, 4 * rate)
        assert data(site, "data/digests/one.json")["rate"] == 44100
