"""The commands of a drop whose song tokens have a contract of their own, where ids repeat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from build import build
from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.commands.cli import run
from stempress.core.errors import Findings
from tests.conftest import ROOT
from tests.support.small_site import read, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

OWN = '[collection.contract.song]\naddress = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"\n'
ME = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    write_small_site(site)
    (site / "content/tokens.json").unlink()
    settings = (site / "site.toml").read_text("utf-8")
    (site / "site.toml").write_text(settings.replace("[drop]", f"{OWN}[drop]"), "utf-8")
    return site


def make_blind(site: Path) -> None:
    settings = (site / "site.toml").read_text("utf-8")
    (site / "site.toml").write_text(settings.replace('phase = "live"', "blind = true"), "utf-8")


def command(site: Path, name: str, *options: str) -> None:
    assert run([name, "--site", str(site), *options], build, ROOT) == 0


def content(site: Path, name: str = "content/tokens.json") -> Any:  # noqa: ANN401 - any JSON
    return json.loads((site / name).read_text("utf-8"))


def ids(site: Path) -> list[tuple[str, str, str]]:
    return [(token["tier"], token["id"], token["state"]) for token in content(site)["tokens"]]


def test_each_contract_counts_its_own_ids(site: Path) -> None:
    command(site, "mint", "--seed", "one", "--size", "2", "--song", "one")
    song = ["--tier", "song", "--song", "two", "--append"]
    command(site, "mint", *song, "--size", "1", "--place", "1=two/1-1", "--seed", "two")
    command(site, "mint", *song, "--size", "1", "--seed", "three")
    assert ids(site) == [
        ("stem", "1", "revealed"),
        ("song", "1", "revealed"),
        ("stem", "2", "revealed"),
        ("song", "2", "revealed"),
    ]
    assert [token.id for token in read(site).collection.tokens] == ["1", "song/1", "2", "song/2"]


def test_equal_ids_are_sealed_and_revealed_apart(site: Path) -> None:
    make_blind(site)
    command(site, "mint", "--seed", "a seed that nobody guesses", "--size", "2", "--song", "one")
    song = ["--tier", "song", "--song", "two", "--size", "2", "--append"]
    command(site, "mint", *song, "--seed", "another seed that nobody guesses")
    command(site, "seal")
    (seal,) = content(site, "content/provenance.json")["seals"]
    assert seal["tokens"] == ["1", "song/1", "2", "song/2"]
    command(site, "reveal", "--tokens", "1")
    assert ids(site) == [
        ("stem", "1", "revealed"),
        ("song", "1", "revealed"),
        ("stem", "2", "unrevealed"),
        ("song", "2", "unrevealed"),
    ]
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    assert findings.faults == []
    assert collection.seals[0].opened.keys() == {"1", "song/1"}


def test_a_song_token_may_have_the_id_of_a_stem_that_was_burned_for_it(site: Path) -> None:
    stems = [("one", "drums", "live"), ("one", "bass", "synth")]
    stems += [("two", "drums", "live"), ("two", "bass", "live")]
    tokens = [
        {"id": str(number), "tier": "stem", "state": "revealed"}
        | dict(zip(("song", "layer", "stem"), what, strict=True))
        for number, what in enumerate(stems, 1)
    ]
    data = {"tokens": tokens, "owners": {token["id"]: ME for token in tokens}}
    (site / "content/tokens.json").write_text(json.dumps(data), "utf-8")
    command(site, "forge", "one", "--burn", "1,2")
    command(site, "forge", "two", "--burn", "3,4", "--id", "4")
    command(site, "forge", "--album", "tides", "--burn", "1,4", "--id", "9")
    found = {(token["tier"], token["id"]): token for token in content(site)["tokens"]}
    assert found["song", "1"]["burned"] == ["1", "2"]
    assert found["stem", "4"]["into"] == "4"
    assert found["album", "9"]["burned"] == ["1", "4"]
    assert content(site)["owners"] == {"9": ME}
    read(site)  # the build's own checks agree


def test_an_imported_token_is_one_of_its_tiers_contract(site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "metadata"
    folder.mkdir()
    for number, stem in enumerate(("Live", "Synth"), 1):
        traits = {"Song": "One", "Drums": "Live", "Bass": stem}
        attributes = [{"trait_type": name, "value": value} for name, value in traits.items()]
        (folder / f"{number}.json").write_text(json.dumps({"attributes": attributes}), "utf-8")
    data = {"tokens": [{"id": "1", "tier": "stem", "state": "unrevealed"}]}
    (site / "content/tokens.json").write_text(json.dumps(data), "utf-8")
    command(site, "import", str(folder), "--append")
    command(site, "import", str(folder), "--append", "--traits", str(site / "traits.csv"))
    assert ids(site) == [
        ("stem", "1", "unrevealed"),
        ("song", "1", "revealed"),
        ("song", "2", "revealed"),
    ]
