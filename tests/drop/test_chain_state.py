"""What events make of a ledger, without a chain."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.model import Layer, Song, Stem
from stempress.collection.albums import Album
from stempress.drop.chain_state import Forging, apply_state, replay
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
from stempress.drop.journal import BlockRange, open_journal

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = ("0x" + letter * 40 for letter in "123")
LAYERS = tuple(Layer(name, name, (Stem("x", "X"), Stem("y", "Y"))) for name in ("drums", "bass"))
ALBUMS = [Album("tides", "Tides", tuple(Song(slug, slug, LAYERS) for slug in ("one", "two")))]


def moved(sender: str, to: str, token: int, amount: int = 1, tx: str = "t") -> Transfer:
    return Transfer(tx, sender, to, token, amount)


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
    held: Counter[tuple[str, int]] = Counter()
    events = []
    for sender, to, token, amount in moves:
        given_away = min(amount, held[sender, token]) if sender != ZERO else amount
        held[sender, token] -= given_away
        held[to, token] += given_away
        events.append(moved(sender, to, token, given_away))
    state = replay(events)
    for token in range(1, 5):
        wanted = {holder: held[holder, token] for holder in (A, B, C) if held[holder, token]}
        assert dict(state.owners.get(str(token), {})) == wanted


def test_nobody_gives_what_they_do_not_have() -> None:
    with pytest.raises(ValueError, match="without owning it"):
        replay([moved(ZERO, A, 1), moved(B, C, 1)])


def test_one_transaction_may_forge_often_and_mint_first() -> None:
    mints = [moved(ZERO, A, token, tx="0") for token in range(1, 8)]
    burns = [moved(A, ZERO, token, tx="1") for token in (1, 2)]
    again = [moved(A, ZERO, token, tx="1") for token in (3, 4)]
    many = [*burns, moved(ZERO, A, 91, tx="1"), *again, moved(ZERO, A, 92, tx="1")]
    before = [moved(ZERO, A, 93, tx="2"), *(moved(A, ZERO, token, tx="2") for token in (5, 6))]
    plain = [moved(A, ZERO, 7, tx="3")]
    assert replay([*mints, *many, *before, *plain]).forgings == [
        Forging("91", ("1", "2")),
        Forging("92", ("3", "4")),
        Forging("93", ("5", "6")),
    ]


def test_what_cannot_be_explained_is_kept_apart() -> None:
    entries = [
        stem(1, "drums"),
        stem(2, "drums"),
        {"id": "3", "tier": "stem", "state": "unrevealed"},
    ]
    events = [moved(ZERO, A, token, tx="0") for token in (1, 2, 3)]
    events += [moved(A, ZERO, token, tx="1") for token in (1, 2)] + [moved(ZERO, B, 91, tx="1")]
    events += [moved(A, ZERO, 3, tx="2"), moved(ZERO, B, 77, tx="3")]
    told = apply_state(entries, replay(events), ALBUMS, "erc721")
    assert told.unknown == {"91": B, "77": B}
    assert told.owners == {}
    assert [entry["state"] for entry in told.entries] == ["forged", "forged", "unrevealed"]
    assert [remark.split(":")[0] for remark in told.warnings] == [
        "tokens that were burned unrevealed",
        "tokens that are not in the ledger",
    ]


def test_applying_twice_is_applying_once() -> None:
    entries = [stem(1, "drums"), stem(2, "bass"), stem(3, "drums", "two"), stem(4, "bass", "two")]
    events = [moved(ZERO, A, token, tx="0") for token in range(1, 5)]
    for at, (first, second, made) in enumerate([(1, 2, 91), (3, 4, 92), (91, 92, 99)]):
        burns = [moved(A, ZERO, token, tx=str(at + 1)) for token in (first, second)]
        events += [*burns, moved(ZERO, A, made, tx=str(at + 1))]
    once = apply_state(entries, replay(events), ALBUMS, "erc721")
    assert once.added == ["91", "92", "99"]
    assert once.entries[-1]["burned"] == ["91", "92"]
    twice = apply_state(once.entries, replay(events), ALBUMS, "erc721", once.added)
    assert twice == once
    undone = apply_state(once.entries, replay(events[:4]), ALBUMS, "erc721", once.added)
    assert undone.entries == entries


def log(
    topic: str, *words: object, data: bytes = b"", block: int = 5, at: int = 0
) -> dict[str, Any]:
    topics = [topic, *(f"0x{int(str(word), 0):064x}" for word in words)]
    where = {"blockNumber": hex(block), "logIndex": hex(at), "transactionHash": "0xt"}
    return {"topics": topics, "data": "0x" + data.hex(), **where}


def test_every_event_is_read() -> None:
    def read(*given: object, **more: Any) -> list[Any]:  # noqa: ANN401 - what a log has
        return list(parse_log(log(*given, **more)))  # type: ignore[arg-type]

    assert read(TRANSFER, ZERO, A, 2**255) == [Transfer("0xt", ZERO, A, 2**255, 1)]
    pair = encode(["uint256", "uint256"], [7, 3])
    assert read(SINGLE, C, A, B, data=pair) == [Transfer("0xt", A, B, 7, 3)]
    lists = encode(["uint256[]", "uint256[]"], [[7, 8], [1, 2]])
    assert read(BATCH, C, A, B, data=lists) == [moved(A, B, 7, 1, "0xt"), moved(A, B, 8, 2, "0xt")]
    assert read(CONSECUTIVE, 3, ZERO, A, data=encode(["uint256"], [5])) == [
        moved(ZERO, A, token, 1, "0xt") for token in (3, 4, 5)
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
def test_logs_that_are_not_what_they_promise_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says it in other words
        parse_logs([wrong], 1, 9)


def test_logs_are_read_in_the_order_of_the_chain() -> None:
    logs = [
        log(URI, number, block=block, at=at)
        for number, block, at in ((3, 7, 0), (2, 5, 11), (1, 5, 2))
    ]
    assert parse_logs(logs, 5, 7) == [
        MetadataUpdate(1, 1),
        MetadataUpdate(2, 2),
        MetadataUpdate(3, 3),
    ]


def test_a_journal_keeps_what_was_read(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "a" / "journal")
    ranges = [
        BlockRange(0, 9, "0xa", 5, (moved(ZERO, A, 2**255), MetadataUpdate(1, 2))),
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
