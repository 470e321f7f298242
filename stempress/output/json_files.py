"""JSON files of dist/."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import orjson

from stempress.core.crash_log import working_on
from stempress.output.output_files import OutputFile

if TYPE_CHECKING:
    from collections.abc import Callable


def json_bytes(content: object) -> bytes:
    """Serialize to JSON in UTF-8 that ends in a newline."""
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def json_file(address: str, content: object) -> OutputFile:
    """Return a JSON file."""
    return OutputFile(address, json_bytes(content))


def prepared_json_file(
    address: str, content: Callable[..., object], *arguments: object
) -> OutputFile:
    """Return a JSON file of ``content(*arguments)``, which is called now."""
    with working_on(f"dist/{address}"):
        return json_file(address, content(*arguments))


def lazy_json_file(
    address: str, key: str, content: Callable[..., object], *arguments: object
) -> OutputFile:
    """Return a JSON file of ``content(*arguments)``, called only if the file must be written."""
    return OutputFile(address, partial(_json_content, content, arguments), key)


def _json_content(content: Callable[..., object], arguments: tuple[object, ...]) -> bytes:
    return json_bytes(content(*arguments))
