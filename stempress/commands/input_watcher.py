"""Watches the inputs of a site: by the system's notifications, or by polling at their limit."""

from __future__ import annotations

import errno
import threading
from contextlib import contextmanager
from pathlib import Path
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
from watchdog.observers.polling import PollingObserver

from stempress.core.paths import WEB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from watchdog.observers.api import BaseObserver, ObservedWatch

INPUT_FILES = ("site.toml",)
INPUT_FOLDERS = ("content", "stems", "templates")
# Not opened and closed: a build reads its inputs, which would trigger the next one.
CHANGE_EVENTS = {EVENT_TYPE_CREATED, EVENT_TYPE_DELETED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED}
LIMITS = {
    errno.ENOSPC: ("watches", "max_user_watches", 524_288),
    errno.EMFILE: ("instances", "max_user_instances", 1024),
}
"""Limits of Linux's inotify by error: of what, the setting's name, and a value that will do."""
SETTINGS = Path("/proc/sys/fs/inotify")


class InputHandler(FileSystemEventHandler):
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


class InputWatcher:
    """Watches the folders of a site's inputs, also those that come later."""

    def __init__(self, site: Path, changed: Event, log: Callable[[str], None]) -> None:
        self._handler = InputHandler(site, changed)
        self._log = log
        self._observer: BaseObserver = Observer()
        self._watches: dict[Path, tuple[int, ObservedWatch]] = {}
        self._failure: OSError | None = None
        """Of a thread of the observer, which has ended."""

    def update(self) -> None:
        """Start to watch folders that are new; change to polling where the system has a limit."""
        try:
            if self._failure:
                raise self._failure
            self._watch()
        except OSError as error:
            if error.errno not in LIMITS or isinstance(self._observer, PollingObserver):
                raise
            self._log(limit_message(error))
            self._observer.unschedule_all()
            self.stop()
            self._failure = None
            self._observer, self._watches = PollingObserver(), {}
            self._watch()

    def _watch(self) -> None:
        site = self._handler.site
        for folder in (site, *(site / name for name in INPUT_FOLDERS), WEB):
            self._watch_folder(folder, recursive=folder != site)
        if not self._observer.is_alive():
            self._observer.start()

    def _watch_folder(self, folder: Path, *, recursive: bool) -> None:
        """Watch a folder if it exists; one that was replaced, by its inode, is watched anew."""
        inode = folder.stat().st_ino if folder.is_dir() else None
        watched_inode, watch = self._watches.get(folder, (None, None))
        if inode == watched_inode:
            return
        if watch is not None:
            self._observer.unschedule(watch)
            del self._watches[folder]
        if inode is not None:
            watch = self._observer.schedule(self._handler, str(folder), recursive=recursive)
            self._watches[folder] = inode, watch

    def stop(self) -> None:
        """Stop watching."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def handle_thread_error(self, failure: threading.ExceptHookArgs) -> None:
        """Change to polling if a thread that watches has met a limit."""
        error = failure.exc_value
        if isinstance(error, OSError) and error.errno in LIMITS:
            self._failure = error
            self._handler.changed.set()
        else:
            threading.__excepthook__(failure)


@contextmanager
def watch_inputs(
    site: Path, changed: Event, log: Callable[[str], None]
) -> Iterator[Callable[[], None]]:
    """Watch a site's inputs; yield a function that starts to watch new input folders."""
    watcher = InputWatcher(site, changed, log)
    before, threading.excepthook = threading.excepthook, watcher.handle_thread_error
    try:
        watcher.update()
        yield watcher.update
    finally:
        threading.excepthook = before
        watcher.stop()


def limit_message(error: OSError) -> str:
    """Return which limit was met, and how to raise it."""
    things, name, value = LIMITS[error.errno or 0]
    try:
        limit = f" of {int((SETTINGS / name).read_text('ascii')):,}"
    except (OSError, ValueError):
        limit = ""
    return (
        f"this computer's limit{limit} inotify {things} is reached: the preview polls instead, so "
        f"it sees changes up to a second later\n    -> sudo sysctl fs.inotify.{name}={value}"
    )
