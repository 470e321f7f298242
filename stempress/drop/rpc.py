"""JSON-RPC client for public endpoints, which can be slow, rate-limited, out of sync or down."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from stempress.core.errors import Fault, SiteError
from stempress.drop.log_span import LogSpan
from stempress.drop.rpc_errors import (
    MAX_ROUNDS,
    BusyError,
    DeniedError,
    EndpointError,
    EndpointTimeoutError,
    LaggingError,
    LimitedError,
    PausedError,
    PrunedError,
    RefusedError,
    RevertedError,
    UnreachableError,
    WrongChainError,
    WrongError,
    classify_error,
    classify_status,
    suggested_spans,
)
from stempress.drop.rpc_values import quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TIMEOUT_SECONDS = 30
FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 30.0
MAX_ASKED_SECONDS = 120.0
"""An endpoint that asks to wait for longer is given up."""
MAX_BATCH = 50
MAX_BYTES = 100_000_000
"""Size of the largest response that is read."""

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

type Call = tuple[str, list[Any]]
"""Method and parameters."""


@dataclass(eq=False)
class Endpoint:
    """A JSON-RPC endpoint, with what it has shown of itself.

    Blocks below ``pruned_below`` were not there; ``ready_at`` is when it may be asked again, in
    seconds of the monotonic clock; ``head`` is the last block that it is known to have,
    ``header`` the one that it gave last.
    """

    url: str
    session: requests.Session = field(default_factory=requests.Session)
    span: LogSpan = field(default_factory=LogSpan)
    max_batch: int = MAX_BATCH
    batch_limit: int = MAX_BATCH
    pruned_below: int = 0
    ready_at: float = 0.0
    head: int = 0
    header: object = None
    chain_checked: bool = False
    _ids: count[int] = field(default_factory=count)

    @property
    def name(self) -> str:
        """Host name only: the rest of the URL often contains an API key."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - any JSON
        """Return the result of a call; EndpointError if there is none."""
        return _result(self._post(self._request(method, params)))

    def call_batch(self, calls: Sequence[Call]) -> list[Any]:
        """Return the results of the first calls, as many as the endpoint takes in one request.

        A call that is refused has its EndpointError as the result, unless all are.
        """
        while True:
            part = calls[: self.max_batch]
            try:
                answers = self._post_batch(part)
            except (BusyError, LimitedError, RefusedError, WrongError) as error:
                if len(part) == 1:
                    raise
                hints = suggested_spans(str(error), len(part))
                self.max_batch = hints[0] if hints else len(part) // 2
                if isinstance(error, BusyError):  # each call may count as a request
                    raise
                self.batch_limit = self.max_batch
                continue
            refusals = [one for one in answers if _is_temporary(one)]
            if len(refusals) == len(part):
                raise refusals[0]
            if not refusals:
                self.max_batch = min(self.batch_limit, self.max_batch + 1)
            else:
                self.max_batch = len(part) - len(refusals)
                self.pause(refusals[0].seconds or FIRST_WAIT_SECONDS)
            return answers

    def pause(self, seconds: float) -> None:
        """Do not ask again for so many seconds."""
        self.ready_at = time.monotonic() + seconds

    def _post_batch(self, calls: Sequence[Call]) -> list[Any]:
        if len(calls) == 1:
            ((method, params),) = calls
            return [_result_or_error(lambda _: self.call(method, *params), None)]
        batch = [self._request(method, params) for method, params in calls]
        responses = self._post(batch)
        if not isinstance(responses, list):
            raise WrongError("does not answer batches of requests")
        by_id = {str(item.get("id")): item for item in responses if isinstance(item, dict)}
        return [_result_or_error(_result, by_id.get(str(request["id"]))) for request in batch]

    def check_chain(self, chain_id: int) -> None:
        """Raise WrongError if the endpoint is on another chain."""
        if not self.chain_checked:
            actual = quantity(self.call("eth_chainId"), "its chain id", 2**64)
            if actual != chain_id:
                raise WrongChainError(f"is on chain {actual}, not {chain_id}")
            self.chain_checked = True

    def _request(self, method: str, params: Sequence[object]) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _post(self, body: object) -> object:
        try:
            with self.session.post(
                self.url, json=body, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False
            ) as response:
                content = _parse_json(_read_body(response))
        except requests.Timeout:
            raise EndpointTimeoutError("takes too long") from None
        except (requests.RequestException, UnicodeError) as error:
            raise UnreachableError(f"cannot be reached ({type(error).__name__})") from None
        seconds = _retry_after(response.headers.get("retry-after", ""))
        # Some servers send a JSON-RPC error with an HTTP error status, others with 200.
        if isinstance(content, dict) and content.get("error"):
            raise classify_error(content["error"], response.status_code, seconds)
        if response.status_code != requests.codes.ok:
            raise classify_status(response.status_code, seconds)
        if content is None:
            raise WrongError("does not respond with JSON")
        return content


def _read_body(response: requests.Response) -> bytes:
    """Return the body; LimitedError if it is larger than any plausible answer."""
    body = bytearray()
    for chunk in response.iter_content(1 << 16):
        body += chunk
        if len(body) > MAX_BYTES:
            error = LimitedError("sends too large a response")
            error.lasting = False
            raise error
    return bytes(body)


def _parse_json(body: bytes) -> object:
    """Return the JSON; None if it is none, or nested or large beyond all use."""
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content


def _result(response: object) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(response, dict) or ("result" not in response and "error" not in response):
        raise WrongError("does not respond with JSON-RPC")
    if response.get("error"):
        raise classify_error(response["error"])
    return response.get("result")


def _result_or_error(ask: Callable[[Any], Any], request: object) -> Any:  # noqa: ANN401 - any JSON
    try:
        return ask(request)
    except EndpointError as error:
        return error


def _is_temporary(answer: object) -> bool:
    """Return whether a call got no answer that counts: a contract's rejection does."""
    return isinstance(answer, EndpointError) and not isinstance(answer, RevertedError)


def _retry_after(value: str) -> float:
    """Return the seconds of a Retry-After header, which has seconds or a date; 0 if neither."""
    if re.fullmatch(r"\d{1,7}(\.\d+)?", value.strip()):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0.0


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

    ``left_out`` has a fault for each that cannot be used.
    """

    endpoints: list[Endpoint]
    chain_id: int | None = None
    left_out: list[Fault] = field(default_factory=list)
    _current: Endpoint | None = None

    @classmethod
    def connect(cls, urls: Sequence[str], chain_id: int) -> Endpoints:
        """Return the endpoints that respond and are on this chain; SiteError if there are none.

        Those that are busy are asked for their chain when they are needed.
        """
        connected = cls([], chain_id=chain_id)
        for url in dict.fromkeys(urls):
            endpoint = Endpoint(url)
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
