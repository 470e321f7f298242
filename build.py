"""The command ``stempress`` in a checkout: ``python build.py [--site DIR] [--out DIR]``."""

import sys
from pathlib import Path

try:
    from stempress.commands.main import build, main
except ImportError as error:
    sys.exit(f"error: {error}: run make, which installs it, then .venv/bin/python build.py")

__all__ = ["build"]

if __name__ == "__main__":
    main("build.py", bundled=Path(__file__).resolve().parent)
