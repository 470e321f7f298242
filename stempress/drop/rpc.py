"""JSON-RPC client for public endpoints, which can be slow, rate-limited, out of sync or down."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from stempress.core.errors import Fault, SiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TIMEOUT_SECONDS = 30
FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 30.0
MAX_ROUNDS = 8
"""Number of times that every endpoint is tried before giving up."""
MAX_BATCH = 50

type Call = tuple[str, list[Any]]
"""Method and parameters."""


class EndpointError(Exception):
    """An endpoint gave no answer, or an invalid one."""


class EndpointTimeoutError(EndpointError):
    """An endpoint took too long; it may manage a smaller request."""


class RefusedError(EndpointError):
    """An endpoint refused a request, for example because the block range is too large."""


@dataclass
class Endpoint:
    """A JSON-RPC endpoint."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)
    _ids: count[int] = field(default_factory=count)

    @property
    def name(self) -> str:
        """Host name only: the rest of the URL often contains an API key."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - any JSON
        """Return the result of a call; EndpointError if there is none."""
        return self._result(self._post(self._request(method, params)))

    def call_batch(self, calls: Sequence[Call]) -> list[Any]:
        """Return the results of several calls, sent in one request if the endpoint supports it."""
        batch = [self._request(method, params) for method, params in calls]
        responses = self._post(batch)
        if not isinstance(responses, list):
            return [self.call(method, *params) for method, params in calls]
        by_id = {item.get("id"): item for item in responses if isinstance(item, dict)}
        return [self._result(by_id.get(request["id"])) for request in batch]

    def _request(self, method: str, params: Sequence[object]) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _post(self, body: object) -> object:
        try:
            response = self.session.post(self.url, json=body, timeout=TIMEOUT_SECONDS)
            if response.status_code != requests.codes.ok:
                # Some servers send a JSON-RPC error with an HTTP error status.
                raise _refusal(response) or EndpointError(
                    f"responds with status {response.status_code}"
                )
            return response.json()
        except requests.Timeout:
            raise EndpointTimeoutError("takes too long") from None
        except requests.RequestException as error:
            raise EndpointError(type(error).__name__) from None

    def _result(self, response: object) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(response, dict) or ("result" not in response and "error" not in response):
            raise EndpointError("does not respond with JSON-RPC")
        if response.get("error"):
            raise RefusedError(_error_message(response["error"]))
        return response["result"]


def _refusal(response: requests.Response) -> RefusedError | None:
    """Return the JSON-RPC error in a 4xx response, if any."""
    if response.status_code in (408, 429) or response.status_code >= 500:
        return None
    try:
        error = response.json().get("error")
    except (ValueError, AttributeError):
        return None
    return RefusedError(_error_message(error)) if error else None


def _error_message(error: object) -> str:
    message = error.get("message", error) if isinstance(error, dict) else error
    return str(message)[:200]


@dataclass
class Endpoints:
    """Endpoints of one chain, tried in turn with exponential backoff."""

    endpoints: list[Endpoint]
    sleep: Callable[[float], None] = time.sleep
    _current: int = 0

    @classmethod
    def connect(cls, urls: Sequence[str], chain_id: int) -> Endpoints:
        """Return the endpoints that respond and are on this chain; SiteError if there are none."""
        usable, faults = [], []
        for url in urls:
            endpoint = Endpoint(url)
            try:
                actual = int(endpoint.call("eth_chainId"), 16)
            except EndpointError as error:
                faults.append(_fault(endpoint, str(error)))
                continue
            except (TypeError, ValueError):
                faults.append(_fault(endpoint, "does not report a chain id"))
                continue
            if actual == chain_id:
                usable.append(endpoint)
            else:
                faults.append(_fault(endpoint, f"is on chain {actual}, not {chain_id}"))
        if not usable:
            hint = 'list endpoints: rpc = ["https://..."]'
            raise SiteError(faults or [Fault("site.toml", "is empty", "rpc", hint=hint)])
        return cls(usable)

    def rotate(self) -> Iterator[Endpoint]:
        """Yield endpoints to try, the last that worked first; SiteError after all rounds."""
        wait = FIRST_WAIT_SECONDS
        for turn in range(MAX_ROUNDS * len(self.endpoints)):
            if turn and turn % len(self.endpoints) == 0:
                self.sleep(wait)
                wait = min(wait * 2, MAX_WAIT_SECONDS)
            self._current = (self._current + (turn > 0)) % len(self.endpoints)
            yield self.endpoints[self._current]
        names = ", ".join(endpoint.name for endpoint in self.endpoints)
        message = "do not respond; everything read so far is saved, so run it again later"
        raise SiteError([Fault("sync", message, "rpc", names)])

    def attempt[T](self, work: Callable[[Endpoint], T]) -> T:
        """Return the result of ``work`` with the first endpoint for which it succeeds."""
        for endpoint in self.rotate():
            try:
                return work(endpoint)
            except (EndpointError, TypeError, ValueError, KeyError):  # malformed answers, too
                continue
        raise AssertionError  # rotate() raises


def _fault(endpoint: Endpoint, message: str) -> Fault:
    return Fault("sync", message, "rpc", endpoint.name)
