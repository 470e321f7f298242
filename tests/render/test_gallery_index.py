"""The gallery's index and search, checked against the ledger."""

from __future__ import annotations

import gzip
import re
import shutil
import unicodedata
from collections import Counter
from dataclasses import replace
from math import log2
from typing import TYPE_CHECKING, Any

import pytest

from bench.build.collection import write_collection
from pyodide_app.engine.model import TIERS, Token, Variation
from stempress.collection.collection import Collection, read_collection
from stempress.collection.settings_parser import read_settings
from stempress.collection.traits import Trait
from stempress.core.errors import Findings
from stempress.core.paths import WEB
from stempress.output.json_files import json_bytes
from stempress.render.gallery_index import DIGITS, column, gallery_data, id_ranges
from stempress.site.addresses import gallery_address
from stempress.site.token_facts import TokenTable
from tests.support.node import Node
from tests.support.small_site import SmallSite, small_site, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    type Facets = dict[str, set[str]]

TOKENS, HOLDERS = 10_000, 3_000
BUDGET = 150_000
BANDS = (1, 5, 10, 25, 50, 100)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Read a collection of 10,000 tokens, made up from a seed."""
    folder = tmp_path_factory.mktemp("large")
    write_collection(folder, TOKENS, holders=HOLDERS)
    findings = Findings()
    return read_collection(folder, read_settings(folder, findings), findings)


def tokens_of(*ids: int) -> list[Token]:
    return [Token(str(each), "stem", "unrevealed") for each in ids]


def numbers_of(packed: Any) -> list[int]:  # noqa: ANN401 - as JSON has it
    """Read a column."""
    width, digits = packed["width"], packed["digits"]
    parts = [digits[at : at + width] for at in range(0, len(digits), width)]
    return [
        sum(DIGITS.index(each) * 64**place for place, each in enumerate(reversed(part)))
        for part in parts
    ]


def test_consecutive_ids_are_a_range() -> None:
    huge = 2**255
    ids = id_ranges(tokens_of(0, 1, 2, 5, 7, 8, huge, huge + 1))
    assert ids == ["0-2", "5", "7-8", f"{huge}-{huge + 1}"]
    apart = [Token(f"song/{number}", "song", "unrevealed") for number in (1, 2, 3)]
    assert id_ranges([*tokens_of(1), *apart, *tokens_of(3)]) == ["1", "song/1-3", "3"]


@pytest.mark.parametrize("largest", [0, 1, 63, 64, 4095, 4096, 300_000])
def test_a_column_has_as_many_digits_as_its_largest_number_needs(largest: int) -> None:
    numbers = [0, largest, largest // 2, largest // 65]
    packed = column(numbers)
    assert numbers_of(packed) == numbers
    assert packed["width"] == max(1, -(-largest.bit_length() // 6))


def test_the_index_of_ten_thousand_tokens_is_small_even_uncompressed(
    large: Collection,
) -> None:
    index = json_bytes(gallery_data(large))
    assert len(index) < BUDGET
    assert len(gzip.compress(index)) < BUDGET / 2
    everybody = {token.id: {f"0x{at:040x}": 1} for at, token in enumerate(large.tokens)}
    crowd = replace(large, ledger=replace(large.ledger, owners=everybody))
    assert len(gzip.compress(json_bytes(gallery_data(crowd)))) < BUDGET


def test_the_index_has_only_the_tier_of_an_unrevealed_token(small: SmallSite) -> None:
    """The ledger has tokens 7 and 8 unrevealed, at places 5 and 6."""
    index: Any = gallery_data(small.collection)
    assert numbers_of(index["kinds"])[5:7] == [0, 0]
    assert index["states"][5:7] == "uu"


def test_addresses_with_the_same_ends_stay_distinct(small: SmallSite) -> None:
    first, second = "0x" + "ab" * 20, "0x" + "ab" * 7 + "cd" + "ab" * 12
    owners = {"5": {first: 1}, "93": {second: 1, first: 2}}
    collection = replace(small.collection, ledger=replace(small.collection.ledger, owners=owners))
    index: Any = gallery_data(collection)
    assert index["owners"]["head"] == 8
    assert numbers_of(index["owners"]["of"]) == [0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0]
    assert index["owners"]["more"] == {"9": [0]}


def test_traits_link_to_the_gallery_if_it_has_such_a_filter(small: SmallSite) -> None:
    shown = {
        Trait("Tier", "Song"): "gallery/?tier=song",
        Trait("State", "Unrevealed"): "gallery/?state=unrevealed",
        Trait("Song", "Two"): "gallery/?song=two",
        Trait("Album", "Tides"): "gallery/?album=tides",
        Trait("Drums", "Live"): "",
        Trait("Song", "Three"): "",
    }
    assert {trait: gallery_address(small.collection, trait) for trait in shown} == shown


# What the page's modules make of it, held against a plain reading of the ledger.


@pytest.fixture(scope="module")
def shelf(large: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the modules and the index where a site has them."""
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copytree(WEB, folder / "app/web")
    write(folder / "data/gallery.json", json_bytes(gallery_data(large)))
    write(folder / "package.json", '{ "type": "module" }')
    return folder


