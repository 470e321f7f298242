"""What the other generators are given: every page's facts, worked out and worded, as JSON.

They are spared the reading, the checks and the figures; their part is to lay out and to write, page
for page what this project presses: all pages of tokens, mixes and stems and the numbered lists of
traits and of the gallery. Left out are those of tiers, of songs, and of which there is one each.
Covers, sound, data and oEmbed are this project's alone. Social cards are off: nobody draws them.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyodide_app.engine.model import Token
from stempress.audio.check import check_audio
from stempress.audio.pipeline import AudioJob, build_audio
from stempress.collection.collection import read_collection
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings
from stempress.core.paths import TEMPLATES
from stempress.core.progress import Progress
from stempress.core.workers import start_workers
from stempress.i18n.number_format import Formatter, format_duration, layer_colour
from stempress.i18n.translations import ENGLISH
from stempress.render.html_pages import environment
from stempress.render.json_ld import linked_data
from stempress.render.oembed import embed_of
from stempress.render.token_metadata import metadata_url, token_metadata
from stempress.runtime.web_files import web_files
from stempress.site.addresses import address_of, cover_of, gallery_address
from stempress.site.page_plan import plan_pages
from stempress.site.pages import StemView, TokenList, VariationView
from stempress.site.views import App, Views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Variation
    from stempress.collection.family_tree import Branch
    from stempress.collection.rarity import Standing
    from stempress.collection.traits import Trait
    from stempress.site.pages import Page
    from stempress.site.stem_rows import StemRow

    type Facts = dict[str, object]

MIXER_OFF = "This site was pressed without the Python runtime, so its mixer is off."

WORDS = Formatter()
number, one_in, percent = WORDS.number, WORDS.one_in, WORDS.percent
LONG = (60, " wordier"), (24, " wordy")
"""Titles that are longer are set smaller."""
FEW_SONGS = 12
"""With more songs, pages of the collection have a stripe for every album."""


def read(site: Path) -> Views:
    """Read a collection as a build does."""
    findings, progress = Findings(), Progress(quiet=True)
    collection = read_collection(site, read_settings(site, findings), findings)
    with start_workers() as crew:
        checked = check_audio(collection, findings, progress, crew)
        findings.raise_faults()
        rarity = Rarity(collection.songs, collection.tokens)
        plan = plan_pages(collection, rarity)
        shown = {slug: pages.shown for slug, pages in plan.variations.items()}
        sounds = build_audio(AudioJob(collection, shown, checked, progress, crew))
    return Views(plan, collection, rarity, sounds, App(web_files(ENGLISH, {}).address, MIXER_OFF))


def site_facts(views: Views) -> Facts:
    """Return what stands around every page."""
    settings = views.collection.settings
    return {
        "app": views.app,
        "title": settings.title,
        "artist": settings.artist,
        "symbol": settings.symbol,
        "name": settings.name,
        "key": settings.key,
        "license": settings.license,
        "url": settings.url.rstrip("/"),
        "accent": settings.theme.accent,
        "songs": [{"slug": s.slug, "title": s.title} for s in views.collection.songs],
        "albums": [
            {
                "title": album.title,
                "address": address_of(album),
                "songs": [{"title": s.title, "address": address_of(s)} for s in album.songs],
            }
            for album in views.collection.albums
        ],
        "pages": [
            {"title": each.title, "address": address_of(each)} for each in views.collection.pages
        ],
        "rows": {
            address_of(row): row_facts(row)
            for song in views.collection.songs
            for rows in views.layers(song)
            for row in rows
        },
        "relatives": {
            each.id: relative_facts(views, each)
            for token in views.collection.tokens
            if token.burned or token.state == "forged"
            for each in views.family(token).tokens()
        },
        "finder": finder_facts(views),
        "off": MIXER_OFF,
        "odds_count": number(len(views.unrevealed)),
        "odds": [
            {"row": address_of(row), "share": percent(share), "width": f"{100 * share / top:.2f}"}
            for row, share in views.unrevealed[:24]
            for top in [views.unrevealed[0][1]]
        ],
    }


def finder_facts(views: Views) -> Facts:
    """Return what the gallery's modules work with, ready."""
    templates = environment(TEMPLATES, ENGLISH)
    templates.globals["views"] = views
    finder: Any = templates.get_template("_finder.html").module
    answers = {root: finder.answers(root) for root in ("../", "../../")}
    return {"questions": finder.questions(), "tools": finder.tools(), "answers": answers}


