"""Parser for token metadata of other tools (HashLips, OpenSea, ERC-1155): ids and traits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.token_parser import is_token_id
from stempress.core.text_files import parse_json, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stempress.core.errors import Findings

COMBINED_FILE = "_metadata.json"
"""HashLips writes all tokens into this file, in addition to one file per token."""
ID_KEYS = ("edition", "tokenId", "token_id", "id")

type Trait = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExternalToken:
    """A token of another tool: its id, its file and its traits in order."""

    id: str
    where: str
    traits: tuple[Trait, ...]


def read_folder(folder: Path, findings: Findings) -> list[ExternalToken]:
    """Return all tokens of a folder in order of id; files without an id get a warning."""
    if not folder.is_dir():
        findings.fault("import", "is not a folder", value=str(folder))
        return []
    files = [path for path in sorted(folder.iterdir()) if _is_metadata(path)]
    tokens: dict[str, ExternalToken] = {}
    separate = [path for path in files if path.name != COMBINED_FILE]
    for path in separate or files:
        for token in _read_file(path, findings):
            other = tokens.setdefault(token.id, token)
            if other.traits != token.traits:
                message = f"contradicts {other.where}"
                findings.fault(token.where, message, value=token.id, hint="remove one of the two")
    if not tokens and not findings.faults:
        hint = "files such as 1.json, or ids as 64 hex digits"
        findings.fault("import", "contains no token metadata", value=folder.name, hint=hint)
    return sorted(tokens.values(), key=lambda token: int(token.id))


def _read_file(path: Path, findings: Findings) -> Iterator[ExternalToken]:
    """Yield the tokens of a metadata file, which has one or a list."""
    text = read_text(path, path.name, findings)
    content = parse_json(text, path.name, findings) if text is not None else None
    for item in content if isinstance(content, list) else [content]:
        token = _token(item, path, findings)
        if token is not None:
            yield token


def _is_metadata(path: Path) -> bool:
    return path.is_file() and (path.suffix.lower() == ".json" or is_token_id(path.name))


def _token(content: object, path: Path, findings: Findings) -> ExternalToken | None:
    if not isinstance(content, dict):
        if content is not None:
            findings.fault(path.name, "must be an object", value=content)
        return None
    token_id = _id_of(path.name.removesuffix(path.suffix), content)
    if token_id is None:
        findings.warn(path.name, "is left out: neither its name nor its content has a token id")
        return None
    return ExternalToken(token_id, path.name, tuple(_traits(content)))


def _id_of(name: str, content: Mapping[str, object]) -> str | None:
    """Return a token's id from the file name (decimal or 64 hex digits), else from the content."""
    if is_token_id(name):
        return name
    if re.fullmatch(r"[0-9a-fA-F]{64}", name):
        return str(int(name, 16))
    ids = (str(content[key]) for key in ID_KEYS if key in content)
    return next(filter(is_token_id, ids), None)


def _traits(content: Mapping[str, object]) -> Iterator[Trait]:
    """Yield the traits in ``attributes`` (a list or an object), else in ERC-1155 properties."""
    traits = content.get("attributes") or content.get("properties")
    if isinstance(traits, list):
        for trait in traits:
            if isinstance(trait, dict) and "value" in trait:
                yield str(trait.get("trait_type", "")), str(trait["value"])
    elif isinstance(traits, dict):
        for name, item in traits.items():
            value = item.get("value", "") if isinstance(item, dict) else item
            if isinstance(value, str | int | float):
                yield name, str(value)
