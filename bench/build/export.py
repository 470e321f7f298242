"""Exports the content of every page as JSON, ready to lay out, for the other generators.

They need not read, check or compute anything; they lay out and write the same pages as this
project: all pages of tokens, mixes and stems, and the numbered lists of traits and of the gallery.
Pages of tiers and songs, and pages that exist once, are left out. Covers, audio, data and oEmbed
are only made by this project. Social cards are switched off for all.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyodide_app.engine.model import Token
from stempress.audio.audio_job import AudioJob
from stempress.audio.check import check_audio
from stempress.audio.decoded_copies import decoded_copies
from stempress.audio.pipeline import build_audio
from stempress.collection.collection import read_collection
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings
from stempress.core.paths import TEMPLATES
from stempress.core.progress import Progress
from stempress.core.workers import start_workers
from stempress.i18n.number_format import Formatter, format_duration, layer_colour
from stempress.i18n.translations import ENGLISH
from stempress.render.jinja_environment import environment
from stempress.render.metadata_files import metadata_url
from stempress.render.token_metadata import token_metadata
from stempress.runtime.web_files import web_files
from stempress.site.addresses import address_of, cover_of, gallery_address
from stempress.site.facts import App, SiteFacts
from stempress.site.json_ld import linked_data
from stempress.site.page_plan import plan_pages
from stempress.site.pages import StemView, TokenList, VariationView
from stempress.site.sharing import embed_of
from stempress.views.layout import layout_view
from stempress.views.shared_leaves import Leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Variation
    from stempress.collection.family_tree import Branch
    from stempress.collection.song_rarity import Standing
    from stempress.collection.traits import Trait
    from stempress.site.pages import Page
    from stempress.site.stem_figures import StemFigures

    type Facts = dict[str, object]

MIXER_OFF = "This site was pressed without the Python runtime, so its mixer is off."

WORDS = Formatter()
number, one_in, percent = WORDS.number, WORDS.one_in, WORDS.percent
LONG_TITLES = (60, " wordier"), (24, " wordy")
"""Titles longer than this are set smaller."""
MAX_SONG_STRIPES = 12
"""With more songs, pages of the collection have a stripe per album."""


def read(site: Path) -> SiteFacts:
    """Read a collection as a build does."""
    findings, progress = Findings(), Progress(quiet=True)
    collection = read_collection(site, read_settings(site, findings), findings)
    with start_workers() as workers, decoded_copies() as copies:
        checked = check_audio(collection, findings, progress, workers, copies)
        findings.raise_faults()
        rarity = Rarity(collection.songs, collection.tokens)
        plan = plan_pages(collection, rarity)
        shown = {slug: pages.shown for slug, pages in plan.variations.items()}
        sounds = build_audio(AudioJob(collection, shown, checked, progress, workers))
    return SiteFacts(
        plan, collection, rarity, sounds, App(web_files(ENGLISH, {}).address, MIXER_OFF)
    )


def site_facts(views: SiteFacts) -> Facts:
    """Return the data common to all pages."""
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


def finder_facts(views: SiteFacts) -> Facts:
    """Return the data of the gallery's scripts."""
    templates = environment(TEMPLATES, ENGLISH)
    templates.globals["site"] = layout_view(views)
    finder: Any = templates.get_template("_finder.html").module
    answers = {root: finder.answers(root) for root in ("../", "../../")}
    return {"questions": finder.questions(), "tools": finder.tools(), "answers": answers}


def row_facts(row: StemFigures) -> Facts:
    """Return the data of a stem in lists."""
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


def relative_facts(views: SiteFacts, token: Token) -> Facts:
    """Return the data of a token in family trees."""
    row = views.stem(token.stem_key) if token.stem_key else None
    return {
        "address": address_of(token),
        "cover": cover_of(views.plan.tokens, token),
        "title": views.title_of(token),
        "at": layer_colour(row.at) if row else 0,
        "is": f"{token.tier.capitalize()} token",
        "state": token.state,
    }


def branch_facts(branch: Branch) -> Facts:
    """Return the ids of a token and, recursively, of the tokens burned for it."""
    return {"id": branch.token.id, "parts": [branch_facts(part) for part in branch.parts]}


def rarity_fact(standing: Standing) -> list[object]:
    """Return the rarity of a mix as a row of the facts on pages."""
    rank = [f"rank {number(standing.rank)} of {number(standing.of)}"] if standing.rank else []
    words = f"{standing.score:.2f} bits"
    return ["Rarity", "rarity/#bits", words, [*rank, "each extra bit halves the odds"]]


