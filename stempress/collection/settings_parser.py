"""Parser of site.toml: validates every key and reports all faults."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from pyodide_app.engine.model import TIERS
from stempress.collection.audio_formats import MIN_BITRATES
from stempress.collection.eth_addresses import check_address, checksummed, is_burn_address
from stempress.collection.papers import Papers, default_papers, read_papers
from stempress.collection.people import parse_people
from stempress.collection.settings import (
    ANIMATIONS,
    ASSETS,
    CODECS,
    DOWNLOADS,
    LOCKED,
    PHASES,
    PREVIEWS,
    Animation,
    Assets,
    Audio,
    Contract,
    Downloads,
    Drop,
    Locked,
    Perk,
    Phase,
    Previews,
    Settings,
    Split,
    Standard,
    host_and_port,
)
from stempress.collection.theme import SHAPE_CONTRAST, Theme, lowest_contrast
from stempress.core.cache import cached_text
from stempress.core.crash_log import working_on
from stempress.core.slugs import distinct_slugs
from stempress.core.tables import Table
from stempress.core.text_files import parse_toml, read_text
from stempress.i18n.translations import find_catalogue, is_english

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Tier
    from stempress.collection.audio_formats import Codec
    from stempress.core.errors import Findings

FILE = "site.toml"
BASE_URI = re.compile(r"(https?|ipfs|ipns|ar)://[^\s<>\"?#]+")


def _is_endpoint(table: Table, url: str) -> bool:
    """Return whether a URL is fit for a Content Security Policy; report a fault if not."""
    if not url or not table.is_url("rpc", url):
        return False
    try:
        parts = urlsplit(url)
        is_valid = (
            re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", host_and_port(parts)) and "@" not in parts.netloc
        )
    except ValueError:
        is_valid = False
    if not is_valid:
        table.fault(
            "rpc",
            "is not the URL of an endpoint",
            url,
            "https://, a host, an optional port, no user name",
        )
    return bool(is_valid)


def read_settings(site: Path, findings: Findings, base_uri: str = "") -> Settings:
    """Read a site's site.toml. ``base_uri`` is the command line's."""
    if base_uri and not BASE_URI.fullmatch(base_uri):
        findings.fault("--base-uri", "is not a URI", value=base_uri, hint="ipfs://<cid>/")
    if not (site / FILE).exists():
        findings.fault(
            FILE, "is missing", hint=f"{site} is not a site: pass its folder with --site"
        )
        findings.raise_faults()
    with working_on(FILE):
        text = read_text(site / FILE, FILE, findings)
        papers = read_papers(site, findings)
        given = None if text is None else parse_settings(text, findings, papers)
        settings = given or _placeholder(findings)
    return replace(settings, base_uri=base_uri)


def parse_settings(text: str, findings: Findings, papers: Papers | None = None) -> Settings:
    """Parse the text of site.toml; ``papers`` are the backgrounds of the site's own theme."""
    data = parse_toml(text, FILE, findings)
    if data is None:
        return _placeholder(findings)
    return _build_settings(Table(data, FILE, findings), papers or default_papers())


def _placeholder(findings: Findings) -> Settings:
    """Return settings to go on with where site.toml cannot be read.

    ``pad`` is on, so that no stem is faulted for its length.
    """
    table = Table({"audio": {"pad": True}}, FILE, findings, absent=True)
    return _build_settings(table, default_papers())


def _build_settings(top: Table, papers: Papers) -> Settings:
    site = top.table("site", required=True, hint="add a table [site]")
    collection = top.table("collection", required=True, hint="add a table [collection]")
    metadata = top.table("metadata")
    contract, tier_contracts = _contracts(collection)
    settings = Settings(
        title=site.text("title", required=True),
        artist=site.text("artist", required=True),
        description=site.text("description"),
        url=_site_url(site),
        language=_language(site),
        theme=_theme(site, papers),
        cards=site.flag("cards", default=True),
        name=collection.text("name", required=True),
        symbol=collection.text("symbol"),
        license=collection.text("license"),
        royalty_bps=collection.integer("royalty_bps", 0, 0, 10_000),
        assets=cast("Assets", collection.choice("assets", "site", ASSETS)),
        contract=contract,
        tier_contracts=tier_contracts,
        drop=_drop(top),
        audio=_audio(top.table("audio")),
        splits=_splits(top),
        perks=_perks(top),
        splitter=_account(collection, "splitter"),
        label=site.text("label"),
        animation=cast("Animation", metadata.choice("animation", "preview", ANIMATIONS)),
        people=parse_people(top),
    )
    _check_splitter(collection, settings)
    _check_animation(metadata, settings)
    if not settings.license:
        collection.warn("license", "is missing", hint="state what holders may do with the music")
    for table in (site, collection, metadata, top):
        table.finish()
    return settings


