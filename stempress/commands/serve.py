"""The preview: serve dist/, press again when the artist saves a file, reload the open pages."""

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
INPUT_FILES = ("site.toml",)
INPUT_FOLDERS = ("content", "stems", "templates")
# A build reads its own inputs: opening and closing them must not set off the next build.
CHANGE_EVENTS = {EVENT_TYPE_CREATED, EVENT_TYPE_DELETED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED}


class InputWatcher(FileSystemEventHandler):
    """Sets ``changed`` when something that a build reads has changed."""

    def __init__(self, site: Path, changed: Event) -> None:
        self.site = site.resolve()
        self.changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take notice of changes to inputs."""
        paths = [Path(str(each)) for each in (event.src_path, event.dest_path) if each]
        if event.event_type in CHANGE_EVENTS and any(map(self.is_input, paths)):
            self.changed.set()

    def is_input(self, path: Path) -> bool:
        """Tell whether a build reads this path. Beside the inputs lies much that it does not."""
        if path.is_relative_to(WEB):
            return True
        top, *_ = path.relative_to(self.site).parts or ("",)
        return top in INPUT_FOLDERS or (path.parent == self.site and top in INPUT_FILES)


@contextmanager
def watch_inputs(site: Path, changed: Event) -> Iterator[Callable[[], None]]:
    """Watch a site's inputs; yields what to call so that new input folders are watched too."""
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
    """Watch a folder if it is there. One that was replaced is another folder of the same name."""
    there = folder.stat().st_ino if folder.is_dir() else None
    known, watch = watches.get(folder, (None, None))
    if there == known:
        return
    if watch is not None:
        observer.unschedule(watch)
        del watches[folder]
    if there is not None:
        watches[folder] = there, observer.schedule(handler, str(folder), recursive=True)


def serve(  # noqa: PLR0913 - what a preview needs, named at the call
    site: Path,
    out: Path,
    *,
    port: int,
    press: Callable[[], bool],
    rebuild: Callable[[], Collection[str]],
    report: Callable[[str], None],
    rest: Callable[[], None] = lambda: None,
    host: str = "127.0.0.1",
) -> bool:
    """Serve ``out`` until Ctrl-C, and call ``rebuild`` when an input of ``site`` changes.

    The port is taken before the first ``press``, which says whether it went well; port 0 is any
    free one. ``rebuild`` returns the addresses that it changed; ``rest`` is called after it, when
    nobody waits. Returns whether there was anything to serve.
    """
    builds, changed = BuildEvents(), Event()
    handler = partial(AuditionHandler, audition=Audition(site), directory=str(out), builds=builds)
    with bind_server(host, port, handler) as server:
        if not press() and not out.is_dir():
            return False
        _serve(site, out, server, builds, changed, rebuild, report, rest)
    return True


def _serve(  # noqa: PLR0913, PLR0917 - what a preview needs
    site: Path,
    out: Path,
    server: StaticServer,
    builds: BuildEvents,
    changed: Event,
    rebuild: Callable[[], Collection[str]],
    report: Callable[[str], None],
    rest: Callable[[], None],
) -> None:
    try:
        with (
            watch_inputs(site, changed) as watch_folders,
            serve_in_thread(server, builds) as address,
        ):
            report(f"serving {out} at {address} (Ctrl-C ends it)")
            report(f"audition: {address}audition/")
            while True:
                rest()
                wait_for_changes(changed)
                watch_folders()
                rebuild_and_report(rebuild, builds, report)
    except KeyboardInterrupt:
        report("stopped")


def wait_for_changes(changed: Event) -> None:
    """Wait for a change, and then until nothing has changed for a moment: saves come in bursts."""
    changed.wait()
    while changed.is_set():
        changed.clear()
        time.sleep(DEBOUNCE_SECONDS)


def rebuild_and_report(
    rebuild: Callable[[], Collection[str]], builds: BuildEvents, report: Callable[[str], None]
) -> None:
    """Call ``rebuild``; whatever goes wrong is told, and the next save may mend it."""
    try:
        changed = rebuild()
    except (SiteError, OSError) as error:
        wrong = error if isinstance(error, SiteError) else SiteError([fault_from_os_error(error)])
        report_faults(wrong, report)
        report("nothing was written")
        builds.fail(str(wrong))
    except Exception as error:  # noqa: BLE001 - a bug in a template must not end the preview
        fault = f"the build failed: {type(error).__name__}: {error}"
        report(fault)
        builds.fail(fault)
    else:
        builds.finish(changed)
