"""app/: the pages' modules, the Python runtime that they start, and the wallet's library."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root, file_digest, store
from stempress.core.errors import SiteError
from stempress.output.json_files import json_file
from stempress.output.output_files import OutputFile
from stempress.runtime.web_files import service_worker, web_files
from stempress.site.views import App

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress
    from stempress.i18n.translations import Translations

WASM = "pyodide.asm.wasm"
LOCK = "pyodide-lock.json"
"""Pins the engine's wheel, so that modules and engine have one version."""


def app_files(
    options: BuildOptions, _: Translations, progress: Progress
) -> tuple[list[OutputFile], App]:
    """Return everything below app/, the service worker, and what pages need to know of them."""
    if options.without_runtime:
        web = web_files(_, {})
        worker = service_worker(_, web.address)
        try:
            wallet = _wallet_files(options, progress)
        except SiteError as error:  # no network: the rest of the site does without it
            progress.log(f"warning: pages cannot read wallets and chains: {error}")
            wallet = []
        files = [*web.files, *web.doors, worker, *wallet, _file_list(web.files)]
        reason = _("This site was pressed without the Python runtime, so its mixer is off.")
        return files, App(web.address, reason)
    from stempress.runtime.decoders import prepare_decoders  # noqa: PLC0415 - takes long
    from stempress.runtime.pyodide import prepare_runtime  # noqa: PLC0415

    runtime = compress_wasm(prepare_runtime(folder=options.runtime_from, report=progress.log))
    decoders = prepare_decoders(folder=options.runtime_from, report=progress.log)
    web = web_files(_, {f"python/{LOCK}": runtime.pop(LOCK)})
    sizes = {name: file.stat().st_size for name, file in sorted(runtime.items())}
    kept = [
        *web.files,
        *(OutputFile(f"app/runtime/{name}", runtime[name]) for name in sizes),
        json_file("app/runtime/sizes.json", sizes),
        *(OutputFile(f"app/decoders/{name}", path) for name, path in decoders.items()),
    ]
    wallet = _wallet_files(options, progress)
    worker = service_worker(_, web.address)
    return [*kept, *web.doors, worker, *wallet, _file_list(kept)], App(web.address)


def _wallet_files(options: BuildOptions, progress: Progress) -> list[OutputFile]:
    """Return the library with which pages read wallets and chains; they need no Python for it."""
    from stempress.runtime.ethers import prepare_ethers  # noqa: PLC0415 - takes long

    ethers = prepare_ethers(folder=options.runtime_from, report=progress.log)
    return [OutputFile(f"app/ethers/{name}", path) for name, path in ethers.items()]


def compress_wasm(runtime: Mapping[str, Path]) -> dict[str, Path]:
    """Return the runtime's files with the WebAssembly compressed; runtime.js inflates it.

    IPFS gateways do not compress. The result depends on neither the date nor the machine.
    """
    whole = runtime[WASM]
    kept = cache_root() / "packed" / f"{file_digest(whole)}.gz"
    if not kept.exists():
        from gzip import GzipFile  # noqa: PLC0415 - once for every runtime

        buffer = BytesIO()
        with GzipFile("", "wb", 9, buffer, mtime=0) as stream:
            stream.write(whole.read_bytes())
        store(kept, buffer.getvalue())
    return {name: path for name, path in runtime.items() if name != WASM} | {f"{WASM}.bin": kept}


def _file_list(files: list[OutputFile]) -> OutputFile:
    """Return the list of files that a page with a mixer needs, for visitors who keep one."""
    return json_file("app/files.json", sorted(file.address for file in files))
