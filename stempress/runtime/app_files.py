"""app/: the pages' modules, the Python runtime that they start, and the wallet's library."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root, file_digest, store
from stempress.core.paths import WEB
from stempress.i18n.translations import SOURCE_LANGUAGE, compile_plural_rule
from stempress.output.json_files import json_file
from stempress.output.output_files import OutputFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress
    from stempress.i18n.translations import Translations

WASM = "pyodide.asm.wasm"
SERVICE_WORKER = "sw.js"
LANGUAGE = "language.js"
"""The module that holds what the other modules say."""


def app_files(
    options: BuildOptions, _: Translations, progress: Progress
) -> tuple[list[OutputFile], str]:
    """Return everything below app/, and why the mixer is off, if it is."""
    web = [
        OutputFile(f"app/web/{name}", _localized(WEB / name, _))
        for name in web_names()
        if name != SERVICE_WORKER
    ]
    # What a service worker is in charge of lies below it.
    web.append(OutputFile(SERVICE_WORKER, _localized_worker(WEB / SERVICE_WORKER, _)))
    if options.without_runtime:
        return [*web, _file_list(web)], _(
            "This site was pressed without the Python runtime, so its mixer is off."
        )
    from stempress.runtime.ethers import prepare_ethers  # noqa: PLC0415 - takes long
    from stempress.runtime.pyodide import prepare_runtime  # noqa: PLC0415

    runtime = compress_wasm(prepare_runtime(folder=options.runtime_from, report=progress.log))
    ethers = prepare_ethers(folder=options.runtime_from, report=progress.log)
    sizes = {name: file.stat().st_size for name, file in sorted(runtime.items())}
    app = [
        *web,
        *(OutputFile(f"app/runtime/{name}", runtime[name]) for name in sizes),
        json_file("app/runtime/sizes.json", sizes),
        *(OutputFile(f"app/ethers/{name}", path) for name, path in ethers.items()),
    ]
    return [*app, _file_list(app)], ""


def web_names() -> list[str]:
    """Return the pages' modules and style sheets, as paths below web/."""
    files = (file for file in WEB.rglob("*") if file.is_file() and not file.name.startswith("."))
    return sorted(file.relative_to(WEB).as_posix() for file in files)


def _localized(file: Path, translations: Translations) -> Path | bytes:
    """Return a module of the pages; what they say is in the site's language."""
    return (
        file
        if file.name != LANGUAGE or translations.key == SOURCE_LANGUAGE
        else language_module(translations).encode()
    )


def _localized_worker(file: Path, translations: Translations) -> Path | bytes:
    """Return the service worker, with its sentences in the site's language before it.

    A classic worker cannot import `language_module`, and this one must work without a network.
    """
    if translations.key == SOURCE_LANGUAGE:
        return file
    source = file.read_text("utf-8")
    used = [key for key in sorted(translations.scripted) if f"_({_to_script(key)})" in source]
    language = {
        "lang": translations.tag,
        "dir": translations.direction,
        "forms": {key: translations.forms[key] for key in used},
    }
    return f"globalThis.siteLanguage = {_to_script(language)};\n{source}".encode()


def language_module(translations: Translations) -> str:
    """Return the sentences that modules say as a module."""
    said = {key: translations.forms[key] for key in sorted(translations.scripted)}
    compile_plural_rule(translations.rule)  # refuses what is no rule
    return (
        f"export const LANGUAGE = {_to_script(translations.tag)};\n"
        f"export const FORMS = {_to_script(said)};\n"
        f"export const ISOLATION = {_to_script(translations.isolation)};\n"
        f"export const whichForm = (n) => Number({translations.rule});\n"
    )


def _to_script(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def compress_wasm(runtime: Mapping[str, Path]) -> dict[str, Path]:
    """Return the runtime's files, the one that compresses best compressed: runtime.js unpacks it.

    Gateways of IPFS compress nothing. Nothing of the day or the machine is in the result.
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


def _file_list(app: list[OutputFile]) -> OutputFile:
    """Return the list of what a page with a mixer needs, for visitors who keep one."""
    wanted = (file.address for file in app if not file.address.startswith("app/ethers/"))
    return json_file("app/files.json", sorted(each for each in wanted if each != SERVICE_WORKER))
