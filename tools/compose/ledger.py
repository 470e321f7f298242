"""Write the example ledger and the seals of it: `PYTHONPATH=. python tools/compose/ledger.py`.

The same seed gives the same ledger. What an unrevealed token is, is decided here and not written:
whoever has read this script can find it out, for it is an example. Only the salts of unrevealed
tokens are random, because a hidden track is encrypted with them: they are in `secret.json` alone.
"""

from __future__ import annotations

import json
import random
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address
from pyodide_app.provenance import final_hash, item_hash, item_of
from stempress.drop.track_cipher import Track, encrypt

from catalogue import (
    ROOT,
    Choice,
    described,
    front_matter,
    layers_of,
    rules_of,
    supplies_of,
    variations,
)

SEED = 2603
HOLDERS = 40
BLOCK = 9_412_600
READY = "engine-room"
"""The song for which one collector holds a stem of every layer."""


@dataclass(frozen=True)
class Drop:
    """Tokens minted together: how many stems, and how many songs and albums are forged of them.

    `hidden` is the slug of the hidden track that is sealed with them.
    """

    songs: dict[str, int]
    albums: dict[str, int]
    minted: int
    hidden: str
    unrevealed: int = 0


BLIND = Drop(
    songs={
        "harbour-lights": 4,
        "undertow": 5,
        "engine-room": 5,
        "breakwater": 4,
        "lantern-waltz": 4,
        "after-the-last-bus": 4,
    },
    albums={"outbound": 2, "landfall": 1},
    minted=372,
    hidden="slack-water",
    unrevealed=80,
)
OPEN = Drop(songs={"dead-reckoning": 3}, albums={"passage": 1}, minted=54, hidden="the-other-side")
"""All of its supply is minted and revealed: what is still hidden is of the first drop alone."""

Entry = dict[str, Any]
Key = tuple[str, str, str]


@dataclass
class Ledger:
    """The tokens so far, by id, and who holds them."""

    rng: random.Random
    tokens: dict[int, Entry] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)

    def next_id(self, tier: str, first: int) -> int:
        """The lowest id above all tokens of a tier; `first` if there are none."""
        used = [number for number, token in self.tokens.items() if token["tier"] == tier]
        return max(used, default=first - 1) + 1

    def free(self, key: Key) -> list[int]:
        """Tokens of a stem that nobody has burned, in order."""
        return [
            number
            for number, token in self.tokens.items()
            if token["state"] == "revealed"
            and (token.get("song"), token.get("layer"), token.get("stem")) == key
        ]


def address(rng: random.Random) -> str:
    """A random address with its EIP-55 checksum."""
    return str(to_checksum_address("0x" + rng.randbytes(20).hex()))


def mint(ledger: Ledger, drop: Drop) -> None:
    """Shuffle the whole supply of the drop's songs, and mint the first of it."""
    pool: list[Key] = []
    for slug in drop.songs:
        for (layer, stem), supply in supplies_of(described(slug)).items():
            pool += [(slug, layer, stem)] * supply
    ledger.rng.shuffle(pool)
    first = ledger.next_id("stem", 1)
    for number, (song, layer, stem) in enumerate(pool[: drop.minted], first):
        ledger.tokens[number] = {
            "id": str(number),
            "tier": "stem",
            "state": "revealed",
            "song": song,
            "layer": layer,
            "stem": stem,
        }


def forge_songs(ledger: Ledger, drop: Drop) -> None:
    """Burn a stem token per layer; every variation at most once."""
    number = ledger.next_id("song", 9001)
    for slug, count in drop.songs.items():
        facts = described(slug)
        choices = variations(layers_of(facts), rules_of(facts))
        ledger.rng.shuffle(choices)
        left = count
        for choice in choices:
            have = [ledger.free((slug, layer, stem)) for layer, stem in choice.items()]
            if not left or min(map(len, have)) < 2:
                continue
            burned = [ledger.rng.choice(numbers) for numbers in have]
            for spent in burned:
                ledger.tokens[spent] |= {"state": "forged", "into": str(number)}
            ledger.tokens[number] = song_token(number, slug, choice, burned)
            number += 1
            left -= 1
        if left:
            raise ValueError(f"{slug}: {left} song tokens cannot be forged")


def song_token(number: int, slug: str, choice: Choice, burned: list[int]) -> Entry:
    """The entry of a forged song."""
    return {
        "id": str(number),
        "tier": "song",
        "state": "revealed",
        "song": slug,
        "stems": choice,
        "burned": [str(spent) for spent in burned],
    }


def forge_albums(ledger: Ledger, drop: Drop) -> None:
    """Burn a song token per song of an album."""
    number = ledger.next_id("album", 9901)
    for album, count in drop.albums.items():
        index = ROOT / "content" / "albums" / album / "index.md"
        songs = front_matter(index)["songs"]
        for _ in range(count):
            burned = []
            for slug in songs:
                ready = [
                    n
                    for n, token in ledger.tokens.items()
                    if token["tier"] == "song"
                    and token["state"] == "revealed"
                    and token["song"] == slug
                ]
                burned.append(ready[0])
                ledger.tokens[ready[0]] |= {"state": "forged", "into": str(number)}
            ledger.tokens[number] = {
                "id": str(number),
                "tier": "album",
                "state": "revealed",
                "album": album,
                "burned": [str(spent) for spent in burned],
            }
            number += 1


