"""What an endpoint's refusal means: busy, limited, pruned, lagging, wrong, or something else.

Endpoints share neither codes nor words: -32005 is a rate limit here and a block range that is too
large there. So the text decides first, then the code, then the HTTP status. The browser's twin is
``pyodide_app/web/tokens/rpc-errors.js``; both are tested with ``tests/support/evm/refusals.json``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from stempress.core.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


MAX_ROUNDS = 8
"""Number of times that an endpoint is tried if it may recover."""


class EndpointError(Exception):
    """An endpoint gave no usable answer. ``tries`` of them, and a request is given up."""

    tries: ClassVar[int] = 4

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds
        """How long the endpoint asks to wait; 0 if it does not say."""


class UnreachableError(EndpointError):
    """Down: no connection, or an HTTP error."""

    tries = MAX_ROUNDS


class BusyError(EndpointError):
    """A rate limit: the same request succeeds later."""

    tries = MAX_ROUNDS


class LimitedError(EndpointError):
    """The request is too large; ``lasting`` if its size decides, not what it would return."""

    tries = MAX_ROUNDS
    lasting: bool = True


class EndpointTimeoutError(LimitedError):
    """An endpoint took too long; it may manage a smaller request."""

    lasting = False


class PrunedError(EndpointError):
    """The endpoint no longer keeps this block, or its state."""

    tries = 2  # behind one address there may be nodes that keep it


class LaggingError(EndpointError):
    """The endpoint does not have this block yet."""

    tries = MAX_ROUNDS


class WrongError(EndpointError, ValueError):
    """The answer is malformed, or contradicts what is known."""


class WrongChainError(WrongError):
    """The endpoint is on another chain."""

    tries = 1


class PausedError(EndpointError):
    """A rate limit for longer than a command should wait."""

    tries = 1


class RevertedError(EndpointError):
    """The contract itself rejected the call; any endpoint will say so."""

    tries = 1


class DeniedError(EndpointError):
    """The endpoint wants a key, or does not offer this method."""

    tries = 1


class RefusedError(EndpointError):
    """A refusal for an unknown reason."""


class UnclearError(RefusedError, BusyError):
    """A refusal that is a rate limit, or a request that is too large."""

    tries = MAX_ROUNDS


type Kind = type[EndpointError]

_BY_TEXT: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (DeniedError, r"method .*(not found|not exist|not supported|not available|disabled)"),
        (DeniedError, r"unsupported method|method is not (allowed|whitelisted)"),
        (RevertedError, r"revert|invalid opcode|out of gas|vm execution error|bad instruction"),
        (LaggingError, r"beyond .*head|after last accepted|future block|unfinalized|is syncing"),
        (LaggingError, r"block (number )?(is )?out of range"),
        (LimitedError, r"\bbatch"),
        (BusyError, r"rate.?(is |was )?(limit|exceed)|over rate|too many (requests|connections)"),
        (BusyError, r"throttl|compute units?|quota|slow down|overload|too busy|concurren"),
        (BusyError, r"(/|per )(sec|min|hour|day)|(request|credit)s? (count|limit)"),
        (PrunedError, r"prun|missing trie node|archiv|ancient|discarded|histor\w+ .*availab"),
        (PrunedError, r"(state|receipts?|data) .*(not|un) ?-?availab|max\w* proof window"),
        (PrunedError, r"(before|below|lower than|older than) .*(earliest|lowest|first)"),
        (LimitedError, r"results|log response|response size|logs? (limit|count)|too many logs"),
        (LimitedError, r"time.?out|timed out|took too long|deadline|smaller|narrow|reduce"),
        (LimitedError, r"(request|response|entity|payload|body|content).* too (large|big|long)"),
        (LimitedError, r"range|too (wide|many blocks)|blocks? (distance|span|limit|count)|blocks$"),
        (LimitedError, r"max\w* (number of )?blocks|limited to .*blocks?|more than \S+ blocks"),
        (BusyError, r"(try|retry) (again|in|after)|temporarily|back.?off|server (is )?busy"),
        (BusyError, r"usage|capacity"),
        (LaggingError, r"header not found|(unknown|missing|invalid) block|block .*not (be )?found"),
        (LaggingError, r"block .*(does not|doesn't) exist|block .*not (yet )?available|not synced"),
        (LaggingError, r"resource not found"),
        (DeniedError, r"api.?key|unauthori[sz]ed|forbidden|project id|inactive|authenticat"),
        (UnclearError, r"limit exceeded|exceed\w* .*limit"),
    )
)
"""Texts in lower case; the first that matches decides."""
_FLEETING = re.compile(r"result|response|logs? (limit|count)|too many logs|time|deadline|took")
"""Limits of what a request returns, which depend on the blocks more than on their number."""
_BY_CODE: Mapping[str, Kind] = {
    "3": RevertedError,
    "429": BusyError,
    "4444": PrunedError,  # EIP-4444
    "-32001": LaggingError,
    "-32004": DeniedError,
    "-32005": UnclearError,
    "-32007": BusyError,
    "-32012": BusyError,
    "-32015": RevertedError,
    "-32016": BusyError,
    "-32029": BusyError,
    "-32097": BusyError,
    "-32601": DeniedError,
}
_BY_STATUS: Mapping[int, Kind] = {
    401: DeniedError,
    403: DeniedError,
    404: DeniedError,
    405: DeniedError,
    408: EndpointTimeoutError,
    410: DeniedError,
    413: LimitedError,
    414: LimitedError,
    429: BusyError,
    503: BusyError,
    504: EndpointTimeoutError,
    524: EndpointTimeoutError,
}
_WAIT = re.compile(r"(?:in|after|for|wait)\W{1,3}(\d{1,6}(?:\.\d+)?) ?(ms|s|m|h)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
MAX_SHOWN = 200


def classify_error(error: object, status: int = 200, seconds: float = 0.0) -> EndpointError:
    """Return the exception for a JSON-RPC error object, however malformed.

    ``status`` is that of HTTP; ``seconds`` is its Retry-After.
    """
    texts = list(_texts(error))
    text = " ".join(texts).lower()
    code = str(error.get("code")) if isinstance(error, dict) else ""
    kind = next((kind for kind, pattern in _BY_TEXT if pattern.search(text)), None)
    kind = kind or _BY_CODE.get(code) or _BY_STATUS.get(status, RefusedError)
    message = texts[0][:MAX_SHOWN] if texts else f"refuses, with code {code:.20}"
    found = kind(printable(message), seconds or _asked_wait(error, text))
    if isinstance(found, LimitedError):
        found.lasting = not _FLEETING.search(text)
    return found


def classify_status(status: int, seconds: float = 0.0) -> EndpointError:
    """Return the exception for a response of HTTP without a JSON-RPC error."""
    default = UnreachableError if status >= 500 else RefusedError
    return _BY_STATUS.get(status, default)(f"responds with status {status}", seconds)


def suggested_spans(message: str, span: int) -> list[int]:
    """Return numbers of blocks below ``span`` that a refusal mentions, the largest first."""
    numbers = {
        int(digits.replace(",", "").replace("_", "")) * (1000 if unit else 1)
        for digits, unit in re.findall(r"(?<![\w.-])(\d[\d,_]{0,9})(k?)\b", message.lower())
    }
    pairs = re.findall(r"(0x[0-9a-f]{1,12})\W{1,4}(0x[0-9a-f]{1,12})\b", message.lower())
    pairs += re.findall(r"\b(\d{4,12})-(\d{4,12})\b", message)
    numbers |= {int(last, 0) - int(first, 0) + 1 for first, last in pairs if first[:2] != "00"}
    return sorted((number for number in numbers if 0 < number < span), reverse=True)


def _texts(error: object, depth: int = 4) -> Iterator[str]:
    """Yield the messages of an error and of those nested in it, the outermost first."""
    if isinstance(error, str):
        yield error
    elif isinstance(error, dict) and depth:
        for key in ("message", "reason", "details", "data", "originalError", "error", "cause"):
            yield from _texts(error.get(key), depth - 1)


def _asked_wait(error: object, text: str) -> float:
    """Return the seconds to wait that an error names in its text or data; 0 if none."""
    data = error.get("data") if isinstance(error, dict) else None
    rate = data.get("rate", data) if isinstance(data, dict) else None
    if isinstance(rate, dict):
        for key in ("backoff_seconds", "try_again_in", "retry_after"):
            if match := re.match(r"(\d{1,6}(?:\.\d+)?) ?(ms|s|m|h)?", str(rate.get(key, ""))):
                return float(match[1]) * _UNIT_SECONDS[match[2] or "s"]
    match = _WAIT.search(text)
    return float(match[1]) * _UNIT_SECONDS[match[2]] if match else 0.0
