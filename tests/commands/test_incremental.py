"""Builds after edits: the same as clean ones, byte for byte, and never a mixture when killed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

import pytest

from pyodide_app.provenance import final_hash, item_hash
from stempress.output.output_check import MARKER
from stempress.output.output_files import OutputFile
from stempress.output.records import Records
from stempress.output.staging import refresh_staging
from stempress.output.writer import write_site
from tests.conftest import ROOT
from tests.support.large_song import (
    FIRST_SONG_TOKEN,
    SONG,
    changed_rule,
    forge_other_mixes,
    song_token,
    stem_tokens,
    write_large_song,
)
from tests.support.sizes import sized
from tests.support.small_site import tone, write, write_small_site
from tests.support.takes import late_take

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Press

    type Edit = Callable[[Path, Random], object]

BUILDS = sized(36, nightly=500)
COMPARED = sized(3, nightly=2)
"""After so many builds the last is compared with a clean one."""
KILLS = sized(12, nightly=50)
LANGUAGES = ("en", "de", "he")
WORDS = ("tide", "ebb", "<b>salt</b>", "quay & pier", "fog", "Ölje")


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by address."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def edit_ledger(change: Callable[[list[dict[str, object]], Random], object]) -> Edit:
    """Return an edit of the list of tokens."""

    def edit(site: Path, random: Random) -> None:
        path = site / "content/tokens.json"
        ledger = json.loads(path.read_text("utf-8"))
        change(ledger["tokens"], random)
        known = {token["id"] for token in ledger["tokens"]}
        ledger["owners"] = {each: who for each, who in ledger["owners"].items() if each in known}
        path.write_text(json.dumps(ledger), "utf-8")

    return edit


def change_state(tokens: list[dict[str, object]], random: Random) -> None:
    """Reveal or hide a stem token that nothing was forged from."""
    token = random.choice([each for each in tokens if each["id"] in {"5", "7", "8"}])
    told = {"song": "two", "layer": "bass", "stem": random.choice(("live", "synth"))}
    if token["state"] == "unrevealed":
        token |= {"state": "revealed"} | told
    else:
        for key in told:
            del token[key]
        token["state"] = "unrevealed"


def change_block(site: Path, random: Random) -> None:
    """Let somebody else hold a token, a block later."""
    path = site / "content/tokens.json"
    ledger = json.loads(path.read_text("utf-8"))
    ledger["block"] += 1
    held = [token["id"] for token in ledger["tokens"] if token["id"] in {"5", "99"}]
    ledger["owners"][random.choice(held)] = f"0x{random.randrange(16**40):040x}"
    path.write_text(json.dumps(ledger), "utf-8")


def forge_album(site: Path, _: Random) -> None:
    """Forge the album token of song tokens of two songs; or take it away."""
    path = site / "content/tokens.json"
    ledger = json.loads(path.read_text("utf-8"))
    parts = [token for token in ledger["tokens"] if token["id"] in {"91", "92"}]
    others = [token for token in ledger["tokens"] if token["id"] != "99"]
    if len(others) < len(ledger["tokens"]):
        for part in parts:
            del part["into"]
            part["state"] = "revealed"
        ledger["tokens"] = others
        ledger["owners"].pop("99", None)
    else:
        for part in parts:
            part |= {"state": "forged", "into": "99"}
        album = {"id": "99", "tier": "album", "state": "revealed", "album": "tides"}
        ledger["tokens"].append(album | {"burned": ["91", "92"]})
    path.write_text(json.dumps(ledger), "utf-8")


def mint_or_burn(tokens: list[dict[str, object]], random: Random) -> None:
    """Add an unrevealed token; or take away the last that was added."""
    added = [token for token in tokens if 1000 < int(str(token["id"])) < FIRST_SONG_TOKEN]
    if added and random.random() < 0.5:
        tokens.remove(added[-1])
    else:
        token_id = str(1001 + len(added))
        tokens.append({"id": token_id, "tier": "stem", "state": "unrevealed"})


def replace_line(name: str, pattern: str, line: Callable[[Random], str]) -> Edit:
    """Return an edit of the first line that a pattern matches."""

    def edit(site: Path, random: Random) -> None:
        path = site / name
        text, count = re.subn(
            pattern, lambda _: line(random), path.read_text("utf-8"), count=1, flags=re.MULTILINE
        )
        assert count == 1, (name, pattern)
        path.write_text(text, "utf-8")

    return edit


def append_words(name: str) -> Edit:
    """Return an edit that goes on with a text."""

    def edit(site: Path, random: Random) -> None:
        with (site / name).open("a", encoding="utf-8") as file:
            file.write(f"\n\n{random.choice(WORDS)} {random.random()}\n")

    return edit


def toggle(name: str, content: str | bytes) -> Edit:
    """Return an edit that adds a file, or takes it away again."""

    def edit(site: Path, _: Random) -> None:
        path = site / name
        if path.exists():
            path.unlink()
        else:
            write(path, content)

    return edit


def change_lyrics(site: Path, random: Random) -> None:
    """Write a song's lyrics anew, with times or without, or take them away."""
    timed, plain = (
        site / f"content/albums/tides/one{suffix}" for suffix in (".lrc", ".lyrics.txt")
    )
    timed.unlink(missing_ok=True)
    plain.unlink(missing_ok=True)
    words = random.choice(WORDS)
    kind = random.randrange(3)
    if kind == 0:
        write(timed, f"[00:00.{random.randrange(10, 90)}]{words}\n")
    elif kind == 1:
        write(plain, f"{words}\n\n{random.random()}\n")