def hand_out(ledger: Ledger, drop: Drop, holders: list[str], kept: list[int]) -> None:
    """Hide some stems, and give what is new and not burned to somebody; `kept` to one collector."""
    rng = ledger.rng
    weights = [1 / (place + 2) for place in range(HOLDERS)]
    stems = [
        n
        for n, token in ledger.tokens.items()
        if token["tier"] == "stem" and token["state"] == "revealed" and n not in kept
    ]
    for number in rng.sample(stems, drop.unrevealed):
        hidden = {"id": str(number), "tier": "stem", "state": "unrevealed"}
        ledger.tokens[number] = dict(hidden)
    for number, token in sorted(ledger.tokens.items()):
        if token["state"] != "forged" and number not in ledger.owners:
            ledger.owners[number] = rng.choices(holders, weights)[0]
    for number in kept:
        ledger.owners[number] = holders[3]


def collected(ledger: Ledger) -> list[int]:
    """A stem of every layer of one song, and a token of each of two others."""
    facts = described(READY)
    choices = variations(layers_of(facts), rules_of(facts))
    full = [
        [ledger.free((READY, layer, stem)) for layer, stem in choice.items()] for choice in choices
    ]
    kept = [numbers[0] for numbers in next(have for have in full if all(have))]
    return kept + [
        next(
            n
            for n, t in ledger.tokens.items()
            if t["tier"] == "song" and t["state"] == "revealed" and t["song"] == slug
        )
        for slug in ("harbour-lights", "undertow")
    ]


@dataclass
class Secret:
    """What only the artist has, as `secret.json` has it."""

    items: dict[str, str] = field(default_factory=dict)
    salts: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


def sealed(items: dict[int, str], ledger: Ledger, drop: Drop, secret: Secret) -> Entry:
    """The commitment to every stem token of a drop, opened where it has been revealed."""
    shown = [number for number in items if ledger.tokens[number]["state"] != "unrevealed"]
    salts = {number: secrets.token_hex(32) for number in items}
    salts |= {number: sha256(f"{SEED} {number}".encode()).hexdigest() for number in shown}
    secret.items |= {str(number): item for number, item in items.items()}
    secret.salts |= {str(number): salt for number, salt in salts.items()}
    hashes = [item_hash(salts[number], item) for number, item in items.items()]
    track = encrypted(drop.hidden, list(salts.values()), secret)
    return {
        "tokens": [str(number) for number in items],
        "final": final_hash(hashes, [track]),
        "starting_index": 0,
        "opened": {str(number): [salts[number], items[number]] for number in shown},
        "hashes": hashes,
        "hidden": [track],
    }


def encrypted(slug: str, salts: list[str], secret: Secret) -> Entry:
    """Encrypt a hidden track, which `hidden.py` has rendered, with all salts of a seal."""
    text = ROOT / "content" / "hidden" / f"{slug}.md"
    facts, sound = front_matter(text), text.with_suffix(".mp3").read_bytes()
    content = encrypt(Track(facts["title"], "audio/mpeg", sound), salts, slug)
    text.with_suffix(".sealed").write_bytes(content)
    secret.hidden[slug] = sha256(sound).hexdigest()
    return {
        "slug": slug,
        "song": facts.get("song", ""),
        "tokens": len(salts),
        "sha256": sha256(content).hexdigest(),
    }


def write(path: Path, content: object) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Make the ledger and write it."""
    ledger = Ledger(random.Random(SEED))
    mint(ledger, BLIND)
    blind = {number: item_of(token) for number, token in ledger.tokens.items()}
    forge_songs(ledger, BLIND)
    forge_albums(ledger, BLIND)
    holders = [address(ledger.rng) for _ in range(HOLDERS)]
    hand_out(ledger, BLIND, holders, collected(ledger))
    before = {*ledger.tokens}
    mint(ledger, OPEN)
    later = {n: item_of(token) for n, token in ledger.tokens.items() if n not in before}
    forge_songs(ledger, OPEN)
    forge_albums(ledger, OPEN)
    hand_out(ledger, OPEN, holders, [])
    tokens = [json.dumps(token) for _, token in sorted(ledger.tokens.items())]
    owners = [f'"{n}": "{holder}"' for n, holder in sorted(ledger.owners.items())]
    text = '{\n"tokens": [\n' + ",\n".join(tokens) + '\n],\n"owners": {\n'
    text += ",\n".join(owners) + f'\n}},\n"block": {BLOCK}\n}}\n'
    (ROOT / "content" / "tokens.json").write_text(text, encoding="utf-8")
    secret = Secret()
    seals = [sealed(blind, ledger, BLIND, secret), sealed(later, ledger, OPEN, secret)]
    write(ROOT / "content" / "provenance.json", {"seals": seals})
    write(ROOT / "secret.json", {"seed": "", **vars(secret)})
    states = [token["state"] for token in ledger.tokens.values()]
    print({state: states.count(state) for state in sorted(set(states))}, len(states))


if __name__ == "__main__":
    main()