def page_facts(views: SiteFacts, page: Page) -> Facts | None:
    """Return the data of a page; None if it is not compared."""
    about = page.about
    own: Facts | None
    if isinstance(about, Token):
        own = token_facts(views, page, about)
    elif isinstance(about, TokenList):
        own = list_facts(views, page, about)
    elif isinstance(about, VariationView):
        own = variation_facts(views, page, about)
    elif isinstance(about, StemView) and page.template == "stem.html":
        own = stem_facts(views, page, about)
    else:
        return None
    if own is None:
        return None
    section = f"{page.address.partition('/')[0]}/"
    root = "../" * page.address.count("/")
    shown = embed_of(views.collection.settings, page)
    common = {
        "address": page.address,
        "root": root,
        "title": page.title,
        "kind": page.template.removesuffix(".html"),
        "current": section if section == "gallery/" else "",
        "whether": "page" if page.address == section else "true",
        "image": "art/collection.svg",
        "shown": shown.address if shown else "",
        "stripes": stripes(views, page),
        "wordy": next((name for length, name in LONG_TITLES if len(page.title) > length), ""),
    }
    return common | own


def stripes(views: SiteFacts, page: Page) -> list[int]:
    """Return the colours of the stripes on a page's spine."""
    return [layer_colour(index) for index in _stripe_indices(views, page.about)]


def _stripe_indices(views: SiteFacts, about: object) -> Sequence[int]:
    """Return indices of layers within the song, or of songs or albums within the collection."""
    if isinstance(about, StemView):
        return (views.stem(about.key).at,)
    if isinstance(about, VariationView):
        return range(len(about.song.layers))
    if isinstance(about, Token):
        return _token_stripe_indices(views, about)
    songs = len(views.collection.songs)
    return range(songs if songs <= MAX_SONG_STRIPES else len(views.collection.albums))


def _token_stripe_indices(views: SiteFacts, token: Token) -> Sequence[int]:
    collection = views.collection
    if token.state == "unrevealed":
        return ()
    if token.stem_key:
        return (views.stem(token.stem_key).at,)
    if token.tier == "song":
        return range(len(collection.song(token.song).layers))
    tracks = collection.album(token.album).songs
    first = collection.songs.index(tracks[0])
    return range(first, first + len(tracks))


def token_facts(views: SiteFacts, page: Page, token: Token) -> Facts:
    """Return the data of a token's page."""
    collection, settings = views.collection, views.collection.settings
    address_in_site = partial(metadata_url, settings, {})
    revealed = token.state != "unrevealed"
    song = collection.song(token.song) if revealed and token.song else None
    row = views.stem(token.stem_key) if revealed and token.stem_key else None
    mix = views.variation(token) if revealed and token.tier == "song" else None
    above = views.became(token) if revealed else []
    cover = cover_of(views.plan.tokens, token)
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
    if revealed and token.album:
        album = collection.album(token.album)
        facts = [["Album", address_of(album), album.title, []]]
    article = "an" if token.tier == "album" else "a"
    revealed_text = f"{page.title}: {article} {token.tier} token of {settings.name}, {token.state}."
    unrevealed_text = f"An unrevealed {token.tier} token of {settings.name}."
    contract = settings.contract
    return {
        "description": revealed_text if revealed else unrevealed_text,
        "image": cover,
        "layer": layer_colour(row.at) if row else 0,
        "covers": views.pictures(song, mix) if song and mix else [cover],
        "alt": f"Cover of mix {mix.mix_number} of {song.title}"
        if mix and song
        else f"Cover of {page.title}"
        if revealed
        else "A record still in its plain sleeve",
        "tier": token.tier,
        "state": token.state,
        "id": token.id,
        "known": revealed,
        "mix": mix.mix_number if mix else "",
        "song": song.title if song else "",
        "above": [[address_of(parent), views.title_of(parent)] for parent in above],
        "tree": branch_facts(views.family(token)) if revealed and (token.burned or above) else None,
        "facts": facts,
        "made": [address_of(stem) for stem in views.chosen(song, mix)] if song and mix else [],
        "market": contract.link(contract.marketplace, token.id) if contract else "",
        "row": address_of(row) if row else "",
        "mixer": mixer_facts(views, row, mix, page),
        "odds": not revealed and token.tier == "stem",
        "traits": [trait_facts(views, trait) for trait in views.traits(token)],
        "linked": linked_data(views, page),
        "metadata": token_metadata(
            collection, views.sounds, views.plan.tokens[token], address_in_site
        ),
    }


def trait_facts(views: SiteFacts, trait: Trait) -> list[str]:
    """Return name, address, value and share of a trait."""
    return [trait.name, address_of(trait), trait.value, views.share(trait)]


