"""Forged tokens match the tokens that were burned for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.collection.test_ledger import FORGED, burned, faults_of, ledger_of, song, stem


def test_song_tokens_burned_for_an_album_need_not_be_marked_as_forged() -> None:
    first = {key: value for key, value in FORGED[4].items() if key != "into"}
    _, findings = ledger_of(*FORGED[:4], {**first, "state": "revealed"}, *FORGED[5:])
    assert findings.faults == []
    assert [warning.key for warning in findings.warnings] == ["tokens[4].state"]


def test_a_song_token_need_not_list_what_was_burned() -> None:
    assert faults_of(burned(1, "drums", "amen", 91), song(91, [])) == []


@pytest.mark.parametrize(
    ("tokens", "key"),
    [
        ([stem(1), burned(2, "bass", "sub", 91), song(91, [1, 2])], "state"),
        ([burned(1, "drums", "amen", 90), song(91, [])], "into"),
        (
            [burned(1, "drums", "tape", 91), burned(2, "bass", "sub", 91), song(91, [1, 2])],
            "burned",
        ),
        ([burned(1, "drums", "amen", 91), song(91, [1])], "burned"),
        ([*FORGED[:2], stem(7), song(9001, [3, 4, 7])], "burned"),
        ([*FORGED[:2], song(9001, [3, 4, 4])], "burned"),
        ([*FORGED[:2], song(9001, [3, 4]), song(9002, [3, 4])], "burned"),
        ([song(9001, [9001, 9001])], "burned"),
        ([song(9001, [3, 4])], "burned"),
        ([*FORGED[:2], FORGED[4], FORGED[6]], "burned"),
    ],
)
def test_a_token_that_does_not_match_its_burned_tokens_is_reported(
    tokens: list[dict[str, Any]], key: str
) -> None:
    assert {path.rpartition(".")[2] for path, _ in faults_of(*tokens)} == {key}
