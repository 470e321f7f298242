"""A song with too many variations for each to have a page, in an album of its own, for edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.small_site import tone, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from random import Random

ALBUM, SONG = "content/albums/floods/index.md", "content/albums/floods/three.md"
LAYERS = ("drums", "bass", "lead", "pad", "voice")
STEMS = ("a", "b", "c", "d")
"""Stems of each layer: 1,024 combinations, 960 of them permitted."""
RULE = 'exclude = { bass = ["a"] }'
FIRST_STEM_TOKEN, FIRST_SONG_TOKEN = 300, 2000


def write_large_song(site: Path) -> None:
    """Add the album and its one song, whose stems are of unequal weight."""
    write(site / ALBUM, '+++\ntitle = "Floods"\nsongs = ["three"]\n+++\nWords.')
    layers = "".join(
        f'[[layers]]\nname = "{layer.title()}"\n'
        + "".join(
            f'[[layers.stems]]\nname = "{stem.upper()}"\nweight = {1 + at + nth}\n'
            for nth, stem in enumerate(STEMS)
        )
        for at, layer in enumerate(LAYERS)
    )
    rules = f'[[rules]]\nif = {{ drums = "a" }}\n{RULE}\n'
    write(site / SONG, f'+++\ntitle = "Three"\n{layers}{rules}+++\nWords.\n')
    for at, layer in enumerate(LAYERS):
        for nth, stem in enumerate(STEMS):
            write(site / f"stems/three/{layer}/{stem}.flac", tone(at + nth))


def stem_tokens() -> list[dict[str, object]]:
    """Return a revealed token of every stem."""
    keys = [(layer, stem) for layer in LAYERS for stem in STEMS]
    told: dict[str, object] = {"tier": "stem", "state": "revealed", "song": "three"}
    return [
        told | {"id": str(number), "layer": layer, "stem": stem}
        for number, (layer, stem) in enumerate(keys, start=FIRST_STEM_TOKEN)
    ]


def song_token(number: int, choice: Sequence[str]) -> dict[str, object]:
    """Return a song token of the mix whose stems these are, layer by layer."""
    told = {"song": "three", "stems": _stems(choice), "burned": []}
    return {"id": str(number), "tier": "song", "state": "revealed", **told}


def _stems(choice: Sequence[str]) -> dict[str, str]:
    return dict(zip(LAYERS, choice, strict=True))


def forge_other_mixes(tokens: list[dict[str, object]], random: Random) -> None:
    """Add a song token of the large song, take away the last added, or give one other stems.

    With a token more or less, all shares change, and with them all pages of tokens; with other
    stems, only what follows from them.
    """
    added = [token for token in tokens if token["tier"] == "song" and token["song"] == "three"]
    kind = random.random()
    if added and kind < 0.2:
        tokens.remove(added[-1])
    elif added and kind < 0.8:
        random.choice(added)["stems"] = _stems(random.choices(STEMS, k=len(LAYERS)))
    else:
        choice = random.choices(STEMS, k=len(LAYERS))
        tokens.append(song_token(FIRST_SONG_TOKEN + len(added), choice))


def changed_rule(random: Random) -> str:
    """Return a line that excludes, or requires, other stems than before."""
    layer = random.choice(LAYERS[1:])
    stems = sorted(random.sample(STEMS, random.choice((1, 2))))
    listed = ", ".join(f'"{stem}"' for stem in stems)
    return f"{random.choice(('exclude', 'require'))} = {{ {layer} = [{listed}] }}"