def row_facts(row: StemRow) -> Facts:
    """Return a stem as lists show it."""
    return {
        "at": layer_colour(row.at),
        "layer": row.layer.name,
        "name": row.stem.name,
        "address": address_of(row),
        "song": row.song.title,
        "odds": percent(row.odds),
        "count": f"{number(row.count.minted)} revealed, {number(row.count.burned)} of them burned",
        "wave": row.sound.waveform,
    }


def relative_facts(views: Views, token: Token) -> Facts:
    """Return a token as family trees show it."""
    row = views.row(token.stem_key) if token.stem_key else None
    return {
        "address": address_of(token),
        "cover": cover_of(views.collection, token),
        "title": views.title_of(token),
        "at": layer_colour(row.at) if row else 0,
        "is": row.layer.name if row else f"{token.tier.capitalize()} token",
        "state": token.state,
    }


def branch_facts(branch: Branch) -> Facts:
    """Return a token of a family tree and what was burned for it, by their ids."""
    return {"id": branch.token.id, "parts": [branch_facts(part) for part in branch.parts]}


def rarity_fact(standing: Standing) -> list[object]:
    """Return how rare a mix is, as its page and its tokens' pages tell it."""
    rank = [f"rank {number(standing.rank)} of {number(standing.of)}"] if standing.rank else []
    words = f"{standing.score:.2f} bits"
    return ["Rarity", "rarity/#bits", words, [*rank, "each extra bit halves the odds"]]


def page_facts(views: Views, page: Page) -> Facts | None:
    """Return a page's facts; None for those that are not compared."""
    about = page.about
    found: Facts | None
    if isinstance(about, Token):
        found = token_facts(views, page, about)
    elif isinstance(about, TokenList):
        found = list_facts(views, page, about)
    elif isinstance(about, VariationView):
        found = variation_facts(views, page, about)
    elif isinstance(about, StemView):
        found = stem_facts(views, page, about)
    else:
        return None
    if found is None:
        return None
    place = f"{page.address.partition('/')[0]}/"
    root = "../" * page.address.count("/")
    shown = embed_of(views.collection.settings, page)
    around = {
        "address": page.address,
        "root": root,
        "title": page.title,
        "kind": page.template.removesuffix(".html"),
        "current": place if place == "gallery/" else "",
        "whether": "page" if page.address == place else "true",
        "image": "art/collection.svg",
        "shown": shown.address if shown else "",
        "stripes": stripes(views, page),
        "wordy": next((name for most, name in LONG if len(page.title) > most), ""),
    }
    return around | found


def stripes(views: Views, page: Page) -> list[int]:
    """Return the colours of the stripes on a page's spine."""
    return [layer_colour(at) for at in _cut(views, page.about)]


def _cut(views: Views, about: object) -> Sequence[int]:
    """Return places of layers in their song, or of songs or albums in the collection."""
    if isinstance(about, StemView):
        return (views.row(about.key).at,)
    if isinstance(about, VariationView):
        return range(len(about.song.layers))
    if isinstance(about, Token):
        return _cut_of_token(views, about)
    songs = len(views.collection.songs)
    return range(songs if songs <= FEW_SONGS else len(views.collection.albums))


def _cut_of_token(views: Views, token: Token) -> Sequence[int]:
    collection = views.collection
    if token.state == "unrevealed":
        return ()
    if token.stem_key:
        return (views.row(token.stem_key).at,)
    if token.tier == "song":
        return range(len(collection.song(token.song).layers))
    tracks = collection.album(token.album).songs
    first = collection.songs.index(tracks[0])
    return range(first, first + len(tracks))


