"""The preview: serves dist/, rebuilds when the artist saves a file, reloads open pages."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from watchdog.events import (
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from stempress.commands.audition_server import AuditionHandler
from stempress.commands.live_reload import BuildEvents, bind_server, serve_in_thread
from stempress.core.errors import SiteError, fault_from_os_error, report_faults
from stempress.core.paths import WEB
from stempress.drop.audition import Audition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from watchdog.observers.api import BaseObserver, ObservedWatch

    from stempress.commands.static_server import StaticServer

DEBOUNCE_SECONDS = 0.02
INTERRUPT_SECONDS = 0.5
"""The longest that Ctrl-C waits if it comes just before the main thread goes to sleep."""
INPUT_FILES = ("site.toml",)
INPUT_FOLDERS = ("content", "stems", "templates")
# Not opened and closed: a build reads its inputs, which would trigger the next one.
CHANGE_EVENTS = {EVENT_TYPE_CREATED, EVENT_TYPE_DELETED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED}


class InputWatcher(FileSystemEventHandler):
    """Sets ``changed`` when an input of a build changes."""

    def __init__(self, site: Path, changed: Event) -> None:
        self.site = site.resolve()
        self.changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Set ``changed`` if the event is a change of an input."""
        paths = [Path(str(path)) for path in (event.src_path, event.dest_path) if path]
        if event.event_type in CHANGE_EVENTS and any(map(self.is_input, paths)):
            self.changed.set()

    def is_input(self, path: Path) -> bool:
        """Return whether a build reads this path: the site's folder may contain anything else."""
        if path.is_relative_to(WEB):
            return True
        top, *_ = path.relative_to(self.site).parts or ("",)
        return top in INPUT_FOLDERS or (path.parent == self.site and top in INPUT_FILES)


@contextmanager
def watch_inputs(site: Path, changed: Event) -> Iterator[Callable[[], None]]:
    """Watch a site's inputs; yield a function that starts to watch new input folders."""
    observer = Observer()
    handler = InputWatcher(site, changed)
    observer.schedule(handler, str(handler.site))
    watches: dict[Path, tuple[int, ObservedWatch]] = {}

    def watch_folders() -> None:
        for folder in (*(handler.site / name for name in INPUT_FOLDERS), WEB):
            watch_folder(observer, handler, folder, watches)

    watch_folders()
    observer.start()
    try:
        yield watch_folders
    finally:
        observer.stop()
        observer.join()


def watch_folder(
    observer: BaseObserver,
    handler: InputWatcher,
    folder: Path,
    watches: dict[Path, tuple[int, ObservedWatch]],
) -> None:
    """Watch a folder if it exists; one that was replaced, by its inode, is watched anew."""
    inode = folder.stat().st_ino if folder.is_dir() else None
    watched_inode, watch = watches.get(folder, (None, None))
    if inode == watched_inode:
        return
    if watch is not None:
        observer.unschedule(watch)
        del watches[folder]
    if inode is not None:
        watches[folder] = inode, observer.schedule(handler, str(folder), recursive=True)


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
            watch_inputs(site, changed) as watch_folders,
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
        builds.fail(fault)
    else:
        builds.finish(changed)
