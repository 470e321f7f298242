"""The audition's page, served as ``stempress serve`` does, without building."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from stempress.commands.audition_server import AuditionHandler
from stempress.commands.live_reload import BuildEvents, bind_server, serve_in_thread
from stempress.drop.audition import Audition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def serve_audition(site: Path, out: Path | None = None) -> Iterator[str]:
    """Serve a site that has been built to ``out``, by default its dist/; yield the address."""
    builds, folder = BuildEvents(), str(out or site / "dist")
    handler = partial(AuditionHandler, audition=Audition(site), directory=folder, builds=builds)
    with bind_server("127.0.0.1", 0, handler) as server, serve_in_thread(server, builds) as address:
        yield address
