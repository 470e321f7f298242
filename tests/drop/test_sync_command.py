"""``stempress sync`` with a real chain, and with faulty endpoints."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from eth_utils.address import to_checksum_address

from build import build
from stempress.commands.cli import run
from stempress.drop import rpc
from stempress.drop.rpc_errors import MAX_ROUNDS
from tests.conftest import ROOT
from tests.support.evm.chain import CHAIN, Chain
from tests.support.evm.relay import Relay, refusal, result
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Press
    from tests.support.evm.relay import Answer, Question

SIZE = 10_000
FORGED = 60
GIVEN = 200
TOUCHED = 1200
"""The last token that is transferred, forged or burned."""
ME, YOU = (to_checksum_address("0x" + byte * 20) for byte in ("ab", "cd"))
PARTS = (("drums", "live"), ("bass", "synth"))


@pytest.fixture(scope="module")
def chain(contracts: dict[str, Any]) -> Iterator[Chain]:
    with Chain(contracts) as running:
        yield running


@pytest.fixture
def relay(chain: Chain) -> Iterator[Relay]:
    with Relay(chain.address) as running:
        yield running


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(rpc, "FIRST_WAIT_SECONDS", 0.0)


def write_site(site: Path, address: str, urls: list[str], standard: str, size: int) -> Path:
    """Write a site whose odd tokens are drums and whose even tokens are bass of song one."""
    write_small_site(site)
    one = site / "content/albums/tides/one.md"
    one.write_text(one.read_text("utf-8").replace("supply = 4", "weight = 4"), "utf-8")
    settings = (site / "site.toml").read_text("utf-8")
    lines = f'chain_id = {CHAIN}\nrpc = {json.dumps(urls)}\nstandard = "{standard}"\n'
    before, _, after = settings.partition("[collection.contract]\n")
    _, _, after = after.split("\n", 2)
    text = f'{before}[collection.contract]\naddress = "{address}"\n{lines}{after}'
    (site / "site.toml").write_text(text, "utf-8")
    tokens = [
        {"id": str(n), "tier": "stem", "state": "revealed", "song": "one"}
        | dict(zip(("layer", "stem"), PARTS[(n - 1) % 2], strict=True))
        for n in range(1, size + 1)
    ]
    (site / "content/tokens.json").write_text(json.dumps({"tokens": tokens}), "utf-8")
    return site


def sync(site: Path, *options: str) -> int:
    return run(["sync", "--site", str(site), *options], build, ROOT)


def ledger(site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((site / "content/tokens.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="module")
def large(chain: Chain) -> str:
    """Mint a drop of 10,000 tokens, transfer some and forge others; return its address."""
    address = chain.deploy("Drop")
    chain.mint("Drop", address, ME, 1, TOUCHED)  # a block takes longer, the more there are
    for token in range(1, 2 * FORGED, 2):
        forged = SIZE + 1 + token // 2
        chain.send("Drop", address, "forge(uint256,uint256,uint256)", token, 2, forged, by=ME)
    for token in range(TOUCHED - GIVEN, TOUCHED):
        chain.send("Drop", address, "give(address,uint256)", YOU, token, by=ME)
    chain.send("Drop", address, "burn(uint256)", 500)
    chain.send("Drop", address, "mint(address,uint256,uint256)", YOU, 55_555, 1)
    chain.send("Drop", address, "announce(uint256,uint256)", 7, 9)
    chain.ask("anvil_mine", hex(130))
    chain.mint("Drop", address, ME, TOUCHED + 1, SIZE - TOUCHED)
    chain.ask("anvil_mine", hex(70))  # what is older than 64 blocks is final
    return address


def test_ten_thousand_tokens_are_synced_with_all_that_happened(
    chain: Chain,
    large: str,
    tmp_path: Path,
    press_small: Press,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site = write_site(tmp_path / "site", large, [chain.address], "erc721", SIZE)
    assert sync(site) == 0
    output = capsys.readouterr().err
    assert "warning: tokens that are not in the ledger: 55555" in output
    assert "metadata updates since the last sync: 7-9" in output
    synced = ledger(site)
    tokens = {token["id"]: token for token in synced["tokens"]}
    assert len(tokens) == SIZE + FORGED
    assert tokens["1"]["state"] == tokens["2"]["state"] == "forged"
    assert tokens["1"]["into"] == tokens["2"]["into"] == str(SIZE + 1)
    assert tokens[str(SIZE + 1)] == {
        "id": str(SIZE + 1),
        "tier": "song",
        "state": "revealed",
        "song": "one",
        "stems": {"drums": "live", "bass": "synth"},
        "burned": ["1", "2"],
    }
    assert tokens["500"] == {**tokens["500"], "state": "forged"}
    assert "into" not in tokens["500"]
    assert synced["unknown"] == {"55555": YOU}
    assert len(synced["owners"]) == SIZE - 2 * FORGED - 1 + FORGED
    assert sum(owner == YOU for owner in synced["owners"].values()) == GIVEN
    before = (site / "content/tokens.json").read_bytes()
    assert sync(site) == 0
    assert (site / "content/tokens.json").read_bytes() == before
    assert "metadata updates" not in capsys.readouterr().err
    small = write_site(tmp_path / "small", large, [chain.address], "erc721", 300)
    assert sync(small) == 0
    assert press_small(small) == 0
    assert "are tokens on the chain that are not in the ledger" in capsys.readouterr().err


def refuse_more_than_two_blocks(question: Question) -> Answer | None:
    """Refuse log requests for more than two blocks."""
    if question["method"] != "eth_getLogs":
        return None
    log_filter = question["params"][0]
    span = int(log_filter["toBlock"], 16) - int(log_filter["fromBlock"], 16)
    return refusal(-32005, "range too large") if span > 1 else None


def test_a_refused_range_is_halved_without_waiting(
    large: str, relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc, "FIRST_WAIT_SECONDS", -1.0)  # whoever waits raises
    relay.act = refuse_more_than_two_blocks
    assert sync(write_site(tmp_path / "site", large, [relay.address], "erc721", 300)) == 0


def test_a_sync_killed_twenty_times_gives_the_same_ledger(
    chain: Chain, large: str, relay: Relay, tmp_path: Path
) -> None:
    clean = write_site(tmp_path / "clean", large, [chain.address], "erc721", SIZE)
    assert sync(clean) == 0
    killed = write_site(tmp_path / "killed", large, [relay.address], "erc721", SIZE)
    cache = tmp_path / "killed-cache"
    command = [sys.executable, str(ROOT / "build.py"), "sync", "--site", str(killed)]
    environment = os.environ | {"STEMPRESS_CACHE": str(cache)}
    relay.act = refuse_more_than_two_blocks
    rng = random.Random(7)
    exit_codes = []
    for _ in range(20):
        limit = relay.asked.total() + rng.randrange(1, 30)
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603
        while process.poll() is None and relay.asked.total() < limit:
            time.sleep(0.001)
        process.kill()
        exit_codes.append(process.wait())
    assert exit_codes.count(-9) == 20
    assert subprocess.run(command, env=environment, check=False).returncode == 0  # noqa: S603
    assert (killed / "content/tokens.json").read_bytes() == (
        clean / "content/tokens.json"
    ).read_bytes()


@pytest.mark.parametrize("missing", [1, 40, 400])
def test_an_incomplete_line_of_the_journal_is_read_again(
    chain: Chain, large: str, tmp_path: Path, missing: int
) -> None:
    site = write_site(tmp_path / "site", large, [chain.address], "erc721", 300)
    assert sync(site) == 0
    before = (site / "content/tokens.json").read_bytes()
    (journal,) = tmp_path.glob("cache/chain/*.jsonl")
    content = journal.read_bytes()
    journal.write_bytes(content[:-missing])
    assert sync(site) == 0
    assert (site / "content/tokens.json").read_bytes() == before


def test_a_reorganisation_undoes_what_was_synced(
    chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = chain.deploy("Drop")
    chain.mint("Drop", address, ME, 1, 10)
    site = write_site(tmp_path / "site", address, [chain.address], "erc721", 10)
    shutil.copytree(site, tmp_path / "other")
    assert sync(site, "--depth", "0") == 0
    snapshot = chain.ask("evm_snapshot")
    chain.send("Drop", address, "forge(uint256,uint256,uint256)", 1, 2, 91, by=ME)
    chain.send("Drop", address, "burn(uint256)", 9)
    assert sync(site, "--depth", "0") == 0
    assert len(ledger(site)["tokens"]) == 11
    chain.ask("evm_revert", snapshot)
    chain.send("Drop", address, "give(address,uint256)", YOU, 1, by=ME)
    chain.send("Drop", address, "forge(uint256,uint256,uint256)", 3, 2, 92, by=ME)
    capsys.readouterr()
    assert sync(site, "--depth", "0") == 0
    assert "the chain was reorganised: 1 block ranges" in capsys.readouterr().err
    assert sync(tmp_path / "other", "--depth", "0", "--anew") == 0
    assert ledger(site) == ledger(tmp_path / "other")
    tokens = {token["id"]: token for token in ledger(site)["tokens"]}
    assert "91" not in tokens
    assert tokens["1"]["state"] == "revealed"
    assert tokens["92"]["burned"] == ["3", "4"]


def test_copies_are_transferred_and_forged(chain: Chain, tmp_path: Path) -> None:
    address = chain.deploy("Copies")
    mint_many = "mintMany(address,uint256,uint256,uint256)"
    chain.send("Copies", address, mint_many, ME, 1, 4, 1)
    chain.send("Copies", address, mint_many, ME, 5, 2, 3)
    chain.send("Copies", address, "give(address,uint256,uint256)", YOU, 5, 2, by=ME)
    chain.send("Copies", address, "forge(uint256,uint256,uint256)", 1, 2, 91, by=ME)
    chain.send("Copies", address, "forge(uint256,uint256,uint256)", 5, 2, 92, by=ME)
    site = write_site(tmp_path / "site", address, [chain.address], "erc1155", 6)
    assert sync(site, "--depth", "0") == 0
    synced = ledger(site)
    tokens = {token["id"]: token for token in synced["tokens"]}
    assert synced["owners"]["5"] == {YOU: 2}
    assert synced["owners"]["6"] == {ME: 2}
    assert synced["owners"]["91"] == {ME: 1}
    assert tokens["91"]["burned"] == ["1", "2"]
    assert tokens["92"]["burned"] == []
    assert tokens["5"]["state"] == "revealed"
    assert tokens["6"]["supply"] == 2
    before = (site / "content/tokens.json").read_bytes()
    assert sync(site, "--depth", "0") == 0
    assert (site / "content/tokens.json").read_bytes() == before


def test_album_tokens_are_forged_from_songs(chain: Chain, tmp_path: Path) -> None:
    address = chain.deploy("Drop")
    chain.mint("Drop", address, ME, 1, 4)
    site = write_site(tmp_path / "site", address, [chain.address], "erc721", 4)
    data = ledger(site)
    for token in data["tokens"][2:]:
        token["song"] = "two"
    (site / "content/tokens.json").write_text(json.dumps(data), "utf-8")
    for first, forged in ((1, 91), (3, 92), (91, 99)):
        chain.send("Drop", address, "forge(uint256,uint256,uint256)", first, 2, forged, by=ME)
    assert sync(site, "--depth", "0") == 0
    tokens = {token["id"]: token for token in ledger(site)["tokens"]}
    assert tokens["99"] == {
        "id": "99",
        "tier": "album",
        "state": "revealed",
        "album": "tides",
        "burned": ["91", "92"],
    }
    assert tokens["91"]["into"] == tokens["92"]["into"] == "99"


def test_failing_endpoints_are_skipped(
    chain: Chain, large: str, relay: Relay, tmp_path: Path
) -> None:
    """Rate limits, server errors, malformed answers and an endpoint that is out of sync."""
    rng = random.Random(3)
    bad: list[Answer] = [
        (429, b""),
        (500, b"no"),
        (200, b"<html>"),
        (200, b'{"jsonrpc":"2.0"}'),
        result(None),
        result({"number": "?"}),
        refusal(-32000, "missing trie node"),
    ]
    failed = 0

    def act(question: Question) -> Answer | None:
        nonlocal failed
        if question["method"] == "eth_chainId" or rng.random() < 0.6:
            return None
        failed += 1
        return rng.choice(bad)

    clean = write_site(tmp_path / "clean", large, [chain.address], "erc721", 300)
    assert sync(clean) == 0
    relay.act = act
    with Relay(chain.address, act=act) as other:
        urls = [relay.address, other.address]
        site = write_site(tmp_path / "site", large, urls, "erc721", 300)
        assert sync(site, "--anew") == 0
    assert ledger(site) == ledger(clean)
    assert failed > 20


def test_a_range_that_times_out_is_halved(
    large: str,
    relay: Relay,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rpc, "TIMEOUT_SECONDS", 2.0)
    spans = []

    def act(question: Question) -> Answer | None:
        if question["method"] == "eth_getLogs":
            log_filter = question["params"][0]
            spans.append(1 + int(log_filter["toBlock"], 16) - int(log_filter["fromBlock"], 16))
            time.sleep(3.0 if spans[-1] > 200 else 0.0)
        return None

    relay.act = act
    site = write_site(tmp_path / "site", large, [relay.address], "erc721", 300)
    assert sync(site) == 0
    assert spans[0] > 200
    assert spans[1] == spans[0] // 2
    assert min(spans) > 20


def test_an_endpoint_that_omits_logs_is_detected(
    chain: Chain,
    large: str,
    relay: Relay,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def act(question: Question) -> Answer | None:
        if question["method"] != "eth_getLogs":
            return None
        logs = requests.post(chain.address, json=question, timeout=60).json()["result"]
        return result([log for log in logs if int(log["topics"][-1], 16) != 1_050])

    relay.act = act
    site = write_site(tmp_path / "site", large, [relay.address], "erc721", 300)
    before = (site / "content/tokens.json").read_bytes()
    assert sync(site) == 1
    assert "omitted logs" in capsys.readouterr().err
    assert (site / "content/tokens.json").read_bytes() == before


def test_endpoints_that_never_answer_or_are_on_another_chain_end_the_sync(
    large: str,
    relay: Relay,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site = write_site(tmp_path / "site", large, [], "erc721", 4)
    assert sync(site) == 1
    assert 'rpc = ["https://..."]' in capsys.readouterr().err
    site = write_site(tmp_path / "site", large, [relay.address], "erc721", 4)
    relay.act = lambda _: result("0x1")
    assert sync(site) == 1
    assert f"is on chain 1, not {CHAIN}" in capsys.readouterr().err
    relay.act = lambda question: None if question["method"] == "eth_chainId" else (429, b"")
    assert sync(site) == 1
    assert "run it again later" in capsys.readouterr().err
    assert relay.asked["eth_getBlockByNumber"] == MAX_ROUNDS
