"""Takes on the command line: from links, files and content/takes/, in constant memory."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from pyodide_app.engine.take import Control, Move, Take, TakeLayer, TakeRow
from pyodide_app.engine.take_format import format_take
from stempress.audio.bounce import bounce, open_mix
from stempress.audio.take_files import open_take, take_digest, take_wav
from stempress.core.errors import SiteError
from stempress.core.progress import Progress
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
QUIET = Progress(quiet=True)
PAGE = '+++\ntitle = "Late"\nsong = "one"\n{}\n+++\nWords.\n'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    write_small_site(tmp_path / "site")
    return tmp_path / "site"


def whole(site: Path, *moves: Move, rate: int = 0) -> Take:
    """Return a take of the whole song, 1-1, and of moves."""
    info = soundfile.info(site / "stems/one/drums/live.flac")
    rate = rate or info.samplerate
    frames = round(info.frames * rate / info.samplerate)
    layers = (TakeLayer("drums", ("live", "tape")), TakeLayer("bass", ("live",)))
    return Take("one", rate, frames, frames, layers, (TakeRow(1), TakeRow(1)), moves=moves)


def samples(path: Path) -> NDArray[np.int32]:
    words, _ = soundfile.read(path, dtype="int32")
    return np.asarray(words)


def wav(site: Path, text: str, folder: Path) -> Path:
    path = folder / "take.wav"
    path.write_bytes(b"".join(take_wav(open_take(site, text, QUIET), 24)))
    return path


def test_a_take_without_moves_has_the_samples_of_its_mix(site: Path, tmp_path: Path) -> None:
    path = wav(site, format_take(whole(site)), tmp_path)
    (tmp_path / "mix.wav").write_bytes(bounce(open_mix(site, "one", "1-1", QUIET), 24))
    assert np.array_equal(samples(path), samples(tmp_path / "mix.wav"))


def test_moves_are_heard_from_their_frames_on(site: Path, tmp_path: Path) -> None:
    take = whole(site, Move(2000, Control.MUTE, 0, 1), Move(2000, Control.MUTE, 1, 1))
    found = samples(wav(site, format_take(take), tmp_path))
    rate = take.rate
    assert found[1900:2000].any()
    assert not found[2000 + rate // 10 :].any()


def test_links_files_and_names_give_the_same_digest(site: Path, tmp_path: Path) -> None:
    take = whole(site, Move(2000, Control.STEM, 0, 2), Move(3000, Control.SEEK, 0, 100))
    text = format_take(take)
    write(tmp_path / "late.take", f"{text}\n")
    write(site / "content/takes/late.md", PAGE.format(""))
    write(site / "content/takes/late.take", text)
    link = f"https://site.example/songs/one/#v=1&song=one&take={text}"
    write(site / "content/takes/linked.md", PAGE.format(f'take = "{link}"'))
    sources = [text, link, str(tmp_path / "late.take"), "late", "linked"]
    digests = {take_digest(open_take(site, source, QUIET)) for source in sources}
    with soundfile.SoundFile(wav(site, text, tmp_path)) as file:
        words = file.read(dtype="int32", always_2d=True) >> 8
    data = words.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    assert digests == {sha256(data).hexdigest()}


def test_a_take_recorded_at_another_rate_is_played_at_the_songs(site: Path) -> None:
    take = whole(site, Move(48000, Control.MUTE, 0, 1), rate=48000)
    opened = open_take(site, format_take(take), QUIET)
    assert opened.take.rate == opened.sound.rate != 48000
    assert opened.take.moves[0].frame == opened.sound.rate


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense!", "not the text of a take"),
        ("gone.take", "no such file"),
        ("one", "mix number is missing"),
        ("ona", "no such song or take"),
        (format_take(Take("ona", 8000, 8000, 8000, (TakeLayer("a", ()),), (TakeRow(),))), "'one'"),
        (format_take(Take("one", 8000, 8000, 8000, (TakeLayer("a", ()),), (TakeRow(),))), "layers"),
    ],
)
def test_a_take_that_does_not_fit_says_why(site: Path, text: str, words: str) -> None:
    with pytest.raises(SiteError, match=words):
        open_take(site, text, QUIET)


def test_the_command_writes_a_take_or_says_what_is_wrong(site: Path, tmp_path: Path) -> None:
    text = format_take(whole(site))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "build.py"), "mix", *arguments, "--site", str(site)]
        return subprocess.run(  # noqa: S603 - our own program
            command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False
        )

    assert run(text, "-o", "one.wav").returncode == 0
    assert run("one", f"#v=1&song=one&take={text}", "-o", "two.wav").returncode == 0
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()
    other = run("two", f"#take={text}", "-o", "three.wav")
    assert (other.returncode, "of the song 'one'" in other.stdout + other.stderr) == (1, True)
    stems = run(text, "--stems", "stems")
    assert (stems.returncode, "is for a mix" in stems.stdout + stems.stderr) == (1, True)
