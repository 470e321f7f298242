"""The name under which Stempress runs, for messages that name a command."""

from __future__ import annotations

STEMPRESS = "stempress"
"""The installed command."""
_program = STEMPRESS


def set_program(name: str) -> None:
    """Set the name of the running program, such as ``build.py`` in a checkout."""
    global _program  # noqa: PLW0603 - a process has one name
    _program = name


def program(command: str = "") -> str:
    """Return how the user calls a command: ``stempress mint``, or ``stempress mint``."""
    return f"{_program} {command}".rstrip()