def _site_url(site: Table) -> str:
    url = site.url("url")
    if re.search(r"[?#]", url):
        site.fault("url", "must not have a query or a fragment", url, "leave out ? and #")
    return url


def _language(site: Table) -> str:
    value = site.text("language", "en")
    if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
        if not is_english(value) and find_catalogue(value) is None:
            message = "has no translation yet, so the interface is in English"
            site.warn("language", message, value, "docs/translating.md explains how to add one")
        return value
    site.fault("language", "is not a language tag", value, 'such as "en" or "pt-BR"')
    return "en"


def _theme(site: Table, papers: Papers) -> Theme:
    value = site.text("accent", "#7c5cff")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        site.fault("accent", "is not a colour", value, 'six hex digits such as "#7c5cff"')
        return Theme.from_accent("#7c5cff", papers)
    theme = Theme.from_accent(value, papers)
    for name, backgrounds, shade in (
        ("light", papers.light, theme.on_light),
        ("dark", papers.dark, theme.on_dark),
    ):
        if lowest_contrast(value, backgrounds) < SHAPE_CONTRAST:
            site.warn(
                "accent",
                f"has too little contrast on the {name} theme, which uses {shade} instead",
                value,
                "a colour that is neither very light nor very dark",
            )
    return theme


def _contracts(collection: Table) -> tuple[Contract | None, dict[Tier, Contract]]:
    """Return the contract of all tiers without one of their own, and those of the others.

    ``[collection.contract]`` may hold nothing but tables of tiers: then the others have none.
    """
    table = collection.table("contract")
    tables = {tier: table.table(tier) for tier in TIERS}
    has_own = any(tier in table.data for tier in TIERS)
    is_shared = not table.absent and not (has_own and table.data.keys() <= set(TIERS))
    shared = _contract(table) if is_shared else None
    table.finish()
    own = {
        tier: _contract(tier_table, shared)
        for tier, tier_table in tables.items()
        if not tier_table.absent
    }
    for tier_table in tables.values():
        tier_table.finish()
    keys = {shared.key: "collection.contract"} if shared else {}
    for tier, contract in own.items():
        other = keys.setdefault(contract.key, tables[tier].prefix)
        if contract.address and other != tables[tier].prefix:
            tables[tier].fault("address", f"is the contract of {other}, too", contract.address)
    return shared, own


def _contract(table: Table, shared: Contract | None = None) -> Contract:
    """Read a contract; a tier's takes what it leaves out from the shared one of the same chain."""
    address = table.text("address", required=True)
    chain_id = table.integer("chain_id", shared.chain_id if shared else 1, 1, 2**53 - 1)
    default = shared if shared and shared.chain_id == chain_id else None
    rpc = tuple(url for url in table.texts("rpc") if _is_endpoint(table, url))
    links = {
        key: table.url(key, placeholders=("address", "token_id"))
        for key in ("marketplace", "explorer")
    }
    return Contract(
        chain_id=chain_id,
        address=_checked(table, "address", address),
        standard=cast("Standard", table.choice("standard", "erc1155", ("erc1155", "erc721"))),
        rpc=default.rpc if default and "rpc" not in table.data else rpc,
        marketplace=links["marketplace"] or (default.marketplace if default else ""),
        explorer=links["explorer"] or (default.explorer if default else ""),
    )


def _checked(table: Table, key: str, address: str) -> str:
    """Return an address with its checksum, "" if there is none."""
    # Cached: importing Keccak takes longer than reading all settings.
    return check_address(table, key, address, partial(cached_text, checksummed)) if address else ""


def _account(table: Table, key: str) -> str:
    """Return an address that can be paid."""
    address = table.text(key)
    if is_burn_address(address):
        table.fault(key, "is a burn address: what is sent there is gone", address)
        return ""
    return _checked(table, key, address)


def _check_splitter(collection: Table, settings: Settings) -> None:
    """Warn of shares that the splitter cannot pay."""
    nameless = [split.name for split in settings.splits if not split.address]
    if settings.splitter and not settings.splits:
        collection.warn("splitter", "has nobody to pay", hint="list them in [[splits]]")
    elif settings.splitter and nameless:
        message = "pays addresses, but some of [[splits]] have none"
        hint = 'add address = "0x..." to each'
        collection.warn("splitter", message, ", ".join(nameless), hint)


def _check_animation(metadata: Table, settings: Settings) -> None:
    """Report what marketplaces cannot play, and what they would disclose."""
    audio, value = settings.audio, settings.animation
    if value == "song" and audio.downloads == "none":
        message = 'needs the whole mixes, which [audio] downloads = "none" leaves out'
        metadata.fault("animation", message, value, 'downloads = "tokens", or "mixer" or "preview"')
    elif value == "song" and audio.locked != "open":
        message = f'lets anybody hear whole mixes, though [audio] locked is "{audio.locked}"'
        metadata.warn("animation", message, value, '"mixer" and "preview" do not')
    elif value == "mixer" and not settings.url:
        message = "needs the address of the site's pages, which marketplaces are to show"
        metadata.warn("animation", message, value, "add the url of [site]")


