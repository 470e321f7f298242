"""Parser of site.toml: validates every key and reports all faults."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from stempress.collection.audio_settings import check_animation, parse_audio
from stempress.collection.contract_settings import (
    check_splitter,
    parse_account,
    parse_contracts,
    parse_splits,
)
from stempress.collection.drop_settings import parse_drop
from stempress.collection.papers import Papers, default_papers, read_papers
from stempress.collection.people import parse_people
from stempress.collection.perk_settings import parse_perks
from stempress.collection.settings import (
    ANIMATIONS,
    ASSETS,
    IMAGES,
    RELATIVE_ADDRESSES,
    Animation,
    Assets,
    Image,
    Settings,
)
from stempress.collection.theme import SHAPE_CONTRAST, Theme, lowest_contrast
from stempress.core.crash_log import working_on
from stempress.core.tables import Table
from stempress.core.text_files import SITE_FILE, check_is_site, parse_toml, read_text
from stempress.i18n.translations import find_catalogue, is_english

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.errors import Findings

BASE_URI = re.compile(r"(https?|ipfs|ipns|ar)://[^\s<>\"?#]+")


def read_settings(site: Path, findings: Findings, base_uri: str = "") -> Settings:
    """Read a site's site.toml. ``base_uri`` is the command line's."""
    if base_uri and not BASE_URI.fullmatch(base_uri):
        findings.fault("--base-uri", "is not a URI", value=base_uri, hint="ipfs://<cid>/")
    check_is_site(site)
    with working_on(SITE_FILE):
        text = read_text(site / SITE_FILE, SITE_FILE, findings)
        papers = read_papers(site, findings)
        given = None if text is None else parse_settings(text, findings, papers)
        settings = given or _placeholder(findings)
    settings = replace(settings, base_uri=base_uri)
    if not (settings.has_absolute_assets or settings.is_on_test_chains):
        findings.warnings.append(RELATIVE_ADDRESSES)
    return settings


def parse_settings(text: str, findings: Findings, papers: Papers | None = None) -> Settings:
    """Parse the text of site.toml; ``papers`` are the backgrounds of the site's own theme."""
    data = parse_toml(text, SITE_FILE, findings)
    if data is None:
        return _placeholder(findings)
    return _build_settings(Table(data, SITE_FILE, findings), papers or default_papers())


def _placeholder(findings: Findings) -> Settings:
    """Return settings to go on with where site.toml cannot be read.

    ``pad`` is on, so that no stem is faulted for its length.
    """
    table = Table({"audio": {"pad": True}}, SITE_FILE, findings, absent=True)
    return _build_settings(table, default_papers())


def _build_settings(top: Table, papers: Papers) -> Settings:
    site = top.table("site", required=True, hint="add a table [site]")
    collection = top.table("collection", required=True, hint="add a table [collection]")
    metadata = top.table("metadata")
    contract, tier_contracts = parse_contracts(collection)
    settings = Settings(
        title=site.text("title", required=True),
        artist=site.text("artist", required=True),
        description=site.text("description"),
        url=_site_url(site),
        language=_language(site),
        theme=_theme(site, papers),
        cards=site.flag("cards", default=True),
        radio=site.flag("radio", default=True),
        name=collection.text("name", required=True),
        symbol=collection.text("symbol"),
        license=collection.text("license"),
        royalty_bps=collection.integer("royalty_bps", 0, 0, 10_000),
        assets=cast("Assets", collection.choice("assets", "site", ASSETS)),
        contract=contract,
        tier_contracts=tier_contracts,
        drop=parse_drop(top),
        audio=parse_audio(top.table("audio")),
        splits=parse_splits(top),
        perks=parse_perks(top),
        splitter=parse_account(collection, "splitter"),
        label=site.text("label"),
        animation=cast("Animation", metadata.choice("animation", "preview", ANIMATIONS)),
        image=cast("Image", metadata.choice("image", "svg", IMAGES)),
        people=parse_people(top),
    )
    check_splitter(collection, settings)
    check_animation(metadata, settings)
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