def change_takes(site: Path, random: Random) -> None:
    """Publish a take, another one, or none; in a line, or in a file of its own."""
    page, file = (site / f"content/takes/late{suffix}" for suffix in (".md", ".take"))
    file.unlink(missing_ok=True)
    page.unlink(missing_ok=True)
    if random.random() < 0.3:
        return
    text = late_take(mute=random.randrange(4000))
    line = f'take = "{text}"'
    if random.random() < 0.5:
        line = ""
        write(file, text)
    title = json.dumps(random.choice(WORDS))
    write(page, f'+++\ntitle = {title}\nsong = "one"\n{line}\n+++\nIn one go.\n')


def change_release(site: Path, random: Random) -> None:
    """Give a song another genre, date and copyright, and its album another label, or none."""
    for name, keys in ((ONE, ("genre", "released", "copyright")), (INDEX, ("label",))):
        path = site / name
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(tuple(f"{key} =" for key in keys))]
        values = {key: random.choice(WORDS) for key in keys} | {"released": "2026-03-04"}
        new = [f"{key} = {json.dumps(values[key])}\n" for key in keys if random.random() < 0.5]
        path.write_text("".join((kept[0], *new, *kept[1:])), "utf-8")


def change_people(site: Path, random: Random) -> None:
    """Let artists and people come and go, and say something else about themselves."""
    path = site / "site.toml"
    text = path.read_text("utf-8").partition("[[artists]]")[0]
    artist = random.choice(("", "The Ferrymen", "Bo Ek"))
    about = random.choice(WORDS)
    text = re.sub(
        r"^about = .*", lambda _: f"about = {json.dumps(about)}", text, flags=re.MULTILINE
    )
    path.write_text(f'{text}[[artists]]\nname = "{artist}"\n' if artist else text, "utf-8")
    for name in (ONE, INDEX):
        page = site / name
        song = re.sub(r"^artist = .*\n", "", page.read_text("utf-8"), flags=re.MULTILINE)
        if artist and random.random() < 0.5:
            slug = artist.lower().replace(" ", "-")
            song = song.replace("+++\n", f'+++\nartist = "{slug}"\n', 1)
        page.write_text(song, "utf-8")


def template_of_its_own(site: Path, _: Random) -> None:
    """Add a template, for one build."""
    write(site / "templates/tier.html", TEMPLATE)


def another_stem(site: Path, random: Random) -> None:
    """Record a stem anew."""
    path = random.choice(sorted((site / "stems").rglob("*.flac")))
    path.write_bytes(tone(random.randrange(20)))


def meddle(site: Path, random: Random) -> None:
    """Spoil dist/ by hand: a file is changed, is removed, or is no build's."""
    files = [path for path in (site / "dist").rglob("*") if path.is_file()]
    path = random.choice([each for each in files if each.name != "collection.json"])
    kind = random.randrange(4)
    if kind == 0:
        path.write_bytes(b"spoilt")
    elif kind == 1:
        path.unlink()
    elif kind == 2:
        (path.parent / "stray.txt").write_text("nobody's")
    else:
        shutil.rmtree(path.parent if path.parent != site / "dist" else site / "dist/art")


