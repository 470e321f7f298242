"""Arguments that several commands share, and the types of their values."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser

MAX_PORT = 65535


def add_site(parser: ArgumentParser) -> None:
    """Add ``--site``."""
    parser.add_argument(
        "--site",
        type=folder,
        metavar="DIR",
        help="the artist's folder: site.toml, content/, stems/ (default: the current one)",
    )


def add_site_and_out(parser: ArgumentParser) -> None:
    """Add ``--site`` and ``--out``, for commands that read a site that has been built."""
    add_site(parser)
    parser.add_argument("--out", type=folder, metavar="DIR", help="the folder of the built site")


def folder(text: str) -> Path:
    """Return an absolute path."""
    return Path(text).resolve()


def port(text: str) -> int:
    """Parse a port, 0 to 65535."""
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > MAX_PORT:
        raise ArgumentTypeError(f"{text!r} is not a number from 0 to {MAX_PORT}")
    return int(text)


def process_count(text: str) -> int:
    """Parse a number of processes, 1 to 999."""
    if not re.fullmatch(r"[1-9]\d{0,2}", text, re.ASCII):
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 999")
    return int(text)


def whole_number(text: str) -> int:
    """Parse a whole number from 0 up."""
    if not (text.isascii() and text.isdigit()):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def name(text: str) -> str:
    """Parse a name; an empty one, as of a variable that is not set, must not be no name at all."""
    if not text.strip():
        raise ArgumentTypeError("is empty")
    return text


def positive_number(text: str) -> int:
    """Parse a whole number from 1 up."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)
