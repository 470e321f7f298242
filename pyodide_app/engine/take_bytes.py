"""Integers and names in the bytes of a take: LEB128 varints, signed ones in zigzag form.

``pyodide_app/web/takes/bytes.js`` is its twin.
"""

from __future__ import annotations

from pyodide_app.engine.take import TakeError

MAX_SLUG_BYTES = 200
_VARINT_BYTES = 7  # 49 bits, which JavaScript's numbers hold exactly


class Reader:
    """Reads integers and strings, each within limits; TakeError if it is not."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, most: int, least: int = 0) -> int:
        """Read an integer from ``least`` to ``most``."""
        value = 0
        for nth in range(_VARINT_BYTES):
            if self._at >= len(self._data):
                raise TakeError("the take is cut off")
            byte = self._data[self._at]
            self._at += 1
            value += (byte & 0x7F) << (7 * nth)
            if byte < 0x80:
                if not least <= value <= most:
                    raise TakeError(f"the take has a value of {value}, out of {least} to {most}")
                return value
        raise TakeError("the take has a number that is too long")

    def signed(self, limits: tuple[int, int]) -> int:
        """Read an integer that may be negative."""
        least, most = limits
        zigzag = self.number(2 * max(-least, most))
        value = -((zigzag + 1) // 2) if zigzag % 2 else zigzag // 2
        if not least <= value <= most:
            raise TakeError(f"the take has a value of {value}, out of {least} to {most}")
        return value

    def slug(self) -> str:
        """Read a string."""
        size = self.number(MAX_SLUG_BYTES, 1)
        word = self._data[self._at : self._at + size]
        self._at += size
        try:
            return word.decode() if len(word) == size else self._cut_off()
        except UnicodeDecodeError:
            raise TakeError("the take has a name that is not UTF-8") from None

    def end(self) -> None:
        """Raise TakeError if there is more to read."""
        if self._at != len(self._data):
            raise TakeError("the take has more than it says")

    def _cut_off(self) -> str:
        raise TakeError("the take is cut off")


def write_slug(text: str) -> bytes:
    """Return a string as bytes."""
    data = text.encode()
    return write_number(len(data)) + data


def write_signed(value: int) -> bytes:
    """Return an integer that may be negative as bytes."""
    return write_number(2 * value if value >= 0 else -2 * value - 1)


def write_number(value: int) -> bytes:
    """Return an integer of 0 or more as bytes."""
    data = bytearray()
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)
