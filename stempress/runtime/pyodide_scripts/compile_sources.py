"""Run in Pyodide: replaces the modules in every folder of /work by their bytecode."""

from pathlib import Path
from py_compile import PycInvalidationMode
from py_compile import compile as compile_file

ROOT = Path("/work")

for path in sorted(ROOT.rglob("*.py")):
    name = "/".join(path.relative_to(ROOT).parts[1:])
    mode = PycInvalidationMode.UNCHECKED_HASH
    compile_file(str(path), f"{path}c", name, doraise=True, invalidation_mode=mode)
    path.unlink()