def contract_of_songs(site: Path, _: Random) -> None:
    """Give the song tokens a contract of their own, or take it away again."""
    path = site / "site.toml"
    text = path.read_text("utf-8")
    changed = text.replace(OWN, "") if OWN in text else text.replace("[drop]\n", f"{OWN}[drop]\n")
    path.write_text(changed, "utf-8")


def leave_out_bass(site: Path, random: Random) -> None:
    """Let a song's bass be left out, as it is in a token; or always play again."""
    song, ledger = site / TWO, site / "content/tokens.json"
    text, content = song.read_text("utf-8"), json.loads(ledger.read_text("utf-8"))
    is_optional = "empty =" in text
    empty = "" if is_optional else f"empty = {{ supply = {random.randrange(1, 9)} }}\n"
    text = re.sub(r"^empty = .*\n", "", text, flags=re.MULTILINE)
    song.write_text(text.replace('name = "Bass"\n', f'name = "Bass"\n{empty}'), "utf-8")
    (token,) = (token for token in content["tokens"] if token["id"] == "93")
    token["stems"] = {"drums": "tape"} | ({"bass": "synth"} if is_optional else {})
    ledger.write_text(json.dumps(content), "utf-8")


def change_forge_url(site: Path, random: Random) -> None:
    """Name another place to forge."""
    path = site / "site.toml"
    text = re.sub(r"forge_url = .*\n", "", path.read_text("utf-8"))
    line = f'forge_url = "https://f{random.randrange(3)}.example/{{song}}{{album}}{{burn}}"'
    path.write_text(text.replace("[drop]\n", f"[drop]\n{line}\n"), "utf-8")


def change_downloads(site: Path, random: Random) -> None:
    """Offer mixes or not, and let marketplaces play something else."""
    path = site / "site.toml"
    text = re.sub(
        r"\[(audio|metadata)\]\n(downloads|animation) = .*\n", "", path.read_text("utf-8")
    )
    downloads, animation = random.choice(
        (
            ("tokens", "song"),
            ("tokens", "mixer"),
            ("none", "preview"),
            ("none", "mixer"),
            ("none", "video"),
        )
    )
    tables = f'[audio]\ndownloads = "{downloads}"\n[metadata]\nanimation = "{animation}"\n'
    path.write_text(text.replace("[drop]\n", f"{tables}[drop]\n"), "utf-8")


def toggle_setting(site: Path, table: str, line: str) -> None:
    """Add a line to a table of site.toml, or take it out."""
    path = site / "site.toml"
    text = path.read_text("utf-8")
    if line in text:
        path.write_text(text.replace(line, ""), "utf-8")
    else:
        path.write_text(text.replace(f"[{table}]\n", f"[{table}]\n{line}"), "utf-8")


def switch_radio(site: Path, _: Random) -> None:
    """Switch the radio off, or on again."""
    toggle_setting(site, "site", "radio = false\n")


def change_assets(site: Path, _: Random) -> None:
    """Let metadata name pictures, sound and players by their content, or by their addresses."""
    toggle_setting(site, "collection", 'assets = "ipfs"\n')


def change_hidden_track(site: Path, random: Random) -> None:
    """Seal a hidden track with a token, let the token open it, or take both away."""
    hidden, sealed = site / "content/hidden", site / "content/provenance.json"
    shutil.rmtree(hidden, ignore_errors=True)
    sealed.unlink(missing_ok=True)
    kind = random.choice(("none", "closed", "open"))
    if kind == "none":
        return
    tokens = json.loads((site / "content/tokens.json").read_text("utf-8"))["tokens"]
    token = next(each for each in tokens if each["id"] == "1")
    item = f"{token['song']}/{token['layer']}/{token['stem']}"
    file, salt = random.randbytes(random.randrange(9)), f"{random.randrange(16**64):064x}"
    track = {"slug": "below", "song": random.choice(("", token["song"])), "tokens": 1}
    hashes, track = [item_hash(salt, item)], track | {"sha256": sha256(file).hexdigest()}
    seal = {
        "tokens": ["1"],
        "hashes": hashes,
        "final": final_hash(hashes, [track]),
        "starting_index": 0,
        "opened": {"1": [salt, item]} if kind == "open" else {},
        "hidden": [track],
    }
    write(sealed, json.dumps({"seals": [seal]}))
    write(hidden / "below.sealed", file)
    song = f'song = "{track["song"]}"\n' if track["song"] else ""
    title = f'title = "{random.randrange(9)}"\n'
    write(hidden / "below.md", f"+++\n{title}{song}+++\n{random.choice(WORDS)}")