LOAD = """async (base) => {
  const { TokenSearch } = await import(`${base}gallery/search.js`);
  const { loadIndex, titleOf, tracksOf } = await import(`${base}gallery/token-index.js`);
  const { readAddress, writeAddress } = await import(`${base}gallery/address.js`);
  const index = await loadIndex();
  const search = new TokenSearch(index, "en");
  const cover = (token) => index.kinds[index.kindOf[token]].cover;
  globalThis.titles = index.ids.map((id, token) => [titleOf(index, token), cover(token)]);
  globalThis.tracks = index.ids.map((id, token) => tracksOf(index, token));
  globalThis.rewrite = (search) => writeAddress(readAddress(search, index));
  globalThis.ask = (asked) => {
    const { tokens, counts } = search.search({ words: "", chosen: {}, sort: "", ...asked });
    const named = search.facets.map(({ name, values }) => [
      name,
      Object.fromEntries(values.map(({ slug }, at) => [slug, counts[name][at]])),
    ]);
    const ids = Array.from(tokens, (token) => index.ids[token]);
    return { ids, counts: Object.fromEntries(named) };
  };
}"""


@pytest.fixture(scope="module")
def asked(shelf: Path) -> Iterator[Node]:
    """Load the index, and a finder over it, in Node."""
    with Node() as node:
        node.evaluate(LOAD, f"{shelf.as_uri()}/app/web/")
        yield node


def ask(node: Node, **asked: object) -> Any:  # noqa: ANN401 - as JSON has it
    return node.evaluate("ask", asked)


@pytest.fixture(scope="module")
def known(large: Collection) -> dict[str, Facets]:
    """Say of every token what it has of each facet."""
    bits = bits_of(large)
    tiers: dict[str, Counter[float]] = {tier: Counter() for tier in TIERS}
    for token in large.tokens:
        if token.id in bits:
            tiers[token.tier][bits[token.id]] += 1
    return {
        token.id: traits(large, token) | {"rarity": bands(token, bits, tiers[token.tier])}
        for token in large.tokens
    }


def traits(collection: Collection, token: Token) -> Facets:
    stems = token.stems or ({token.layer: token.stem} if token.stem else {})
    album = token.album or (token.song and collection.song(token.song).album)
    owners = collection.ledger.owners.get(token.id, {})
    return {
        "tier": {token.tier},
        "state": {token.state},
        "album": {album} - {""},
        "song": {token.song} - {""},
        "layer": set(stems),
        "stem": {f"{token.song}/{layer}/{stem}" for layer, stem in stems.items()},
        "owner": {f"{each[:14]}..{each[-4:]}".lower() for each in owners},
    }


def bits_of(collection: Collection) -> dict[str, float]:
    """Say how rare every token is that is not unrevealed."""
    share = {
        (song.slug, layer.slug, stem.slug): stem.target_weight
        / sum(each.target_weight for each in layer.stems)
        for song in collection.songs
        for layer in song.layers
        for stem in layer.stems
    }
    found: dict[str, float] = {}
    for token in collection.tokens:  # albums are last
        if token.state == "unrevealed":
            continue
        stems = token.stems or {token.layer: token.stem}
        if token.tier == "album":
            bits = sum(found[each] for each in token.burned)
        else:
            bits = sum(-log2(share[token.song, layer, stem]) for layer, stem in stems.items())
        found[token.id] = round(bits, 6)
    return found


