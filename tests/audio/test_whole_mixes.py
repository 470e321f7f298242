"""Whole mixes of song tokens: rendered by the engine, tagged, and made once."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.flac import Picture
from PIL import Image

from build import build
from pyodide_app.engine.model import Variation
from stempress.audio.results import Sounds, WebFile
from stempress.audio.whole_mixes import lint_sizes
from stempress.commands.cli import run
from stempress.core.errors import Findings
from tests.conftest import ROOT
from tests.support.markup import Parsed
from tests.support.music import sound_file, token, write_music
from tests.support.small_site import write

pytestmark = pytest.mark.slow

SONG = "content/albums/x/one.md"
TAGS = {
    "title": "One",
    "artist": "B",
    "album": "X",
    "isrc": "QZK6P2600001",
    "version": "1-2-3",
    "genre": "Dub",
    "organization": "Quay",
    "copyright": "2026 Quay",
    "albumartist": "B",
}
FRAMES = ("TIT2", "TPE1", "TALB", "TSRC", "TIT3", "TCON", "TPUB", "TCOP", "TPE2")
ID3 = dict(zip(TAGS, FRAMES, strict=True))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a site that has its own cache."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "site"


def write_song(site: Path, audio: str = "") -> None:
    """Write a site of one song, whose song tokens are mixes 1-1-1 and 1-2-3."""
    write_music(site, audio)
    words = 'title = "One"\nisrc = "QZ-K6P-26-00001"\ngenre = "Dub"\ncopyright = "2026 Quay"'
    replace(site / SONG, 'title = "One"', words)
    replace(site / "site.toml", 'artist = "B"', 'artist = "B"\nlabel = "Quay"')


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text in a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def press(site: Path) -> None:
    """Build a site."""
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0


def downloads(site: Path, token_id: str) -> dict[str, Path]:
    """Return the files that a token's page offers, by the names under which they are saved."""
    folder = site / "dist/tokens" / token_id
    page = Parsed((folder / "index.html").read_text("utf-8"))
    links = [attributes for tag, attributes in page.tags if tag == "a" and "download" in attributes]
    return {str(link["download"]): (folder / str(link["href"])).resolve() for link in links}


def samples_digest(file: Path) -> str:
    """Return the SHA-256 of a sound file's samples, as 24-bit words."""
    words, _ = soundfile.read(file, dtype="int32", always_2d=True)
    return sha256(
        np.ascontiguousarray(words).view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    ).hexdigest()


def picture(file: Path) -> bytes:
    """Return the cover in an audio file's tags."""
    tags = mutagen.File(file)
    if file.suffix == ".mp3":
        return bytes(tags["APIC:"].data)
    pictures = (
        tags.pictures
        if file.suffix == ".flac"
        else [Picture(b64decode(tags["metadata_block_picture"][0]))]
    )
    assert (pictures[0].width, pictures[0].height) == (800, 800)
    return bytes(pictures[0].data)


def test_the_lossless_mix_has_the_samples_whose_digest_is_published(site: Path) -> None:
    write_song(site, "lossless = true")
    press(site)
    published = json.loads((site / "dist/data/digests/one.json").read_text("utf-8"))
    file = downloads(site, "92")["B - One (1-2-3).flac"]
    assert samples_digest(file) == published["mixes"]["1-2-3"]


@pytest.mark.parametrize(
    ("stream", "suffix"), [("opus", "ogg"), ("vorbis", "ogg"), ("mp3", "mp3"), ("flac", "flac")]
)
def test_a_mix_has_tags_and_its_cover(site: Path, stream: str, suffix: str) -> None:
    write_song(site, f'stream = "{stream}"')
    press(site)
    file = downloads(site, "92")[f"B - One (1-2-3).{suffix}"]
    tags = mutagen.File(file)
    names = ID3 if suffix == "mp3" else {name: name for name in TAGS}
    found = {
        name: tags[key].text[0] if suffix == "mp3" else tags[key][0] for name, key in names.items()
    }
    assert found == TAGS
    with Image.open(io.BytesIO(picture(file))) as cover:
        assert cover.format == "JPEG"
        assert cover.size == (800, 800)
    sound, rate = soundfile.read(file, always_2d=True)
    assert abs(len(sound) / rate - 4) < 0.05
    assert np.abs(sound).max() > 0.1


def test_a_mix_is_its_songs_artists_on_an_album_of_others(site: Path) -> None:
    write_song(site, 'stream = "vorbis"')
    replace(site / "site.toml", "[site]", '[[artists]]\nname = "The Ferrymen"\n[site]')
    replace(site / SONG, "genre =", 'artist = "the-ferrymen"\ngenre =')
    press(site)
    tags = mutagen.File(downloads(site, "92")["The Ferrymen - One (1-2-3).ogg"])
    assert (tags["artist"], tags["albumartist"]) == (["The Ferrymen"], ["B"])


def test_marketplaces_have_a_lossy_mix_to_play_of_a_lossless_site(site: Path) -> None:
    write_song(site, 'stream = "flac"\n[metadata]\nanimation = "song"')
    press(site)
    played = downloads(site, "92")["B - One (1-2-3).mp3"]
    metadata = json.loads((site / "dist/metadata/92.json").read_text("utf-8"))
    assert (site / "dist/metadata" / metadata["animation_url"]).resolve() == played
    assert metadata["losslessAudio"].endswith(".flac")


def test_a_mix_is_by_the_song_s_own_artist(site: Path) -> None:
    write_song(site)
    replace(site / SONG, 'genre = "Dub"', 'genre = "Dub"\nartist = "ada-lund"')
    with (site / "site.toml").open("a", encoding="utf-8") as settings:
        settings.write('[[artists]]\nname = "Ada Lund"\n')
    press(site)
    file = downloads(site, "92")["Ada Lund - One (1-2-3).ogg"]
    assert mutagen.File(file)["artist"] == ["Ada Lund"]


