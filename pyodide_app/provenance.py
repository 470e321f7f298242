"""What a commitment holds, and whether it has been kept: run by the build and by visitors.

Every item is hashed with a salt of its own, for there are few enough items to try them all. The
hashes are concatenated in the order of the tokens, and hashed again.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def marked(words: str) -> str:
    """Return words as they are: `make words` finds them here, and pages translate them."""
    return words


ALGORITHM = marked(
    "An item is one line of text: song/layer/stem for a stem, song/layer=stem,layer=stem for a "
    "variation (its layers in alphabetical order). The hash of an item is the SHA-256, in lower "
    "case hex, of its salt, a colon and the item, in UTF-8. The final hash is the SHA-256 of all "
    "hashes concatenated as text, in the order of the tokens. With a starting index, the token at "
    "place p of n tokens, counted from 0, is the item at place (p + starting index) mod n."
)


class Problem(NamedTuple):
    """Something that is wrong with a seal: a sentence, and what stands in its places."""

    words: str
    given: dict[str, object]

    def __str__(self) -> str:
        return self.words % self.given


def _(words: str, **given: object) -> Problem:
    """Say what is wrong; the page says it in its own language."""
    return Problem(words, given)


def item_hash(salt: str, item: str) -> str:
    """Return the hash of one item."""
    return sha256(f"{salt}:{item}".encode()).hexdigest()


def final_hash(hashes: Sequence[str]) -> str:
    """Return the hash of all hashes."""
    return sha256("".join(hashes).encode()).hexdigest()


def problems(seal: Mapping[str, Any], tokens: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with a seal.

    ``seal`` is as ``content/provenance.json`` has it; ``tokens`` says of every known token which
    item it is.
    """
    places, hashes, opened = seal["tokens"], seal["hashes"], seal["opened"]
    if len(places) != len(hashes) or len(set(places)) != len(places):
        counts = {"tokens": len(places), "hashes": len(hashes)}
        yield _("the %(tokens)s tokens and %(hashes)s hashes don't match one to one", **counts)
        return
    if final_hash(hashes) != seal["final"]:
        yield _("the final hash doesn't match the hashes")
    at = {place: number for number, place in enumerate(places)}
    for place, (salt, item) in opened.items():
        if place not in at:
            yield _("token %(token)s has been opened but was never sealed", token=place)
            continue
        if item_hash(salt, item) != hashes[at[place]]:
            yield _("place %(place)s: %(item)s is not what was sealed", place=place, item=item)
        token = places[(at[place] - (seal["starting_index"] or 0)) % len(places)]
        if token not in tokens:
            yield _("token %(token)s has been opened but is still unrevealed", token=token)
        elif tokens[token] != item:
            found = {"token": token, "now": tokens[token], "sealed": item}
            yield _("token %(token)s is %(now)s but was sealed as %(sealed)s", **found)


def item_of(token: Mapping[str, Any]) -> str:
    """Return which item a token of ``data/tokens.json`` is; nothing for one that does not tell."""
    if token.get("stems"):
        pairs = ",".join(f"{layer}={stem}" for layer, stem in sorted(token["stems"].items()))
        return f"{token['song']}/{pairs}"
    return f"{token['song']}/{token['layer']}/{token['stem']}" if token.get("stem") else ""


def verify(provenance: str, ledger: str) -> str:
    """Check ``data/provenance.json`` against ``data/tokens.json``; return the outcome as JSON."""
    seals = json.loads(provenance)["seals"]
    tokens = {each["id"]: item_of(each) for each in json.loads(ledger)["tokens"]}
    known = {token: item for token, item in tokens.items() if item}
    return json.dumps(
        {
            "sealed": sum(len(seal["tokens"]) for seal in seals),
            "opened": sum(len(seal["opened"]) for seal in seals),
            "problems": [problem for seal in seals for problem in problems(seal, known)],
        }
    )