def bands(token: Token, bits: Mapping[str, float], known: Counter[float]) -> set[str]:
    """Say which band a token is in, of the known ones of its tier."""
    if token.id not in bits or len(known) == 1:
        return set()
    rarer = sum(count for each, count in known.items() if each >= bits[token.id])
    share = 100 * rarer / known.total()
    return {f"top-{next(band for band in BANDS if share <= band)}"}


def fits(facets: Facets, chosen: Mapping[str, list[str]], but: str = "") -> bool:
    return all(facets[name] & set(slugs) for name, slugs in chosen.items() if slugs and name != but)


def test_titles_and_covers_match_those_of_the_tokens_pages(large: Collection, asked: Node) -> None:
    assert asked.evaluate("() => titles") == [
        [facts.title, facts.cover] for facts in map(TokenTable(large).__getitem__, large.tokens)
    ]


def test_revealed_tokens_have_tracks_and_unrevealed_ones_none(
    large: Collection, asked: Node
) -> None:
    def track(token: Token) -> list[str]:
        if token.state == "unrevealed":
            return []
        if token.tier == "song":
            return [variation_address(large, token)]
        return [f"stems/{token.song}/{token.layer}/{token.stem}"]

    by_id = {token.id: token for token in large.tokens}
    albums = {
        token.id: sorted(
            (variation_address(large, by_id[each]) for each in token.burned), key=song_place(large)
        )
        for token in large.tokens
        if token.tier == "album"
    }
    assert albums
    expected = [albums.get(token.id) or track(token) for token in large.tokens]
    assert asked.evaluate("() => tracks") == expected


def variation_address(collection: Collection, token: Token) -> str:
    variation = Variation.from_stems(collection.song(token.song), token.stems)
    return f"songs/{token.song}/{variation.mix_number}"


def song_place(collection: Collection) -> Callable[[str], int]:
    """Return what puts addresses of mixes into the order of their album."""
    slugs = [song.slug for album in collection.albums for song in album.songs]
    return lambda address: slugs.index(address.split("/")[1])


def test_there_are_play_buttons_if_the_site_has_a_mixer(small: SmallSite) -> None:
    key = 'class="play-key"'
    assert key in small.render()["gallery/index.html"]
    assert key not in small.render("no runtime")["gallery/index.html"]


CHOICES: dict[str, dict[str, list[str]]] = {
    "nothing": {},
    "one tier": {"tier": ["song"]},
    "two tiers": {"tier": ["song", "album"]},
    "a tier and a state": {"tier": ["stem"], "state": ["forged"]},
    "stems of two songs": {"song": ["song-1", "song-9"], "layer": ["drums"], "state": ["revealed"]},
    "stems": {"stem": ["song-1/drums/rough", "song-2/bass/slow"]},
    "rare songs of an album": {"album": ["album-2"], "rarity": ["top-1", "top-5"]},
    "nothing there": {"state": ["unrevealed"], "song": ["song-3"]},
}


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_filters_find_the_right_tokens_and_count_every_value(
    asked: Node, known: dict[str, Facets], chosen: dict[str, list[str]]
) -> None:
    found = ask(asked, chosen=chosen)
    assert found["ids"] == [each for each, facets in known.items() if fits(facets, chosen)]
    for name, counts in found["counts"].items():
        would = Counter(
            value
            for facets in known.values()
            if fits(facets, chosen, but=name)
            for value in facets[name]
        )
        assert {value: count for value, count in counts.items() if count} == would, name


def test_an_owner_has_the_tokens_of_the_ledger(asked: Node, known: dict[str, Facets]) -> None:
    counts = Counter(value for facets in known.values() for value in facets["owner"])
    for holder, count in counts.most_common(3):
        found = ask(asked, chosen={"owner": [holder]})["ids"]
        assert len(found) == count
        assert found == [each for each, facets in known.items() if holder in facets["owner"]]


def folded(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words)
    return "".join(each for each in plain if not unicodedata.combining(each)).lower()


