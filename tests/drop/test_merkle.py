"""Merkle trees, compared with those of @openzeppelin/merkle-tree 1.0.8 in merkle.json."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stempress.drop.merkle import hex_text, merkle_tree
from tests.conftest import ROOT

EXPECTED = json.loads((ROOT / "tests/support/evm/merkle.json").read_text("ascii"))


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda one: str(len(one["proofs"])))
def test_trees_and_proofs_are_those_of_the_library(expected: dict[str, Any]) -> None:
    dump = expected["dump"]
    values = [
        (address, int(copies)) for address, copies in (one["value"] for one in dump["values"])
    ]
    tree = merkle_tree(dump["leafEncoding"], values)
    assert tree.content() == dump
    assert hex_text(tree.root) == dump["tree"][0]
    proofs = [list(map(hex_text, tree.proof(nth))) for nth in range(len(values))]
    assert proofs == expected["proofs"]
