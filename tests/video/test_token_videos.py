"""Videos of song tokens: made by the build, found by marketplaces, kept in the cache."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import pytest
import soundfile

from build import build
from stempress.commands.cli import run
from stempress.core import processes
from stempress.video import token_videos
from tests.conftest import ROOT
from tests.support.music import write_music

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a site of two song tokens and an album token, with its own cache."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(token_videos, "SHAPE", token_videos.SHAPE.scaled(1, 3))
    folder = tmp_path / "site"
    write_music(folder, '[metadata]\nanimation = "video"')
    ledger = folder / "content/tokens.json"
    tokens = json.loads(ledger.read_text("utf-8"))["tokens"]
    tokens[0] |= {"state": "forged", "into": "99"}
    tokens.append(
        {"id": "99", "tier": "album", "state": "revealed", "album": "x", "burned": ["91"]}
    )
    tokens.append({"id": "93", "tier": "song", "state": "unrevealed"})
    ledger.write_text(json.dumps({"tokens": tokens}), "utf-8")
    return folder


def press(site: Path) -> None:
    """Build a site."""
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0


def metadata(site: Path, token_id: str) -> dict[str, str]:
    """Return a token's metadata."""
    text = (site / f"dist/metadata/{token_id}.json").read_text("utf-8")
    return dict(json.loads(text))


def video_of(site: Path, token_id: str) -> Path:
    """Return the video that a token's metadata leads to."""
    path = site / "dist/metadata" / metadata(site, token_id)["animation_url"]
    assert path.suffix == ".mp4"
    return path.resolve()


def test_song_and_album_tokens_have_a_video_as_long_as_a_preview(site: Path) -> None:
    press(site)
    assert video_of(site, "91") != video_of(site, "92")
    assert video_of(site, "99") == video_of(site, "91")
    assert metadata(site, "92")["mimeType"] == "video/mp4"
    assert "animation_url" not in metadata(site, "93")
    assert len(list((site / "dist/audio").glob("*.mp4"))) == 2
    with av.open(str(video_of(site, "92"))) as container:
        assert container.duration == pytest.approx(3_000_000, abs=50_000)
        assert container.metadata["comment"] == "1-2-3"


def test_a_first_build_makes_videos_of_compressed_stems(site: Path) -> None:
    """They are decoded once, and the copies are there as long as a build needs them."""
    for path in (site / "stems").rglob("*.wav"):
        samples, rate = soundfile.read(path)
        soundfile.write(path.with_suffix(".flac"), samples, rate)
        path.unlink()
    press(site)
    assert video_of(site, "91").is_file()
    assert list((site.parent / "cache/decoded").glob("*")) == []


def test_a_video_is_made_again_only_if_something_in_it_changes(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    press(site)
    before = video_of(site, "91")
    note = site / "content/pages/news.md"
    note.parent.mkdir()
    note.write_text('+++\ntitle = "News"\n+++\nNone.\n', "utf-8")
    capsys.readouterr()
    press(site)
    assert "Videos: " not in capsys.readouterr().err
    assert video_of(site, "91") == before
    song = site / "content/albums/x/one.md"
    song.write_text(song.read_text("utf-8").replace('title = "One"', 'title = "Two"'), "utf-8")
    press(site)
    assert "Videos: 2 of 2 new" in capsys.readouterr().err
    assert video_of(site, "91") != before
    assert len(list((site / "dist/audio").glob("*.mp4"))) == 2


def test_processes_that_are_started_anew_make_the_same_video(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(site)
    forked = video_of(site, "91").read_bytes()
    for path in (site.parent / "cache/videos").iterdir():
        path.unlink()
    monkeypatch.setattr(processes, "start_method", lambda: "spawn")
    press(site)
    assert video_of(site, "91").read_bytes() == forked


def test_without_pyav_marketplaces_play_previews(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(token_videos, "is_installed", lambda: False)
    press(site)
    warning = "needs PyAV, which is not installed: marketplaces play previews instead"
    assert warning in capsys.readouterr().err
    assert metadata(site, "91")["animation_url"].endswith(".mp3")
    assert "animation_url" not in metadata(site, "99")
