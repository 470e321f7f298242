"""Events, the state they lead to, the updated ledger and the journal, without a chain."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.model import Layer, Song, Stem
from stempress.collection.albums import Album
from stempress.drop.chain_state import replay
from stempress.drop.events import (
    BATCH,
    BATCH_UPDATE,
    CONSECUTIVE,
    SINGLE,
    TRANSFER,
    UPDATE,
    URI,
    ZERO,
    MetadataUpdate,
    Transfer,
    parse_log,
    parse_logs,
)
from stempress.drop.forgings import Forging
from stempress.drop.journal import BlockRange, open_journal
from stempress.drop.synced_ledger import apply_state

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = ("0x" + letter * 40 for letter in "123")
LAYERS = tuple(Layer(name, name, (Stem("x", "X"), Stem("y", "Y"))) for name in ("drums", "bass"))
ALBUMS = [Album("tides", "Tides", tuple(Song(slug, slug, LAYERS) for slug in ("one", "two")))]


def transfer(sender: str, to: str, token: int, amount: int = 1, tx: str = "t") -> Transfer:
    return Transfer(tx, sender, to, token, amount, 5, 0)


def stem(token: int, layer: str, song: str = "one", **more: object) -> dict[str, Any]:
    entry = {"id": str(token), "tier": "stem", "state": "revealed", "song": song}
    return {**entry, "layer": layer, "stem": "x", **more}


@given(
    st.lists(
        st.tuples(
            st.sampled_from([ZERO, A, B, C]),
            st.sampled_from([ZERO, A, B, C]),
            st.integers(1, 4),
            st.integers(0, 3),
        ),
        max_size=40,
    )
)
def test_a_state_is_the_sum_of_its_transfers(moves: list[tuple[str, str, int, int]]) -> None:
    balances: Counter[tuple[str, int]] = Counter()
    events = []
    for sender, to, token, amount in moves:
        transferred = min(amount, balances[sender, token]) if sender != ZERO else amount
        balances[sender, token] -= transferred
        balances[to, token] += transferred
        events.append(transfer(sender, to, token, transferred))
    state = replay(events)
    for token in range(1, 5):
        expected = {
            holder: balances[holder, token] for holder in (A, B, C) if balances[holder, token]
        }
        assert dict(state.owners.get(str(token), {})) == expected


def test_a_transfer_without_ownership_is_rejected() -> None:
    with pytest.raises(ValueError, match="without owning it"):
        replay([transfer(ZERO, A, 1), transfer(B, C, 1)])


def test_a_transaction_may_forge_several_tokens_or_mint_first() -> None:
    mints = [transfer(ZERO, A, token, tx="0") for token in range(1, 8)]
    burns = [transfer(A, ZERO, token, tx="1") for token in (1, 2)]
    again = [transfer(A, ZERO, token, tx="1") for token in (3, 4)]
    many = [*burns, transfer(ZERO, A, 91, tx="1"), *again, transfer(ZERO, A, 92, tx="1")]
    before = [
        transfer(ZERO, A, 93, tx="2"),
        *(transfer(A, ZERO, token, tx="2") for token in (5, 6)),
    ]
    plain = [transfer(A, ZERO, 7, tx="3")]
    assert replay([*mints, *many, *before, *plain]).forgings == [
        Forging("91", ("1", "2")),
        Forging("92", ("3", "4")),
        Forging("93", ("5", "6")),
    ]


def test_a_song_is_forged_without_a_layer_that_may_be_left_out() -> None:
    drums, bass = LAYERS
    song = Song("one", "One", (drums, replace(bass, empty=Stem("", ""))))
    events = [transfer(ZERO, A, token, tx="0") for token in (1, 2)]
    events += [transfer(A, ZERO, 1, tx="1"), transfer(ZERO, A, 91, tx="1")]
    events += [transfer(A, ZERO, 2, tx="2"), transfer(ZERO, A, 92, tx="2")]
    entries = [stem(1, "drums"), stem(2, "bass")]
    synced = apply_state(entries, replay(events), [Album("a", "A", (song,))], {"": "erc721"})
    assert (synced.added, synced.unknown) == (["91"], {"92": A})
    (forged,) = (entry for entry in synced.entries if entry["id"] == "91")
    assert (forged["stems"], forged["burned"]) == ({"drums": "x"}, ["1"])


def test_tokens_without_an_explanation_are_kept_separate() -> None:
    entries = [
        stem(1, "drums"),
        stem(2, "drums"),
        {"id": "3", "tier": "stem", "state": "unrevealed"},
    ]
    events = [transfer(ZERO, A, token, tx="0") for token in (1, 2, 3)]
    events += [transfer(A, ZERO, token, tx="1") for token in (1, 2)] + [
        transfer(ZERO, B, 91, tx="1")
    ]
    events += [transfer(A, ZERO, 3, tx="2"), transfer(ZERO, B, 77, tx="3")]
    synced = apply_state(entries, replay(events), ALBUMS, {"": "erc721"})
    assert synced.unknown == {"91": B, "77": B}
    assert synced.owners == {}
    assert [entry["state"] for entry in synced.entries] == ["forged", "forged", "unrevealed"]
    assert [warning.split(":")[0] for warning in synced.warnings] == [
        "tokens that were burned unrevealed",
        "tokens that are not in the ledger",
    ]


def test_applying_a_state_is_idempotent() -> None:
    entries = [stem(1, "drums"), stem(2, "bass"), stem(3, "drums", "two"), stem(4, "bass", "two")]
    events = [transfer(ZERO, A, token, tx="0") for token in range(1, 5)]
    for index, (first, second, forged) in enumerate([(1, 2, 91), (3, 4, 92), (91, 92, 99)]):
        burns = [transfer(A, ZERO, token, tx=str(index + 1)) for token in (first, second)]
        events += [*burns, transfer(ZERO, A, forged, tx=str(index + 1))]
    once = apply_state(entries, replay(events), ALBUMS, {"": "erc721"})
    assert once.added == ["91", "92", "99"]
    assert once.entries[-1]["burned"] == ["91", "92"]
    twice = apply_state(once.entries, replay(events), ALBUMS, {"": "erc721"}, once.added)
    assert twice == once
    undone = apply_state(once.entries, replay(events[:4]), ALBUMS, {"": "erc721"}, once.added)
    assert undone.entries == entries


def log(
    topic: str, *indexed: object, data: bytes = b"", block: int = 5, index: int = 0
) -> dict[str, Any]:
    topics = [topic, *(f"0x{int(str(value), 0):064x}" for value in indexed)]
    position = {"blockNumber": hex(block), "logIndex": hex(index), "transactionHash": "0xt"}
    return {"topics": topics, "data": "0x" + data.hex(), **position}


def test_every_event_is_parsed() -> None:
    def read(*arguments: object, **options: Any) -> list[Any]:  # noqa: ANN401 - what a log has
        return list(parse_log(log(*arguments, **options)))  # type: ignore[arg-type]

    assert read(TRANSFER, ZERO, A, 2**255) == [Transfer("0xt", ZERO, A, 2**255, 1, 5, 0)]
    pair = encode(["uint256", "uint256"], [7, 3])
    assert read(SINGLE, C, A, B, data=pair) == [Transfer("0xt", A, B, 7, 3, 5, 0)]
    lists = encode(["uint256[]", "uint256[]"], [[7, 8], [1, 2]])
    assert read(BATCH, C, A, B, data=lists) == [
        transfer(A, B, 7, 1, "0xt"),
        transfer(A, B, 8, 2, "0xt"),
    ]
    assert read(CONSECUTIVE, 3, ZERO, A, data=encode(["uint256"], [5])) == [
        transfer(ZERO, A, token, 1, "0xt") for token in (3, 4, 5)
    ]
    assert read(UPDATE, data=encode(["uint256"], [9])) == [MetadataUpdate(9, 9)]
    assert read(BATCH_UPDATE, data=pair) == [MetadataUpdate(7, 3)]
    assert read(URI, 12) == [MetadataUpdate(12, 12)]


@pytest.mark.parametrize(
    "wrong",
    [
        log(TRANSFER, ZERO, A),
        log(TRANSFER, 2**200, A, 1),
        log(CONSECUTIVE, 0, ZERO, A, data=encode(["uint256"], [2**255])),
        log("0xfeed", ZERO, A, 1),
        log(SINGLE, C, A, B, data=b"short"),
        log(BATCH, C, A, B, data=encode(["uint256[]", "uint256[]"], [[1, 2], [1]])),
        log(BATCH, C, A, B, data=b"\xff" * 64),
        log(TRANSFER, ZERO, A, 1, block=99),
        {**log(TRANSFER, ZERO, A, 1), "removed": True},
    ],
)
def test_malformed_logs_are_rejected(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the messages differ
        parse_logs([wrong], 1, 9)


def test_logs_are_sorted_in_chain_order() -> None:
    logs = [
        log(URI, number, block=block, index=index)
        for number, block, index in ((3, 7, 0), (2, 5, 11), (1, 5, 2))
    ]
    assert parse_logs(logs, 5, 7) == [
        MetadataUpdate(1, 1),
        MetadataUpdate(2, 2),
        MetadataUpdate(3, 3),
    ]


def test_a_journal_can_be_reopened(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "a" / "journal")
    ranges = [
        BlockRange(0, 9, "0xa", 5, (transfer(ZERO, A, 2**255), MetadataUpdate(1, 2))),
        BlockRange(10, 12, "0xb", 6, ()),
    ]
    for stretch in ranges:
        journal.append(stretch)
    journal.record_added(["91"])
    journal.record_added(["90"])
    again = open_journal(journal.path)
    assert (again.ranges, again.added, again.next_block) == (ranges, ["90", "91"], 13)
    assert again.drop_last() == ranges[1]
    assert open_journal(journal.path) == again


@pytest.mark.parametrize(
    "damage", [b"\x00\x00\n", b"[1, 2]\n", b'{"made": 7', b"\xff\n[]\n", b"null\n"]
)
def test_a_journal_ends_before_what_is_damaged(tmp_path: Path, damage: bytes) -> None:
    journal = open_journal(tmp_path / "journal")
    journal.record_missing(3)
    kept = BlockRange(3, 9, "0xa", 5, (transfer(ZERO, A, 1),), "a.example")
    journal.append(kept)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + damage + whole)
    again = open_journal(journal.path)
    assert (again.ranges, again.missing_before) == ([kept], 3)
    assert journal.path.read_bytes() == whole


def test_what_is_at_a_burn_address_may_still_be_moved_by_the_contract() -> None:
    dead = "0x000000000000000000000000000000000000dEaD"
    state = replay([transfer(ZERO, A, 1), transfer(A, dead, 1)])
    assert (dict(state.owners), state.seen) == ({}, {"1"})
    back = replay([transfer(ZERO, A, 1), transfer(A, dead, 1), transfer(dead, B, 1)])
    assert back.owners["1"] == {B: 1}
    assert not back.buried


def test_incomplete_events_give_no_debts() -> None:
    state = replay([transfer(A, B, 1), transfer(ZERO, A, 2, 3)], complete=False)
    assert {token: dict(holders) for token, holders in state.owners.items()} == {
        "1": {B: 1},
        "2": {A: 3},
    }