@pytest.mark.parametrize("words", ["fog", "  FÖG  Rough ", "drums slow", "forged lantern", "ell 1"])
def test_the_search_covers_titles_stems_layers_songs_albums_tiers_and_states(
    large: Collection, asked: Node, words: str
) -> None:
    def text(token: Token) -> str:
        said = [TokenTable(large)[token].title.rpartition("#")[0], token.tier, token.state]
        if token.state == "unrevealed":
            return " ".join(said)
        if token.album:
            return " ".join([*said, large.album(token.album).title])
        song = large.song(token.song)
        for layer, stem in (token.stems or {token.layer: token.stem}).items():
            found = song.layer(layer)
            said += [found.name, found.stems[found.index(stem)].name]
        return " ".join([*said, song.title, large.album(song.album).title])

    terms = folded(words).split()
    wanted = {
        token.id
        for token in large.tokens
        if all(term in folded(text(token)) or term == token.id for term in terms)
    }
    assert wanted
    assert set(ask(asked, words=words)["ids"]) == wanted


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("#12", ["12"]),
        ("9999", ["9999"]),
        ("100-103", ["100", "101", "102", "103"]),
        ("#7-#8", ["7", "8"]),
        ("0012", ["12"]),
    ],
)
def test_ids_and_ranges_of_ids_come_first(asked: Node, words: str, first: list[str]) -> None:
    found = ask(asked, words=words)["ids"]
    assert found[: len(first)] == first
    if "-" in words or "#" in words:
        assert len(found) == len(first)


def test_the_best_match_comes_first(asked: Node, large: Collection) -> None:
    """Whose own name has the word, before those whose song or layer has it."""
    found = ask(asked, words="bell")["ids"]
    table = TokenTable(large)
    titles = {token.id: table[token].title.rpartition(", ")[2].lower() for token in large.tokens}
    has = [re.search(r"\bbell\b", titles[each]) is not None for each in found]
    assert has == sorted(has, reverse=True)
    assert 0 < sum(has) < len(has)


def test_every_sort_order_has_all_tokens_with_unknown_ones_last(
    asked: Node, large: Collection, known: dict[str, Facets]
) -> None:
    bits = bits_of(large)
    everything = [token.id for token in large.tokens]
    for sort in ("name", "-name", "-number", "rarity", "-rarity", "owner", "-owner"):
        found = ask(asked, sort=sort)["ids"]
        assert sorted(found, key=int) == everything, sort
        if "rarity" in sort:
            rated = [bits[each] for each in found if each in bits]
            assert rated == sorted(rated, reverse=sort == "rarity")
            assert not set(found[len(rated) :]) & set(bits)
        elif "owner" in sort:
            held = [next(iter(known[each]["owner"])) for each in found if known[each]["owner"]]
            assert held == sorted(held, reverse=sort == "-owner")
            assert not any(known[each]["owner"] for each in found[len(held) :])
    assert ask(asked, sort="-number")["ids"] == everything[::-1]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("?tier=song,stem&sort=rarity&view=list", "?tier=song,stem&sort=rarity&view=list"),
        ("?stem=song-1/drums/rough", "?stem=song-1/drums/rough"),
        ("?q=fog+rough", "?q=fog+rough"),
        ("?q=%3Cb%3E%26", "?q=%3Cb%3E%26"),
        ("?tier=song,song,none,__proto__&state=", "?tier=song"),
        ("?sort=evil&view=<img>&tier=constructor&color=red", ""),
        ("?owner=0xnothing&rarity=top-3", ""),
        ("?view=sheet&utm_source=x#top", "?view=sheet"),
    ],
)
def test_queries_survive_a_round_trip_and_unknown_values_are_dropped(
    asked: Node, given: str, kept: str
) -> None:
    assert asked.evaluate("rewrite", given) == kept


def test_a_full_address_finds_its_owner(asked: Node, large: Collection) -> None:
    address = next(iter(next(iter(large.ledger.owners.values()))))
    short = f"{address[:14]}..{address[-4:]}".lower()
    for written in (address, address.lower(), short):
        assert asked.evaluate("rewrite", f"?owner={written}") == f"?owner={short}"
    other = f"{address[:-4]}{'0000' if address[-4:] != '0000' else '1111'}"
    assert asked.evaluate("rewrite", f"?owner={other}") == ""
    owner = large.ledger.owners
    held = [each.id for each in large.tokens if address in owner.get(each.id, {})]
    assert ask(asked, words=address)["ids"] == held