OWN = '[collection.contract.song]\naddress = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"\n'
NOTE = '+++\ntitle = "Second"\ndate = 2026-03-04\nsongs = ["two"]\n+++\nWords.\n'
PAGE = '+++\ntitle = "More"\n+++\n# Words\n'
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
TEMPLATE = (
    '{% extends "base.html" %}{% block content %}'
    "<h1>{{ page.total }} {{ site.songs }}</h1>{% endblock %}"
)
ONE, TWO = "content/albums/tides/one.md", "content/albums/tides/two.md"
CREDITS = (
    'credits = [{ name = "Bo Ek", role = "drums" }]',
    'credits = [{ name = "Bo Ek", role = "bass" }, { name = "Bo Ek", role = "voice" }]',
    'credits = [{ name = "The Ferrymen", role = "all" }]',
)
INDEX = "content/albums/tides/index.md"
ALL_EDITS: tuple[Edit, ...] = (
    edit_ledger(change_state),
    edit_ledger(change_state),
    edit_ledger(mint_or_burn),
    edit_ledger(forge_other_mixes),
    edit_ledger(forge_other_mixes),
    change_block,
    forge_album,
    append_words(ONE),
    append_words("content/index.md"),
    append_words("content/notes/first.md"),
    append_words("content/albums/tides/index.md"),
    replace_line(TWO, "^title = .*", lambda random: f'title = "Two {random.randrange(9)}"'),
    replace_line(ONE, "^bpm = .*", lambda random: f"bpm = {random.randrange(60, 180)}"),
    replace_line(ONE, "^supply = .*", lambda random: f"supply = {random.randrange(4, 9)}"),
    replace_line(TWO, "^notes = .*", lambda random: f'notes = "Take {random.randrange(9)}."'),
    replace_line(SONG, "^(exclude|require) = .*", changed_rule),
    replace_line("site.toml", "^title = .*", lambda random: f'title = "T{random.randrange(5)}"'),
    replace_line(
        "site.toml", "^language = .*", lambda random: f'language = "{random.choice(LANGUAGES)}"'
    ),
    replace_line(
        "site.toml",
        "^marketplace = .*",
        lambda random: f'marketplace = "https://m{random.randrange(3)}.example/{{token_id}}"',
    ),
    replace_line(
        "content/albums/tides/index.md",
        "^songs = .*",
        lambda random: f"songs = {json.dumps(random.sample(['one', 'two'], 2))}",
    ),
    replace_line(
        "site.toml", "^tokens = .*", lambda random: f'tokens = "{random.randrange(9)}-99"'
    ),
    toggle("content/notes/second.md", NOTE),
    toggle("content/pages/more.md", PAGE),
    toggle("stems/one/drums/live.svg", PICTURE),
    template_of_its_own,
    another_stem,
    contract_of_songs,
    leave_out_bass,
    change_forge_url,
    change_lyrics,
    change_release,
    change_takes,
    change_assets,
    switch_radio,
    change_downloads,
    change_people,
    change_hidden_track,
    replace_line(TWO, "^credits = .*", lambda random: random.choice(CREDITS)),
    meddle,
)


def test_a_site_may_lose_its_tokens_and_have_them_again(tmp_path: Path, press_small: Press) -> None:
    site, without = tmp_path / "site", tmp_path / "without"
    write_small_site(site)
    assert press_small(site) == 0
    before = contents(site / "dist")
    settings, ledger = site / "site.toml", site / "content/tokens.json"
    texts = settings.read_text("utf-8"), ledger.read_text("utf-8")
    ledger.unlink()
    bare = re.sub(
        r"\[collection\.contract\].*?(?=\[\[splits)", "", texts[0], count=1, flags=re.DOTALL
    )
    settings.write_text(bare, "utf-8")
    shutil.copytree(site, without, ignore=shutil.ignore_patterns("dist", ".stempress-dist"))
    assert press_small(site) == press_small(without) == 0
    assert contents(site / "dist") == contents(without / "dist")
    assert b"token" not in contents(site / "dist")["gallery/index.html"]
    settings.write_text(texts[0], "utf-8")
    ledger.write_text(texts[1], "utf-8")
    assert press_small(site) == 0
    assert contents(site / "dist") == before


