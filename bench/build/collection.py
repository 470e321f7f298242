"""Generates a collection of any size from a seed, for all generators to build.

``python -m bench.build.collection FOLDER TOKENS`` writes one.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    type Entry = dict[str, object]

ALBUMS, SONGS = 3, 30
LAYERS = ("Drums", "Bass", "Lead", "Pad", "Keys", "Guitar", "Voice", "FX")
STEMS = ("Slow", "Bright", "Rough")
RATE, FRAMES = 44100, 30000
UNREVEALED, FORGED_SONGS = 0.1, 0.04
"""Shares of all tokens that are unrevealed, and that are songs, each with 8 stems burned for it."""
WORDS = ("tide", "harbour", "lantern", "engine", "rope", "salt", "drift", "signal", "fog", "bell")
SETTINGS = """
[site]
title = "Slow Water"
artist = "Ada Lind"
description = "Thirty songs about one river."
url = "https://slow-water.example/"
cards = false

[collection]
name = "Slow Water"
symbol = "SLOW"
license = "All rights reserved; holders may share mixes."

[collection.contract]
chain_id = 1
address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
standard = "erc721"
marketplace = "https://market.example/{address}/{token_id}"

[audio]
stream = "flac"
previews = "none"
downloads = "none"
"""


def write_collection(folder: Path, tokens: int, seed: int = 1, holders: int = 0) -> None:
    """Write a site: settings, three albums of ten songs, tiny stems and the ledger.

    ``holders`` is the number of addresses that own the unburned tokens; 0 for no owners.
    """
    random = Random(seed)
    write_file(folder / "site.toml", SETTINGS)
    write_file(folder / "content/index.md", f'+++\ntitle = "Slow Water"\n+++\n{prose(random, 3)}\n')
    write_file(
        folder / "content/pages/about.md", f'+++\ntitle = "About"\n+++\n{prose(random, 5)}\n'
    )
    slugs = [f"song-{index + 1}" for index in range(SONGS)]
    for index in range(ALBUMS):
        album_slugs = slugs[index::ALBUMS]
        order = json.dumps(album_slugs)
        album = folder / f"content/albums/album-{index + 1}"
        write_file(
            album / "index.md",
            f'+++\ntitle = "Album {index + 1}"\nsongs = {order}\n+++\n{prose(random, 2)}\n',
        )
        for slug in album_slugs:
            write_file(album / f"{slug}.md", song_text(random, slug))
            write_stems(folder / "stems" / slug, random)
    entries = list(ledger_entries(random, slugs, tokens))
    ledger: Entry = {"tokens": entries, "block": 21_000_000}
    if holders:
        ledger["owners"] = owner_entries(random, entries, holders)
    write_file(folder / "content/tokens.json", json.dumps(ledger, indent=1))


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file, creating its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def prose(random: Random, paragraphs: int) -> str:
    """Return paragraphs of random words."""
    return "\n\n".join(
        f"{' '.join(random.choices(WORDS, k=60)).capitalize()}." for _ in range(paragraphs)
    )


def song_text(random: Random, slug: str) -> str:
    """Return a song's text file: front matter, then its story."""
    title = f"{random.choice(WORDS).title()} {slug.removeprefix('song-')}"
    layers = "".join(
        f'[[layers]]\nname = "{layer}"\n'
        + "".join(
            f'[[layers.stems]]\nname = "{stem}"\nweight = {weight}\n'
            for weight, stem in enumerate(STEMS, start=1)
        )
        for layer in LAYERS
    )
    return (
        f'+++\ntitle = "{title}"\nbpm = {random.randint(70, 140)}\nbars = 4\nkey = "D minor"\n'
        f"{layers}+++\n{prose(random, 4)}\n"
    )


def write_stems(folder: Path, random: Random) -> None:
    """Write a short recording for every stem of a song: a tone with tremolo."""
    times = np.arange(FRAMES) / RATE
    for layer in LAYERS:
        for stem in STEMS:
            pitch, swell = random.uniform(80, 900), random.uniform(1, 9)
            wave = 0.05 * np.sin(2 * np.pi * pitch * times) * (1.1 + np.sin(swell * times * 7))
            file = io.BytesIO()
            soundfile.write(file, wave, RATE, format="FLAC")
            write_file(folder / layer.lower() / f"{stem.lower()}.flac", file.getvalue())


def ledger_entries(random: Random, slugs: list[str], count: int) -> Iterator[Entry]:
    """Yield ``count`` tokens: stems in every state, songs forged from them, albums from songs."""
    songs = round(count * FORGED_SONGS)
    albums = songs // 100
    stems = count - songs - albums
    burned = iter(random.sample(range(stems), songs * len(LAYERS)))
    into: dict[int, tuple[str, str, str, str]] = {}
    forged: list[Entry] = []
    for index in range(songs):
        slug = slugs[index % len(slugs)]
        chosen = {layer.lower(): random.choice(STEMS).lower() for layer in LAYERS}
        parts = [next(burned) for _ in chosen]
        for part, (layer, stem) in zip(parts, chosen.items(), strict=True):
            into[part] = slug, layer, stem, str(stems + index + 1)
        forged.append(
            {"id": str(stems + index + 1), "tier": "song", "state": "revealed", "song": slug}
            | {"stems": chosen, "burned": [str(part + 1) for part in parts]}
        )
    for index in range(stems):
        yield stem_entry(random, index, slugs, into)
    for index in range(albums):  # the ten songs of an album, each by its latest token
        number = index % ALBUMS + 1
        first = index // ALBUMS * SONGS
        tracks = [forged[first + offset] for offset in range(number - 1, SONGS, ALBUMS)]
        token_id = str(stems + songs + index + 1)
        for track in tracks:
            track |= {"state": "forged", "into": token_id}
        forged.append(
            {"id": token_id, "tier": "album", "state": "revealed", "album": f"album-{number}"}
            | {"burned": [track["id"] for track in tracks]}
        )
    yield from forged


def owner_entries(random: Random, entries: list[Entry], holders: int) -> Entry:
    """Return id -> owner: half of the tokens are spread evenly, half belong mostly to a few."""
    addresses = [f"0x{random.getrandbits(160):040x}" for _ in range(holders)]

    def holder() -> str:
        rank = int(random.paretovariate(0.7)) - 1 if random.random() < 0.5 else holders
        return addresses[rank] if rank < holders else random.choice(addresses)

    return {str(entry["id"]): holder() for entry in entries if entry["state"] != "forged"}


def stem_entry(
    random: Random, index: int, slugs: list[str], into: dict[int, tuple[str, str, str, str]]
) -> Entry:
    """Return a stem token: forged, unrevealed or revealed."""
    entry: Entry = {"id": str(index + 1), "tier": "stem"}
    if index in into:
        slug, layer, stem, token_id = into[index]
        fields = {"song": slug, "layer": layer, "stem": stem, "into": token_id}
        return entry | {"state": "forged"} | fields
    if random.random() < UNREVEALED:
        return entry | {"state": "unrevealed"}
    layer, stem = random.choice(LAYERS).lower(), random.choice(STEMS).lower()
    fields = {"song": random.choice(slugs), "layer": layer, "stem": stem}
    return entry | {"state": "revealed"} | fields


if __name__ == "__main__":
    write_collection(Path(sys.argv[1]), int(sys.argv[2]))
