"""ERC-2981's royalties, compared with site.toml's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from eth_abi.abi import encode

from pyodide_app.engine.model import Token
from stempress.collection.settings_parser import parse_settings
from stempress.core.errors import Findings
from stempress.drop.contract_calls import ContractCalls
from stempress.drop.royalties import royalty_warnings
from stempress.drop.rpc import Endpoints, NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SPLITTER = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
OTHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TOKENS = [
    Token("1", "stem", "revealed"),
    Token("2", "stem", "revealed"),
    Token("9", "song", "revealed"),
]
SETTINGS = parse_settings(
    '[site]\ntitle = "T"\nartist = "A"\n[collection]\nname = "N"\n', Findings()
)


class Answers(ContractCalls):
    """A contract that gives these answers; NoAnswerError without any."""

    def __init__(self, *answers: bytes | None) -> None:
        super().__init__(Endpoints([], 1), OTHER, 5)
        self.answers = answers

    def call_many(self, calls: Sequence[bytes]) -> Iterator[bytes | None]:
        assert all(call.hex().startswith("2a55205a") for call in calls)
        if not self.answers:
            raise NoAnswerError([], [])
        return iter(self.answers[: len(calls)])


def pays(receiver: str, amount: int) -> bytes:
    return encode(["address", "uint256"], [receiver, amount])


FIVE_PERCENT = "5% in site.toml (royalty_bps)"
NONE = "royalties are 5% in site.toml (royalty_bps), but the contract states none (ERC-2981)"
FIVE = pays(SPLITTER, 500)


@pytest.mark.parametrize(
    ("bps", "answers", "warnings"),
    [
        (500, [FIVE, FIVE], []),
        (0, [None, b""], []),
        (500, [None, b""], [NONE]),
        (500, [b"\xff" * 64, None], [NONE]),
        (
            500,
            [pays(SPLITTER, 750), FIVE],
            [f"royalties of stem tokens are {FIVE_PERCENT}, but 7.5% in the contract"],
        ),
        (
            500,
            [FIVE, pays("0x" + "0" * 40, 0)],
            [f"royalties of song tokens are {FIVE_PERCENT}, but 0% in the contract"],
        ),
        (
            500,
            [pays(OTHER, 500), FIVE],
            [f"the contract pays royalties to {OTHER}, not to the splitter {SPLITTER}"],
        ),
        (
            500,
            [],
            ["no endpoint says which royalties the contract states, so they are not compared"],
        ),
    ],
)
def test_differences_are_warned_about(
    bps: int, answers: list[bytes | None], warnings: list[str]
) -> None:
    settings = replace(SETTINGS, royalty_bps=bps, splitter=SPLITTER)
    assert royalty_warnings(settings, Answers(*answers), TOKENS) == warnings


def test_without_tokens_or_a_splitter_nothing_is_said() -> None:
    assert royalty_warnings(replace(SETTINGS, royalty_bps=500), Answers(None), []) == []
    settings = replace(SETTINGS, royalty_bps=500)
    assert royalty_warnings(settings, Answers(pays(OTHER, 500), FIVE), TOKENS) == []