@pytest.mark.slow
def test_builds_after_random_edits_are_the_clean_ones(tmp_path: Path, press_small: Press) -> None:
    site, clean = tmp_path / "site", tmp_path / "clean"
    write_small_site(site, url="https://tides.example/", language="en")
    write_large_song(site)
    random = Random(7)
    edit_ledger(lambda tokens, _: tokens.extend(stem_tokens()))(site, random)
    assert press_small(site) == 0
    for number in range(1, BUILDS + 1):
        shutil.rmtree(site / "templates", ignore_errors=True)
        edits = [random.choice(ALL_EDITS) for _ in range(random.choice((1, 1, 1, 2, 3)))]
        if random.random() < 0.5 and meddle not in edits:
            refresh_staging(Records(site / "dist"))  # as a preview does when nobody waits
        for edit in edits:
            edit(site, random)
            if not (site / "dist" / MARKER).exists():
                shutil.rmtree(site / "dist", ignore_errors=True)
        assert press_small(site) == 0
        if number % COMPARED:
            continue
        shutil.rmtree(clean, ignore_errors=True)
        shutil.copytree(site, clean, ignore=shutil.ignore_patterns("dist", ".stempress-dist"))
        assert press_small(clean, "--jobs", "1") == 0  # forks cost more than they help
        built, expected = contents(site / "dist"), contents(clean / "dist")
        assert built.keys() == expected.keys(), number
        assert [each for each in built if built[each] != expected[each]] == [], number


def test_other_mixes_of_a_large_song_change_what_its_stems_begin_with(
    tmp_path: Path, press_small: Press
) -> None:
    """Few of its mixes have pages; a stem token's mixer begins with the first that has one."""
    write_small_site(tmp_path)
    write_large_song(tmp_path)

    def build_with(token: dict[str, object]) -> dict[str, bytes]:
        told = json.dumps({"tokens": [*stem_tokens(), token]})
        write(tmp_path / "content/tokens.json", told)
        assert press_small(tmp_path) == 0
        return contents(tmp_path / "dist")

    build_with(song_token(2000, "bcaca"))
    built = build_with(song_token(2000, "dbbbb"))
    for name in ("dist", ".stempress-dist"):
        shutil.rmtree(tmp_path / name)
    expected = build_with(song_token(2000, "dbbbb"))
    assert [each for each in expected if built[each] != expected[each]] == []


def test_a_song_that_is_taken_away_takes_its_pages_along(
    tmp_path: Path, press_small: Press
) -> None:
    write_small_site(tmp_path)
    (tmp_path / "content/tokens.json").unlink()
    (tmp_path / "content/notes/first.md").unlink()
    assert press_small(tmp_path) == 0
    assert (tmp_path / "dist/songs/two/index.html").is_file()
    index = tmp_path / "content/albums/tides/index.md"
    index.write_text(index.read_text("utf-8").replace('["one", "two"]', '["one"]'), "utf-8")
    (tmp_path / TWO).unlink()
    shutil.rmtree(tmp_path / "stems/two")
    assert press_small(tmp_path) == 0
    left = [address for address in contents(tmp_path / "dist") if "two" in address]
    assert left == []


SCRIPT = """
import sys
from pathlib import Path
from stempress.output.output_files import OutputFile
from stempress.output.output_check import MARKER
from stempress.output.writer import write_site
number, out = sys.argv[1], Path(sys.argv[2])
files = [OutputFile(MARKER, b'{"generator":"stempress"}')]
files += [OutputFile(f"{at}/index.html", f"{number} {at}".encode()) for at in range(1000)]
write_site(out, files, jobs=2)
"""


def site_of(number: int) -> dict[str, bytes]:
    """Return what the script writes."""
    files = {f"{at}/index.html": f"{number} {at}".encode() for at in range(1000)}
    return {MARKER: b'{"generator":"stempress"}', **files}


