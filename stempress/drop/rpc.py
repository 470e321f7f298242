"""The endpoints of a chain: public ones, which can be slow, rate-limited, out of sync or down."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.drop.endpoint import Endpoint
from stempress.drop.rpc_errors import (
    MAX_ROUNDS,
    BusyError,
    DeniedError,
    EndpointError,
    LaggingError,
    PausedError,
    PrunedError,
    RefusedError,
    RevertedError,
    WrongChainError,
    WrongError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TIMEOUT_SECONDS = 30
FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 30.0
LONG_SECONDS = 4.0
"""Waits that are logged."""
MAX_ASKED_SECONDS = 120.0
"""An endpoint that asks to wait for longer is given up."""
LATER = "everything read so far is saved, so run it again later"
ANOTHER = "list another endpoint in rpc, then run it again"
HINTS = {
    PrunedError: "list an endpoint that keeps old blocks (an archive node) in rpc",
    DeniedError: ANOTHER,
    RefusedError: ANOTHER,
    WrongError: ANOTHER,
    WrongChainError: ANOTHER,
    RevertedError: "is standard right in site.toml? erc721 or erc1155",
}


class NoAnswerError(SiteError):
    """No endpoint gave a usable answer; ``errors`` has the last of each."""

    def __init__(self, faults: Sequence[Fault], errors: Sequence[EndpointError]) -> None:
        super().__init__(faults)
        self.errors = tuple(errors)

    @property
    def is_lacking(self) -> bool:
        """Whether no endpoint has what was asked for, so that asking again is of no use."""
        kinds = (PrunedError, DeniedError, RefusedError)
        return all(
            isinstance(error, kinds) and not isinstance(error, BusyError) for error in self.errors
        )


@dataclass
class Endpoints:
    """Endpoints of one chain, tried in turn with exponential backoff.

    ``left_out`` has a fault for each that cannot be used; ``log`` is told about long waits.
    """

    endpoints: list[Endpoint]
    chain_id: int | None = None
    left_out: list[Fault] = field(default_factory=list)
    log: Callable[[str], object] = lambda _: None
    _current: Endpoint | None = None

    @classmethod
    def connect(cls, urls: Sequence[str], chain_id: int) -> Endpoints:
        """Return the endpoints that respond and are on this chain; SiteError if there are none.

        Those that are busy are asked for their chain when they are needed.
        """
        connected = cls([], chain_id=chain_id)
        for url in dict.fromkeys(urls):
            endpoint = Endpoint(url, TIMEOUT_SECONDS)
            try:
                endpoint.check_chain(chain_id)
            except BusyError as error:
                endpoint.pause(error.seconds or FIRST_WAIT_SECONDS)
            except EndpointError as error:
                connected.left_out.append(_fault(endpoint, str(error)))
                continue
            connected.endpoints.append(endpoint)
        if not connected.endpoints:
            hint = 'list endpoints: rpc = ["https://..."]'
            fault = Fault("site.toml", "is empty", "rpc", hint=hint)
            raise SiteError(connected.left_out or [fault])
        return connected

    def exclude(self, endpoints: Sequence[Endpoint], message: str) -> None:
        """Leave endpoints out from now on."""
        self.left_out += [_fault(endpoint, message) for endpoint in endpoints]
        self.endpoints = [endpoint for endpoint in self.endpoints if endpoint not in endpoints]

    def attempt[T](self, work: Callable[[Endpoint], T], block: int | None = None) -> T:
        """Return the result of ``work`` with the first endpoint for which it succeeds.

        The one that worked last is tried first, unless it does not keep ``block``. Every endpoint
        gets as many tries as its errors allow; NoAnswerError after all of them.
        """
        tries: Counter[Endpoint] = Counter()
        errors: dict[Endpoint, EndpointError] = {}
        while candidates := [
            endpoint
            for endpoint in self.endpoints
            if endpoint not in errors or tries[endpoint] < min(errors[endpoint].tries, MAX_ROUNDS)
        ]:
            endpoint = self._choose(candidates, tries, block)
            try:
                result = self._try(endpoint, work)
            except EndpointError as error:
                tries[endpoint] += 1
                errors[endpoint] = self._note(endpoint, error, tries[endpoint], block)
                continue
            self._current = endpoint
            return result
        raise self._no_answer(errors)

    def attempt_each[T](self, work: Callable[[Endpoint], T]) -> Iterator[tuple[Endpoint, T]]:
        """Yield the results of ``work`` with every endpoint that gives one at once."""
        for endpoint in self.endpoints:
            if endpoint.ready_at <= time.monotonic():
                try:
                    yield endpoint, self._try(endpoint, work)
                except EndpointError as error:
                    self._note(endpoint, error, 1, None)

    def _try[T](self, endpoint: Endpoint, work: Callable[[Endpoint], T]) -> T:
        """Return the result of ``work``; EndpointError for any malformed answer."""
        if self.chain_id is not None:
            endpoint.check_chain(self.chain_id)
        try:
            return work(endpoint)
        except EndpointError:
            raise
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
            raise WrongError("gives a malformed answer") from None

    def _choose(
        self, candidates: Sequence[Endpoint], tries: Counter[Endpoint], block: int | None
    ) -> Endpoint:
        """Return the endpoint to try next, waiting until one is ready."""
        keeping = [one for one in candidates if block is None or block >= one.pruned_below]
        usable = keeping or candidates
        now = time.monotonic()
        ready = [endpoint for endpoint in usable if endpoint.ready_at <= now]
        if not ready:
            first = min(usable, key=lambda endpoint: endpoint.ready_at)
            if first.ready_at - now >= LONG_SECONDS:
                self.log(f"{first.name} is asked again in {first.ready_at - now:.0f} seconds")
            time.sleep(first.ready_at - now)
            ready = [first]
        return min(ready, key=lambda one: (tries[one], one is not self._current))

    def _note(
        self, endpoint: Endpoint, error: EndpointError, tries: int, block: int | None
    ) -> EndpointError:
        """Remember what an error says about an endpoint; return it, or what it really is."""
        backoff = min(FIRST_WAIT_SECONDS * 2 ** (tries - 1), MAX_WAIT_SECONDS)
        if block is not None and isinstance(error, LaggingError) and block <= endpoint.head:
            error = PrunedError(str(error))  # it has later ones, so it no longer has this one
        if isinstance(error, PrunedError) and block is not None:
            endpoint.pruned_below = max(endpoint.pruned_below, block + 1)
        if error.seconds > MAX_ASKED_SECONDS:
            error = PausedError(f"{error}: it asks to wait for {error.seconds:,.0f} seconds")
        endpoint.pause(max(error.seconds, backoff))
        return error

    def _no_answer(self, errors: dict[Endpoint, EndpointError]) -> NoAnswerError:
        faults = [
            _fault(endpoint, str(error), HINTS.get(type(error), LATER))
            for endpoint, error in errors.items()
        ]
        return NoAnswerError(faults, list(errors.values()))


def _fault(endpoint: Endpoint, message: str, hint: str = "") -> Fault:
    return Fault("sync", message, "rpc", endpoint.name, hint)
