"""Files that are written whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("size", [3000, 5000, 1_000_000], ids=["buffered", "partly", "at once"])
def test_an_error_while_writing_names_the_file(size: int, tmp_path: Path) -> None:
    """Whether the disk is full when bytes are written, or when the file is closed."""
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from stempress.core.files import atomic_write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        "    with atomic_write(Path('facts')) as draft:\n"
        f"        draft.write(bytes({size})); draft.write(bytes({size}))\n"
        "except OSError as error:\n"
        "    print(error.filename, [path.name for path in Path().iterdir()])"
    )
    environment = {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    said = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True)  # noqa: S603
    assert said == "facts []\n"
