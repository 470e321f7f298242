"""What refusals of endpoints mean, by their text, code and HTTP status."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stempress.drop import rpc_errors
from stempress.drop.rpc_errors import EndpointError, LimitedError, classify_error
from tests.conftest import ROOT

REFUSALS = json.loads((ROOT / "tests/support/evm/refusals.json").read_text("utf-8"))


@pytest.mark.parametrize(("kind", "status", "code", "message"), REFUSALS)
def test_a_refusal_is_of_its_kind(kind: str, status: int, code: object, message: str) -> None:
    found = classify_error({"code": code, "message": message}, status)
    assert type(found) is getattr(rpc_errors, f"{kind.capitalize()}Error")


def test_only_a_limit_of_blocks_lasts() -> None:
    lasting = {"block range is too wide": True, "query returned more than 10000 results": False}
    for message, expected in lasting.items():
        found = classify_error({"code": -32005, "message": message})
        assert isinstance(found, LimitedError)
        assert found.lasting is expected


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        ({"message": "slow down", "data": {"rate": {"backoff_seconds": 12.5}}}, 12.5),
        ({"message": "too many requests", "data": {"try_again_in": "400ms"}}, 0.4),
        ({"message": "rate limit exceeded, retry in 2m"}, 120),
        ({"message": "rate limit exceeded"}, 0),
    ],
)
def test_how_long_to_wait_is_read(error: object, seconds: float) -> None:
    assert classify_error(error).seconds == pytest.approx(seconds)


def test_an_error_within_an_error_counts() -> None:
    inner = {"code": 3, "message": "execution reverted"}
    outer = {"code": -32603, "message": "Internal JSON-RPC error.", "data": inner}
    assert isinstance(classify_error(outer), rpc_errors.RevertedError)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["code", "message", "data", "rate", "error"]), inner)
    ),
    max_leaves=10,
)


@given(error=JSON, status=st.integers(100, 599))
def test_every_error_is_of_some_kind(error: object, status: int) -> None:
    found = classify_error(error, status)
    assert isinstance(found, EndpointError)
    assert str(found).isprintable()
    assert len(str(found)) < 1000
