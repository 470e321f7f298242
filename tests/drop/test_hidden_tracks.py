"""Hidden tracks, from the artist's files to the site: sealed, published, opened by reveals."""

from __future__ import annotations

import io
import re
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from stempress.drop.track_cipher import LockedError, Track, decrypt
from tests.support.blind_site import blind_site, content, run_command, write_hidden_track
from tests.support.small_site import tone, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press

SEALED = "content/provenance.json"
SOUND = tone(5, frames=48000, rate=48000, channels=2, container="FLAC")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return blind_site(tmp_path / "site", "a seed that nobody guesses")


def published_salts(provenance: dict[str, Any], slug: str) -> tuple[list[str], dict[str, Any]]:
    """Return what anybody knows of a track's key, and what the seal says of the track."""
    for seal in provenance["seals"]:
        for track in seal.get("hidden", ()):
            if track["slug"] == slug:
                pairs = [seal["opened"][slot] for slot in seal["tokens"] if slot in seal["opened"]]
                prefix = f"{track['song']}/" if track["song"] else ""
                return [salt for salt, item in pairs if item.startswith(prefix)], track
    raise KeyError(slug)


def open_published(dist: Path, slug: str) -> Track | None:
    """Return a track if the files of a site open it, else None."""
    salts, _ = published_salts(content(dist, "data/provenance.json"), slug)
    try:
        return decrypt((dist / f"hidden/{slug}/track.bin").read_bytes(), salts, slug)
    except LockedError:
        return None


