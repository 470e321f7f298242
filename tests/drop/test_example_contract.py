"""examples/contract: a whole drop with the documented contract, from the mint to an album token."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from eth_abi.abi import decode
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

NAME = "StemCollection"
CONSTRUCTOR = "(string,string,bytes32,uint256,uint256,address,uint96)"
BASE = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/"
PRICE = 5
DEAD = "0x000000000000000000000000000000000000dEaD"
ME, YOU = (to_checksum_address("0x" + byte * 20) for byte in ("ab", "cd"))

pytestmark = pytest.mark.chain


@pytest.fixture(scope="module")
def chain(contracts: dict[str, Any]) -> Iterator[Chain]:
    with Chain(contracts) as running:
        for person in (ME, YOU):
            running.ask("anvil_setBalance", person, hex(10**18))
        yield running


class Tour:
    """A site and its contract on a chain."""

    def __init__(self, site: Path, chain: Chain) -> None:
        self.site, self.chain, self.address = site, chain, ""

    def command(self, name: str, *options: str) -> None:
        assert run([name, "--site", str(self.site), *options], build, ROOT) == 0

    def send(self, call: str, *values: object, by: str = "", value: int = 0) -> None:
        self.chain.send(NAME, self.address, call, *values, by=by, value=value)

    def refuses(self, call: str, *values: object, by: str = "") -> None:
        with pytest.raises(AssertionError, match="'status': '0x0'"):
            self.send(call, *values, by=by)

    def read(self, call: str, kind: str, *values: object) -> Any:  # noqa: ANN401 - of that kind
        return decode([kind], self.chain.read(NAME, self.address, call, *values))[0]

    def ledger(self) -> dict[str, dict[str, Any]]:
        return {token["id"]: token for token in self.content("content/tokens.json")["tokens"]}

    def owners(self) -> dict[str, dict[str, int]]:
        owners: dict[str, dict[str, int]] = self.content("content/tokens.json")["owners"]
        return owners

    def content(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        return json.loads((self.site / name).read_text("utf-8"))

    def held(self, song: str, layer: str) -> int:
        """Return one of my stem tokens of a layer."""
        owners = self.owners()
        return next(
            int(token["id"])
            for token in self.ledger().values()
            if (token.get("song"), token.get("layer")) == (song, layer)
            and ME in owners.get(token["id"], {})
        )


@pytest.fixture
def tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chain: Chain) -> Tour:
    """Write a site of a blind drop, as yet without a contract."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(rpc, "FIRST_WAIT_SECONDS", 0.0)
    site = tmp_path / "site"
    write_small_site(site)
    (site / "content/tokens.json").unlink()
    settings = (site / "site.toml").read_text("utf-8")
    settings = settings.replace('phase = "live"', "blind = true")
    (site / "site.toml").write_text(settings, "utf-8")
    return Tour(site, chain)


def deploy(tour: Tour, size: int) -> None:
    """Deploy the contract of the sealed drop, and name it in the site's settings."""
    (seal,) = tour.content("content/provenance.json")["seals"]
    uris = (f"{BASE}{{id}}.json", f"{BASE}contract.json")
    provenance = bytes.fromhex(seal["final"])
    arguments = (*uris, provenance, size, PRICE, YOU, 750)
    tour.address = to_checksum_address(tour.chain.deploy(NAME, CONSTRUCTOR, *arguments))
    for song in (0, 1):
        tour.send("setLayers(uint256,uint256)", song, 2)
    tour.send("setAlbum(uint256,uint256[])", 0, [0, 1])
    settings = (tour.site / "site.toml").read_text("utf-8")
    lines = f'address = "{tour.address}"\nchain_id = {CHAIN}\nrpc = ["{tour.chain.address}"]'
    settings = re.sub(r'(?m)^chain_id = .*\naddress = ".*"', lines, settings, count=1)
    settings = settings.replace("[collection]\n", "[collection]\nroyalty_bps = 500\n")
    (tour.site / "site.toml").write_text(settings, "utf-8")


