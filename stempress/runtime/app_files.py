"""app/: the pages' modules, the Python runtime that they start, and the wallet's library."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root, file_digest, store
from stempress.core.errors import SiteError
from stempress.output.json_files import json_file
from stempress.output.output_files import OutputFile
from stempress.runtime.web_files import service_worker, to_script, web_files
from stempress.site.facts import App

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress
    from stempress.i18n.translations import Translations
    from stempress.runtime.pyodide import Runtime

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
            from stempress.runtime.downloads import FOLDER_HINT  # noqa: PLC0415 - takes long

            reasons = SiteError(replace(fault, hint=FOLDER_HINT) for fault in error.faults)
            progress.log(f"warning: pages cannot read wallets and chains: {reasons}")
            wallet = []
        files = [*web.files, *web.doors, worker, *wallet, _file_list(web.files)]
        reason = _("This site was pressed without the Python runtime, so its mixer is off.")
        return files, App(web.address, reason)
    from stempress.runtime.decoders import prepare_decoders  # noqa: PLC0415 - takes long
    from stempress.runtime.pyodide import prepare_runtime  # noqa: PLC0415

    runtime = prepare_runtime(folder=options.runtime_from, report=progress.log)
    runtime = replace(runtime, core=compress_wasm(runtime.core))
    decoders = prepare_decoders(folder=options.runtime_from, report=progress.log)
    web = web_files(_, {f"python/{LOCK}": runtime.lock, "python/files.js": files_module(runtime)})
    kept = [
        *web.files,
        *(OutputFile(f"app/runtime/{name}", path) for name, path in runtime.needed.items()),
        *(OutputFile(f"app/decoders/{name}", path) for name, path in decoders.items()),
    ]
    spare = runtime.files.items() - runtime.needed.items()
    others = [OutputFile(f"app/runtime/{name}", path) for name, path in sorted(spare)]
    wallet = _wallet_files(options, progress)
    worker = service_worker(_, web.address)
    return [*kept, *others, *wallet, *web.doors, worker, _file_list(kept)], App(web.address)


def _wallet_files(options: BuildOptions, progress: Progress) -> list[OutputFile]:
    """Return the library with which pages read wallets and chains; they need no Python for it."""
    from stempress.runtime.ethers import prepare_ethers  # noqa: PLC0415 - takes long

    ethers = prepare_ethers(folder=options.runtime_from, report=progress.log)
    return [OutputFile(f"app/ethers/{name}", path) for name, path in ethers.items()]


def compress_wasm(core: Mapping[str, Path]) -> dict[str, Path]:
    """Return Pyodide's files with the WebAssembly compressed, since IPFS gateways do not compress.

    downloads.js decompresses it.
    """
    whole = core[WASM]
    kept = cache_root() / "packed" / f"{file_digest(whole)}.gz"
    if not kept.exists():
        from stempress.runtime.wheels import gzipped  # noqa: PLC0415 - once for every runtime

        store(kept, gzipped(whole.read_bytes()))
    return {name: path for name, path in core.items() if name != WASM} | {f"{WASM}.bin": kept}


def files_module(runtime: Runtime) -> bytes:
    """Return the module that tells the browser which files there are."""
    sizes = {name: path.stat().st_size for name, path in sorted(runtime.files.items())}
    exports = {"SNAPSHOT": runtime.snapshot, "SIZES": sizes}
    lines = (f"export const {name} = {to_script(value)};\n" for name, value in exports.items())
    return "".join(lines).encode()


def _file_list(files: list[OutputFile]) -> OutputFile:
    """Return the list of files that a page with a mixer needs, for visitors who keep one."""
    return json_file("app/files.json", sorted(file.address for file in files))
