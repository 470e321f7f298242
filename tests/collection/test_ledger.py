"""The ledger, content/tokens.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pyodide_app.engine.model import Layer, Song, Stem, Token
from stempress.collection.albums import Album
from stempress.collection.ledger import Ledger, parse_ledger, read_ledger
from stempress.core.errors import Findings

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import Tier

OWNER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
OTHER = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
SONGS = {
    slug: Song(
        slug,
        slug.title(),
        tuple(
            Layer(layer, layer.title(), tuple(Stem(stem, stem, supply=3) for stem in stems))
            for layer, stems in (("drums", ("amen", "tape")), ("bass", ("sub",)))
        ),
        album="tides",
    )
    for slug in ("undertow", "ebb")
}
ALBUMS = {"tides": Album("tides", "Tides", tuple(SONGS.values()))}


def stem(number: int, layer: str = "drums", name: str = "amen", **more: object) -> dict[str, Any]:
    return {
        "id": str(number),
        "tier": "stem",
        "state": "revealed",
        "song": "undertow",
        "layer": layer,
        "stem": name,
        **more,
    }


def burned(number: int, layer: str, name: str, into: int, **more: object) -> dict[str, Any]:
    return stem(number, layer, name, state="forged", into=str(into), **more)


def song(number: int, parts: list[int], **more: object) -> dict[str, Any]:
    return {
        "id": str(number),
        "tier": "song",
        "state": "revealed",
        "song": "undertow",
        "stems": {"drums": "amen", "bass": "sub"},
        "burned": [str(part) for part in parts],
        **more,
    }


FORGED = [
    burned(3, "drums", "amen", 9001),
    burned(4, "bass", "sub", 9001),
    burned(5, "drums", "amen", 9002, song="ebb"),
    burned(6, "bass", "sub", 9002, song="ebb"),
    song(9001, [3, 4], state="forged", into="9900"),
    song(9002, [5, 6], song="ebb", state="forged", into="9900"),
    {
        "id": "9900",
        "tier": "album",
        "state": "revealed",
        "album": "tides",
        "burned": ["9001", "9002"],
    },
]


def ledger_of(*tokens: dict[str, Any], **more: object) -> tuple[Ledger, Findings]:
    """Parse a ledger with these tokens."""
    findings = Findings()
    text = json.dumps({"tokens": tokens, **more})
    return parse_ledger(text, SONGS, ALBUMS, findings), findings


def faults_of(*tokens: dict[str, Any], **more: object) -> list[tuple[str, str]]:
    """Return the faults of a ledger with these tokens."""
    _, findings = ledger_of(*tokens, **more)
    return [(fault.key, fault.message) for fault in findings.faults]


def test_tokens_of_every_tier_are_read() -> None:
    ledger, findings = ledger_of(*FORGED, block=21_000_000)
    assert (findings.faults, findings.warnings) == ([], [])
    assert ledger.tokens[0] == Token(
        "3", "stem", "forged", "undertow", "drums", "amen", into="9001"
    )
    assert ledger.tokens[4].stems == {"drums": "amen", "bass": "sub"}
    assert ledger.tokens[6].burned == ("9001", "9002")
    assert ledger.block == 21_000_000


def test_a_missing_ledger_is_empty(tmp_path: Path) -> None:
    findings = Findings()
    assert read_ledger(tmp_path / "tokens.json", SONGS, ALBUMS, findings) == Ledger()
    assert parse_ledger("{}", SONGS, ALBUMS, findings) == Ledger()
    assert findings.faults == []


def test_what_a_ledger_reveals_of_an_unrevealed_token_is_ignored() -> None:
    ledger, findings = ledger_of(stem(1, state="unrevealed"))
    assert ledger.tokens == (Token("1", "stem", "unrevealed"),)
    assert [warning.key for warning in findings.warnings] == ["tokens[0].song"]


def test_owners_are_addresses_or_counts_by_address() -> None:
    owners = {"1": OWNER.lower(), "2": {OWNER: 2, OTHER: 1}}
    ledger, findings = ledger_of(stem(1), stem(2, "bass", "sub", supply=3), owners=owners)
    assert ledger.owners == {"1": {OWNER: 1}, "2": {OWNER: 2, OTHER: 1}}
    assert findings.faults == []


def test_checksums_are_cached_between_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path))
    owners = {str(token_id): {OTHER.lower(): 1, OWNER: 1} for token_id in (1, 2)}
    entries = [stem(1, supply=2), stem(2, "bass", "sub", supply=2)]
    first, _ = ledger_of(*entries, owners=owners)
    monkeypatch.setattr("stempress.collection.owners.checksummed", None)
    again, findings = ledger_of(*entries, owners=owners, block=1)
    assert (
        again.owners == first.owners == {token_id: {OTHER: 1, OWNER: 1} for token_id in ("1", "2")}
    )
    assert findings.faults == []


def test_burn_addresses_hold_nothing() -> None:
    dead, zero = "0x000000000000000000000000000000000000dEaD", "0x" + "0" * 40
    owners = {"1": dead, "2": {OWNER: 1, dead: 1}, "3": zero, "4": dead}
    entries = [stem(1), stem(2, "bass", "sub", supply=2), stem(3), stem(4, state="unrevealed")]
    ledger, findings = ledger_of(*entries, owners=owners)
    assert ledger.owners == {"2": {OWNER: 1}}
    states = [token.state for token in ledger.tokens]
    assert states == ["burned", "revealed", "burned", "unrevealed"]
    keys = sorted(warning.key for warning in findings.warnings)
    assert keys == ["owners.2", "owners.4", "tokens[3].song"]


def test_what_was_burned_for_no_other_token_is_burned() -> None:
    ledger, findings = ledger_of(stem(1, state="forged"), *FORGED)
    assert [(token.id, token.state) for token in ledger.tokens if not token.into] == [
        ("1", "burned"),
        ("9900", "revealed"),
    ]
    assert findings.faults == findings.warnings == []


def test_a_token_without_into_is_part_of_the_token_that_lists_it() -> None:
    songs = [song(9001, [3, 4], state="forged"), *FORGED[:4], *FORGED[5:]]
    ledger, _ = ledger_of(*songs)
    part = next(token for token in ledger.tokens if token.id == "9001")
    assert (part.state, part.into) == ("forged", "9900")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "must be an address, or addresses with counts"),
        ([OWNER], "must be an address, or addresses with counts"),
        ({OWNER: 0}, "must be an address, or addresses with counts"),
        ({OWNER: True}, "must be an address, or addresses with counts"),
        ({OWNER: 1, OTHER: 1}, "has more copies held than exist"),
        (OWNER.replace("A", "a"), "has a wrong EIP-55 checksum"),
        ("", "is not an Ethereum address"),
    ],
)
def test_invalid_owners_are_reported(value: object, message: str) -> None:
    assert faults_of(stem(1), owners={"1": value}) == [("owners.1", message)]


@pytest.mark.parametrize("name", ["0", "1", str(2**256 - 1)])
def test_ids_have_256_bits(name: str) -> None:
    assert faults_of({**stem(1), "id": name}) == []


@pytest.mark.parametrize(
    "name", ["", "01", "-1", "1.0", "x", "1\n", "\u0661", str(2**256), 1, None]
)
def test_invalid_ids_are_reported(name: object) -> None:
    assert [key for key, _ in faults_of({**stem(1), "id": name})] == ["tokens[0].id"]


def test_every_copy_counts_towards_the_supply() -> None:
    assert faults_of(stem(1, supply=2), stem(2)) == []
    assert faults_of(stem(1, supply=2), stem(2), burned(3, "drums", "amen", 91), song(91, [])) == [
        ("tokens", "exceed the supply of undertow/drums/amen")
    ]


def test_a_faulty_entry_causes_one_fault_only() -> None:
    for key in ("id", "tier", "state", "song", "layer", "stem"):
        wrong = {**FORGED[0], key: "?"}
        assert len(faults_of(wrong, *FORGED[1:])) == 1
        del wrong[key]
        assert len(faults_of(wrong, *FORGED[1:])) == 1


@pytest.mark.parametrize(
    ("entry", "own", "subject"),
    [
        (stem(9001, state="shown"), (), "token 9001, state"),
        (stem(9001, state="shown"), ("song",), "token 9001, state"),
        (stem(9001, state="shown"), ("stem",), "token stem/9001, state"),
        (stem(9001, tier=["stem"]), ("stem",), "token 9001, tier"),
        (stem(9001, stem="sup"), (), "token 9001, stem"),
        ({**stem(1), "id": 9001}, (), "10000th of tokens, id"),
        ({**stem(1), "id": "x"}, (), "10000th of tokens, id"),
    ],
)
def test_faults_name_the_token_by_its_id_where_it_has_one(
    entry: dict[str, Any], own: tuple[Tier, ...], subject: str
) -> None:
    findings = Findings()
    others = [{"id": str(n), "tier": "stem", "state": "unrevealed"} for n in range(9_999)]
    others[9_001]["id"] = "20000"
    parse_ledger(json.dumps({"tokens": [*others, entry]}), SONGS, ALBUMS, findings, own)
    [fault] = findings.faults
    assert str(fault).startswith(f"content/tokens.json: {subject}: ")


def test_tokens_of_unreadable_songs_are_not_reported() -> None:
    findings = Findings()
    blank = {slug: Song(slug, slug, ()) for slug in SONGS}
    albums = {"tides": Album("tides", "Tides", tuple(blank.values()))}
    parse_ledger(json.dumps({"tokens": FORGED}), blank, albums, findings)
    assert findings.faults == []


@pytest.mark.parametrize(
    ("stems", "key"),
    [
        ({"drums": "amen"}, "stems.bass"),
        ({"drums": "amen", "bass": "sup"}, "stems.bass"),
        ({"drums": "amen", "base": "sub"}, "stems.base"),
        ({"drums": "amen", "bass": ["sub"]}, "stems.bass"),
        ("amen", "stems"),
    ],
)
def test_a_song_token_has_a_stem_for_every_layer(stems: object, key: str) -> None:
    assert [each for each, _ in faults_of(song(1, [], stems=stems))] == [f"tokens[0].{key}"]


@pytest.mark.parametrize(
    "time", ["2026-09-01", "2026-09-01T12:00:00+02:00", "2026-13-01T00:00:00Z"]
)
def test_times_are_in_utc(time: str) -> None:
    findings = Findings()
    text = json.dumps({"tokens": [], "time": time})
    assert parse_ledger(text, SONGS, ALBUMS, findings).time == ""
    assert [fault.message for fault in findings.faults] == ["is not a time in UTC"]
    good = json.dumps({"tokens": [], "time": "2026-09-01T12:00:00Z"})
    assert parse_ledger(good, SONGS, ALBUMS, Findings()).time == "2026-09-01T12:00:00Z"


def test_findings_are_the_same_when_a_ledger_is_read_again() -> None:
    wrong = stem(1), stem(2, "drums", "sub"), {**stem(3), "state": "unrevealed"}
    (first, findings), (again, findings_again) = ledger_of(*wrong), ledger_of(*wrong)
    assert again is first
    assert [fault.key for fault in findings.faults] == ["tokens[1].stem"]
    assert [warning.key for warning in findings.warnings] == ["tokens[2].song"]
    assert findings_again == findings


def test_a_ledger_is_checked_against_the_current_songs_and_albums() -> None:
    text = json.dumps({"tokens": FORGED})

    def faulty_keys(song: Song, findings: Findings) -> list[str]:
        songs = {**SONGS, "ebb": song}
        albums = {"tides": Album("tides", "Tides", tuple(songs.values()))}
        parse_ledger(text, songs, albums, findings)
        return [fault.key for fault in findings.faults]

    other = Song("ebb", "Ebb", (*SONGS["ebb"].layers[:1], Layer("pad", "Pad", ())))
    assert faulty_keys(SONGS["ebb"], Findings()) == []
    assert faulty_keys(other, Findings()) == ["tokens[3].layer", "tokens[5].stems.bass"]
    assert faulty_keys(SONGS["ebb"], Findings()) == []


def test_tokens_of_an_album_with_faults_are_checked_once_it_is_fixed() -> None:
    text = json.dumps({"tokens": FORGED})
    albums = {"tides": Album("tides", "Tides", (SONGS["ebb"],))}
    faulty, fixed = Findings(), Findings()
    faulty.fault("content/albums/tides/index.md", "is wrong")
    parse_ledger(text, SONGS, albums, faulty)
    parse_ledger(text, SONGS, albums, fixed)
    assert [fault.message for fault in faulty.faults] == ["is wrong"]
    assert [fault.key for fault in fixed.faults] == ["tokens[6].burned"]