def _drop(top: Table) -> Drop | None:
    table = top.table("drop")
    if table.absent:
        return None
    drop = Drop(
        phase=cast("Phase", table.choice("phase", "closed", PHASES)),
        mint_url=table.url("mint_url"),
        blind=table.flag("blind"),
        forge_url=_secure_url(table, "forge_url", ("song", "album", "burn")),
        reveal_url=_secure_url(table, "reveal_url", ("token_id",)),
    )
    table.finish()
    return drop


def _secure_url(table: Table, key: str, placeholders: Sequence[str]) -> str:
    """Return a URL of a page where a wallet signs: https alone, its host without placeholders."""
    url = table.url(key, placeholders=placeholders)
    if not url:
        return ""
    if not url.lower().startswith("https://"):
        table.fault(key, "must begin with https://", url, "a wallet signs there")
        return ""
    if "{" in urlsplit(url).netloc:
        table.fault(key, "has a placeholder in its host", url, "https://host/...{...}")
        return ""
    return url


def _audio(table: Table) -> Audio:
    locked = cast("Locked", table.choice("locked", "open", LOCKED))
    # A preview lets everybody hear stems that a silent site plays to their holders alone.
    previews = "none" if locked == "silent" else "tokens"
    audio = Audio(
        stream=cast("Codec", table.choice("stream", "opus", CODECS)),
        bitrate=table.integer("bitrate", 128, 32, 320),
        lossless=table.flag("lossless"),
        previews=cast("Previews", table.choice("previews", previews, PREVIEWS)),
        preview_seconds=table.number("preview_seconds", 30.0, 1, 600),
        locked=locked,
        pad=table.flag("pad"),
        downloads=cast("Downloads", table.choice("downloads", "tokens", DOWNLOADS)),
    )
    lowest, reason = MIN_BITRATES.get(audio.stream, (0, ""))
    if audio.bitrate < lowest:
        table.fault(
            "bitrate",
            f"is too low for {audio.stream} stems to stay aligned: {reason}",
            audio.bitrate,
            f"{lowest} to 320, or another format in audio.stream",
        )
    table.finish()
    return audio


def _splits(top: Table) -> tuple[Split, ...]:
    splits, faults_before = [], len(top.findings.faults)
    for table in top.tables("splits"):
        share = table.number("share", 0.0, 0, 100, required=True)
        name, role = table.text("name", required=True), table.text("role")
        splits.append(Split(name, role, share, _account(table, "address")))
        table.finish()
    total = sum(split.share for split in splits)
    if splits and abs(total - 100) > 1e-6 and len(top.findings.faults) == faults_before:
        top.fault(
            "splits",
            "must sum to 100",
            round(total, 6),
            "shares: " + " + ".join(f"{split.share:g}" for split in splits),
        )
    return tuple(splits)


def _perks(top: Table) -> tuple[Perk, ...]:
    perks, tables = [], list(top.tables("perks"))
    titles = [table.text("title", required=True) for table in tables]
    slugs = _perk_slugs(titles)
    for table, title in zip(tables, titles, strict=True):
        tier = table.choice("tier", "", ("stem", "song", "album"))
        tokens = table.text("tokens")
        perks.append(
            Perk(
                title,
                slugs[title.casefold()],
                cast('Tier | Literal[""]', tier),
                _token_ranges(table, tokens),
                tokens,
            )
        )
        table.finish()
    return tuple(perks)


def _perk_slugs(titles: list[str]) -> dict[str, str]:
    """Return a slug for each title in lower case: its own, or else its number."""
    distinct = list(dict.fromkeys(map(str.casefold, titles)))
    slugs: dict[str, str] = {}
    for number, (title, slug) in enumerate(
        zip(distinct, distinct_slugs(distinct), strict=True), start=1
    ):
        is_free = bool(slug) and slug not in slugs.values()
        slugs[title] = slug if is_free else f"{slug or 'perk'}-{number}"
    return slugs


def _token_ranges(table: Table, text: str) -> tuple[tuple[int, int], ...]:
    try:
        return parse_ranges(text)
    except ValueError:
        table.fault("tokens", "is not a list of token ids", text, 'such as "1-100, 205"')
        return ()


def parse_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Parse ``"1-100, 205"`` into inclusive ranges of token IDs; ValueError if it is malformed."""
    ranges = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d{1,78})(?:\s*-\s*(\d{1,78}))?", part, re.ASCII)
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if low > high:
            raise ValueError(text)
        ranges.append((low, high))
    return tuple(ranges)
