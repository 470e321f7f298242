"""Preview server of a tiny site in a process of its own; a build copies content/ into dist/."""

import signal
import sys
from pathlib import Path

from stempress.commands.serve import serve
from stempress.core.errors import Fault, SiteError

site = Path(sys.argv[1])

# A test run in the background may have inherited an ignored Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


def press() -> bool:
    """Report that the site is built."""
    return True


def rebuild() -> list[str]:
    """Copy what has changed; two words in the page stand for errors."""
    text = (site / "content/index.html").read_text()
    if "broken" in text:
        raise SiteError([Fault("content/index.html", "is broken")])
    if "bug" in text:
        raise RuntimeError("a bug")
    changed = []
    for path in sorted((site / "content").iterdir()):
        copy = site / "dist" / path.name
        if not copy.exists() or copy.read_bytes() != path.read_bytes():
            copy.write_bytes(path.read_bytes())
            changed.append(path.name)
    sys.stdout.write("built\n")
    sys.stdout.flush()
    return changed


def report(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


serve(site, site / "dist", port=0, build=press, rebuild=rebuild, log=report)
