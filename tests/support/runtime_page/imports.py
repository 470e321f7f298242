# noqa: INP001
"""Imports what the mixer imports; the last expression is the answer, as JSON."""

import json
import sys
from importlib import import_module
from pathlib import Path

import numpy as np

import pyodide_app.engine

folder = Path(pyodide_app.engine.__file__).parent
modules = sorted({path.name.partition(".")[0] for path in folder.iterdir()} - {"__init__", ""})
for module in modules:
    if not module.startswith("__"):
        import_module(f"pyodide_app.engine.{module}")

json.dumps(
    {
        "python": ".".join(map(str, sys.version_info[:3])),
        "numpy": np.__version__,
        "cached": str(np.lib.__file__),
        "engine": modules,
        "loaded": sorted(sys.modules),
    }
)