def write_in_another_process(out: Path, number: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SCRIPT, str(number), str(out)]
    return subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own interpreter and script


@pytest.mark.slow
def test_a_build_that_is_killed_leaves_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    out, random = tmp_path / "dist", Random(11)
    started = time.monotonic()
    assert write_in_another_process(out, 0).wait() == 0
    seconds = time.monotonic() - started
    before, cut_short = 0, 0
    for number in range(1, KILLS + 1):
        process = write_in_another_process(out, number)
        time.sleep(random.uniform(0.2, 1.2) * seconds)
        process.send_signal(signal.SIGKILL)
        cut_short += process.wait() != 0
        found = contents(out)
        assert found in (site_of(before), site_of(number)), number
        before = number if found == site_of(number) else before
    assert cut_short, "no build was caught at work"
    assert write_in_another_process(out, 99).wait() == 0
    assert contents(out) == site_of(99)


@pytest.mark.parametrize("at", range(0, 40, 3))
def test_a_disk_that_is_full_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Let the call number ``at`` that opens a file for writing fail."""
    out = tmp_path / "dist"
    files = [OutputFile(MARKER, b'{"generator":"stempress"}')]
    write_site(out, [*files, *(OutputFile(f"{n}/x", b"old") for n in range(30))])
    before = contents(out)
    calls = 0

    def full(path: str, flags: int, *rest: int) -> int:
        nonlocal calls
        calls += 1
        if calls > at:
            raise OSError(28, "No space left on device")
        return opened(path, flags, *rest)

    opened = os.open
    new = [*files, *(OutputFile(f"{n}/x", b"new") for n in range(40))]
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        with pytest.raises(OSError, match="No space left"):
            write_site(out, new)
    assert contents(out) == before
    write_site(out, new)
    assert len(contents(out)) == 41


def test_only_a_part_is_made_anew(tmp_path: Path, press_small: Press) -> None:
    write_small_site(tmp_path)
    assert press_small(tmp_path) == 0
    before = contents(tmp_path / "dist")
    for name in (ONE, TWO):
        append_words(name)(tmp_path, Random(3))
    assert press_small(tmp_path, "--only", "songs/one") == 0
    after = contents(tmp_path / "dist")
    assert [each for each in after if after[each] != before.get(each)] == ["songs/one/index.html"]
    assert press_small(tmp_path, "--only", "songs/three") == 1
    assert press_small(tmp_path) == 0
    whole = contents(tmp_path / "dist")
    assert whole["songs/two/index.html"] != before["songs/two/index.html"]


def test_a_part_needs_a_whole(tmp_path: Path, press_small: Press) -> None:
    write_small_site(tmp_path)
    assert press_small(tmp_path, "--only", "songs/one") == 1
    assert not (tmp_path / "dist").exists()


def test_a_later_block_changes_what_tells_it_alone(tmp_path: Path, press_small: Press) -> None:
    write_small_site(tmp_path)
    assert press_small(tmp_path) == 0
    before = contents(tmp_path / "dist")
    path = tmp_path / "content/tokens.json"
    ledger = json.loads(path.read_text("utf-8"))
    held = {f"tokens/{token}/index.html" for token in ledger["owners"]}
    path.write_text(json.dumps(ledger | {"block": ledger["block"] + 1}), "utf-8")
    assert press_small(tmp_path) == 0
    after = contents(tmp_path / "dist")
    changed = {each for each in after if after[each] != before.get(each)}
    assert {each for each in changed if each.endswith(".html")} == held


def test_a_build_tells_where_its_time_went(
    tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_site(tmp_path)
    assert press_small(tmp_path, "--profile", "--jobs", "2") == 0
    told = capsys.readouterr().err
    stages = ["inputs", "read", "measure", "plan", "app", "audio", "keys", "check", "write"]
    stages.append("total")
    lines = [line.replace("│", " ").split() for line in told.splitlines()]
    assert [words[0] for words in lines if words and words[0] in stages] == stages
    before = contents(tmp_path / "dist")
    shutil.rmtree(tmp_path / "dist")
    assert press_small(tmp_path, "--jobs", "1") == 0
    assert contents(tmp_path / "dist") == before
    assert "CPU" not in capsys.readouterr().err
