"""XML elements as text."""

from __future__ import annotations

import re

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow, not even escaped."""
_ESCAPES = str.maketrans(
    {char: f"&#{ord(char)};" for char in "\t\n\r"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
)


def element(tag: str, /, *children: str, **attributes: str | float | None) -> str:
    """Return an element; attributes that are None are left out, fractions have six decimals."""
    values = {name: value for name, value in attributes.items() if value is not None}
    start = tag + "".join(f' {name}="{_text(value)}"' for name, value in values.items())
    return f"<{start}>{''.join(children)}</{tag}>" if children else f"<{start}/>"


def escape(text: str) -> str:
    """Return a text as it stands in elements and attributes."""
    return _FORBIDDEN.sub("", text).translate(_ESCAPES)


def _text(value: str | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6f}" if isinstance(value, float) else escape(str(value))
