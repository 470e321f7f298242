"""Work on a Dask cluster, whose workers see the same folders as this machine."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import soundfile

from stempress.core.cache import digest, file_digest
from stempress.core.errors import Fault, SiteError
from stempress.core.paths import ENGINE, PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Client

    from stempress.core.work import Pending

TIMEOUT_SECONDS = 10
"""How long a scheduler may take to answer."""


class Cluster:
    """The workers of a Dask scheduler. What a worker that dies was doing, another does again."""

    def __init__(self, client: Client) -> None:
        """Take a connected client."""
        self._client = client

    def submit(self, function: Callable[..., object], /, *given: object) -> Pending:
        """Begin on some worker."""
        pending: Pending = self._client.submit(function, *given, pure=False)
        return pending

    def submit_to_process(self, function: Callable[..., object], /, *given: object) -> Pending:
        """Begin on some worker: they are processes already."""
        return self.submit(function, *given)


@contextmanager
def dask_workers(address: str) -> Iterator[Cluster]:
    """Yield the cluster at an address such as ``tcp://host:8786``; SiteError if it is of no use."""
    try:
        from distributed import Client  # noqa: PLC0415 - an extra that few have
    except ImportError:
        _fail(address, "needs Dask, which is not installed", "pip install dask distributed")
    try:
        client = Client(address, timeout=TIMEOUT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        _fail(address, f"no scheduler answers ({type(error).__name__})", "tcp://host:8786")
    with client:
        _check(client, address)
        yield Cluster(client)


def _check(client: Client, address: str) -> None:
    """Refuse a cluster without workers, and workers that would make other files."""
    try:
        found = client.run(fingerprint)
    except ModuleNotFoundError as error:
        _fail(address, f"its workers have no {error.name}", "start them where `make site` runs")
    if not found:
        _fail(address, "the scheduler has no workers", "dask worker " + address)
    strange = [name for name, told in found.items() if told != fingerprint()]
    if strange:
        what = f"other versions of Stempress, numpy or libsndfile on {', '.join(sorted(strange))}"
        _fail(address, what, "start all workers from this checkout and its environment")


def fingerprint() -> str:
    """Return a name for what makes the files: equal names, equal files."""
    folders = (ENGINE, PACKAGE)
    sources = [file_digest(file) for folder in folders for file in sorted(folder.rglob("*.py"))]
    return digest(np.__version__, soundfile.__libsndfile_version__, *sources)


def _fail(address: str, what: str, hint: str) -> NoReturn:
    raise SiteError([Fault("--dask", what, value=address, hint=hint)]) from None
