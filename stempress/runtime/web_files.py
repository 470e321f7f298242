"""The pages' modules and style sheets, below an address that changes with their content.

A page that is open while its site is deployed anew keeps to the modules that it was made with:
those of another version have other addresses. ``app/web/`` has doors, which lead pages of other
people to the present version.
"""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stempress.core.paths import WEB
from stempress.i18n.translations import SOURCE_LANGUAGE, compile_plural_rule
from stempress.output.output_files import OutputFile
from stempress.runtime.module_graph import with_whole_graphs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stempress.i18n.translations import Translations

SERVICE_WORKER = "sw.js"
LANGUAGE = "language/language.js"
"""The module with the translations of the other modules' sentences."""
CLASSIC_SCRIPT = "site.js"
"""A classic script, so its door is a copy rather than an import."""
DOORS = "app/web/"
DIGEST_BYTES = 6


class WebFiles(NamedTuple):
    """Modules and style sheets: their folder's ``address``, the files, and the doors."""

    address: str
    files: list[OutputFile]
    doors: list[OutputFile]


def web_files(translations: Translations, more: Mapping[str, Path | bytes]) -> WebFiles:
    """Return the pages' modules in the site's language, and ``more``, of one version."""
    contents: dict[str, Path | bytes] = {
        name: WEB / name for name in web_names() if name != SERVICE_WORKER
    }
    if translations.key != SOURCE_LANGUAGE:
        contents[LANGUAGE] = language_module(translations).encode()
    contents |= {**_entries(contents), **more}
    address = f"app/{_digest(contents)}/"
    files = [OutputFile(f"{address}{name}", content) for name, content in contents.items()]
    doors = [
        OutputFile(f"{DOORS}{name}", _door(name, address, content))
        for name, content in contents.items()
        if "/" not in name
    ]
    return WebFiles(address, files, doors)


def _entries(contents: Mapping[str, Path | bytes]) -> dict[str, bytes]:
    """Return the modules that import more than their source says."""
    modules = {
        name: content.decode() if isinstance(content, bytes) else content.read_text("utf-8")
        for name, content in contents.items()
        if name.endswith(".js") and name != CLASSIC_SCRIPT
    }
    return {name: text.encode() for name, text in with_whole_graphs(modules).items()}


def web_names() -> list[str]:
    """Return the paths of modules and style sheets below web/."""
    folders = ((Path(folder).relative_to(WEB), names) for folder, _, names in os.walk(WEB))
    return sorted(
        (folder / name).as_posix()
        for folder, names in folders
        for name in names
        if not name.startswith(".")
    )


def service_worker(translations: Translations, address: str) -> OutputFile:
    """Return the service worker, preceded by the modules' address and its sentences.

    Browsers take it for a new one whenever the modules are others. A classic worker cannot import
    `language_module`, and this one must work without a network. What it is in charge of lies below
    it.
    """
    source = (WEB / SERVICE_WORKER).read_text("utf-8")
    script = f"globalThis.siteApp = {to_script(address)};\n{source}"
    if translations.key == SOURCE_LANGUAGE:
        return OutputFile(SERVICE_WORKER, script.encode())
    used = [key for key in sorted(translations.scripted) if f"_({to_script(key)})" in source]
    language = {
        "lang": translations.tag,
        "dir": translations.direction,
        "forms": {key: translations.forms[key] for key in used},
    }
    script = f"globalThis.siteLanguage = {to_script(language)};\n{script}"
    return OutputFile(SERVICE_WORKER, script.encode())


def language_module(translations: Translations) -> str:
    """Return the module with the translations of the modules' sentences."""
    said = {key: translations.forms[key] for key in sorted(translations.scripted)}
    compile_plural_rule(translations.rule)  # ValueError for an invalid rule
    return (
        f"export const LANGUAGE = {to_script(translations.tag)};\n"
        f"export const FORMS = {to_script(said)};\n"
        f"export const ISOLATION = {to_script(translations.isolation)};\n"
        f"export const whichForm = (n) => Number({translations.rule});\n"
    )


def to_script(value: object) -> str:
    """Return a value as an expression of JavaScript."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _door(name: str, address: str, content: Path | bytes) -> Path | bytes:
    """Return the content of a door: the file in app/web/ for a module or style sheet."""
    target = f"../{address.removeprefix('app/')}{name}"
    if name == CLASSIC_SCRIPT:
        return content
    if name.endswith(".css"):
        return f'@import "{target}";\n'.encode()
    return f'export * from "{target}";\n'.encode()


def _digest(contents: Mapping[str, Path | bytes]) -> str:
    """Return a hash of names and contents."""
    digest = blake2b(digest_size=DIGEST_BYTES)
    for name, content in sorted(contents.items()):
        data = content.read_bytes() if isinstance(content, Path) else content
        digest.update(f"{name}\0".encode() + blake2b(data, digest_size=16).digest())
    return digest.hexdigest()
