"""The preview: serves dist/, rebuilds when the artist saves a file, reloads open pages."""

from __future__ import annotations

import time
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, NoReturn

from stempress.commands.audition_server import AuditionHandler
from stempress.commands.input_watcher import watch_inputs
from stempress.commands.live_reload import (
    ALL_ADDRESSES,
    LOOPBACK,
    BuildEvents,
    bind_server,
    serve_in_thread,
)
from stempress.commands.network import network_addresses, qr_code
from stempress.core.crash_log import crash_fault
from stempress.core.errors import SiteError, fault_from_os_error, report_faults
from stempress.drop.audition import Audition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

DEBOUNCE_SECONDS = 0.02
INTERRUPT_SECONDS = 0.5
"""The longest that Ctrl-C waits if it comes just before the main thread goes to sleep."""


def serve(  # noqa: PLR0913 - what a preview needs, named at the call
    site: Path,
    out: Path,
    *,
    port: int,
    build: Callable[[BuildEvents], Collection[str]],
    log: Callable[[str], None],
    when_idle: Callable[[], None] = lambda: None,
    host: str = LOOPBACK,
    open_browser: Callable[[str], object] = lambda _: None,
) -> NoReturn:
    """Serve ``out``; call ``build`` now, and when an input of ``site`` changes.

    Only Ctrl-C ends it, as a KeyboardInterrupt. Port 0 is any free one. ``build`` returns the
    addresses that it changed. Until a first build has succeeded, a page shows its progress or its
    faults. ``when_idle`` runs after every build.
    """
    builds, changed = BuildEvents(), Event()
    handler = partial(AuditionHandler, audition=Audition(site), directory=str(out), builds=builds)
    with (
        bind_server(host, port, handler) as server,
        serve_in_thread(server, builds) as address,
        watch_inputs(site, changed, log) as watch_folders,
    ):
        _announce(out, address, host, log)
        open_browser(address)
        while True:
            build_and_notify(partial(build, builds), builds, log)
            when_idle()
            wait_for_changes(changed)
            watch_folders()


def _announce(out: Path, address: str, host: str, log: Callable[[str], None]) -> None:
    log(f"serving {out} at {address} (press Ctrl-C to stop)")
    log(f"audition: {address}audition/")
    port = address.rpartition(":")[2]
    for name in network_addresses() if host == ALL_ADDRESSES else ():
        log(f"in this network: http://{name}:{port}")
        log("over http:// phones show pages and play previews; mixers need https:// there")
        for line in qr_code(f"http://{name}:{port}"):
            log(line)


def wait_for_changes(changed: Event) -> None:
    """Wait for a change, and then for a pause: editors save in bursts."""
    while not changed.wait(INTERRUPT_SECONDS):
        pass
    while changed.is_set():
        changed.clear()
        time.sleep(DEBOUNCE_SECONDS)


def build_and_notify(
    build: Callable[[], Collection[str]], builds: BuildEvents, log: Callable[[str], None]
) -> None:
    """Call ``build`` and notify open pages; log any failure, which the next save may fix."""
    try:
        changed = build()
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
