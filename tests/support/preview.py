"""Preview server of a tiny site in a process of its own; a build copies content/ into dist/."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.cli import INTERRUPTED
from stempress.commands.serve import serve
from stempress.core.errors import Fault, SiteError

if TYPE_CHECKING:
    from stempress.commands.live_reload import BuildEvents

site = Path(sys.argv[1])

# A test run in the background may have inherited an ignored Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


def build(builds: BuildEvents) -> list[str]:
    """Copy what has changed; words in the page stand for errors and for a slow build."""
    text = (site / "content/index.html").read_text()
    if "broken" in text:
        raise SiteError([Fault("content/index.html", "is broken")])
    if "bug" in text:
        raise RuntimeError("a bug")
    if "slow" in text:
        builds.advance("Stems", 12, 84)
        sys.stdin.readline()
    (site / "dist").mkdir(exist_ok=True)
    changed = []
    for path in sorted((site / "content").iterdir()):
        copy = site / "dist" / path.name
        if not copy.exists() or copy.read_bytes() != path.read_bytes():
            copy.write_bytes(path.read_bytes())
            changed.append(path.name)
    report("built")
    return changed


def report(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


try:
    serve(site, site / "dist", port=0, build=build, log=report, host=sys.argv[2])
except KeyboardInterrupt:
    report("stopped")
    sys.exit(INTERRUPTED)
