"""``stempress seal`` and ``stempress reveal``: commitments, secrecy and verification."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import build
from pyodide_app.provenance import final_hash, item_hash, verify
from stempress.collection.commitments import Seal
from stempress.commands.cli import run
from stempress.commands.leak_check import check_leaks
from stempress.core.errors import Findings
from stempress.output.output_files import OutputFile
from tests.conftest import ROOT
from tests.support.blind_site import blind_site, content, run_command
from tests.support.left_out import make_bass_optional
from tests.support.small_site import read, write_small_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Press, Serve

SEALED = "content/provenance.json"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write a site whose blind drop has been minted."""
    return blind_site(tmp_path / "site", "a seed that nobody guesses")


def revealed_in_ledger(site: Path) -> dict[str, str]:
    """Return id -> item of the revealed tokens in the ledger."""
    tokens = content(site, "content/tokens.json")["tokens"]
    return {
        token["id"]: f"{token['song']}/{token['layer']}/{token['stem']}"
        for token in tokens
        if token["state"] == "revealed"
    }


def test_a_seal_can_be_recomputed_as_documented(site: Path) -> None:
    assert run_command(site, "seal") == 0
    (seal,) = content(site, SEALED)["seals"]
    secret = content(site, "secret.json")
    hashes = [
        sha256(f"{secret['salts'][token]}:{secret['items'][token]}".encode()).hexdigest()
        for token in seal["tokens"]
    ]
    assert seal["hashes"] == hashes
    assert seal["final"] == sha256("".join(hashes).encode()).hexdigest()
    assert seal["opened"] == {}
    assert run_command(site, "seal") == 1


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [("", 1), ('url = "https://site.example/"', 0), ('assets = "ipfs"', 0)],
)
def test_metadata_without_pictures_for_marketplaces_is_named_before_the_seal(
    site: Path, capsys: pytest.CaptureFixture[str], settings: str, warnings: int
) -> None:
    path = site / "site.toml"
    table = "[collection]" if settings.startswith("assets") else "[site]"
    text = path.read_text("utf-8").replace('url = ""\n', "")
    path.write_text(text.replace(table, f"{table}\n{settings}", 1), "utf-8")
    assert run_command(site, "seal") == 0
    message = "warning: metadata/: has relative addresses of pictures and sound"
    assert capsys.readouterr().err.count(message) == warnings


def test_a_reveal_opens_only_the_given_tokens(site: Path) -> None:
    assert run_command(site, "seal") == 0
    before = content(site, SEALED)["seals"][0]["hashes"]
    assert run_command(site, "reveal", "--tokens", "1-3,7") == 0
    assert revealed_in_ledger(site).keys() == {"1", "2", "3", "7"}
    secret = content(site, "secret.json")
    assert revealed_in_ledger(site) == {
        token: secret["items"][token] for token in revealed_in_ledger(site)
    }
    seal = content(site, SEALED)["seals"][0]
    assert seal["hashes"] == before
    assert seal["opened"].keys() == {"1", "2", "3", "7"}
    assert not [
        salt
        for token_id, salt in secret["salts"].items()
        if token_id not in seal["opened"] and salt in (site / SEALED).read_text()
    ]


