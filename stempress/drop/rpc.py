"""JSON-RPC to public endpoints, which are slow, limited, behind, and sometimes down."""

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
LONGEST_WAIT_SECONDS = 30.0
ROUNDS = 8
"""How often every endpoint is tried before the work is given up."""
BATCH = 50

type Call = tuple[str, list[Any]]


class AnswerError(Exception):
    """An endpoint does not answer, or not what was asked."""


class SlowError(AnswerError):
    """An endpoint takes too long: it may do half of this in time."""


class RefusedError(AnswerError):
    """An endpoint answers that it will not do this: a range too large, a block too old."""


@dataclass
class Endpoint:
    """One address that answers JSON-RPC."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)
    _ids: count[int] = field(default_factory=count)

    @property
    def name(self) -> str:
        """The host: what stands behind it in the address is often a key."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - whatever it answers
        """Return the result of one call; AnswerError says why there is none."""
        return self._result(self._post(self._question(method, params)))

    def ask_all(self, calls: Sequence[Call]) -> list[Any]:
        """Return the results of calls that are sent together."""
        questions = [self._question(method, params) for method, params in calls]
        answers = self._post(questions)
        if not isinstance(answers, list):
            return [self.ask(method, *params) for method, params in calls]
        by_id = {each.get("id"): each for each in answers if isinstance(each, dict)}
        return [self._result(by_id.get(question["id"])) for question in questions]

    def _question(self, method: str, params: Sequence[object]) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _post(self, body: object) -> object:
        try:
            answer = self.session.post(self.url, json=body, timeout=TIMEOUT_SECONDS)
            if answer.status_code != requests.codes.ok:
                # What a server says in the status of a refusal may stand in its body as well.
                raise _refusal(answer) or AnswerError(f"answers with {answer.status_code}")
            return answer.json()
        except requests.Timeout:
            raise SlowError("takes too long") from None
        except requests.RequestException as error:
            raise AnswerError(type(error).__name__) from None

    def _result(self, answer: object) -> Any:  # noqa: ANN401 - whatever it answers
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise AnswerError("does not answer in JSON-RPC")
        if answer.get("error"):
            raise RefusedError(_words(answer["error"]))
        return answer["result"]


def _refusal(answer: requests.Response) -> RefusedError | None:
    """Return the JSON-RPC error in an answer with a status of 4xx, if there is one."""
    if answer.status_code in (408, 429) or answer.status_code >= 500:
        return None
    try:
        error = answer.json().get("error")
    except (ValueError, AttributeError):
        return None
    return RefusedError(_words(error)) if error else None


def _words(error: object) -> str:
    message = error.get("message", error) if isinstance(error, dict) else error
    return str(message)[:200]


@dataclass
class Endpoints:
    """Several endpoints of one chain, tried in turn, with longer and longer waits."""

    every: list[Endpoint]
    sleep: Callable[[float], None] = time.sleep
    _first: int = 0

    @classmethod
    def of(cls, urls: Sequence[str], chain_id: int) -> Endpoints:
        """Return the endpoints that are there and on this chain; SiteError without any."""
        good, faults = [], []
        for url in urls:
            endpoint = Endpoint(url)
            try:
                found = int(endpoint.ask("eth_chainId"), 16)
            except AnswerError as error:
                faults.append(_fault(endpoint, str(error)))
                continue
            except (TypeError, ValueError):
                faults.append(_fault(endpoint, "does not name its chain"))
                continue
            if found == chain_id:
                good.append(endpoint)
            else:
                faults.append(_fault(endpoint, f"is on chain {found}, not {chain_id}"))
        if not good:
            hint = 'name some: rpc = ["https://..."]'
            raise SiteError(faults or [Fault("site.toml", "is empty", "rpc", hint=hint)])
        return cls(good)

    def each(self) -> Iterator[Endpoint]:
        """Yield endpoints to try, the one that answered last first; SiteError after the last."""
        wait = FIRST_WAIT_SECONDS
        for turn in range(ROUNDS * len(self.every)):
            if turn and turn % len(self.every) == 0:
                self.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            self._first = (self._first + (turn > 0)) % len(self.every)
            yield self.every[self._first]
        names = ", ".join(each.name for each in self.every)
        what = "do not answer: what is known so far is kept, so run it again later"
        raise SiteError([Fault("sync", what, "rpc", names)])

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - whatever it answers
        """Return a result from whichever endpoint gives one."""
        return self.attempt(lambda endpoint: endpoint.ask(method, *params))

    def attempt[T](self, work: Callable[[Endpoint], T]) -> T:
        """Return what comes of work with whichever endpoint can do it."""
        for endpoint in self.each():
            try:
                return work(endpoint)
            except (AnswerError, TypeError, ValueError, KeyError):  # or lies about its own form
                continue
        raise AssertionError  # each() raises


def _fault(endpoint: Endpoint, what: str) -> Fault:
    return Fault("sync", what, "rpc", endpoint.name)
