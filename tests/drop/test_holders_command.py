"""``stempress holders``: who holds what, from the ledger and from the journal of syncs."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from build import build
from stempress.collection.settings_parser import read_settings
from stempress.commands.cli import run
from stempress.core.errors import Findings
from stempress.drop.events import ZERO, Transfer
from stempress.drop.journal import BlockRange, journal_path, open_journal
from tests.conftest import ROOT
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from pathlib import Path

ME, YOU, DEAD = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0x000000000000000000000000000000000000dEaD",
)
LAST = 90
MANY = range(1000, 4000)
"""IDs of more holders than a pipe takes at once."""


def stem(token_id: int, song: str, layer: str, name: str, **more: object) -> dict[str, Any]:
    what = {"song": song, "layer": layer, "stem": name}
    return {"id": str(token_id), "tier": "stem", "state": "revealed", **what, **more}


TOKENS = [
    stem(1, "one", "drums", "live", state="forged"),
    stem(2, "one", "bass", "synth", supply=3),
    stem(3, "two", "drums", "tape"),
    {"id": "4", "tier": "stem", "state": "unrevealed"},
    {"id": "91", "tier": "song", "state": "revealed", "song": "one", "stems": {}, "burned": []}
    | {"stems": {"drums": "live", "bass": "synth"}},
]
MOVES = [
    (10, ZERO, ME, 1, 1),
    (10, ZERO, ME, 2, 3),
    (12, ZERO, YOU, 3, 1),
    (20, ME, YOU, 2, 3),
    (30, YOU, ME, 2, 2),
    (40, ME, DEAD, 1, 1),
    (40, ZERO, ME, 91, 1),
    (50, YOU, ME, 3, 1),
]
"""Block, sender, recipient, token, copies."""
OWNERS = {"2": {ME: 2, YOU: 1}, "3": {ME: 1}, "91": {ME: 1}}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a site whose ledger has owners, but of which no sync has written a journal."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    site = tmp_path / "site"
    write_small_site(site)
    data = {"tokens": TOKENS, "owners": OWNERS, "block": LAST}
    (site / "content/tokens.json").write_text(json.dumps(data), "utf-8")
    return site


@pytest.fixture
def journal(site: Path) -> None:
    """Write the journal of a sync."""
    contract = read_settings(site, Findings()).contract
    assert contract is not None
    path = journal_path(contract)
    events = [
        Transfer(f"tx{block}", sender, to, token, copies, block, position)
        for position, (block, sender, to, token, copies) in enumerate(MOVES)
    ]
    open_journal(path).append(BlockRange(5, LAST, "0xhash", 0, tuple(events), "endpoint"))


def holders(site: Path, *options: str) -> int:
    return run(["holders", "--site", str(site), *options], build, ROOT)


def rows(output: str) -> list[tuple[str, ...]]:
    header, *lines = csv.reader(output.splitlines())
    assert header == ["address", "tokens", "copies", "since"]
    return [tuple(line) for line in lines]


@pytest.mark.usefixtures("journal")
def test_holders_are_listed_with_the_block_since_which_they_hold(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert holders(site) == 0
    output = capsys.readouterr()
    assert rows(output.out) == [(ME, "2 3 91", "4", "30"), (YOU, "2", "1", "20")]
    assert "2 holders at block 90, from the ledger and the journal" in output.err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--block", "9"], []),
        (["--block", "15"], [(ME, "1 2", "4", "10"), (YOU, "3", "1", "12")]),
        (["--block", "20"], [(YOU, "2 3", "4", "12"), (ME, "1", "1", "10")]),
        (["--block", "45"], [(ME, "2 91", "3", "30"), (YOU, "2 3", "2", "12")]),
        (["--tier", "song"], [(ME, "91", "1", "40")]),
        (["--song", "two"], [(ME, "3", "1", "50")]),
        (["--song", "two", "--block", "45"], [(YOU, "3", "1", "12")]),
        (["--song", "one", "--tier", "stem"], [(ME, "2", "2", "30"), (YOU, "2", "1", "20")]),
        (["--perk", "a TAPE"], [(ME, "91", "1", "40")]),
        (["--perk", "A tape", "--song", "two"], []),
    ],
)
@pytest.mark.usefixtures("journal")
def test_tokens_and_blocks_can_be_chosen(
    site: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    expected: list[tuple[str, ...]],
) -> None:
    assert holders(site, *options) == 0
    assert rows(capsys.readouterr().out) == expected


def test_without_a_journal_the_ledger_is_listed(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert holders(site, "--json") == 0
    output = capsys.readouterr()
    assert json.loads(output.out) == {
        "block": LAST,
        "holders": [
            {"address": ME, "tokens": {"2": 2, "3": 1, "91": 1}, "since": None},
            {"address": YOU, "tokens": {"2": 1}, "since": None},
        ],
    }
    assert "since when tokens are held is not known" in output.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--perk", "tapes"], "perk: is not a perk (got 'tapes')\n    -> did you mean 'A tape'?"),
        (["--song", "on"], "song: is not a song (got 'on')\n    -> did you mean 'one'?"),
        (["--block", "80"], "block: has not been read on this computer (got 80)"),
        (["--merkle", "nowhere/tree.json"], "merkle: is in a folder that does not exist"),
        (["--merkle", ""], "merkle: is a folder (got '.')"),
        (["--tier", "album", "--merkle", "tree.json"], "merkle: has no holders to prove"),
        (
            ["--tier", "album", "--song", "one"],
            "(got 'album')\n    -> they allow stem tokens and song tokens",
        ),
        (["--tier", "stem", "--perk", "a tape"], "(got 'stem')\n    -> they allow song tokens"),
    ],
)
def test_what_cannot_be_listed_is_rejected(
    site: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert holders(site, *options) == 1
    output = capsys.readouterr()
    assert message in output.err
    assert output.out == ""


@pytest.mark.parametrize("option", ["--song", "--perk"])
def test_an_empty_name_is_not_every_holder(
    site: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    with pytest.raises(SystemExit):
        holders(site, option, "")
    output = capsys.readouterr()
    assert f"argument {option}: is empty" in output.err
    assert output.out == ""


@pytest.mark.usefixtures("journal")
def test_blocks_after_the_last_sync_are_not_known(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert holders(site, "--block", "91") == 1
    assert "has not been read (got 91)\n    -> read: 0 to 90" in capsys.readouterr().err


def test_a_reader_may_have_enough(site: Path) -> None:
    data = json.loads((site / "content/tokens.json").read_text("utf-8"))
    tokens = [{"id": str(number), "tier": "stem", "state": "unrevealed"} for number in MANY]
    data["tokens"] += tokens
    data["owners"] |= {token["id"]: f"0x{int(token['id']):040x}" for token in tokens}
    (site / "content/tokens.json").write_text(json.dumps(data), "utf-8")
    words = [sys.executable, str(ROOT / "build.py"), "holders", "--site", str(site)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:  # noqa: S603
        assert listing.stdout
        assert listing.stderr
        assert listing.stdout.readline() == b"address,tokens,copies,since\n"
        listing.stdout.close()
        errors = listing.stderr.read().decode()
    assert listing.returncode == 0
    assert "pipe" not in errors
    assert "Exception" not in errors


def test_a_tree_proves_what_each_address_holds(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tree.json"
    assert holders(site, "--merkle", str(path)) == 0
    tree = json.loads(path.read_text("ascii"))
    assert tree["root"] == tree["tree"][0]
    assert f"Merkle root {tree['root']}" in capsys.readouterr().err
    assert [one["value"] for one in tree["values"]] == [[ME, "4"], [YOU, "1"]]
    assert tree["proofs"][YOU] == {
        "copies": "1",
        "proof": [tree["tree"][3 - tree["values"][1]["treeIndex"]]],
    }