def test_the_first_reveal_fixes_the_starting_index(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(site, "seal") == 0
    assert run_command(site, "reveal", "--tokens", "1-4", "--starting-index", "30") == 0
    assert "starting index, now final: 30" in capsys.readouterr().err
    items = content(site, "secret.json")["items"]
    assert revealed_in_ledger(site) == {
        "1": items["31"],
        "2": items["32"],
        "3": items["1"],
        "4": items["2"],
    }
    assert run_command(site, "reveal", "--tokens", "5-32", "--starting-index", "3") == 1
    assert "was fixed by the first reveal" in capsys.readouterr().err
    assert run_command(site, "reveal", "--tokens", "5-32") == 0
    assert sorted(revealed_in_ledger(site).values()) == sorted(items.values())


def test_unsealed_tokens_are_not_revealed(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(site, "reveal", "--tokens", "1-3") == 1
    assert "run stempress seal first" in capsys.readouterr().err
    assert run_command(site, "seal") == 0
    for ranges in ("x", "3-1", "99"):
        assert run_command(site, "reveal", "--tokens", ranges) == 1
    (site / "secret.json").unlink()
    assert run_command(site, "reveal", "--tokens", "1-3") == 1
    printed = capsys.readouterr().err
    assert "secret.json: is missing" in printed
    assert "1 error" in printed
    (site / "secret.json").write_text("{}", "utf-8")
    assert run_command(site, "reveal", "--tokens", "1") == 1
    assert "does not contain the salt and item" in capsys.readouterr().err
    (site / "secret.json").write_text("{", "utf-8")
    assert run_command(site, "reveal", "--tokens", "1") == 1
    printed = capsys.readouterr().err
    assert "secret.json: line 1: is not valid JSON" in printed
    assert "1 error" in printed
    assert "tier" not in printed


def test_without_the_secret_file_nothing_is_sealed(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "secret.json").unlink()
    assert run_command(site, "seal") == 1
    printed = capsys.readouterr().err
    assert "secret.json: is missing" in printed
    assert "1 error" in printed


def test_a_stem_that_was_renamed_after_the_seal_is_named(
    site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(site, "seal") == 0
    ledger = (site / "content/tokens.json").read_text("utf-8")
    (site / "stems/one/drums/live.flac").rename(site / "stems/one/drums/studio.flac")
    page = site / "content/albums/tides/one.md"
    page.write_text(page.read_text("utf-8").replace('"Live"', '"Studio"', 1), "utf-8")
    capsys.readouterr()
    assert press_small(site) == 0
    printed = capsys.readouterr().err
    assert "secret.json: has items that the collection no longer has: 1" in printed
    assert "one/drums/live" in printed
    data = (site / "dist/data").rglob("*.json")
    assert not any(b"one/drums/live" in path.read_bytes() for path in data)
    assert run_command(site, "reveal", "--tokens", "1-999") == 1
    message = "was sealed as one/drums/live, which the collection no longer has"
    assert message in capsys.readouterr().err
    assert (site / "content/tokens.json").read_text("utf-8") == ledger


def test_a_drop_that_is_not_blind_has_nothing_to_seal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_site(tmp_path)
    (tmp_path / "content/tokens.json").unlink()
    assert run(["seal", "--site", str(tmp_path)], build, ROOT) == 1
    assert "stempress mint draws tokens" in capsys.readouterr().err
    assert run(["mint", "--site", str(tmp_path), "--seed", "a"], build, ROOT) == 0
    capsys.readouterr()
    assert run(["seal", "--site", str(tmp_path)], build, ROOT) == 1
    assert "blind = true in [drop]" in capsys.readouterr().err


def test_sealing_moves_items_from_the_ledger_to_the_secret_file(tmp_path: Path) -> None:
    write_small_site(tmp_path)
    ledger = content(tmp_path, "content/tokens.json")
    for token in ledger["tokens"]:
        if token["id"] in "78":
            token |= {"song": "one", "layer": "drums", "stem": "tape"}
    (tmp_path / "content/tokens.json").write_text(json.dumps(ledger), "utf-8")
    assert run_command(tmp_path, "seal") == 0
    after = {token["id"]: token for token in content(tmp_path, "content/tokens.json")["tokens"]}
    assert after["7"] == {"id": "7", "tier": "stem", "state": "unrevealed"}
    assert run_command(tmp_path, "reveal", "--tokens", "7") == 0
    after = {token["id"]: token for token in content(tmp_path, "content/tokens.json")["tokens"]}
    assert after["7"]["stem"] == "tape"


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (
            lambda seal: seal["opened"]["1"].__setitem__(1, "one/drums/live?"),
            "is not what was sealed",
        ),
        (lambda seal: seal.__setitem__("final", "0" * 64), "doesn't match the hashes"),
        (lambda seal: seal["hashes"].pop(), "don't match one to one"),
        (lambda seal: seal["tokens"].__setitem__(3, "400"), "is not in the ledger"),
        (
            lambda seal: seal["opened"].__setitem__("9", ["s", "i"]),
            "token 9 has been opened but is still",
        ),
        (
            lambda seal: seal.__setitem__("starting_index", 5),
            "token 28 has been opened but is still",
        ),
        (lambda seal: seal.__setitem__("hash", "x"), "is not a known key"),
    ],
)
def test_a_broken_commitment_stops_the_build(
    site: Path,
    tamper: Callable[[dict[str, Any]], None],
    message: str,
    press_small: Press,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_command(site, "seal") == 0
    assert run_command(site, "reveal", "--tokens", "1-3") == 0
    seals = content(site, SEALED)
    tamper(seals["seals"][0])
    (site / SEALED).write_text(json.dumps(seals), "utf-8")
    assert press_small(site) == 1
    assert message in capsys.readouterr().err


@given(st.lists(st.text(min_size=1), min_size=1, max_size=9), st.integers(0, 20))
def test_slots_and_tokens_map_to_each_other(items: list[str], start: int) -> None:
    tokens = tuple(str(7 * index) for index in range(len(items)))
    seal = Seal(tokens, (), "", start % len(items))
    assert {seal.token_at(seal.slot_of(token)) for token in tokens} == set(tokens)
    assert all(seal.token_at(seal.slot_of(token)) == token for token in tokens)


@given(st.permutations([f"one/drums/{index}" for index in range(6)]), st.integers(0, 5), st.data())
def test_verification_finds_every_changed_token(
    items: list[str], start: int, data: st.DataObject
) -> None:
    ids = [str(index + 1) for index in range(6)]
    hashes = [item_hash(token_id, item) for token_id, item in zip(ids, items, strict=True)]
    opened = {token_id: [token_id, item] for token_id, item in zip(ids, items, strict=True)}
    seal: dict[str, Any] = {
        "tokens": ids,
        "hashes": hashes,
        "final": final_hash(hashes),
        "opened": opened,
    }
    seal["starting_index"] = start
    revealed_items = {ids[(index - start) % 6]: item.split("/") for index, item in enumerate(items)}

    def problems() -> list[tuple[str, dict[str, str]]]:
        tokens = [
            {"id": number, "song": song, "layer": layer, "stem": stem}
            for number, (song, layer, stem) in revealed_items.items()
        ]
        ledger = json.dumps({"tokens": tokens})
        result: list[tuple[str, dict[str, str]]] = json.loads(
            verify(json.dumps({"seals": [seal]}), ledger)
        )["problems"]
        return result

    assert problems() == []
    liar = data.draw(st.sampled_from(ids))
    revealed_items[liar][2] += "!"
    assert [values["token"] for _, values in problems()] == [liar]


def without_hashes(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: re.sub(rb"\b[0-9a-f]{64}\b", b"#", data) for name, data in files.items()}


def files_of(dist: Path) -> dict[str, bytes]:
    return {
        path.relative_to(dist).as_posix(): path.read_bytes()
        for path in dist.rglob("*")
        if path.is_file()
    }


def test_sites_that_differ_only_in_secrets_are_identical(
    tmp_path: Path, press_small: Press
) -> None:
    """An attacker has nothing to compare."""
    sites = [blind_site(tmp_path / seed, seed) for seed in ("one secret", "another")]
    assert content(sites[0], "secret.json")["items"] != content(sites[1], "secret.json")["items"]
    for site in sites:
        assert press_small(site) == 0
    first, second = (files_of(site / "dist") for site in sites)
    assert first == second
    for site in sites:
        assert run_command(site, "seal") == 0
        assert press_small(site) == 0
    first, second = (files_of(site / "dist") for site in sites)
    assert {name for name in first if first[name] != second[name]} == {
        "data/provenance.json",
        "provenance/index.html",
    }
    assert without_hashes(first) == without_hashes(second)


def test_items_of_unrevealed_tokens_in_the_ledger_do_not_reach_the_site(
    tmp_path: Path, press_small: Press
) -> None:
    dists: list[dict[str, bytes]] = []
    for fields in (
        {},
        {"song": "one", "layer": "bass", "stem": "synth"},
        {"stem": "?", "album": "?"},
    ):
        site = blind_site(tmp_path / str(len(dists)), "the same seed")
        ledger = content(site, "content/tokens.json")
        for token in ledger["tokens"][::3]:
            token.update(fields)
        (site / "content/tokens.json").write_text(json.dumps(ledger), "utf-8")
        assert press_small(site) == 0
        dists.append(files_of(site / "dist"))
    assert dists[0] == dists[1] == dists[2]


def test_variations_are_hidden_like_stems(
    tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--tier", "song", "--song", "two", "--size", "3")
    dists = []
    for seed in ("one secret", "another secret"):
        site = blind_site(tmp_path / seed, seed, *options)
        assert press_small(site) == 0
        dists.append(files_of(site / "dist"))
    assert dists[0] == dists[1]
    assert run_command(site, "mint", *options, "--append") == 1
    assert "3 minted, 0 rejected, 1 left" in capsys.readouterr().err
    assert run_command(site, "mint", "--seed", seed, *options[:4], "--size", "1", "--append") == 0
    assert run_command(site, "seal") == 0
    assert run_command(site, "reveal", "--tokens", "1-4", "--starting-index", "2") == 0
    assert press_small(site) == 0
    tokens = content(site, "content/tokens.json")["tokens"]
    assert len({tuple(token["stems"].values()) for token in tokens}) == 4


def test_variations_without_a_layer_are_sealed_and_revealed(
    tmp_path: Path, press_small: Press
) -> None:
    site = tmp_path / "site"
    write_small_site(site)
    make_bass_optional(site, "two")
    (site / "content/tokens.json").unlink()
    settings = site / "site.toml"
    settings.write_text(settings.read_text().replace('phase = "live"', "blind = true"), "utf-8")
    options = ("--tier", "song", "--song", "two", "--size", "6")
    assert run_command(site, "mint", *options) == 0
    assert run_command(site, "seal") == 0
    assert press_small(site) == 0
    assert run_command(site, "reveal", "--tokens", "1-6", "--starting-index", "4") == 0
    tokens = content(site, "content/tokens.json")["tokens"]
    assert sorted(tuple(token["stems"].values()) for token in tokens) == sorted(
        (drums, *bass) for drums in ("live", "tape") for bass in ((), ("live",), ("synth",))
    )
    assert press_small(site) == 0


def test_no_hash_can_be_guessed_from_public_data(site: Path) -> None:
    assert run_command(site, "seal") == 0
    hashes = set(content(site, SEALED)["seals"][0]["hashes"])
    items = set(content(site, "secret.json")["items"].values())
    ids = [str(number) for number in range(40)]
    salts = ["", *ids, "small-hours", "SMALL", *content(site, SEALED)["seals"][0]["hashes"]]
    guesses = {sha256(item.encode()).hexdigest() for item in items}
    guesses |= {item_hash(salt, item) for salt in salts for item in items}
    assert len(guesses) > 500
    assert not hashes & guesses
    assert len(hashes) == 32


def test_a_partial_reveal_tells_nothing_about_the_rest(tmp_path: Path, press_small: Press) -> None:
    """Two drops share the revealed tokens and differ in the rest, where two items are swapped."""
    sites = [blind_site(tmp_path / name, "the same seed") for name in "ab"]
    secret = content(sites[1], "secret.json")
    items = secret["items"]
    other = next(token for token in items if int(token) > 20 and items[token] != items["20"])
    items["20"], items[other] = items[other], items["20"]
    (sites[1] / "secret.json").write_text(json.dumps(secret), "utf-8")
    dists = []
    for site in sites:
        assert run_command(site, "seal") == 0
        assert run_command(site, "reveal", "--tokens", "1-19") == 0
        assert press_small(site) == 0
        dists.append(without_hashes(files_of(site / "dist")))
    assert dists[0] == dists[1]


def test_the_order_of_the_file_tells_nothing(tmp_path: Path) -> None:
    write_small_site(tmp_path)
    ledger = content(tmp_path, "content/tokens.json")
    ledger["tokens"].sort(key=lambda token: token.get("stem", ""))
    (tmp_path / "content/tokens.json").write_text(json.dumps(ledger), "utf-8")
    order = [int(token.id) for token in read(tmp_path).collection.tokens]
    assert order == sorted(order)


def test_secrets_in_a_page_stop_the_build(
    site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(site, "seal") == 0
    secret = content(site, "secret.json")
    about = site / "content/pages/about.md"
    for value, kind in ((secret["salts"]["5"], "a salt"), (secret["seed"], "the seed")):
        about.write_text(f'+++\ntitle = "About"\n+++\nHush: {value}.', "utf-8")
        assert press_small(site) == 1
        assert (
            f"error: /pages/about/index.html: contains {kind} from secret.json"
            in capsys.readouterr().err
        )
    assert not (site / "dist").exists()


def test_differing_metadata_of_unrevealed_tokens_stops_the_build(site: Path) -> None:
    collection = read(site).collection
    files = [
        OutputFile(f"metadata/{token.id}.json", b'{"name":"Unrevealed #%d"}' % int(token.id))
        for token in collection.tokens
    ]
    findings = Findings()
    check_leaks(collection, files, findings)
    assert findings.faults == []
    files[4] = OutputFile("metadata/5.json", b'{"name":"Unrevealed #5 "}')
    check_leaks(collection, files, findings)
    assert [fault.where for fault in findings.faults] == ["/metadata/5.json"]


def test_differing_supplies_of_unrevealed_tokens_get_a_warning(site: Path) -> None:
    ledger = content(site, "content/tokens.json")
    ledger["tokens"][3]["supply"] = 9
    (site / "content/tokens.json").write_text(json.dumps(ledger), "utf-8")
    collection, findings = read(site).collection, Findings()
    metadata = [OutputFile(f"metadata/{token.id}.json", b"{}") for token in collection.tokens]
    check_leaks(collection, metadata, findings)
    assert [warning.key for warning in findings.warnings] == ["supply"]


def test_ids_in_the_order_of_stems_get_a_warning(site: Path) -> None:
    def warned() -> list[str]:
        collection, findings = read(site).collection, Findings()
        metadata = [OutputFile(f"metadata/{token.id}.json", b"{}") for token in collection.tokens]
        check_leaks(collection, metadata, findings)
        return [warning.message for warning in findings.warnings]

    assert run_command(site, "seal") == 0
    assert run_command(site, "reveal", "--tokens", "1-28") == 0
    assert warned() == []
    ledger = content(site, "content/tokens.json")
    revealed = ledger["tokens"][:28]
    revealed.sort(key=lambda token: (token["song"], token["layer"], token["stem"]))
    for number, token in enumerate(revealed, 1):
        token["id"] = str(number)
    (site / SEALED).unlink()
    (site / "content/tokens.json").write_text(json.dumps(ledger), "utf-8")
    assert [message.split(":")[0] for message in warned()] == [
        "discloses unrevealed tokens by the order of ids"
    ]


@pytest.mark.browser
def test_a_visitor_verifies_the_seal_in_python(site: Path, chromium: Browser, serve: Serve) -> None:
    assert run_command(site, "seal") == 0
    assert run_command(site, "reveal", "--tokens", "1-5", "--starting-index", "4") == 0
    assert run(["--site", str(site)], build, ROOT) == 0
    page = chromium.new_page()
    page.goto(f"{serve(site / 'dist', '/a/')}provenance/")
    page.get_by_role("button", name="Verify").click()
    outcome = page.get_by_role("status")
    outcome.get_by_text("Verified:").wait_for(timeout=60_000)
    assert "matches the 32 hashes, and the 5 opened tokens" in outcome.inner_text()
    provenance = site / "dist/data/provenance.json"
    provenance.write_text(provenance.read_text().replace("one/", "two/"), "utf-8")
    page.reload()
    page.get_by_role("button", name="Verify").click()
    page.get_by_text("is not what was sealed").wait_for(timeout=60_000)
    page.close()