def token_facts(views: Views, page: Page, token: Token) -> Facts:
    """Return what the page of a token says."""
    collection, settings = views.collection, views.collection.settings
    at = partial(metadata_url, settings, {})
    known = token.state != "unrevealed"
    song = collection.song(token.song) if known and token.song else None
    row = views.row(token.stem_key) if known and token.stem_key else None
    mix = views.variation(token) if known and token.tier == "song" else None
    above = views.became(token) if known else []
    cover = cover_of(collection, token)
    facts: list[list[object]] = []
    if row:
        facts = [
            ["Stem", address_of(row), row.stem.name, []],
            ["Layer", "", row.layer.name, []],
            ["Song", address_of(row.song), row.song.title, []],
            ["Share of its layer", "", percent(row.odds), []],
        ]
    if mix and song:
        facts = [
            ["Song", address_of(song), song.title, []],
            ["Mix", address_of(mix), mix.mix_number, []],
            rarity_fact(views.rarity.standing(song, mix)),
        ]
    if known and token.album:
        album = collection.album(token.album)
        facts = [["Album", address_of(album), album.title, []]]
    article = "an" if token.tier == "album" else "a"
    what = f"{page.title}: {article} {token.tier} token of {settings.name}, {token.state}."
    blank = f"An unrevealed {token.tier} token of {settings.name}."
    contract = settings.contract
    return {
        "description": what if known else blank,
        "image": cover,
        "layer": layer_colour(row.at) if row else 0,
        "covers": views.pictures(song, mix) if song and mix else [cover],
        "alt": f"Cover of mix {mix.mix_number} of {song.title}"
        if mix and song
        else f"Cover of {page.title}"
        if known
        else "A record still in its plain sleeve",
        "tier": token.tier,
        "state": token.state,
        "id": token.id,
        "known": known,
        "mix": mix.mix_number if mix else "",
        "song": song.title if song else "",
        "above": [[address_of(each), views.title_of(each)] for each in above],
        "tree": branch_facts(views.family(token)) if known and (token.burned or above) else None,
        "facts": facts,
        "made": [address_of(each) for each in views.chosen(song, mix)] if song and mix else [],
        "market": contract.link(contract.marketplace, token.id) if contract else "",
        "row": address_of(row) if row else "",
        "mixer": mixer_facts(views, row, mix, page),
        "odds": not known and token.tier == "stem",
        "traits": [trait_facts(views, trait) for trait in views.traits(token)],
        "linked": views.linked_data(page, f"{settings.url.rstrip('/')}/{page.address}"),
        "metadata": token_metadata(collection, views.sounds, token, at),
    }


def trait_facts(views: Views, trait: Trait) -> list[str]:
    """Return a trait: its name, its page, its value, its share."""
    return [trait.name, address_of(trait), trait.value, percent(views.share(trait))]


def mixer_facts(
    views: Views, row: StemRow | None, mix: Variation | None, page: Page
) -> Facts | None:
    """Return what the mixer's element says."""
    root = "../" * page.address.count("/")
    if mix is not None:
        found = views.mixer(views.collection.song(mix.song), root, mix.choice)
    elif row is not None:
        choice = views.first_with(row).choice
        found = views.mixer(row.song, root, choice, row.layer.slug)
    else:
        return None
    asked = ("data", "slug", "locked", "preview", "rate", "root", "mix", "solo")
    return {name: str(found[name]) for name in asked}


def card_facts(views: Views, token: Token) -> list[str]:
    """Return a token as lists show it."""
    cover = cover_of(views.collection, token)
    return [token.state, address_of(token), cover, views.title_of(token), token.tier]


def list_facts(views: Views, page: Page, about: TokenList) -> Facts | None:
    """Return what a numbered page of a list says."""
    if page.template == "tier.html":
        return None  # they have words of their own
    cards = [card_facts(views, token) for token in about.tokens]
    numbers = [
        [str(each), about.address(each)]
        for each in range(1, about.last + 1)
        if each in {1, about.last} or abs(each - about.number) < 4
    ]
    found: Facts = {
        "cards": cards,
        "numbers": numbers if about.last > 1 else [],
        "number": str(about.number),
        "before": about.address(about.number - 1) if about.number > 1 else "",
        "after": about.address(about.number + 1) if about.number < about.last else "",
        "total": number(about.total),
        "count": about.total,
    }
    name = views.collection.settings.name
    if page.template == "gallery.html":
        words = f"Every token of {name}: {number(about.total)} in all."
        found["browse"] = browse_facts(views) if about.number == 1 else []
    else:
        trait = about.shared
        what = f"{number(about.total)} {'token' if about.total == 1 else 'tokens'}"
        what = what if about.number == 1 else "Tokens"
        words = f"{what} of {name} with the trait {trait.name}: {trait.value}."  # type: ignore[union-attr]
        found |= {"name": trait.name, "value": trait.value}  # type: ignore[union-attr]
        found["asked"] = gallery_address(views.collection, trait)  # type: ignore[arg-type]
        found["share"] = percent(about.total / len(views.collection.tokens))
    return found | {"description": words}


