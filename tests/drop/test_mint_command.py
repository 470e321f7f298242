"""``build.py mint``, through the front door: the ledger that a plan becomes."""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press

WEIGHTED = """+++
title = "One"
[[layers]]
name = "Drums"
stems = [{ name = "Live", weight = 5 }, { name = "Tape", weight = 1 }]
[[layers]]
name = "Bass"
stems = [{ name = "Live", weight = 1 }, { name = "Synth", weight = 1 }]
+++
"""
RULE = '[[rules]]\nif = { drums = "live" }\nexclude = { bass = "synth" }\n+++\n'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write a site without tokens whose drop is not blind."""
    write_small_site(tmp_path)
    (tmp_path / "content/tokens.json").unlink()
    return tmp_path


def weigh(site: Path, rule: str = "+++\n") -> None:
    """Give song one weights instead of supplies, and perhaps a rule; leave song two out."""
    one = site / "content/albums/tides/one.md"
    one.write_text(WEIGHTED.replace("+++\n", rule).replace(rule, "+++\n", 1), "utf-8")
    (site / "content/albums/tides/two.md").unlink()
    index = site / "content/albums/tides/index.md"
    index.write_text(index.read_text("utf-8").replace(', "two"', ""), "utf-8")


def mint(site: Path, *given: str) -> int:
    return run(["mint", "--site", str(site), *given], build, ROOT)


def tokens(site: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((site / "content/tokens.json").read_text())["tokens"]
    return found


def stems(site: Path) -> Counter[str]:
    return Counter(f"{t['song']}/{t['layer']}/{t['stem']}" for t in tokens(site))


def test_exact_supplies_are_met_exactly(site: Path) -> None:
    assert mint(site, "--seed", "a") == 0
    assert set(stems(site).values()) == {4}
    assert [token["id"] for token in tokens(site)] == [str(n) for n in range(1, 33)]
    assert {token["state"] for token in tokens(site)} == {"revealed"}
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0


def test_a_seed_is_a_ledger(site: Path) -> None:
    made = []
    for seed in ("a", "a", "b"):
        assert mint(site, "--seed", seed) == 0
        made.append((site / "content/tokens.json").read_bytes())
        (site / "content/tokens.json").unlink()
    assert made[0] == made[1] != made[2]
    assert mint(site, "--seed", "a") == 0
    # The same on every machine, for good: drops in the world depend on it.
    first = [f"{each['song']}/{each['layer']}/{each['stem']}" for each in tokens(site)[:6]]
    assert first == [
        "one/drums/live",
        "two/bass/synth",
        "two/bass/synth",
        "one/bass/live",
        "two/bass/live",
        "one/drums/tape",
    ]


def test_a_drop_goes_on_without_touching_what_exists(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mint(site, "--seed", "a", "--size", "20") == 0
    before = tokens(site)
    assert mint(site, "--seed", "a", "--size", "5") == 1
    assert "already has 20 tokens" in capsys.readouterr().err
    assert mint(site, "--seed", "a", "--append") == 0
    assert tokens(site)[:20] == before
    assert set(stems(site).values()) == {4}


def test_weights_are_apportioned_or_drawn(site: Path) -> None:
    weigh(site)
    assert mint(site, "--seed", "a", "--size", "60") == 0
    assert stems(site) == {
        "one/drums/live": 25,
        "one/drums/tape": 5,
        "one/bass/live": 15,
        "one/bass/synth": 15,
    }
    (site / "content/tokens.json").unlink()
    assert mint(site, "--seed", "a", "--size", "60", "--random") == 0
    assert sum(stems(site).values()) == 60
    assert stems(site)["one/drums/tape"] != 5


def test_an_appended_drop_brings_weights_nearer_to_the_wish(site: Path) -> None:
    weigh(site)
    for size in ("7", "11", "42"):
        assert mint(site, "--seed", "a", "--size", size, "--append") == 0
    assert stems(site)["one/drums/live"] == 25


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--size", "33"], "supplies: one 16 + two 16 = 32; 0 minted, 32 left"),
        (["--tier", "song", "--size", "2"], "is required: which song to mint"),
        (["--tier", "song", "--song", "one"], "is required: how many variations to mint"),
        (["--tier", "song", "--song", "on", "--size", "2"], "did you mean 'one'?"),
        (
            ["--tier", "song", "--song", "one", "--size", "5"],
            "drums 2 x bass 2 = 4; the rules",
        ),
        (["--place", "3=one/drums/life"], "did you mean 'live'?"),
        (["--place", "x=one/drums/live"], "has no token id"),
        (["--place", "3=one/1-1", "--place", "4=one/1-1"], "a variation is unique"),
        ([f"--place={n}=one/drums/live" for n in range(5)], "supply: 4"),
    ],
)
def test_plans_that_cannot_be_are_refused_with_the_arithmetic(
    site: Path, given: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mint(site, *given) == 1
    assert says in capsys.readouterr().err
    assert not (site / "content/tokens.json").exists()


def test_rules_leave_no_room_for_a_supply(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weigh(site, RULE)
    one = site / "content/albums/tides/one.md"
    text = one.read_text("utf-8").replace("weight = 5", "supply = 2")
    one.write_text(text.replace("weight = 1", "supply = 1", 1), "utf-8")
    assert mint(site, "--tier", "song", "--size", "3") == 1
    assert "variations with it that are left: 1" in capsys.readouterr().err


@pytest.mark.parametrize("given", [["--size", "0"], ["--size", "-3"], ["--first", "x"]])
def test_what_is_no_number_is_refused(site: Path, given: list[str]) -> None:
    with pytest.raises(SystemExit):
        mint(site, *given)


def test_every_variation_is_minted_once(site: Path) -> None:
    weigh(site, RULE)
    assert mint(site, "--tier", "song", "--size", "2", "--seed", "a") == 0
    assert mint(site, "--tier", "song", "--size", "1", "--seed", "a", "--append") == 0
    found = {(t["stems"]["drums"], t["stems"]["bass"]) for t in tokens(site)}
    assert found == {("live", "live"), ("tape", "live"), ("tape", "synth")}
    assert mint(site, "--tier", "song", "--size", "1", "--append") == 1


def test_hand_made_tokens_have_the_place_they_were_given(site: Path) -> None:
    place = ["--place", "5=two/bass/synth", "--place", "77=one/2-1"]
    assert mint(site, "--seed", "a", "--size", "12", *place) == 0
    found = {token["id"]: token for token in tokens(site)}
    assert len(found) == 12
    assert found["5"]["stem"] == "synth"
    assert found["77"]["stems"] == {"drums": "tape", "bass": "live"}
    assert [*found] == [str(n) for n in range(1, 12)] + ["77"]


def test_the_report_is_a_table(site: Path, tmp_path: Path) -> None:
    weigh(site)
    assert mint(site, "--seed", "a", "--size", "7", "--csv", str(tmp_path / "r.csv")) == 0
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text("utf-8").splitlines()))
    assert rows[0] == {
        "song": "one",
        "layer": "drums",
        "stem": "live",
        "wished": "2.92",
        "planned": "3",
        "drawn": "3",
        "apart": "0.08",
    }
    assert sum(int(row["drawn"]) for row in rows) == 7


def test_the_report_says_what_its_columns_are_and_where_the_table_is(
    site: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mint(site, "--seed", "a", "--csv", "plan.csv") == 0
    said = capsys.readouterr().err
    assert f"{tmp_path / 'plan.csv'}: 8 lines" in said
    for heading in ("target", "planned", "drawn", "deviation"):
        assert f"{heading}: " in said


def test_editions_are_one_id_for_each_stem(site: Path, press_small: Press) -> None:
    assert mint(site, "--seed", "a", "--editions") == 0
    found = tokens(site)
    assert [token["supply"] for token in found] == [4] * 8
    assert len(stems(site)) == 8
    assert press_small(site) == 0
    assert "<dt>Copies</dt><dd>4</dd>" in (site / "dist/tokens/1/index.html").read_text("utf-8")
    rarity = json.loads((site / "dist/data/rarity.json").read_text("utf-8"))
    assert [stem["minted"] for stem in rarity["stems"]] == [4] * 8
    assert mint(site, "--append", "--size", "1") == 1


def test_a_drop_of_editions_goes_on(site: Path) -> None:
    weigh(site)
    assert mint(site, "--seed", "a", "--editions", "--size", "24") == 0
    assert mint(site, "--seed", "a", "--editions", "--size", "24", "--append") == 0
    copies = Counter[str]()
    for token in tokens(site):
        copies[f"{token['layer']}/{token['stem']}"] += token.get("supply", 1)
    assert copies == {"drums/live": 20, "drums/tape": 4, "bass/live": 12, "bass/synth": 12}


@pytest.mark.parametrize(
    ("settings", "given", "message"),
    [
        ('standard = "erc721"', [], "mint: editions: require ERC-1155"),
        ("blind = true", [], "mint: editions: cannot be blind"),
        ("", ["--tier", "song"], "mint: editions: are for stems only"),
    ],
)
def test_editions_that_cannot_be_are_refused(
    settings: str,
    given: list[str],
    message: str,
    site: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = site / "site.toml"
    text = path.read_text("utf-8")
    at = "[drop]\n" if "blind" in settings else "[collection.contract]\n"
    path.write_text(text.replace(at, f"{at}{settings}\n"), "utf-8")
    assert mint(site, "--editions", *given) == 1
    assert message in capsys.readouterr().err


def test_what_was_approved_is_all_that_is_minted(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weigh(site, RULE)
    verdicts = {"1-1": "approved", "2-2": "approved", "2-1": "rejected", "1-2": "approved"}
    write(site / "audition.json", json.dumps({"one": verdicts}))
    approved = ("--tier", "song", "--approved", "--seed", "a")
    assert mint(site, *approved, "--size", "3") == 1
    assert "3 are approved; 2 of them are permitted and not minted" in capsys.readouterr().err
    assert mint(site, *approved, "--size", "1") == 0
    assert mint(site, *approved, "--append") == 0
    found = {(t["stems"]["drums"], t["stems"]["bass"]) for t in tokens(site)}
    assert found == {("live", "live"), ("tape", "synth")}


def test_more_approved_than_the_supply_is_refused(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weigh(site)
    one = site / "content/albums/tides/one.md"
    text = one.read_text("utf-8").replace("weight = 5", "supply = 1")
    one.write_text(text.replace("weight = 1", "supply = 1", 1), "utf-8")
    write(site / "audition.json", json.dumps({"one": {"1-1": "approved", "1-2": "approved"}}))
    assert mint(site, "--tier", "song", "--approved") == 1
    assert "one/drums/live: is approved more often than its supply" in capsys.readouterr().err


def test_a_blind_drop_tells_nothing_in_the_ledger(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = site / "site.toml"
    settings.write_text(settings.read_text().replace('phase = "live"', "blind = true"), "utf-8")
    assert mint(site, "--seed", "short") == 0
    assert "a short seed can be guessed" in capsys.readouterr().err
    assert {tuple(token) for token in tokens(site)} == {("id", "tier", "state")}
    secret = json.loads((site / "secret.json").read_text())
    assert set(Counter(secret["items"].values()).values()) == {4}
    assert (site / "secret.json").stat().st_mode & 0o077 == 0


def test_rejected_variations_are_left_out(site: Path) -> None:
    weigh(site)
    write(
        site / "audition.json",
        json.dumps({"one": {"1-1": "rejected", "2-2": "approved", "9-9": "rejected"}}),
    )
    assert mint(site, "--tier", "song", "--size", "3", "--seed", "a") == 0
    assert {"drums": "live", "bass": "live"} not in [token["stems"] for token in tokens(site)]