@pytest.mark.parametrize("locked", ["preview", "silent"])
def test_on_a_locked_site_only_the_mixer_and_holders_links_name_whole_files(
    site: Path, locked: str
) -> None:
    write_song(site, f'lossless = true\nlocked = "{locked}"')
    tokens = json.loads((site / "content/tokens.json").read_text("utf-8"))["tokens"]
    stem = {"id": "1", "tier": "stem", "state": "revealed", "song": "one", "layer": "bass"}
    write(site / "content/tokens.json", json.dumps({"tokens": [*tokens, stem | {"stem": "a"}]}))
    replace(site / "site.toml", 'title = "A"', 'title = "A"\nurl = "https://tides.example/"')
    press(site)
    dist = site / "dist"
    whole = [file.name for file in (dist / "audio").iterdir() if file.suffix != ".mp3"]
    naming = {
        path.relative_to(dist).as_posix()
        for path in dist.rglob("*")
        if path.suffix in {".html", ".json", ".xml", ".m3u8", ".txt"}
        if any(name in path.read_text("utf-8") for name in whole)
    }
    stems = {path.relative_to(dist).as_posix() for path in dist.glob("stems/*/*/*/index.html")}
    assert naming == stems | {
        "data/songs/one.json",
        "tokens/91/index.html",
        "tokens/92/index.html",
    }
    for address in naming - {"data/songs/one.json"}:
        page = Parsed((dist / address).read_text("utf-8"))
        assert any("data-holders" in attributes for _, attributes in page.tags)


def test_stems_are_offered_under_readable_names(site: Path) -> None:
    write_song(site, "lossless = true")
    press(site)
    offered = downloads(site, "92")
    assert list(offered) == [
        "B - One (1-2-3).ogg",
        "B - One (1-2-3).flac",
        "One - drums - a.flac",
        "One - bass - b.flac",
        "One - lead - c.flac",
    ]
    page = Parsed((site / "dist/stems/one/bass/b/index.html").read_text("utf-8"))
    names = [attributes.get("download") for tag, attributes in page.tags if tag == "a"]
    assert "One - bass - b.flac" in names
    original, _ = soundfile.read(site / "stems/one/bass/b.wav", dtype="int16")
    assert np.array_equal(
        soundfile.read(offered["One - bass - b.flac"], dtype="int16")[0], original
    )


def test_a_second_build_mixes_and_tags_nothing(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_song(site, "lossless = true")
    press(site)
    assert new(capsys) == {"Whole mixes: 2 of 2 new", "Tagged mixes: 4 of 4 new"}
    before = downloads(site, "92")
    replace(site / "site.toml", 'title = "A"', 'title = "Other"')
    press(site)
    assert new(capsys) == set()
    assert downloads(site, "92") == before


def test_a_new_title_is_tagged_without_mixing_again(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_song(site)
    press(site)
    capsys.readouterr()
    replace(site / SONG, 'title = "One"', 'title = "Two/Three"')
    press(site)
    assert new(capsys) == {"Tagged mixes: 2 of 2 new"}
    file = downloads(site, "92")["B - Two-Three (1-2-3).ogg"]
    assert mutagen.File(file)["title"] == ["Two/Three"]


def test_a_changed_stem_changes_the_mixes_that_have_it(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_song(site)
    press(site)
    before = [downloads(site, number)[f"B - One ({mix}).ogg"] for number, mix in MIXES]
    capsys.readouterr()
    samples, _ = soundfile.read(site / "stems/one/lead/c.wav")
    write(site / "stems/one/lead/c.wav", sound_file(samples[::-1]))
    press(site)
    assert "Whole mixes: 1 of 2 new" in new(capsys)
    after = [downloads(site, number)[f"B - One ({mix}).ogg"] for number, mix in MIXES]
    assert before[1] != after[1]


def test_tokens_of_one_mix_share_its_files(site: Path) -> None:
    write_song(site)
    unrevealed = {"id": "94", "tier": "song", "state": "unrevealed"}
    tokens = [token("91", "a", "a", "a"), token("93", "a", "a", "a"), unrevealed]
    write(site / "content/tokens.json", json.dumps({"tokens": tokens}))
    press(site)
    assert downloads(site, "91") == downloads(site, "93")
    assert len(list((site / "dist/audio").glob("*.ogg"))) == 7 + 1
    assert downloads(site, "94") == {}


def test_downloads_can_be_turned_off(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_song(site, 'downloads = "none"')
    press(site)
    assert new(capsys) == set()
    assert downloads(site, "92") == {}
    assert len(list((site / "dist/audio").glob("*.ogg"))) == 7


MIXES = (("91", "1-1-1"), ("92", "1-2-3"))


def new(capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Return the lines of progress about mixes."""
    return {line for line in capsys.readouterr().err.splitlines() if " mixes: " in line}


def test_mixes_that_take_most_of_a_host_are_warned_of() -> None:
    def warnings(size: int) -> list[str]:
        findings = Findings()
        file = WebFile("audio/m.flac", "audio/flac", size, Path("m.flac"))
        mixes = {Variation("one", (nth,)): (file,) for nth in range(6)}
        lint_sizes(Sounds(mixes=mixes), findings)
        return [str(warning) for warning in findings.warnings]

    assert warnings(80_000_000) == []
    (warning,) = warnings(100_000_000)
    assert warning == (
        "site.toml: audio.downloads: offers whole mixes of song tokens, which take 600.0 MB\n"
        '    -> downloads = "none" leaves them out; mixers export mixes all the same'
    )
