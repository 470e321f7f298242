"""Values in JSON-RPC answers, validated: whatever an endpoint sends, only WrongError is raised."""

from __future__ import annotations

import re
from typing import Any

from stempress.core.notation import show_value
from stempress.drop.rpc_errors import WrongError

MAX_BLOCK = 2**53
MAX_TIME = 253_402_300_799
"""The last second of the year 9999, which is as far as dates go."""
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_HASH = re.compile(r"0x[0-9a-fA-F]{64}")


def _shown(value: object) -> str:
    return show_value(value, 40, as_json=True)


def quantity(value: object, name: str, limit: int = MAX_BLOCK) -> int:
    """Return a whole number: hexadecimal by the specification, plain in some answers."""
    number = value if isinstance(value, int) and not isinstance(value, bool) else -1
    if isinstance(value, str) and re.fullmatch(r"0x[0-9a-fA-F]{1,64}", value):
        number = int(value, 16)
    if not 0 <= number <= limit:
        raise WrongError(f"gives {_shown(value)} as {name}")
    return number


def hex_bytes(value: object, name: str) -> bytes:
    """Return data as bytes."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise WrongError(f"answers {name} with {_shown(value)}")
    return bytes.fromhex(value[2:])


def hash_text(value: object, name: str) -> str:
    """Return a hash of 32 bytes, in lower case."""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise WrongError(f"gives {_shown(value)} as {name}")
    return value.lower()


def objects(value: object, name: str) -> list[dict[str, Any]]:
    """Return a list of objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise WrongError(f"answers {name} with {_shown(value)}")
    return value
