"""Forge planner called by the planner worker: site JSON and a wallet's tokens in, plans out."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from pyodide_app.engine.forge import cheapest_completion, forging_loss, information, largest_batch
from pyodide_app.engine.holdings import SongHolding, song_holdings
from pyodide_app.engine.model import Layer, Rule, Song, Stem, Token, Variation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyodide_app.engine.forge import Batch
    from pyodide_app.engine.model import StemKey

MAX_SHOWN = 24
"""Variations listed per batch, and token ids listed per variation."""


class Planner:
    """Forging plans for one wallet's tokens. Every method returns JSON."""

    def __init__(self, songs: str, ledger: str) -> None:
        """Take ``data/forge.json`` and ``data/tokens.json``."""
        data = json.loads(songs)
        self._songs = {song["slug"]: _song(song) for song in data["songs"]}
        self._albums: list[dict[str, Any]] = data["albums"]
        self._tokens = {token["id"]: _token(token) for token in json.loads(ledger)["tokens"]}
        self._minted: dict[Variation, list[Token]] = defaultdict(list)
        for token in self._tokens.values():
            if token.tier == "song" and token.stems:
                self._minted[Variation.from_stems(self._songs[token.song], token.stems)] += [token]
        self._holdings: dict[str, SongHolding] = {}
        self._song_tokens: dict[str, dict[str, int]] = {}

    def set_holdings(self, held: str) -> str:
        """Take the holdings (token id -> count); return the progress of every song and album.

        A held token that the ledger lists as burned counts as unburned: the chain is authoritative.
        """
        counts: dict[str, int] = json.loads(held)
        tokens = [
            (
                replace(token, state="revealed") if token.state in ("forged", "burned") else token,
                counts[id_],
            )
            for id_, token in self._tokens.items()
            if id_ in counts
        ]
        self._holdings = song_holdings(list(self._songs.values()), tokens)
        self._song_tokens = {slug: {} for slug in self._songs}
        for token, count in tokens:
            if token.tier == "song" and token.song:
                self._song_tokens[token.song][token.id] = count
        batches = {slug: largest_batch(holding) for slug, holding in self._holdings.items()}
        return json.dumps(
            {
                "songs": [self._song_progress(slug, batch) for slug, batch in batches.items()],
                "albums": [self._album_progress(album, batches) for album in self._albums],
            }
        )

    def _song_progress(self, slug: str, batch: Batch) -> dict[str, object]:
        holding = self._holdings[slug]
        return {
            "slug": slug,
            "held": holding.filled_layer_count,
            "of": len(holding.song.layers),
            "missing": [layer.slug for layer in holding.missing_layers],
            "stems": {
                f"{layer}/{stem}": sum(tokens.values())
                for layer, stems in holding.copies.items()
                for stem, tokens in stems.items()
            },
            "combinations": holding.combinations(),
            "at_once": batch.total,
            "exact": batch.optimal,
            "batch": [[mix.mix_number, count] for mix, count in batch.variations[:MAX_SHOWN]],
            "tokens": sum(self._song_tokens[slug].values()),
        }

    def _album_progress(
        self, album: Mapping[str, Any], batches: Mapping[str, Batch]
    ) -> dict[str, object]:
        slugs: list[str] = album["songs"]
        songs = {slug: sum(self._song_tokens[slug].values()) for slug in slugs}
        return {
            "slug": album["slug"],
            "songs": songs,
            "at_once": min(songs.values(), default=0),
            "with_forging": min((songs[slug] + batches[slug].total for slug in slugs), default=0),
        }

    def combinations(self, slug: str, start: int, count: int) -> str:
        """Return ``count`` forgeable variations of a song from index ``start`` on, rarest first."""
        rows = islice(self._holdings[slug].forgeable(), start, start + count)
        return json.dumps([self._row(variation) for variation in rows])

    def _row(self, variation: Variation) -> dict[str, object]:
        song = self._songs[variation.song]
        minted = self._minted.get(variation, [])
        return {
            "mix": variation.mix_number,
            "stems": [stem.name for stem in variation.stems(song)],
            "bits": information(song, variation),
            "minted": [token.id for token in minted[:MAX_SHOWN]],
        }

    def forging_loss(self, slug: str, mix_number: str) -> str:
        """Return the tokens that forging one variation burns, and the combinations lost."""
        song = self._songs[slug]
        loss = forging_loss(self._holdings[slug], Variation.parse(song, mix_number))
        return json.dumps({**asdict(loss), "rarer": loss.rarer and self._row(loss.rarer)})

    def cheapest_completions(self, prices: str) -> str:
        """Return the cheapest completion of each song and album; a song is null if there is none.

        ``prices`` maps "song/layer/stem" to a stem token's price, and "song" to a song token's.
        """
        price_by_key: dict[str, float] = json.loads(prices)
        stem_prices = dict(_stem_prices(price_by_key))
        songs = {slug: self._song_completion(slug, stem_prices) for slug in self._songs}
        albums = [self._album_completion(album, songs, price_by_key) for album in self._albums]
        return json.dumps({"songs": songs, "albums": albums})

    def _song_completion(
        self, slug: str, prices: Mapping[StemKey, float]
    ) -> dict[str, object] | None:
        completion = cheapest_completion(self._holdings[slug], prices)
        if completion is None:
            return None
        row = self._row(completion.variation)
        return {**row, "cost": completion.cost, "buy": ["/".join(key) for key in completion.buy]}

    def _album_completion(
        self,
        album: Mapping[str, Any],
        songs: Mapping[str, Mapping[str, Any] | None],
        prices: Mapping[str, float],
    ) -> dict[str, object]:
        steps = [self._step(slug, songs[slug], prices) for slug in album["songs"]]
        possible = all(step["cost"] is not None for step in steps)
        cost = sum(step["cost"] for step in steps) if possible else None
        return {"slug": album["slug"], "cost": cost, "steps": steps}

    def _step(
        self, slug: str, completion: Mapping[str, Any] | None, prices: Mapping[str, float]
    ) -> dict[str, Any]:
        """Return the cheapest way to get a song token: held already, forged or bought."""
        options = [("held", 0.0)] if self._song_tokens[slug] else []
        options += [("forge", float(completion["cost"]))] if completion is not None else []
        options += [("buy", prices[slug])] if slug in prices else []
        source, cost = min(options, key=lambda option: option[1], default=("none", None))
        return {"song": slug, "way": source, "cost": cost}


def _song(data: Mapping[str, Any]) -> Song:
    layers = (
        Layer(
            layer["slug"],
            layer["name"],
            tuple(
                Stem(stem["slug"], stem["name"], weight=stem["share"]) for stem in layer["stems"]
            ),
            Stem("", "", weight=layer["empty"]) if "empty" in layer else None,
        )
        for layer in data["layers"]
    )
    rules = (Rule(rule["if"], rule["exclude"], rule["require"]) for rule in data["rules"])
    return Song(data["slug"], data["title"], tuple(layers), tuple(rules))


def _token(data: Mapping[str, Any]) -> Token:
    names = ("id", "tier", "state", "song", "layer", "stem", "stems", "album")
    return Token(**{name: data[name] for name in names if name in data})


def _stem_prices(prices: Mapping[str, float]) -> Iterator[tuple[StemKey, float]]:
    for key, price in prices.items():
        if "/" in key:
            song, layer, stem = key.split("/")
            yield (song, layer, stem), price
