"""JSON files of dist/."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import orjson

from stempress.output.output_files import OutputFile

if TYPE_CHECKING:
    from collections.abc import Callable


def json_bytes(content: object) -> bytes:
    """Return JSON in UTF-8."""
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def json_file(address: str, content: object) -> OutputFile:
    """Return a JSON file in UTF-8."""
    return OutputFile(address, json_bytes(content))


def lazy_json_file(
    address: str, key: str, content: Callable[..., object], *given: object
) -> OutputFile:
    """Return a JSON file that is made when it is needed."""
    return OutputFile(address, partial(_json_content, content, given), key)


def _json_content(content: Callable[..., object], given: tuple[object, ...]) -> bytes:
    return json_bytes(content(*given))
