"""build.py video: files that players open, of what is heard and seen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from build import build
from stempress.audio.bounce import open_mix
from stempress.commands.cli import run
from stempress.core.progress import Progress
from stempress.video import formats
from stempress.video.formats import FORMATS
from stempress.video.mix_video import prepare, write_video
from stempress.video.shapes import SHAPES
from stempress.video.song_video import video_of
from tests.conftest import ROOT
from tests.support.music import write_music

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.video.mix_video import VideoJob

pytestmark = pytest.mark.slow
SMALL = SHAPES["square"].scaled(1, 4)
MIX = "1-1-1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a site with a song of four bars in four seconds."""
    folder = tmp_path_factory.mktemp("site")
    write_music(folder)
    return folder


def job(site: Path, bars: str = "", suffix: str = ".mp4") -> VideoJob:
    """Return a small video."""
    mix = open_mix(site, "one", MIX, Progress(quiet=True))
    return video_of(mix, bars, SMALL, FORMATS[suffix])


def video(site: Path, *given: str) -> int:
    """Run the command; return its exit status."""
    return run(["video", "--site", str(site), *given], build, ROOT)


def decoded(path: Path) -> tuple[list[NDArray[np.uint8]], NDArray[np.float32], int]:
    """Return the frames, the samples of shape (2, n) and the sample rate of a video."""
    with av.open(str(path)) as container:
        frames = [
            each.to_ndarray(format="rgb24").astype(np.uint8) for each in container.decode(video=0)
        ]
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        blocks = [each.to_ndarray() for each in container.decode(audio=0)]
    return frames, np.concatenate(blocks, axis=1), rate


def test_drawing_again_gives_the_same_frames_in_any_order(site: Path) -> None:
    first, second = prepare(job(site))[0], prepare(job(site))[0]
    forwards = [first.draw(number) for number in range(0, 120, 7)]
    backwards = [second.draw(number) for number in reversed(range(0, 120, 7))]
    assert all(map(np.array_equal, forwards, backwards[::-1]))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_does_not_depend_on_the_number_of_processes(
    site: Path, tmp_path: Path, suffix: str
) -> None:
    for jobs in (1, 2):
        path = tmp_path / f"{jobs}{suffix}"
        write_video(path, job(site, suffix=suffix), "Frames", jobs, Progress(quiet=True))
    frames = [decoded(tmp_path / f"{jobs}{suffix}")[0] for jobs in (1, 2)]
    assert len(frames[0]) == len(frames[1]) == 120
    assert all(map(np.array_equal, *frames))


@pytest.mark.parametrize(
    ("suffix", "codecs"), [(".mp4", ["h264", "aac"]), (".webm", ["vp9", "opus"])]
)
def test_a_video_has_the_frames_that_were_drawn_and_the_sound_of_the_mix(
    site: Path, tmp_path: Path, suffix: str, codecs: list[str]
) -> None:
    made = job(site, suffix=suffix)
    path = tmp_path / f"a{suffix}"
    write_video(path, made, "Frames", 2, Progress(quiet=True))
    with av.open(str(path)) as container:
        names = [stream.codec_context.codec.canonical_name for stream in container.streams]
        assert names == codecs
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (SMALL.width, SMALL.height)
        assert stream.average_rate == Fraction(30)
        assert container.metadata["title"] == "One"
        assert container.duration == pytest.approx(4_000_000, abs=100_000)
    scene, sound = prepare(made)
    frames, samples, rate = decoded(path)
    for number in (0, 63, 64, 119):  # at the edge of a segment as well
        drawn = scene.draw(number)[..., :3].astype(int)
        assert np.abs(frames[number].astype(int) - drawn).mean() < 4
    assert rate == 48000
    count = min(samples.shape[1], sound.samples.shape[1])
    heard, mixed = samples[0, :count], sound.samples[0, :count]
    assert np.corrcoef(heard, mixed)[0, 1] > 0.98  # in step, too: noise would not fit if shifted


def test_bars_are_cut_out_where_they_are(site: Path) -> None:
    whole, part = prepare(job(site))[1].samples, prepare(job(site, "3-4"))[1].samples
    assert part.shape == (2, 96000)
    assert np.array_equal(part[:, 240:], whole[:, 96240:])
    assert part[0, 0] == 0
    assert prepare(job(site, "2"))[0].frames == 30


