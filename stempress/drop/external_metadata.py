"""Parser for token metadata of other tools (HashLips, OpenSea, ERC-1155): ids and traits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stempress.collection.token_parser import is_token_id
from stempress.core.crash_log import working_on
from stempress.core.notation import show_value
from stempress.core.text_files import parse_json, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stempress.core.errors import Findings

COMBINED_FILE = "_metadata.json"
"""HashLips writes all tokens into this file, in addition to one file per token."""
TRAIT_KEYS = ("attributes", "properties", "traits")
NAME_KEYS = ("trait_type", "traitType", "name", "type")
ID_KEYS = ("edition", "tokenId", "token_id", "id")

type Trait = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExternalToken:
    """A token of another tool: its id, its file and its traits in order."""

    id: str
    where: str
    traits: tuple[Trait, ...]


class Notes(NamedTuple):
    """What is odd in single files, to be reported together."""

    contradictions: list[str]
    no_traits: list[str]


def read_folder(folder: Path, findings: Findings) -> list[ExternalToken]:
    """Return all tokens of a folder in order of id; files without an id get a warning."""
    if not folder.is_dir():
        findings.fault("import", "is not a folder", value=str(folder))
        return []
    files = [path for path in sorted(folder.iterdir()) if _is_metadata(path)]
    tokens: dict[str, ExternalToken] = {}
    notes = Notes([], [])
    separate = [path for path in files if path.name != COMBINED_FILE]
    for path in separate or files:
        for token in _read_file(path, notes, findings):
            other = tokens.setdefault(token.id, token)
            if other.traits != token.traits:
                message = f"contradicts {other.where}"
                findings.fault(token.where, message, value=token.id, hint="remove one of the two")
    if notes.contradictions:
        count = len(notes.contradictions)
        message = f"have another id in their content than in their name: {count}"
        hint = "the names count; rename the files if that is wrong"
        findings.warn("import", message, value=notes.contradictions[:3], hint=hint)
    if notes.no_traits:
        message = f"have entries that are no traits, and are ignored: {len(notes.no_traits)}"
        hint = 'traits are such as {"trait_type": "Drums", "value": "Amen"}'
        findings.warn("import", message, value=notes.no_traits[:3], hint=hint)
    if not tokens and not findings.faults:
        hint = "files such as 1.json, or ids as 64 hex digits"
        findings.fault("import", "contains no token metadata", value=folder.name, hint=hint)
    return sorted(tokens.values(), key=lambda token: int(token.id))


def _read_file(path: Path, notes: Notes, findings: Findings) -> Iterator[ExternalToken]:
    """Yield the tokens of a metadata file, which has one or a list."""
    with working_on(path):
        text = read_text(path, path.name, findings)
        content = parse_json(text, path.name, findings) if text is not None else None
        items = content if isinstance(content, list) else [content]
        tokens = [_token(item, path, notes, findings) for item in items]
    yield from filter(None, tokens)


def _is_metadata(path: Path) -> bool:
    """Return whether a file holds metadata; dotfiles are a system's, such as ``._1.json``."""
    is_json = path.suffix.lower() == ".json" or _id_in_name(path.name) is not None
    return is_json and not path.name.startswith(".") and path.is_file()


def _token(content: object, path: Path, notes: Notes, findings: Findings) -> ExternalToken | None:
    if not isinstance(content, dict):
        if content is not None:
            findings.fault(path.name, "must be an object", value=content)
        return None
    name_id = _id_in_name(path.name.removesuffix(path.suffix))
    content_id, key = _id_in_content(content)
    if name_id and content_id and name_id != content_id:
        notes.contradictions.append(f"{path.name}: {key} {content_id}")
    token_id = name_id or content_id
    if token_id is None:
        findings.warn(path.name, "is left out: neither its name nor its content has a token id")
        return None
    return ExternalToken(token_id, path.name, tuple(_traits(content, path.name, notes, findings)))


def _id_in_name(name: str) -> str | None:
    """Return the id that a file's name is: decimal, zeros before it allowed, or 64 hex digits."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", name):
        return str(int(name, 16))
    number = re.sub(r"^0+(?=\d)", "", name)
    return number if is_token_id(number) else None


def _id_in_content(content: Mapping[str, object]) -> tuple[str | None, str]:
    """Return the id that metadata states, and under which key."""
    ids = ((str(content[key]), key) for key in ID_KEYS if key in content)
    return next(((number, key) for number, key in ids if is_token_id(number)), (None, ""))


def _traits(
    content: Mapping[str, object], where: str, notes: Notes, findings: Findings
) -> Iterator[Trait]:
    """Yield the traits in ``attributes`` (a list or an object), else in ERC-1155 properties.

    A value of null is no value: "". What cannot be read is reported: a token without traits would
    pass for an unrevealed one.
    """
    key = next((key for key in TRAIT_KEYS if content.get(key)), "")
    traits = content.get(key)
    if isinstance(traits, list):
        for trait in traits:
            if isinstance(trait, dict) and "value" in trait:
                name = next((trait[key] for key in NAME_KEYS if key in trait), "")
                yield _text(name), _text(trait["value"])
            else:
                notes.no_traits.append(f"{where}: {show_value(trait, as_json=True)}")
    elif isinstance(traits, dict):
        for name, item in traits.items():
            value = item.get("value", "") if isinstance(item, dict) else item
            if isinstance(value, str | int | float) or value is None:
                yield name, _text(value)
    elif traits:
        findings.fault(where, "must be a list of traits", key=key, value=traits)


def _text(value: object) -> str:
    """Return a value as tables have it: true, and 1 for 1.0."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
