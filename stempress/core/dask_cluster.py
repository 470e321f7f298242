"""Workers on a Dask cluster, which must see the same folders as this computer."""

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
"""How long to wait for a scheduler."""


class Cluster:
    """The workers of a Dask scheduler, which reruns the tasks of a worker that dies."""

    def __init__(self, client: Client) -> None:
        """Wrap a connected client."""
        self._client = client

    def submit(self, function: Callable[..., object], /, *arguments: object) -> Pending:
        """Schedule a call on any worker."""
        pending: Pending = self._client.submit(function, *arguments, pure=False)
        return pending

    def submit_to_process(self, function: Callable[..., object], /, *arguments: object) -> Pending:
        """Schedule a call on any worker: workers are processes."""
        return self.submit(function, *arguments)


@contextmanager
def dask_workers(address: str) -> Iterator[Cluster]:
    """Connect to the cluster at an address such as ``tcp://host:8786``.

    Raises SiteError if there is none, or if its workers would write different files.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an optional dependency
    except ImportError:
        _fail(address, "needs Dask, which is not installed", "pip install 'stempress[dask]'")
    try:
        client = Client(address, timeout=TIMEOUT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        _fail(address, f"no scheduler answered ({type(error).__name__})", "tcp://host:8786")
    with client:
        _check(client, address)
        yield Cluster(client)


def _check(client: Client, address: str) -> None:
    """Raise SiteError for a cluster without workers, or with other versions than ours."""
    try:
        fingerprints = client.run(fingerprint)
    except ModuleNotFoundError as error:
        _fail(
            address,
            f"its workers lack the module {error.name}",
            "start them in the environment of this one",
        )
    if not fingerprints:
        _fail(address, "the scheduler has no workers", "dask worker " + address)
    own = fingerprint()
    different = sorted(worker for worker, other in fingerprints.items() if other != own)
    if different:
        message = f"other versions of Stempress, numpy or libsndfile on {', '.join(different)}"
        _fail(address, message, "start all workers in the environment of this one")


def fingerprint() -> str:
    """Return a hash of everything that decides the bytes that a worker produces."""
    folders = (ENGINE, PACKAGE)
    sources = [file_digest(file) for folder in folders for file in sorted(folder.rglob("*.py"))]
    return digest(np.__version__, soundfile.__libsndfile_version__, *sources)


def _fail(address: str, message: str, hint: str) -> NoReturn:
    raise SiteError([Fault("--dask", message, value=address, hint=hint)]) from None
