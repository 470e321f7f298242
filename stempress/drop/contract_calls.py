"""Calls of a contract's functions at one block, many to a request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING

from eth_abi.abi import encode

from stempress.drop.events import decode_abi
from stempress.drop.rpc_errors import (
    EndpointError,
    EndpointTimeoutError,
    LimitedError,
    RevertedError,
    WrongError,
)
from stempress.drop.rpc_values import hex_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stempress.drop.endpoint import Call, Endpoint
    from stempress.drop.rpc import Endpoints

MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11"
"""Multicall3, which has this address on most chains."""
AGGREGATE = bytes.fromhex("82ad56cb")
MAX_CALLS = 500
"""Calls in one request to Multicall3."""


@dataclass
class ContractCalls:
    """Read-only calls of one contract at one block."""

    endpoints: Endpoints
    address: str
    block: int
    max_calls: int = MAX_CALLS
    _has_multicall: bool | None = None

    def call(self, data: bytes) -> bytes:
        """Return the result of one call; RevertedError if the contract rejects it."""
        return self.endpoints.attempt(partial(self._ask, data=data), self.block)

    def call_many(self, calls: Sequence[bytes]) -> Iterator[bytes | None]:
        """Yield the results of calls; None for those that the contract rejects."""
        for part in batched(calls, MAX_CALLS):
            done: dict[int, bytes | None] = {}
            while len(done) < len(part):
                self.endpoints.attempt(partial(self._ask_some, calls=part, done=done), self.block)
            yield from (done[nth] for nth in range(len(part)))

    def _ask(self, endpoint: Endpoint, data: bytes, to: str = "") -> bytes:
        method, params = self._request(data, to)
        return hex_bytes(endpoint.call(method, *params), "eth_call")

    def _ask_some(
        self, endpoint: Endpoint, calls: Sequence[bytes], done: dict[int, bytes | None]
    ) -> None:
        """Make some of the calls that are not ``done``, in one request."""
        rest = [nth for nth in range(len(calls)) if nth not in done]
        if self._has_multicall is None:
            code = endpoint.call("eth_getCode", MULTICALL, hex(self.block))
            self._has_multicall = bool(hex_bytes(code, "eth_getCode"))
        if self._has_multicall and len(rest) > 1 and self.max_calls > 1:
            part = rest[: self.max_calls]
            try:
                done |= zip(
                    part, self._aggregate(endpoint, [calls[nth] for nth in part]), strict=True
                )
            except (LimitedError, RevertedError) as error:
                self.max_calls = len(part) // 2
                if isinstance(error, EndpointTimeoutError):
                    raise
            return
        answers = endpoint.call_batch([self._request(calls[nth]) for nth in rest])
        for nth, answer in zip(rest, answers, strict=False):
            if isinstance(answer, RevertedError):
                done[nth] = None
            elif not isinstance(answer, EndpointError):
                done[nth] = hex_bytes(answer, "eth_call")

    def _aggregate(self, endpoint: Endpoint, calls: Sequence[bytes]) -> list[bytes | None]:
        """Ask Multicall3."""
        arguments = [[(self.address, True, data) for data in calls]]
        data = AGGREGATE + encode(["(address,bool,bytes)[]"], arguments)
        answer = self._ask(endpoint, data, MULTICALL)
        try:
            (results,) = decode_abi(["(bool,bytes)[]"], answer)
        except ValueError:
            raise WrongError("gives a malformed answer to eth_call") from None
        if len(results) != len(calls):
            raise WrongError("gives another number of results than requested")
        return [content if success else None for success, content in results]

    def _request(self, data: bytes, to: str = "") -> Call:
        call = {"to": to or self.address, "data": "0x" + data.hex()}
        return "eth_call", [call, hex(self.block)]


def word(result: bytes | None) -> int | None:
    """Return the number that a call returned; None if it was rejected or is not there."""
    return None if result is None or len(result) < 32 else int.from_bytes(result[:32])