def browse_facts(views: Views) -> list[Facts]:
    """Return the traits that lead through the gallery."""
    return [
        {
            "name": traits[0][0].name,
            "traits": [[address_of(each), each.value, number(count)] for each, count in traits],
        }
        for traits in views.browse
    ]


def variation_facts(views: Views, page: Page, about: VariationView) -> Facts | None:
    """Return what the page of a mix, or its frame, says."""
    if about.whole:
        return None
    song, mix = about.song, about.variation
    names = [stem.name for stem in mix.stems(song)]
    standing = views.rarity.standing(song, mix)
    tokens = views.rarity.tokens_of(mix)
    artist = views.collection.settings.artist
    words = f"Mix {mix.mix_number} of {song.title}: {', '.join(names[:-1])} and {names[-1]}."
    return {
        "description": words if page.template == "variation.html" else f"{page.title}, {artist}",
        "image": cover_of(views.collection, mix),
        "covers": views.pictures(song, mix),
        "alt": f"Cover of mix {mix.mix_number} of {song.title}",
        "song": song.title,
        "song_address": address_of(song),
        "mix": mix.mix_number,
        "variation": address_of(mix),
        "facts": [
            rarity_fact(standing),
            ["Odds", "", percent(standing.odds), [one_in(standing.odds)]],
            ["Tokens", "", number(len(tokens)), []],
        ],
        "linked": linked_data(views.collection, views.sounds, about),
        "made": [address_of(row) for row in views.chosen(song, mix)],
        "mixer": mixer_facts(views, None, mix, page),
        "cards": [card_facts(views, each) for each in tokens],
    }


def stem_facts(views: Views, page: Page, about: StemView) -> Facts:
    """Return what the page of a stem says."""
    row = views.row(about.key)
    pages = views.plan.variations[row.song.slug]
    found, _ = views.with_stem(row)
    sound = {1: "mono", 2: "stereo"}[row.sound.channels]
    loudness = f"{row.sound.loudness:.1f}".replace("-", "\N{MINUS SIGN}")
    actual = [f"{percent(row.actual)} so far"] if row.actual is not None else []
    contract, alive = views.collection.settings.contract, row.alive
    return {
        "row": address_of(row),
        "description": f"{row.stem.name}: {row.layer.name} of {row.song.title}",
        "image": cover_of(views.collection, row),
        "song_address": address_of(row.song),
        "facts": [
            ["Share of its layer", "", percent(row.odds), actual],
            ["Minted and revealed", "", number(row.count.minted), []],
            ["Burned", "", number(row.count.burned), []],
            ["Held", "", number(row.count.alive), []],
            ["Loudness", "", f"{loudness} LUFS", []],
            ["Sound", "", f"{sound}, {format_duration(row.sound.seconds)}", []],
        ],
        "mixer": mixer_facts(views, row, None, page),
        "alive": number(len(alive)) if alive else "",
        "market": [[contract.link(contract.marketplace, each.id), each.id] for each in alive[:12]]
        if contract
        else [],
        "tokens": [[each.state, address_of(each), each.id] for each in row.tokens],
        "mixes": [[address_of(each), each.mix_number] for each in found],
        "is_open": len(found) <= 60,
        "mixes_count": number(len(found)),
        "complete": pages.complete,
    }


def write_facts(site: Path, folder: Path) -> int:
    """Write site.json and pages.json; return how many pages there are."""
    views = read(site)
    folder.mkdir(parents=True, exist_ok=True)
    pages = [facts for page in views.plan.pages if (facts := page_facts(views, page))]
    (folder / "site.json").write_text(json.dumps(site_facts(views), ensure_ascii=False), "utf-8")
    (folder / "pages.json").write_text(json.dumps(pages, ensure_ascii=False), "utf-8")
    return len(pages)


if __name__ == "__main__":
    print(write_facts(Path(sys.argv[1]), Path(sys.argv[2])), "pages")