def reveal(tour: Tour, size: int) -> None:
    """Reveal all tokens, on the site and on the chain."""
    tour.refuses("reveal(uint256[],(uint16,uint16,uint16)[])", [1], [(0, 0, 0)])
    tour.send("rotate()", by=YOU)
    index = tour.read("startingIndex()", "uint256")
    tour.command("reveal", "--tokens", f"1-{size}", "--starting-index", str(index))
    layers = {"drums": ("live", "tape"), "bass": ("live", "synth")}
    what = [
        (
            ["one", "two"].index(token["song"]),
            list(layers).index(token["layer"]),
            layers[token["layer"]].index(token["stem"]),
        )
        for token in tour.ledger().values()
    ]
    call = "reveal(uint256[],(uint16,uint16,uint16)[])"
    tour.send(call, list(range(1, size + 1)), what)
    tour.refuses(call, [1], what[:1])


def test_a_drop_from_the_mint_to_an_album_token(
    tour: Tour, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    tour.command("mint", "--seed", "a seed that nobody guesses")
    tour.command("seal")
    size = len(tour.ledger())
    deploy(tour, size)
    tour.send("mint(uint256)", size - 2, by=ME, value=(size - 2) * PRICE)
    tour.refuses("mint(uint256)", 2, by=YOU)  # without paying
    tour.send("mint(uint256)", 2, by=YOU, value=2 * PRICE)
    capsys.readouterr()
    tour.command("sync", "--depth", "0")
    warnings = capsys.readouterr().err
    assert "royalties of stem tokens are 5% in site.toml (royalty_bps), but 7.5% in the" in warnings
    assert {token["state"] for token in tour.ledger().values()} == {"unrevealed"}
    assert tour.owners()[str(size)] == {YOU: 1}

    reveal(tour, size)
    drums, bass = tour.held("one", "drums"), tour.held("one", "bass")
    tour.refuses("forgeSong(uint256[])", [drums], by=ME)
    tour.refuses("forgeSong(uint256[])", [drums, drums], by=ME)
    tour.refuses("forgeSong(uint256[])", [drums, tour.held("two", "bass")], by=ME)
    tour.refuses("forgeSong(uint256[])", [drums, bass], by=YOU)
    tour.send("forgeSong(uint256[])", [drums, bass], by=ME)
    tour.send("forgeSong(uint256[])", [tour.held("two", "drums"), tour.held("two", "bass")], by=ME)
    tour.refuses("forgeAlbum(uint256,uint256[])", 0, [size + 2, size + 1], by=ME)
    tour.command("sync", "--depth", "0")
    song = tour.ledger()[str(size + 1)]
    assert (song["tier"], song["burned"]) == ("song", [str(drums), str(bass)])
    tour.send("forgeAlbum(uint256,uint256[])", 0, [size + 1, size + 2], by=ME)
    gone = tour.held("one", "drums")
    transfer = "safeTransferFrom(address,address,uint256,uint256,bytes)"
    tour.send(transfer, ME, DEAD, gone, 1, b"", by=ME)
    block = tour.content("content/tokens.json")["block"]
    tour.command("sync", "--depth", "0")
    album = tour.ledger()[str(size + 3)]
    assert album == {
        "id": str(size + 3),
        "tier": "album",
        "state": "revealed",
        "album": "tides",
        "burned": [str(size + 1), str(size + 2)],
    }

    assert press_small(tour.site) == 0
    dist = tour.site / "dist"
    uri = tour.read("uri(uint256)", "string", size + 3).replace("{id}", f"{size + 3:064x}")
    metadata = json.loads((dist / "metadata" / uri.removeprefix(BASE)).read_text("utf-8"))
    assert metadata["name"] == f"Tides #{size + 3}"
    assert tour.read("contractURI()", "string") == f"{BASE}contract.json"
    assert (dist / "metadata/contract.json").is_file()
    assert "state burned" in (dist / f"tokens/{gone}/index.html").read_text("utf-8")
    assert "state forged" in (dist / f"tokens/{drums}/index.html").read_text("utf-8")

    capsys.readouterr()
    tour.command("holders", "--tier", "album")
    (album_row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert album_row == {
        "address": ME,
        "tokens": str(size + 3),
        "copies": "1",
        "since": str(block + 1),
    }
    tour.command("holders", "--tier", "album", "--block", str(block))
    assert capsys.readouterr().out == "address,tokens,copies,since\n"