def mixer_facts(
    views: SiteFacts, row: StemFigures | None, mix: Variation | None, page: Page
) -> Facts | None:
    """Return the attributes of the mixer element."""
    root, leaves = "../" * page.address.count("/"), Leaves(views)
    if mix is not None:
        link = leaves.mixer_link(views.collection.song(mix.song), mix)
    elif row is not None:
        link = leaves.solo(row.key)
    else:
        return None
    audio = views.collection.settings.audio
    return {
        "data": f"{root}{link.data}",
        "slug": link.slug,
        "locked": audio.locked,
        "preview": str(audio.preview_seconds),
        "rate": str(link.rate),
        "root": root,
        "mix": link.mix,
        "solo": link.solo,
    }


def card_facts(views: SiteFacts, token: Token) -> list[str]:
    """Return the data of a token in lists."""
    cover = cover_of(views.plan.tokens, token)
    return [token.state, address_of(token), cover, views.title_of(token), token.tier]


def list_facts(views: SiteFacts, page: Page, about: TokenList) -> Facts | None:
    """Return the data of a page of a list; None for tiers, which have texts of their own."""
    if page.template == "tier.html":
        return None
    cards = [card_facts(views, token) for token in about.tokens]
    numbers = [
        [str(page_number), about.address(page_number)]
        for page_number in range(1, about.last + 1)
        if page_number in {1, about.last} or abs(page_number - about.number) < 4
    ]
    content: Facts = {
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
        description = f"Every token of {name}: {number(about.total)} in all."
        content["browse"] = browse_facts(views) if about.number == 1 else []
    else:
        trait = about.shared
        subject = f"{number(about.total)} {'token' if about.total == 1 else 'tokens'}"
        subject = subject if about.number == 1 else "Tokens"
        description = f"{subject} of {name} with the trait {trait.name}: {trait.value}."  # type: ignore[union-attr]
        content |= {"name": trait.name, "value": trait.value}  # type: ignore[union-attr]
        content["asked"] = gallery_address(views.collection, trait)  # type: ignore[arg-type]
        content["share"] = percent(about.total / len(views.collection.tokens))
    return content | {"description": description}


def browse_facts(views: SiteFacts) -> list[Facts]:
    """Return the traits for browsing the gallery."""
    return [
        {
            "name": traits[0][0].name,
            "traits": [[address_of(each), each.value, number(count)] for each, count in traits],
        }
        for traits in views.browse
    ]


def variation_facts(views: SiteFacts, page: Page, about: VariationView) -> Facts | None:
    """Return the data of a mix's page, or of its embedded page."""
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
        "image": cover_of(views.plan.tokens, mix),
        "cover": cover_of(views.plan.tokens, mix),
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
        "linked": linked_data(views, page),
        "made": [address_of(row) for row in views.chosen(song, mix)],
        "mixer": mixer_facts(views, None, mix, page),
        "cards": [card_facts(views, each) for each in tokens],
    }


def stem_facts(views: SiteFacts, page: Page, about: StemView) -> Facts:
    """Return the data of a stem's page."""
    row = views.stem(about.key)
    pages = views.plan.variations[row.song.slug]
    mixes, _ = views.with_stem(row)
    sound = {1: "mono", 2: "stereo"}[row.sound.channels]
    loudness = f"{row.sound.loudness:.1f}".replace("-", "\N{MINUS SIGN}")
    actual = [f"{percent(row.actual)} so far"] if row.actual is not None else []
    contract, alive = views.collection.settings.contract, row.alive
    return {
        "row": address_of(row),
        "description": f"{row.stem.name}: {row.layer.name} of {row.song.title}",
        "image": cover_of(views.plan.tokens, row),
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
        "market": [[contract.link(contract.marketplace, item.id), item.id] for item in alive[:12]]
        if contract
        else [],
        "tokens": [[item.state, address_of(item), item.id] for item in row.tokens],
        "mixes": [[address_of(item), item.mix_number] for item in mixes],
        "is_open": len(mixes) <= 60,
        "mixes_count": number(len(mixes)),
        "complete": pages.complete,
    }


def write_facts(site: Path, folder: Path) -> int:
    """Write site.json and pages.json; return the number of pages."""
    views = read(site)
    folder.mkdir(parents=True, exist_ok=True)
    pages = [facts for page in views.plan.pages if (facts := page_facts(views, page))]
    (folder / "site.json").write_text(json.dumps(site_facts(views), ensure_ascii=False), "utf-8")
    (folder / "pages.json").write_text(json.dumps(pages, ensure_ascii=False), "utf-8")
    return len(pages)


if __name__ == "__main__":
    print(write_facts(Path(sys.argv[1]), Path(sys.argv[2])), "pages")
