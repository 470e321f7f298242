"""Node: evaluates functions over the pages' modules that work without a page."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Self

SCRIPT = Path(__file__).with_name("evaluate.mjs")


class Node:
    """A Node process. What functions store in ``globalThis`` stays for later ones."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603
            ["node", str(SCRIPT)],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate(timeout=10)

    def evaluate(self, function: str, argument: object = None) -> Any:  # noqa: ANN401 - as JSON has it
        """Call a function, given as JavaScript, and return what it returns or resolves to."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps({'source': function, 'argument': argument})}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the function failed: Node has said why"
        return json.loads(answer)
