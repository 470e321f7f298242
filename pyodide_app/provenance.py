"""Commitments to token contents and their verification, in the build and in the browser.

Every item is hashed with its own salt, because there are few enough items to try them all. The
hashes are concatenated in the order of the tokens and hashed again.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def marked(text: str) -> str:
    """Mark a text for translation by pages; `make words` extracts it."""
    return text


ALGORITHM = marked(
    "An item is one line of text: song/layer/stem for a stem, song/layer=stem,layer=stem for a "
    "variation (its layers in alphabetical order). The hash of an item is the SHA-256, in lower "
    "case hex, of its salt, a colon and the item, in UTF-8. The final hash is the SHA-256 of all "
    "hashes concatenated as text, in the order of the tokens. With a starting index, the token at "
    "place p of n tokens, counted from 0, is the item at place (p + starting index) mod n."
)
TRACK_ALGORITHM = marked(
    "A hidden track is one line of text, too: hidden:slug:song:number:hash, with the number of "
    "tokens that it waits for, those of the song or, without one, all, and the SHA-256 of its "
    "encrypted file. The hashes of these lines follow those of the items in the final hash, "
    "in the order in which the seal lists the tracks."
)


class Problem(NamedTuple):
    """A problem with a seal: a message template, which pages translate, and its values."""

    message: str
    values: dict[str, object]

    def __str__(self) -> str:
        return self.message % self.values


def _(message: str, **values: object) -> Problem:
    """Return a problem with a translatable message."""
    return Problem(message, values)


def item_hash(salt: str, item: str) -> str:
    """Return the salted hash of an item."""
    return sha256(f"{salt}:{item}".encode()).hexdigest()


def track_hash(track: Mapping[str, Any]) -> str:
    """Return the hash of a hidden track: its slug, song, number of tokens, encrypted file."""
    line = f"hidden:{track['slug']}:{track['song']}:{track['tokens']}:{track['sha256']}"
    return sha256(line.encode()).hexdigest()


def final_hash(hashes: Sequence[str], tracks: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the hash of all hashes, those of hidden tracks last."""
    return sha256("".join([*hashes, *map(track_hash, tracks)]).encode()).hexdigest()


def problems(seal: Mapping[str, Any], items: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the problems of a seal.

    ``seal`` is a seal of ``content/provenance.json``; ``items`` maps revealed tokens to their item.
    """
    tokens, hashes, opened = seal["tokens"], seal["hashes"], seal["opened"]
    if len(tokens) != len(hashes) or len(set(tokens)) != len(tokens):
        counts = {"tokens": len(tokens), "hashes": len(hashes)}
        yield _("the %(tokens)s tokens and %(hashes)s hashes don't match one to one", **counts)
        return
    if final_hash(hashes, seal.get("hidden", ())) != seal["final"]:
        yield _("the final hash doesn't match the hashes")
    yield from _track_problems(seal)
    positions = {token: position for position, token in enumerate(tokens)}
    for slot, (salt, item) in opened.items():
        if slot not in positions:
            yield _("token %(token)s has been opened but was never sealed", token=slot)
            continue
        if item_hash(salt, item) != hashes[positions[slot]]:
            yield _("place %(place)s: %(item)s is not what was sealed", place=slot, item=item)
        token = tokens[(positions[slot] - (seal["starting_index"] or 0)) % len(tokens)]
        if token not in items:
            yield _("token %(token)s has been opened but is still unrevealed", token=token)
        elif items[token] != item:
            values = {"token": token, "now": items[token], "sealed": item}
            yield _("token %(token)s is %(now)s but was sealed as %(sealed)s", **values)


def is_awaited(song: str, item: str) -> bool:
    """Return whether hidden tracks of a song, or of none, wait for the tokens that are an item."""
    return not song or item.startswith(f"{song}/")


def opened_salts(
    tokens: Sequence[str], opened: Mapping[str, Sequence[str]], song: str
) -> list[str]:
    """Return the published salts of a seal that hidden tracks of a song wait for, in its order."""
    pairs = (opened[slot] for slot in tokens if slot in opened)
    return [salt for salt, item in pairs if is_awaited(song, item)]


def _track_problems(seal: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield hidden tracks that wait for another number of tokens than was sealed."""
    left = len(seal["tokens"]) - len(seal["opened"])
    for track in seal.get("hidden", ()):
        found = len(opened_salts(seal["tokens"], seal["opened"], track["song"]))
        if not found <= track["tokens"] <= found + left:
            values = {"slug": track["slug"], "count": track["tokens"], "found": found}
            yield _(
                "the hidden track %(slug)s was sealed to wait for %(count)s tokens, but "
                "%(found)s are of its song",
                **values,
            )


def item_of(token: Mapping[str, Any]) -> str:
    """Return the item of a token in ``data/tokens.json``; empty if it is unrevealed."""
    if token.get("stems"):
        pairs = ",".join(f"{layer}={stem}" for layer, stem in sorted(token["stems"].items()))
        return f"{token['song']}/{pairs}"
    return f"{token['song']}/{token['layer']}/{token['stem']}" if token.get("stem") else ""


def verify(provenance: str, ledger: str) -> str:
    """Check ``data/provenance.json`` against ``data/tokens.json``; return the result as JSON."""
    seals = json.loads(provenance)["seals"]
    items = {token["id"]: item_of(token) for token in json.loads(ledger)["tokens"]}
    revealed = {token: item for token, item in items.items() if item}
    return json.dumps(
        {
            "sealed": sum(len(seal["tokens"]) for seal in seals),
            "opened": sum(len(seal["opened"]) for seal in seals),
            "problems": [problem for seal in seals for problem in problems(seal, revealed)],
        }
    )