def test_rings_follow_the_levels_of_their_stems(site: Path) -> None:
    scene = prepare(job(site))[0]
    frames = []
    for loudest in (0, 1):
        levels = np.array([0, loudest, 0], dtype=np.float32)
        frames.append(scene.background.copy())
        scene.turntable.draw(frames[-1].reshape(-1), 0, levels)
    assert 0.01 < (frames[0] != frames[1]).mean() < 0.5


def test_a_muted_row_is_at_rest(site: Path) -> None:
    link = f"https://x.example/#v=1&song=one&mix={MIX}&mute=2"
    mix = open_mix(site, "one", link, Progress(quiet=True))
    levels = prepare(video_of(mix, "", SMALL, FORMATS[".mp4"]))[0].levels
    assert levels.max(axis=0).tolist() == [1, 0, 1]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_command_writes_every_shape(
    site: Path, tmp_path: Path, shape: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.mp4"
    assert video(site, "one", MIX, "--shape", shape, "--bars", "1", "-o", str(path)) == 0
    size = f"{SHAPES[shape].width} x {SHAPES[shape].height}"
    assert f"{path}: {size} pixels, 1.0 s" in capsys.readouterr().err
    assert path.stat().st_mode & 0o777 == 0o644
    frames, _, _ = decoded(path)
    assert frames[0].shape == (SHAPES[shape].height, SHAPES[shape].width, 3)
    wave = SHAPES[shape].wave
    middle = wave.top + wave.height // 2
    ends = frames[-1][middle, [wave.left + 1, wave.left + wave.width - 2]]
    assert ends.min() > 150  # the playhead has reached the end


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["two", MIX], "error: song: there is no such song (got 'two')\n    -> valid: one"),
        (["one", "1-9-1"], "expected 3 numbers from 1-1-1 to 2-2-3"),
        (["one", MIX, "-o", "a.avi"], "-o: must end in .mp4 or .webm (got 'a.avi')"),
        (["one", MIX, "-o", "none/a.mp4"], "create the folder first"),
        (
            ["one", MIX, "--bars", "3-9"],
            "--bars: must be bars of the song (got '3-9')\n    -> 1-4, or",
        ),
        (["one", MIX, "--bars", "x"], "1-4, or part of it, such as 1-4"),
    ],
)
def test_mistakes_are_named_with_what_is_valid(
    site: Path, given: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert video(site, *given) == 1
    assert message in capsys.readouterr().err


def test_a_song_without_bars_has_none_to_choose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_music(tmp_path)
    song = tmp_path / "content/albums/x/one.md"
    song.write_text(song.read_text("utf-8").replace("bars = 4\n", ""), "utf-8")
    assert video(tmp_path, "one", MIX, "--bars", "1") == 1
    assert "the song has no bars" in capsys.readouterr().err


def test_without_pyav_the_command_says_what_to_install(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(formats, "is_installed", lambda: False)
    assert video(site, "one", MIX) == 1
    error = capsys.readouterr().err
    assert (
        "video: needs PyAV, which is not installed\n    -> pip install 'stempress[video]'\n"
        in error
    )


def test_other_commands_do_not_import_pyav() -> None:
    script = "import sys, stempress.commands.cli, stempress.commands.video_command, "
    script += "stempress.commands.build; print('av' in sys.modules)"
    command = [sys.executable, "-c", script]
    assert subprocess.check_output(command, cwd=ROOT, text=True) == "False\n"  # noqa: S603


def test_ffprobe_agrees(site: Path, tmp_path: Path) -> None:
    """Where there is another reader than PyAV, it reads the same."""
    ffprobe = shutil.which("ffprobe")
    path = tmp_path / "a.mp4"
    write_video(path, job(site), "Frames", 1, Progress(quiet=True))
    start = path.read_bytes()[:4096]
    assert start.index(b"moov") < 4096  # players begin before the file has come
    if ffprobe:
        entries = "stream=codec_name,nb_read_frames,color_space"
        command = [ffprobe, "-v", "error", "-count_frames", "-show_entries", entries]
        command += ["-of", "csv=p=0", str(path)]
        lines = subprocess.check_output(command, text=True).split()  # noqa: S603
        assert lines[0] == "h264,bt709,120"
        assert lines[1].startswith("aac,")
