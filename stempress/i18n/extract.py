"""Gather the interface's sentences into the catalogues: ``make words``.

What is new in a catalogue is empty, what has changed is marked fuzzy: both are shown in English
until somebody has seen to them. ``make words ARGS=fr`` begins a catalogue for another language.
"""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from stempress.core.paths import REPOSITORY
from stempress.i18n.translations import LOCALE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPLATE = LOCALE_FOLDER / "stempress.pot"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "marked": None,
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
    "plural": (2, 3),
}
"""What says a sentence; gettext is {% trans %}, and plural() takes the number first."""
SOURCES = {
    "templates/*": ("jinja2.ext:babel_extract", {"trim_blocks": "true", "lstrip_blocks": "true"}),
    "stempress/**/*.py": ("python", {}),
    "pyodide_app/*.py": ("python", {}),
    "pyodide_app/web/**/*.js": ("javascript", {"parse_template_string": "true", "jsx": "false"}),
}
KEPT_HEADERS = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-T")
"""The headers that say something; dates would differ whenever two people do this."""


def extract_messages() -> Catalog:
    """Return all sentences of the source with the files that contain them."""
    found = Catalog(project="Stempress", version="0", fuzzy=False, header_comment="# Stempress")
    for pattern, (method, options) in SOURCES.items():
        for path in sorted(REPOSITORY.glob(pattern)):
            if not path.is_file():
                continue
            place = path.relative_to(REPOSITORY).as_posix()
            for _, message, _, context in _extract_from(path, method, options):
                found.add(message, locations=[(place, 0)], context=context)
    return found


def _extract_from(path: Path, method: str, options: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    yield from extract_from_file(method, path, KEYWORDS, options=options)


def read_catalogue(path: Path, locale: str | None = None) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def serialize(catalogue: Catalog) -> bytes:
    """Return a catalogue as a file: sorted, without dates and line numbers."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=100, sort_output=True, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    kept = tuple(f'"{name}' for name in KEPT_HEADERS)
    end = lines.index("\n")
    header = [line for line in lines[:end] if line[0] != '"' or line.startswith(kept)]
    return "".join([*header, *lines[end:]]).encode()


def is_translated(message: Message) -> bool:
    """Say whether every form of a sentence has been translated, and without doubt."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return not message.fuzzy and all(forms)


def create_catalogue(language: str) -> Path:
    """Begin the catalogue of a language."""
    path = LOCALE_FOLDER / language / "LC_MESSAGES" / "stempress.po"
    path.parent.mkdir(parents=True)
    header = f"# Stempress in {Locale.parse(language).english_name}"
    path.write_bytes(serialize(Catalog(language, header_comment=header, fuzzy=False)))
    return path


def main() -> None:
    """Write stempress.pot, and bring every catalogue up to it."""
    for language in sys.argv[1:]:
        create_catalogue(language)
    template = extract_messages()
    TEMPLATE.write_bytes(serialize(template))
    for path in sorted(LOCALE_FOLDER.glob("*/LC_MESSAGES/stempress.po")):
        language = path.parts[-3]
        catalogue = read_catalogue(path, language)
        catalogue.update(template)
        catalogue.obsolete.clear()
        path.write_bytes(serialize(catalogue))
        missing = sum(bool(each.id) and not is_translated(each) for each in catalogue)
        sys.stdout.write(f"{language}: {len(catalogue)} sentences, {missing} to be translated\n")


if __name__ == "__main__":
    main()
