"""``sync`` with tiers in contracts of their own, in which ids repeat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from eth_utils.address import to_checksum_address

from build import build
from stempress.commands.cli import run
from stempress.drop import rpc
from tests.conftest import ROOT
from tests.support.evm.chain import CHAIN, Chain
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Press

ME, YOU = (to_checksum_address("0x" + byte * 20) for byte in ("ab", "cd"))
DEAD = "0x000000000000000000000000000000000000dEaD"
FORGE = "forge(address,address,uint256,uint256,uint256)"
GIVE = "give(address,uint256)"

pytestmark = pytest.mark.chain


@pytest.fixture(scope="module")
def chain(contracts: dict[str, Any]) -> Iterator[Chain]:
    with Chain(contracts) as running:
        yield running


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(rpc, "FIRST_WAIT_SECONDS", 0.0)


@pytest.fixture
def addresses(chain: Chain) -> dict[str, str]:
    """Deploy a contract for each tier, and mint stem tokens: two for song one, two for two, ..."""
    tiers = ("stem", "song", "album")
    found: dict[str, str] = {tier: to_checksum_address(chain.deploy("Drop")) for tier in tiers}
    found["forger"] = chain.deploy("Forger")
    chain.mint("Drop", found["stem"], ME, 1, 10)
    return found


@pytest.fixture
def site(tmp_path: Path, chain: Chain, addresses: dict[str, str]) -> Path:
    site = tmp_path / "site"
    write_small_site(site)
    for slug in ("one", "two"):
        song = site / f"content/albums/tides/{slug}.md"
        song.write_text(song.read_text("utf-8").replace("supply = 4", "weight = 4"), "utf-8")
    settings = (site / "site.toml").read_text("utf-8")
    before, _, after = settings.partition("[collection.contract]\n")
    shared = f'chain_id = {CHAIN}\nrpc = ["{chain.address}"]\nstandard = "erc721"\n'
    tables = [
        f'[collection.contract{table}]\naddress = "{addresses[tier]}"\n{shared}'
        for tier, table in (("stem", ""), ("song", ".song"), ("album", ".album"))
    ]
    rest = after[after.index("[drop]") :]
    (site / "site.toml").write_text(before + "".join(tables) + rest, "utf-8")
    parts = [("one", "drums", "live"), ("one", "bass", "synth")]
    parts += [("two", "drums", "tape"), ("two", "bass", "live")]
    tokens = [
        {"id": str(number), "tier": "stem", "state": "revealed"}
        | dict(zip(("song", "layer", "stem"), parts[(number - 1) % 4], strict=True))
        for number in range(1, 11)
    ]
    (site / "content/tokens.json").write_text(json.dumps({"tokens": tokens}), "utf-8")
    return site


def command(site: Path, name: str, *options: str) -> None:
    assert run([name, "--site", str(site), *options], build, ROOT) == 0


def content(site: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((site / "content/tokens.json").read_text("utf-8"))
    return data


def ledger(site: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {(token["tier"], token["id"]): token for token in content(site)["tokens"]}


def test_tokens_are_forged_from_one_contract_into_another(
    chain: Chain,
    addresses: dict[str, str],
    site: Path,
    press_small: Press,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stems, songs, albums = (addresses[tier] for tier in ("stem", "song", "album"))
    # Song tokens 1 and 2 in one transaction, of stem tokens with the same ids and others.
    chain.send("Forger", addresses["forger"], FORGE, stems, songs, 1, 1, 2, by=ME)
    chain.send("Drop", songs, "mint(address,uint256,uint256)", YOU, 7, 1)
    chain.send("Drop", stems, GIVE, DEAD, 9, by=ME)
    command(site, "sync", "--depth", "0")
    tokens = ledger(site)
    assert tokens["song", "1"]["burned"] == ["1", "2"]
    assert tokens["song", "2"]["burned"] == ["3", "4"]
    assert tokens["song", "2"]["stems"] == {"drums": "tape", "bass": "live"}
    assert (tokens["stem", "3"]["state"], tokens["stem", "3"]["into"]) == ("forged", "2")
    assert tokens["stem", "9"]["state"] == "forged"
    owners = content(site)["owners"]
    assert owners == {**dict.fromkeys(["5", "6", "7", "8", "10", "song/1", "song/2"], ME)}
    assert content(site)["unknown"] == {"song/7": YOU}
    assert "tokens that are not in the ledger: song/7" in capsys.readouterr().err

    chain.send("Forger", addresses["forger"], FORGE, songs, albums, 1, 1, 1, by=ME)
    chain.send("Forger", addresses["forger"], FORGE, stems, songs, 5, 3, 1, by=ME)
    chain.send("Drop", songs, GIVE, YOU, 3, by=ME)
    block = content(site)["block"]
    command(site, "sync", "--depth", "0")
    tokens = ledger(site)
    assert tokens["album", "1"]["burned"] == ["1", "2"]
    assert tokens["song", "1"]["into"] == "1"
    assert tokens["song", "3"]["burned"] == ["5", "6"]
    assert content(site)["owners"]["song/3"] == YOU
    before = (site / "content/tokens.json").read_bytes()
    command(site, "sync", "--depth", "0")
    assert (site / "content/tokens.json").read_bytes() == before

    capsys.readouterr()
    command(site, "holders", "--tier", "song")
    assert capsys.readouterr().out.splitlines()[1:] == [f"{YOU},song/3,1,{block + 3}"]
    command(site, "holders", "--tier", "song", "--block", str(block))
    assert capsys.readouterr().out.splitlines()[1:] == [f"{ME},song/1 song/2,2,{block - 2}"]

    assert press_small(site) == 0
    dist = site / "dist"
    page = (dist / "tokens/song/1/index.html").read_text("utf-8")
    assert 'href="../../../tokens/album/1/"' in page
    assert (dist / "metadata/song/1").read_bytes() == (dist / "metadata/song/1.json").read_bytes()
    command(site, "publish", "--check")


def test_what_a_reorganisation_undoes_in_another_contract_is_undone(
    chain: Chain, addresses: dict[str, str], site: Path
) -> None:
    command(site, "sync", "--depth", "0")
    before = ledger(site)
    snapshot = chain.ask("evm_snapshot")
    forge = (addresses["forger"], FORGE, addresses["stem"], addresses["song"], 1, 1, 1)
    chain.send("Forger", *forge, by=ME)
    command(site, "sync", "--depth", "0")
    assert ledger(site)["song", "1"]["burned"] == ["1", "2"]
    chain.ask("evm_revert", snapshot)
    chain.ask("anvil_mine", hex(2))
    command(site, "sync", "--depth", "0")
    assert ledger(site) == before


def test_contracts_on_two_chains_are_read_each_at_blocks_of_its_own(
    chain: Chain,
    contracts: dict[str, Any],
    site: Path,
    press_small: Press,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = site / "content/tokens.json"
    song = {"id": "1", "tier": "song", "state": "revealed", "song": "one", "burned": []} | {
        "stems": {"drums": "live", "bass": "synth"}
    }
    path.write_text(json.dumps({"tokens": [*content(site)["tokens"], song]}), "utf-8")
    with Chain(contracts, chain_id=10) as other:
        songs = other.deploy("Drop")
        other.mint("Drop", songs, ME, 1, 1)
        minted = int(other.ask("eth_blockNumber"), 16)
        other.send("Drop", songs, GIVE, YOU, 1, by=ME)
        settings = (site / "site.toml").read_text("utf-8")
        before, table, after = settings.partition("[collection.contract.song]\n")
        own = f'address = "{to_checksum_address(songs)}"\nchain_id = 10\nrpc = ["{other.address}"]'
        after = f'{own}\nstandard = "erc721"\n{after[after.index("[collection") :]}'
        (site / "site.toml").write_text(before + table + after, "utf-8")
        command(site, "sync", "--depth", "0")
    assert content(site)["owners"]["song/1"] == YOU
    block = content(site)["block"]
    assert block == int(chain.ask("eth_blockNumber"), 16)

    def listed(*options: str) -> list[str]:
        capsys.readouterr()
        command(site, "holders", *options)
        return capsys.readouterr().out.splitlines()[1:]

    assert listed("--tier", "song") == [f"{YOU},song/1,1,{minted + 1}"]
    assert listed("--tier", "song", "--block", str(minted)) == [f"{ME},song/1,1,{minted}"]
    (stems,) = listed("--tier", "stem", "--block", str(block))
    assert stems.startswith(f"{ME},1 2 3")
    assert listed() == [f"{ME},{' '.join(map(str, range(1, 11)))},10,", f"{YOU},song/1,1,"]

    for options in (["--block", "5"], ["--song", "one", "--block", "5"]):
        assert run(["holders", "--site", str(site), *options], build, ROOT) == 1
        error = capsys.readouterr().err
        assert "block: is a block of one chain, but the tokens are on several (got 5)" in error
        assert f"--tier: stem tokens on chain {CHAIN}, " in error
        assert "song tokens on chain 10" in error

    assert press_small(site) == 0
    dist = site / "dist"
    assert f"at block {block:,}" in (dist / "tokens/5/index.html").read_text("utf-8")
    page = (dist / "tokens/song/1/index.html").read_text("utf-8")
    assert YOU in page
    assert "at block" not in page
