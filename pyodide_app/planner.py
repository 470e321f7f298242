"""What the planner's worker calls: the site's JSON and a wallet's tokens in, plans out as JSON."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from pyodide_app.engine.forge import at_once, cheapest, information, loss
from pyodide_app.engine.holdings import SongHolding, song_holdings
from pyodide_app.engine.model import Layer, Rule, Song, Stem, Token, Variation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyodide_app.engine.forge import Batch
    from pyodide_app.engine.model import StemKey

MOST_SHOWN = 24
"""How many variations of a batch, or tokens of a stem, are named."""


class Planner:
    """Plans with one wallet's tokens. Every method returns JSON."""

    def __init__(self, songs: str, ledger: str) -> None:
        """Take ``data/forge.json`` and ``data/tokens.json``."""
        facts = json.loads(songs)
        self._songs = {each["slug"]: _song(each) for each in facts["songs"]}
        self._albums: list[dict[str, Any]] = facts["albums"]
        self._tokens = {each["id"]: _token(each) for each in json.loads(ledger)["tokens"]}
        self._minted: dict[Variation, list[Token]] = defaultdict(list)
        for token in self._tokens.values():
            if token.tier == "song" and token.stems:
                self._minted[Variation.from_stems(self._songs[token.song], token.stems)] += [token]
        self._holdings: dict[str, SongHolding] = {}
        self._song_tokens: dict[str, dict[str, int]] = {}

    def hold(self, held: str) -> str:
        """Take what is held, token id -> count; return how far every song and album is.

        A token that the ledger has burned but that is held is alive: the chain knows better.
        """
        counts: dict[str, int] = json.loads(held)
        known = [
            (replace(token, state="revealed") if token.state == "forged" else token, counts[each])
            for each, token in self._tokens.items()
            if each in counts
        ]
        self._holdings = song_holdings(list(self._songs.values()), known)
        self._song_tokens = {slug: {} for slug in self._songs}
        for token, count in known:
            if token.tier == "song" and token.song:
                self._song_tokens[token.song][token.id] = count
        batches = {slug: at_once(holding) for slug, holding in self._holdings.items()}
        return json.dumps(
            {
                "songs": [self._progress(slug, batch) for slug, batch in batches.items()],
                "albums": [self._album(album, batches) for album in self._albums],
            }
        )

    def _progress(self, slug: str, batch: Batch) -> dict[str, object]:
        holding = self._holdings[slug]
        return {
            "slug": slug,
            "held": holding.held,
            "of": len(holding.song.layers),
            "missing": [layer.slug for layer in holding.missing],
            "stems": {
                f"{layer}/{stem}": sum(tokens.values())
                for layer, stems in holding.copies.items()
                for stem, tokens in stems.items()
            },
            "combinations": holding.combinations(),
            "at_once": batch.total,
            "exact": batch.exact,
            "batch": [[each.mix_number, times] for each, times in batch.forged[:MOST_SHOWN]],
            "tokens": sum(self._song_tokens[slug].values()),
        }

    def _album(self, album: Mapping[str, Any], batches: Mapping[str, Batch]) -> dict[str, object]:
        slugs: list[str] = album["songs"]
        songs = {slug: sum(self._song_tokens[slug].values()) for slug in slugs}
        return {
            "slug": album["slug"],
            "songs": songs,
            "at_once": min(songs.values(), default=0),
            "with_forging": min((songs[slug] + batches[slug].total for slug in slugs), default=0),
        }

    def combinations(self, slug: str, start: int, count: int) -> str:
        """Return a stretch of what the holding can forge of a song, rarest first."""
        rows = islice(self._holdings[slug].forgeable(), start, start + count)
        return json.dumps([self._row(variation) for variation in rows])

    def _row(self, variation: Variation) -> dict[str, object]:
        song = self._songs[variation.song]
        minted = self._minted.get(variation, [])
        return {
            "mix": variation.mix_number,
            "stems": [stem.name for stem in variation.stems(song)],
            "bits": information(song, variation),
            "minted": [token.id for token in minted[:MOST_SHOWN]],
        }

    def weigh(self, slug: str, mix_number: str) -> str:
        """Return what forging one variation takes, and what is lost with it."""
        song = self._songs[slug]
        found = loss(self._holdings[slug], Variation.parse(song, mix_number))
        return json.dumps({**asdict(found), "rarer": found.rarer and self._row(found.rarer)})

    def complete(self, prices: str) -> str:
        """Return the cheapest completion of each song and album.

        ``prices`` maps "song/layer/stem" to what a stem costs, and "song" to what a song token
        costs. A song is null where nothing completes it.
        """
        given: dict[str, float] = json.loads(prices)
        stems = dict(_stem_prices(given))
        songs = {slug: self._completion(slug, stems) for slug in self._songs}
        albums = [self._album_completion(album, songs, given) for album in self._albums]
        return json.dumps({"songs": songs, "albums": albums})

    def _completion(self, slug: str, prices: Mapping[StemKey, float]) -> dict[str, object] | None:
        found = cheapest(self._holdings[slug], prices)
        if found is None:
            return None
        row = self._row(found.variation)
        return {**row, "cost": found.cost, "buy": ["/".join(key) for key in found.buy]}

    def _album_completion(
        self,
        album: Mapping[str, Any],
        songs: Mapping[str, Mapping[str, Any] | None],
        prices: Mapping[str, float],
    ) -> dict[str, object]:
        steps = [self._step(slug, songs[slug], prices) for slug in album["songs"]]
        whole = all(step["cost"] is not None for step in steps)
        cost = sum(step["cost"] for step in steps) if whole else None
        return {"slug": album["slug"], "cost": cost, "steps": steps}

    def _step(
        self, slug: str, stems: Mapping[str, Any] | None, prices: Mapping[str, float]
    ) -> dict[str, Any]:
        """Return the cheapest way to a song token: it is held, it is bought, or it is forged."""
        ways = [("held", 0.0)] if self._song_tokens[slug] else []
        ways += [("forge", float(stems["cost"]))] if stems is not None else []
        ways += [("buy", prices[slug])] if slug in prices else []
        way, cost = min(ways, key=lambda each: each[1], default=("none", None))
        return {"song": slug, "way": way, "cost": cost}


def _song(facts: Mapping[str, Any]) -> Song:
    layers = (
        Layer(
            layer["slug"],
            layer["name"],
            tuple(
                Stem(stem["slug"], stem["name"], weight=stem["share"]) for stem in layer["stems"]
            ),
        )
        for layer in facts["layers"]
    )
    rules = (Rule(rule["if"], rule["exclude"], rule["require"]) for rule in facts["rules"])
    return Song(facts["slug"], facts["title"], tuple(layers), tuple(rules))


def _token(facts: Mapping[str, Any]) -> Token:
    names = ("id", "tier", "state", "song", "layer", "stem", "stems", "album")
    return Token(**{name: facts[name] for name in names if name in facts})


def _stem_prices(prices: Mapping[str, float]) -> Iterator[tuple[StemKey, float]]:
    for key, price in prices.items():
        if "/" in key:
            song, layer, stem = key.split("/")
            yield (song, layer, stem), price
