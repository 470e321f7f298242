"""Run in Pyodide before its memory is saved: imports everything that workers may call."""

import gc
import re
import sys
from importlib import import_module
from pathlib import Path

import pyodide_app

folder = Path(pyodide_app.__file__).parent
for path in sorted(folder.rglob("*.pyc")):
    parts = path.relative_to(folder.parent).with_suffix("").parts
    import_module(".".join(parts).removesuffix(".__init__"))

# Files are not part of a snapshot.
sys.path_importer_cache.clear()
re.purge()
gc.collect()
