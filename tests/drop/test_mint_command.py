"""``stempress mint``: options, reports and the resulting ledger."""

from __future__ import annotations

import csv
import json
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.left_out import make_bass_optional
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
STEMS = ("drums/live", "drums/tape", "bass/live", "bass/synth")
RULE = '[[rules]]\nif = { drums = "live" }\nexclude = { bass = "synth" }\n+++\n'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write a site without tokens whose drop is not blind."""
    write_small_site(tmp_path)
    (tmp_path / "content/tokens.json").unlink()
    return tmp_path


def use_weights(site: Path, rule: str = "+++\n") -> None:
    """Give song one weights instead of supplies, and optionally a rule; remove song two."""
    one = site / "content/albums/tides/one.md"
    one.write_text(WEIGHTED.replace("+++\n", rule).replace(rule, "+++\n", 1), "utf-8")
    (site / "content/albums/tides/two.md").unlink()
    index = site / "content/albums/tides/index.md"
    index.write_text(index.read_text("utf-8").replace(', "two"', ""), "utf-8")


def mint(site: Path, *options: str) -> int:
    return run(["mint", "--site", str(site), *options], build, ROOT)


def tokens(site: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((site / "content/tokens.json").read_text())["tokens"]
    return entries


def stems(site: Path) -> Counter[str]:
    return Counter(f"{t['song']}/{t['layer']}/{t['stem']}" for t in tokens(site))


def test_exact_supplies_are_met_exactly(site: Path) -> None:
    assert mint(site, "--seed", "a") == 0
    assert set(stems(site).values()) == {4}
    assert [token["id"] for token in tokens(site)] == [str(n) for n in range(1, 33)]
    assert {token["state"] for token in tokens(site)} == {"revealed"}
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0


def test_the_same_seed_gives_the_same_ledger(site: Path) -> None:
    ledgers = []
    for seed in ("a", "a", "b"):
        assert mint(site, "--seed", seed) == 0
        ledgers.append((site / "content/tokens.json").read_bytes())
        (site / "content/tokens.json").unlink()
    assert ledgers[0] == ledgers[1] != ledgers[2]
    assert mint(site, "--seed", "a") == 0
    # Must never change: existing drops depend on it.
    first_items = [
        f"{token['song']}/{token['layer']}/{token['stem']}" for token in tokens(site)[:6]
    ]
    assert first_items == [
        "one/drums/live",
        "two/bass/synth",
        "two/bass/synth",
        "one/bass/live",
        "two/bass/live",
        "one/drums/tape",
    ]


def test_appending_does_not_change_existing_tokens(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mint(site, "--seed", "a", "--size", "20") == 0
    before = tokens(site)
    assert mint(site, "--seed", "a", "--size", "5") == 1
    assert "already has 20 tokens" in capsys.readouterr().err
    assert mint(site, "--seed", "a", "--append") == 0
    added = len(tokens(site)) - 20
    assert f"{added} tokens added to content/tokens.json" in capsys.readouterr().err
    assert tokens(site)[:20] == before
    assert set(stems(site).values()) == {4}


def test_weights_are_apportioned_or_drawn(site: Path) -> None:
    use_weights(site)
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


def test_appending_moves_counts_towards_the_targets(site: Path) -> None:
    use_weights(site)
    for size in ("7", "11", "42"):
        assert mint(site, "--seed", "a", "--size", size, "--append") == 0
    assert stems(site)["one/drums/live"] == 25


@pytest.mark.parametrize(
    ("options", "message"),
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
def test_impossible_plans_are_rejected_with_the_numbers(
    site: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mint(site, *options) == 1
    assert message in capsys.readouterr().err
    assert not (site / "content/tokens.json").exists()


def test_a_supply_larger_than_the_rules_allow_is_rejected(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use_weights(site, RULE)
    one = site / "content/albums/tides/one.md"
    text = one.read_text("utf-8").replace("weight = 5", "supply = 2")
    one.write_text(text.replace("weight = 1", "supply = 1", 1), "utf-8")
    assert mint(site, "--tier", "song", "--size", "3") == 1
    assert "variations with it that are left: 1" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--size", "0"], ["--size", "-3"], ["--first", "x"]])
def test_sizes_and_ids_must_be_positive_numbers(site: Path, options: list[str]) -> None:
    with pytest.raises(SystemExit):
        mint(site, *options)


def test_a_number_that_is_none_is_told_with_its_range(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option, given in (("--size", "-3"), ("--size", "0"), ("--first", "x")):
        with pytest.raises(SystemExit):
            mint(site, option, given)
        least = 0 if option == "--first" else 1
        said = capsys.readouterr().err
        assert f"argument {option}: {given!r} is not a whole number from {least} up" in said


def test_an_unknown_song_is_told_before_a_lost_secret(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = site / "site.toml"
    write(settings, settings.read_text("utf-8").replace('phase = "live"', "blind = true"))
    assert mint(site, "--size", "2") == 0
    (site / "secret.json").unlink()
    assert mint(site, "--append", "--song", "nope") == 1
    said = capsys.readouterr().err
    assert "mint: song: is not a song (got 'nope')" in said
    assert "secret" not in said.partition("error:")[2]


def test_every_variation_is_minted_once(site: Path) -> None:
    use_weights(site, RULE)
    assert mint(site, "--tier", "song", "--size", "2", "--seed", "a") == 0
    assert mint(site, "--tier", "song", "--size", "1", "--seed", "a", "--append") == 0
    stems_minted = {(t["stems"]["drums"], t["stems"]["bass"]) for t in tokens(site)}
    assert stems_minted == {("live", "live"), ("tape", "live"), ("tape", "synth")}
    assert mint(site, "--tier", "song", "--size", "1", "--append") == 1


def test_variations_without_a_layer_are_minted_as_planned(site: Path) -> None:
    make_bass_optional(site, "one", "supply = 2")
    options = ["--tier", "song", "--song", "one"]
    assert mint(site, *options, "--size", "6", "--seed", "a", "--place", "77=one/1-0") == 0
    minted = [
        tuple(token["stems"].get(la, "") for la in ("drums", "bass")) for token in tokens(site)
    ]
    assert sorted(minted) == sorted(product(("live", "tape"), ("live", "synth", "")))
    assert mint(site, *options, "--size", "1", "--append") == 1


def test_no_stem_token_is_minted_for_a_layer_that_is_left_out(site: Path) -> None:
    make_bass_optional(site, "one", "supply = 9")
    assert mint(site, "--seed", "a") == 0
    assert stems(site) == dict.fromkeys(
        [f"{song}/{stem}" for song in ("one", "two") for stem in STEMS], 4
    )


def test_hand_made_tokens_get_their_ids(site: Path) -> None:
    options = ["--place", "5=two/bass/synth", "--place", "77=one/2-1"]
    assert mint(site, "--seed", "a", "--size", "12", *options) == 0
    by_id = {token["id"]: token for token in tokens(site)}
    assert len(by_id) == 12
    assert by_id["5"]["stem"] == "synth"
    assert by_id["77"]["stems"] == {"drums": "tape", "bass": "live"}
    assert [*by_id] == [str(n) for n in range(1, 12)] + ["77"]


def test_the_report_can_be_written_as_csv(site: Path, tmp_path: Path) -> None:
    use_weights(site)
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


def test_the_report_explains_its_columns_and_names_the_csv_file(
    site: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mint(site, "--seed", "a", "--csv", "plan.csv") == 0
    output = capsys.readouterr().err
    assert f"{tmp_path / 'plan.csv'}: 8 lines" in output
    for heading in ("target", "planned", "drawn", "deviation"):
        assert f"{heading}: " in output


def test_editions_have_one_id_per_stem(site: Path, press_small: Press) -> None:
    assert mint(site, "--seed", "a", "--editions") == 0
    entries = tokens(site)
    assert [token["supply"] for token in entries] == [4] * 8
    assert len(stems(site)) == 8
    assert press_small(site) == 0
    assert "<dt>Copies</dt><dd>4</dd>" in (site / "dist/tokens/1/index.html").read_text("utf-8")
    rarity = json.loads((site / "dist/data/rarity.json").read_text("utf-8"))
    assert [stem["minted"] for stem in rarity["stems"]] == [4] * 8
    assert mint(site, "--append", "--size", "1") == 1


def test_a_drop_of_editions_can_be_extended(site: Path) -> None:
    use_weights(site)
    assert mint(site, "--seed", "a", "--editions", "--size", "24") == 0
    assert mint(site, "--seed", "a", "--editions", "--size", "24", "--append") == 0
    copies = Counter[str]()
    for token in tokens(site):
        copies[f"{token['layer']}/{token['stem']}"] += token.get("supply", 1)
    assert copies == {"drums/live": 20, "drums/tape": 4, "bass/live": 12, "bass/synth": 12}


@pytest.mark.parametrize(
    ("settings", "options", "message"),
    [
        ('standard = "erc721"', [], "mint: editions: require ERC-1155"),
        ("blind = true", [], "mint: editions: cannot be blind"),
        ("", ["--tier", "song"], "mint: editions: are for stems only"),
    ],
)
def test_impossible_editions_are_rejected(
    settings: str,
    options: list[str],
    message: str,
    site: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = site / "site.toml"
    text = path.read_text("utf-8")
    heading = "[drop]\n" if "blind" in settings else "[collection.contract]\n"
    path.write_text(text.replace(heading, f"{heading}{settings}\n"), "utf-8")
    assert mint(site, "--editions", *options) == 1
    assert message in capsys.readouterr().err


def test_only_approved_variations_are_minted(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use_weights(site, RULE)
    verdicts = {"1-1": "approved", "2-2": "approved", "2-1": "rejected", "1-2": "approved"}
    write(site / "audition.json", json.dumps({"one": verdicts}))
    approved = ("--tier", "song", "--approved", "--seed", "a")
    assert mint(site, *approved, "--size", "3") == 1
    assert "3 are approved; 2 of them are permitted and not minted" in capsys.readouterr().err
    assert mint(site, *approved, "--size", "1") == 0
    assert mint(site, *approved, "--append") == 0
    stems_minted = {(t["stems"]["drums"], t["stems"]["bass"]) for t in tokens(site)}
    assert stems_minted == {("live", "live"), ("tape", "synth")}


def test_more_approved_variations_than_the_supply_are_rejected(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use_weights(site)
    one = site / "content/albums/tides/one.md"
    text = one.read_text("utf-8").replace("weight = 5", "supply = 1")
    one.write_text(text.replace("weight = 1", "supply = 1", 1), "utf-8")
    write(site / "audition.json", json.dumps({"one": {"1-1": "approved", "1-2": "approved"}}))
    assert mint(site, "--tier", "song", "--approved") == 1
    assert "one/drums/live: is approved more often than its supply" in capsys.readouterr().err


def test_a_blind_drop_reveals_nothing_in_the_ledger(
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
    use_weights(site)
    write(
        site / "audition.json",
        json.dumps({"one": {"1-1": "rejected", "2-2": "approved", "9-9": "rejected"}}),
    )
    assert mint(site, "--tier", "song", "--size", "3", "--seed", "a") == 0
    assert {"drums": "live", "bass": "live"} not in [token["stems"] for token in tokens(site)]
