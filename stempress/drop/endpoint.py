"""One JSON-RPC endpoint: requests, batches of them, and what their responses mean."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from stempress.drop.log_span import LogSpan
from stempress.drop.rpc_errors import (
    BusyError,
    EndpointError,
    EndpointTimeoutError,
    LimitedError,
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
    from collections.abc import Callable, Sequence

BUSY_SECONDS = 0.5
"""Pause after a batch of which some calls were refused."""
MAX_BATCH = 50
MAX_BYTES = 100_000_000
"""Size of the largest response that is read."""

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
    timeout: float = 30
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
                refusals = [one for one in answers if _is_temporary(one)]
                if len(refusals) == len(part):
                    raise refusals[0]
            except (BusyError, LimitedError, RefusedError, WrongError) as error:
                if len(part) == 1:
                    raise
                hints = suggested_spans(str(error), len(part))
                self.max_batch = hints[0] if hints else len(part) // 2
                if isinstance(error, BusyError):  # each call may count as a request
                    raise
                self.batch_limit = self.max_batch
                continue
            if not refusals:
                self.max_batch = min(self.batch_limit, self.max_batch + 1)
            else:
                self.max_batch = len(part) - len(refusals)
                self.pause(refusals[0].seconds or BUSY_SECONDS)
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
        match responses:
            case [{"error": error}] if error:  # one for all
                raise classify_error(error)
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
                self.url, json=body, timeout=self.timeout, stream=True, allow_redirects=False
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