def test_a_track_opens_with_the_last_reveal_and_not_before(
    site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    write_hidden_track(site, "below")
    assert run_command(site, "seal") == 0
    dist = site / "dist"
    for ranges, left in (("", 32), ("1-20", 12), ("22-32", 1), ("21", 0)):
        if ranges:
            assert run_command(site, "reveal", "--tokens", ranges) == 0
        printed = capsys.readouterr().err
        assert ("the hidden track below is open" in printed) == (not left)
        assert press_small(site) == 0
        page = (dist / "hidden/below/index.html").read_text("utf-8")
        assert f"{32 - left} of 32" in page
        assert ("Decrypt and play" in page) == (not left)
        track = open_published(dist, "below")
        assert (track is None) == bool(left)
    assert track
    assert (track.title, track.type) == ("Below Deck", "audio/flac")
    source, _ = soundfile.read(site / "content/hidden/below.wav", dtype="int16")
    opened, _ = soundfile.read(io.BytesIO(track.sound), dtype="int16")
    assert np.array_equal(source, opened)


def test_a_track_of_a_song_opens_with_the_last_place_of_that_song(
    site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the starting index, the salts of places count, not the numbers of tokens."""
    write_hidden_track(site, "below", "one")
    assert run_command(site, "seal") == 0
    items = content(site, "secret.json")["items"]
    places = {int(slot) for slot, item in items.items() if item.startswith("one/")}
    assert len(places) == 16
    for token in range(1, 33):
        index = ("--starting-index", "11") if token == 1 else ()
        assert run_command(site, "reveal", "--tokens", str(token), *index) == 0
        places.discard((token - 1 + 11) % 32 + 1)
        said = "the hidden track below is open" in capsys.readouterr().err
        salts, track = published_salts(content(site, SEALED), "below")
        assert len(salts) == 16 - len(places)
        assert track["tokens"] == 16
        if not places:
            break
        assert not said
    assert said
    assert press_small(site) == 0
    assert open_published(site / "dist", "below")
    page = (site / "dist/hidden/below/index.html").read_text("utf-8")
    assert re.search(r'all 16 tokens of\s+<a href="../../songs/one/">One</a>', page)


def test_the_seal_covers_the_encrypted_file(site: Path) -> None:
    write_hidden_track(site, "below", "one")
    assert run_command(site, "seal") == 0
    (seal,) = content(site, SEALED)["seals"]
    digest = sha256((site / "content/hidden/below.sealed").read_bytes()).hexdigest()
    assert seal["hidden"] == [{"slug": "below", "song": "one", "tokens": 16, "sha256": digest}]
    line = sha256(f"hidden:below:one:16:{digest}".encode()).hexdigest()
    assert seal["final"] == sha256("".join([*seal["hashes"], line]).encode()).hexdigest()


def test_a_track_that_is_not_sealed_has_no_page(
    site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    write_hidden_track(site, "below")
    assert press_small(site) == 0
    assert "content/hidden/below.md: is not sealed yet, and has no page" in capsys.readouterr().err
    assert not (site / "dist/hidden").exists()
    assert b"Below Deck" not in (site / "dist/index.html").read_bytes()


def test_a_later_seal_takes_new_tracks_and_leaves_sealed_ones(site: Path) -> None:
    write_hidden_track(site, "below")
    assert run_command(site, "seal") == 0
    before = (site / "content/hidden/below.sealed").read_bytes()
    write_hidden_track(site, "above", title="Above Deck")
    assert run_command(site, "seal") == 1  # no token is left that it could wait for
    assert not (site / "content/hidden/above.sealed").exists()
    for path in ("one", "two"):
        song = site / f"content/albums/tides/{path}.md"
        song.write_text(song.read_text("utf-8").replace("supply = 4", "supply = 5"), "utf-8")
    assert run_command(site, "mint", "--append", "--seed", "another that nobody guesses") == 0
    assert run_command(site, "seal") == 0
    assert (site / "content/hidden/below.sealed").read_bytes() == before
    hidden = [seal["hidden"] for seal in content(site, SEALED)["seals"]]
    assert [[(each["slug"], each["tokens"]) for each in tracks] for tracks in hidden] == [
        [("below", 32)],
        [("above", 8)],
    ]


def test_silence_is_not_sealed(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    silence = tone(5, frames=48000, rate=48000, channels=2, container="WAV", level=0.0)
    write_hidden_track(site, "below", sound=silence)
    assert run_command(site, "seal") == 1
    assert "content/hidden/below.wav: it is silent" in capsys.readouterr().err
    assert not (site / "content/hidden/below.sealed").exists()


def test_sealed_tracks_need_the_sound_no_more(site: Path, press_small: Press) -> None:
    sound = write_hidden_track(site, "below")
    assert run_command(site, "seal") == 0
    sound.unlink()
    (site / "secret.json").unlink()
    assert press_small(site) == 0
    assert (site / "dist/hidden/below/track.bin").is_file()


@pytest.mark.parametrize(
    ("name", "sound", "media_type"),
    [
        ("below.mp3", tone(5, frames=48000, rate=48000, channels=2, container="MP3"), "mpeg"),
        ("below.flac", SOUND, "flac"),
    ],
)
def test_what_every_browser_plays_is_sealed_as_it_is(
    site: Path, name: str, sound: bytes, media_type: str
) -> None:
    write_hidden_track(site, "below").unlink()
    write(site / "content/hidden" / name, sound)
    assert run_command(site, "seal") == 0
    assert run_command(site, "reveal", "--tokens", "1-32") == 0
    salts, _ = published_salts(content(site, SEALED), "below")
    file = (site / "content/hidden/below.sealed").read_bytes()
    assert decrypt(file, salts, "below") == Track("Below Deck", f"audio/{media_type}", sound)


@pytest.mark.parametrize(
    ("song", "sound", "message"),
    [
        ("two", b"", "has no token in this seal that the track could wait for (got 'two')"),
        ("", SOUND[:-20_000], "content/hidden/below.wav: it"),
        ("", b"RIFF", "content/hidden/below.wav: it"),
    ],
)
def test_a_track_that_cannot_be_sealed_keeps_all_from_being_sealed(
    tmp_path: Path, song: str, sound: bytes, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = blind_site(tmp_path / "site", "a seed that nobody guesses", "--song", "one")
    write_hidden_track(site, "below", song, sound=sound)
    before = files_of(site)
    assert run_command(site, "seal") == 1
    assert message in capsys.readouterr().err
    assert files_of(site) == before


def test_a_sound_that_was_changed_after_the_seal_is_named(
    site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = write_hidden_track(site, "below")
    assert run_command(site, "seal") == 0
    assert press_small(site) == 0
    message = "content/hidden/below.wav: has been changed since it was sealed"
    assert message not in capsys.readouterr().err
    sound.write_bytes(SOUND)
    assert press_small(site) == 0
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda site: write(site / "content/hidden/below.sealed", "other"),
            "content/hidden/below.sealed: is not the file that was sealed",
        ),
        (
            lambda site: (site / "content/hidden/below.sealed").unlink(),
            "content/hidden/below.sealed: is missing",
        ),
        (
            lambda site: shutil.rmtree(site / "content/hidden"),
            "first of seals, hidden: has a hidden track without a text (got 'below')",
        ),
        (
            lambda site: edit(site, "+++\n", '+++\nsong = "one"\n'),
            "content/hidden/below.md: song: is not what the track was sealed with (got 'one')",
        ),
    ],
)
def test_what_was_sealed_must_stay_as_it_was(
    site: Path,
    change: Any,  # noqa: ANN401 - a function of the site
    message: str,
    press_small: Press,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_hidden_track(site, "below")
    assert run_command(site, "seal") == 0
    change(site)
    assert press_small(site) == 1
    assert message in capsys.readouterr().err


def edit(site: Path, old: str, new: str) -> None:
    path = site / "content/hidden/below.md"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_sites_that_differ_in_the_sound_alone_differ_in_hashes_alone(
    tmp_path: Path, press_small: Press
) -> None:
    """An attacker learns the size in steps of a quarter of a megabyte, and nothing else."""
    dists = []
    for number, seed in enumerate(("one secret of somebody", "another secret of somebody")):
        site = blind_site(tmp_path / seed, seed)
        write_hidden_track(site, "below", sound=tone(number, frames=9000 + number, rate=48000))
        assert run_command(site, "seal") == 0
        assert press_small(site) == 0
        dists.append(files_of(site / "dist"))
    first, second = (
        {re.sub(r"\A(app)/.*", r"\1", name): data for name, data in each.items()} for each in dists
    )
    assert {name for name in first if first[name] != second[name]} == {
        "data/provenance.json",
        "hidden/below/index.html",
        "hidden/below/track.bin",
        "provenance/index.html",
    }
    assert len(first["hidden/below/track.bin"]) == len(second["hidden/below/track.bin"])
    for name in ("data/provenance.json", "hidden/below/index.html", "provenance/index.html"):
        hashless = [re.sub(rb"\b[0-9a-f]{64}\b", b"#", each[name]) for each in (first, second)]
        assert hashless[0] == hashless[1]


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_site_with_a_stem_that_is_the_sound_is_not_written(
    site: Path, press_small: Press, capsys: pytest.CaptureFixture[str], *, is_sealed: bool
) -> None:
    sound = write_hidden_track(site, "below", sound=SOUND)
    if is_sealed:
        assert run_command(site, "seal") == 0
    write(site / "stems/one/drums/live.flac", sound.read_bytes())
    assert press_small(site) == 1
    message = "stems/one/drums/live: is the sound of the hidden track below"
    assert message in capsys.readouterr().err


def test_files_are_searched_for_sounds_and_keys(site: Path) -> None:
    from stempress.collection.collection import read_collection  # noqa: PLC0415
    from stempress.collection.settings_parser import read_settings  # noqa: PLC0415
    from stempress.commands.leak_check import secret_guard  # noqa: PLC0415
    from stempress.core.errors import Findings, SiteError  # noqa: PLC0415
    from stempress.drop.track_cipher import derive_key  # noqa: PLC0415

    sound = write_hidden_track(site, "below", "one", sound=SOUND)
    assert run_command(site, "seal") == 0
    secret = content(site, "secret.json")
    (seal,) = content(site, SEALED)["seals"]
    slots = [slot for slot in seal["tokens"] if secret["items"][slot].startswith("one/")]
    key = derive_key([secret["salts"][slot] for slot in slots], "below")

    def guard() -> Any:  # noqa: ANN401 - as it is
        findings = Findings()
        return secret_guard(site, read_collection(site, read_settings(site, findings), findings))

    for leak, name in (
        (sound.read_bytes(), "the sound of the hidden track below"),
        (key, "the key of below"),
        (key.hex().encode(), "the key of below"),
    ):
        with pytest.raises(SiteError, match=f"/x: contains {name}"):
            guard()("x", b"<" + leak + b">")
    guard()("x", (site / "content/hidden/below.sealed").read_bytes())
    (site / "secret.json").unlink()
    with pytest.raises(SiteError, match="the sound of the hidden track below"):
        guard()("x", sound.read_bytes())
