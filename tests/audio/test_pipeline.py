"""The audio pipeline: nothing is done twice, and its results are consistent."""

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
from stempress.audio import previews
from stempress.audio.decode import Source
from stempress.audio.sound import decode
from stempress.audio.stem_blocks import stem_blocks
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.music import LAYERS, notes, sound_file, write_music
from tests.support.small_site import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.audio.decode import Planar
    from stempress.audio.song_sound import SongSound

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a site that has its own cache."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "site"


def build_site(site: Path) -> int:
    return run(["--site", str(site), "--without-runtime"], build, ROOT)


def data(site: Path, address: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((site / "dist" / address).read_text("utf-8"))
    return content


def files(site: Path) -> dict[str, bytes]:
    dist = site / "dist"
    return {
        str(path.relative_to(dist)): path.read_bytes() for path in dist.rglob("*") if path.is_file()
    }


def progress_lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines of progress about audio."""
    lines = capsys.readouterr().err.splitlines()
    return [line for line in lines if line.endswith(" new") and not line.startswith("Files: ")]


def test_the_second_build_decodes_nothing(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_music(site, "lossless = true")
    assert build_site(site) == 0
    assert "Web stems: 7 of 7 new" in progress_lines(capsys)
    first = files(site)

    def refuse(_: Source) -> Iterator[Planar]:
        raise AssertionError

    monkeypatch.setattr(Source, "blocks", refuse)
    assert build_site(site) == 0
    assert progress_lines(capsys) == []
    assert files(site) == first


def test_a_changed_stem_only_redoes_what_depends_on_it(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_music(site, "lossless = true")
    assert build_site(site) == 0
    before = data(site, "data/digests/one.json")["mixes"]
    capsys.readouterr()
    write(site / "stems/one/lead/c.wav", sound_file(notes(77)))
    assert build_site(site) == 0
    lines = progress_lines(capsys)
    assert lines[0] == "Stems: 1 of 7 new"
    assert lines[-6:] == [
        "Web stems: 1 of 7 new",
        "Tagged stems: 2 of 14 new",
        "Previews: 1 of 2 new",
        "Mix digests: 3 of 9 new",
        "Whole mixes: 1 of 2 new",
        "Tagged mixes: 4 of 4 new",  # their cover is the song's, which shows all stems
    ]
    after = data(site, "data/digests/one.json")["mixes"]
    assert {mix for mix in after if after[mix] != before[mix]} == {"1-1-3", "1-2-3", "2-1-3"}


def test_a_stem_is_decoded_once_for_all_previews(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_music(site, 'previews = "all"')
    decoded: Counter[str] = Counter()

    def count_decodes(path: Path, song: SongSound) -> Iterator[Planar]:
        decoded["/".join(path.parts[-2:])] += 1
        return stem_blocks(path, song)

    monkeypatch.setattr(previews, "stem_blocks", count_decodes)
    assert build_site(site) == 0
    assert decoded == {
        f"{layer}/{stem}.wav": 1 for layer, stems in LAYERS.items() for stem in stems
    }
    assert len(list((site / "dist/audio").glob("*.mp3"))) == 9


def test_previews_have_equal_loudness_end_on_a_bar_and_fade_out(site: Path) -> None:
    write_music(site, 'previews = "all"')
    write(site / "stems/one/lead/c.wav", sound_file(0.05 * notes(6)))
    write(site / "stems/one/drums/b.wav", sound_file(2.5 * notes(1)))
    assert build_site(site) == 0
    rendered = sorted((site / "dist/audio").glob("*.mp3"))
    for file in rendered:
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        assert 0 <= len(samples) - 3 * rate <= 2 * 1152
        assert loudness.integrated_loudness(samples.T, rate) == pytest.approx(
            previews.TARGET_LUFS, abs=0.3
        )
        assert loudness.true_peak(samples.T) < 1
        assert np.abs(samples[-1152:]).max() < 0.01
    assert len(rendered) == 9


@pytest.mark.parametrize(
    ("audio", "count"),
    [
        ('locked = "preview"', 1),
        ('locked = "preview"\npreviews = "none"', 0),
        ('locked = "silent"', 0),
        ('locked = "open"', 0),
    ],
)
def test_metadata_of_stem_tokens_has_the_preview_that_strangers_hear(
    site: Path, audio: str, count: int
) -> None:
    write_music(site, audio)
    stem = {"id": "1", "tier": "stem", "state": "revealed", "song": "one"}
    tokens = [
        stem | {"layer": "lead", "stem": "c"},
        {"id": "2", "tier": "stem", "state": "unrevealed"},
    ]
    write(site / "content/tokens.json", json.dumps({"tokens": tokens}))
    assert build_site(site) == 0
    previews = list((site / "dist/audio").glob("*.mp3"))
    assert len(previews) == count
    metadata = data(site, "metadata/1.json")
    if count:
        assert metadata["animation_url"] == f"../audio/{previews[0].name}"
        assert metadata["mimeType"] == "audio/mpeg"
        assert "losslessAudio" not in metadata
        samples, rate = soundfile.read(previews[0], dtype="float32", always_2d=True)
        assert 0 <= len(samples) - 3 * rate <= 2 * 1152
    else:
        assert ("animation_url" in metadata) == (audio == 'locked = "open"')


@pytest.mark.parametrize(("setting", "count"), [("tokens", 2), ("none", 0)])
def test_previews_follow_the_setting(site: Path, setting: str, count: int) -> None:
    write_music(site, f'previews = "{setting}"')
    assert build_site(site) == 0
    assert len(list((site / "dist/audio").glob("*.mp3"))) == count
    page = (site / "dist/songs/one/1-1-1/index.html").read_text("utf-8")
    assert ("<audio" in page) == bool(count)
    assert "<audio" not in (site / "dist/songs/one/2-1-1/index.html").read_text("utf-8")
    assert ("animation_url" in data(site, "metadata/91.json")) == bool(count)


@pytest.mark.parametrize(("audio", "count"), [('stream = "flac"', 9), ('stream = "opus"', 2)])
def test_every_mix_of_lossless_stems_can_be_verified(site: Path, audio: str, count: int) -> None:
    write_music(site, audio)
    assert build_site(site) == 0
    assert len(data(site, "data/digests/one.json")["mixes"]) == count


def test_a_published_digest_matches_the_samples_that_mix_writes(site: Path, tmp_path: Path) -> None:
    write_music(site, "lossless = true")
    write(site / "stems/one/bass/b.wav", sound_file(2 * notes(3), subtype="FLOAT"))
    write(site / "stems/one/lead/c.wav", sound_file(notes(6, rate=44100), rate=44100))
    assert build_site(site) == 0
    published = data(site, "data/digests/one.json")
    assert (published["bits"], published["rate"], published["frames"]) == (24, 48000, 192000)
    for mix in ("1-1-1", "1-2-3"):
        out = tmp_path / "mix.wav"
        assert run(["mix", "one", mix, "-o", str(out), "--site", str(site)], build, ROOT) == 0
        assert published["mixes"][mix] == sha256(pcm_bytes(decode(out).samples, 24)).hexdigest()
    in_metadata = data(site, "metadata/92.json")["properties"]["mix"]
    assert in_metadata == {
        "sha256": published["mixes"]["1-2-3"], "bits": 24, "rate": 48000, "frames": 192000
    }  # fmt: skip


def test_without_lossless_stems_only_minted_mixes_have_digests(site: Path) -> None:
    write_music(site)
    assert build_site(site) == 0
    assert set(data(site, "data/digests/one.json")["mixes"]) == {"1-1-1", "1-2-3"}
    write_music(site, "lossless = true")
    assert build_site(site) == 0
    assert len(data(site, "data/digests/one.json")["mixes"]) == 9


def test_lossless_stems_are_the_samples_that_are_mixed(site: Path) -> None:
    write_music(site, "lossless = true")
    write(site / "stems/one/drums/a.wav", sound_file(1.5 * notes(0), subtype="FLOAT"))
    assert build_site(site) == 0
    stem = data(site, "data/songs/one.json")["layers"][0]["stems"][0]
    samples, _ = soundfile.read(site / "dist" / stem["lossless"]["url"], dtype="float64")
    source = np.float32(1.5 * notes(0)).astype(np.float64)
    assert np.abs(samples - np.clip(source, -1, 1)).max() <= 2**-23
    assert (samples * 2**23 == np.rint(samples * 2**23)).all()


def test_an_unrevealed_token_leaves_no_trace_in_audio(site: Path) -> None:
    write_music(site)
    assert build_site(site) == 0
    before = files(site)
    ledger = json.loads((site / "content/tokens.json").read_bytes())
    ledger["tokens"].append({"id": "95", "tier": "song", "state": "unrevealed"})
    write(site / "content/tokens.json", json.dumps(ledger))
    assert build_site(site) == 0
    after = files(site)
    assert {name for name in after if name.startswith(("audio/", "data/digests/"))} == {
        name for name in before if name.startswith(("audio/", "data/digests/"))
    }
    assert "mix" not in data(site, "metadata/95.json").get("properties", {})


def test_the_cache_depends_on_content_not_on_names(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_music(site)
    assert build_site(site) == 0
    capsys.readouterr()
    write(site / "stems/one/lead/c.wav", (site / "stems/one/lead/a.wav").read_bytes())
    assert build_site(site) == 0
    assert {"Stems", "Web stems"}.isdisjoint(line.split(":")[0] for line in progress_lines(capsys))
    stems = data(site, "data/songs/one.json")["layers"][2]["stems"]
    assert len({stem["audio"]["url"] for stem in stems}) == 3  # each has tags of its own


def test_every_bitrate_and_codec_has_a_file_of_its_own(site: Path) -> None:
    urls = set()
    for audio in ("", "bitrate = 96", 'stream = "mp3"', 'stream = "flac"'):
        write_music(site, audio)
        assert build_site(site) == 0
        urls.add(data(site, "data/songs/one.json")["layers"][0]["stems"][0]["audio"]["url"])
    assert len(urls) == 4


def test_a_flac_stream_is_also_the_lossless_file(site: Path) -> None:
    write_music(site, 'stream = "flac"\nlossless = true')
    assert build_site(site) == 0
    stem = data(site, "data/songs/one.json")["layers"][0]["stems"][0]
    assert stem["lossless"] == stem["audio"]


def test_song_data_has_the_rate_and_length_the_browser_decodes(site: Path) -> None:
    for layer, stems in LAYERS.items():
        for stem in stems:
            write(
                site / f"stems/one/{layer}/{stem}.wav", sound_file(notes(1, rate=44100), rate=44100)
            )
    for stream, rate in (("opus", 48000), ("mp3", 44100)):
        contents = {path: path.read_bytes() for path in (site / "stems").rglob("*.wav")}
        write_music(site, f'stream = "{stream}"\nlossless = true')
        for path, content in contents.items():
            write(path, content)
        assert build_site(site) == 0
        song = data(site, "data/songs/one.json")
        assert (song["rate"], song["frames"]) == (rate, 4 * rate)
        assert data(site, "data/digests/one.json")["rate"] == 44100
