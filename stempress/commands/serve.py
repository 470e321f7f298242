"""The preview: serves dist/, rebuilds when the artist saves a file, reloads open pages."""

from __future__ import annotations

import time
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from stempress.commands.audition_server import AuditionHandler
from stempress.commands.input_watcher import watch_inputs
from stempress.commands.live_reload import BuildEvents, bind_server, serve_in_thread
from stempress.core.crash_log import crash_fault
from stempress.core.errors import SiteError, fault_from_os_error, report_faults
from stempress.drop.audition import Audition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from stempress.commands.static_server import StaticServer

DEBOUNCE_SECONDS = 0.02
INTERRUPT_SECONDS = 0.5
"""The longest that Ctrl-C waits if it comes just before the main thread goes to sleep."""


def serve(  # noqa: PLR0913 - what a preview needs, named at the call
    site: Path,
    out: Path,
    *,
    port: int,
    build: Callable[[], bool],
    rebuild: Callable[[], Collection[str]],
    log: Callable[[str], None],
    when_idle: Callable[[], None] = lambda: None,
    host: str = "127.0.0.1",
) -> bool:
    """Serve ``out`` until Ctrl-C, and call ``rebuild`` when an input of ``site`` changes.

    ``build`` runs once the port is bound, and returns whether it succeeded; port 0 is any free
    one. ``rebuild`` returns the addresses that it changed; ``when_idle`` runs after every build.
    Returns whether there was a site to serve.
    """
    builds, changed = BuildEvents(), Event()
    handler = partial(AuditionHandler, audition=Audition(site), directory=str(out), builds=builds)
    with bind_server(host, port, handler) as server:
        if not build() and not out.is_dir():
            return False
        _serve(site, out, server, builds, changed, rebuild, log, when_idle)
    return True


def _serve(  # noqa: PLR0913, PLR0917 - what a preview needs
    site: Path,
    out: Path,
    server: StaticServer,
    builds: BuildEvents,
    changed: Event,
    rebuild: Callable[[], Collection[str]],
    log: Callable[[str], None],
    when_idle: Callable[[], None],
) -> None:
    try:
        with (
            watch_inputs(site, changed, log) as watch_folders,
            serve_in_thread(server, builds) as address,
        ):
            log(f"serving {out} at {address} (press Ctrl-C to stop)")
            log(f"audition: {address}audition/")
            while True:
                when_idle()
                wait_for_changes(changed)
                watch_folders()
                rebuild_and_report(rebuild, builds, log)
    except KeyboardInterrupt:
        log("stopped")


def wait_for_changes(changed: Event) -> None:
    """Wait for a change, and then for a pause: editors save in bursts."""
    while not changed.wait(INTERRUPT_SECONDS):
        pass
    while changed.is_set():
        changed.clear()
        time.sleep(DEBOUNCE_SECONDS)


def rebuild_and_report(
    rebuild: Callable[[], Collection[str]], builds: BuildEvents, log: Callable[[str], None]
) -> None:
    """Call ``rebuild``; log any failure, which the next save may fix."""
    try:
        changed = rebuild()
    except (SiteError, OSError) as error:
        if isinstance(error, OSError):
            error = SiteError([fault_from_os_error(error)])
        report_faults(error, log)
        log("nothing was written")
        builds.fail(str(error))
    except Exception as error:  # noqa: BLE001 - a bug in a template must not end the preview
        fault = f"the build failed: {type(error).__name__}: {error}"
        log(fault)
        log(str(crash_fault(error, ["serve"])))
        builds.fail(fault)
    else:
        builds.finish(changed)
