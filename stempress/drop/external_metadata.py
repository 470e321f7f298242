"""Token metadata as others write it, HashLips, OpenSea, ERC-1155 -> ids and traits."""

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

WHOLE_DROP = "_metadata.json"
"""HashLips puts all of a drop into one more file, beside one for every token."""
ID_KEYS = ("edition", "tokenId", "token_id", "id")

type Trait = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ForeignToken:
    """A token that was described elsewhere: its id, the file that says so, its traits in order."""

    id: str
    where: str
    traits: tuple[Trait, ...]


def read_folder(folder: Path, findings: Findings) -> list[ForeignToken]:
    """Return every token of a folder, in the order of ids; what has no id is warned about."""
    if not folder.is_dir():
        findings.fault("import", "is no folder", value=str(folder))
        return []
    files = [path for path in sorted(folder.iterdir()) if _is_metadata(path)]
    tokens: dict[str, ForeignToken] = {}
    single = [path for path in files if path.name != WHOLE_DROP]
    for path in single or files:
        text = read_text(path, path.name, findings)
        content = parse_json(text, path.name, findings) if text is not None else None
        every = content if isinstance(content, list) else [content]
        for each in every:
            token = _token(each, path, findings)
            if token is None:
                continue
            other = tokens.setdefault(token.id, token)
            if other.traits != token.traits:
                what = f"contradicts {other.where}"
                findings.fault(token.where, what, value=token.id, hint="remove one of the two")
    if not tokens and not findings.faults:
        hint = "files such as 1.json, or ids as 64 hex digits"
        findings.fault("import", "has no token metadata", value=folder.name, hint=hint)
    return sorted(tokens.values(), key=lambda token: int(token.id))


def _is_metadata(path: Path) -> bool:
    return path.is_file() and (path.suffix.lower() == ".json" or is_token_id(path.name))


def _token(content: object, path: Path, findings: Findings) -> ForeignToken | None:
    if not isinstance(content, dict):
        if content is not None:
            findings.fault(path.name, "must be an object", value=content)
        return None
    token_id = _id_of(path.name.removesuffix(path.suffix), content)
    if token_id is None:
        findings.warn(path.name, "is left out: neither its name nor its content has a token id")
        return None
    return ForeignToken(token_id, path.name, tuple(_traits(content)))


def _id_of(name: str, content: Mapping[str, object]) -> str | None:
    """Return a token's id: by the file's name, decimal or 64 hex digits, or by what it says."""
    if is_token_id(name):
        return name
    if re.fullmatch(r"[0-9a-fA-F]{64}", name):
        return str(int(name, 16))
    told = (str(content[key]) for key in ID_KEYS if key in content)
    return next(filter(is_token_id, told), None)


def _traits(content: Mapping[str, object]) -> Iterator[Trait]:
    """Yield attributes, a list or a table; without any, the properties of ERC-1155."""
    found = content.get("attributes") or content.get("properties")
    if isinstance(found, list):
        for each in found:
            if isinstance(each, dict) and "value" in each:
                yield str(each.get("trait_type", "")), str(each["value"])
    elif isinstance(found, dict):
        for name, value in found.items():
            plain = value.get("value", "") if isinstance(value, dict) else value
            if isinstance(plain, str | int | float):
                yield name, str(plain)
