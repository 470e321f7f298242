"""site.toml -> Settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from stempress.collection.audio_formats import LOWEST
from stempress.collection.theme import DARK_PAPER, LIGHT_PAPER, SHAPE_CONTRAST, Theme, contrast
from stempress.core.cache import cached_text
from stempress.core.tables import Table
from stempress.core.text_files import parse_toml, read_text
from stempress.i18n.translations import catalogue_of, is_english

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from urllib.parse import SplitResult

    from pyodide_app.engine.model import Tier
    from stempress.collection.audio_formats import Codec
    from stempress.core.errors import Findings

FILE = "site.toml"
BASE_URI = re.compile(r"(https?|ipfs|ipns|ar)://[^\s<>\"?#]+")
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
"""A contract or a holder."""
type Standard = Literal["erc1155", "erc721"]
type Locked = Literal["preview", "silent", "open"]
type Previews = Literal["tokens", "all", "none"]
type Assets = Literal["site", "ipfs"]
type Phase = Literal["upcoming", "live", "closed"]
PHASES = ("upcoming", "live", "closed")
CODECS = ("opus", "vorbis", "mp3", "flac")
PREVIEWS = ("tokens", "all", "none")
LOCKED = ("preview", "silent", "open")
ASSETS = ("site", "ipfs")


@dataclass(frozen=True, slots=True)
class Contract:
    """Where the tokens live."""

    chain_id: int
    address: str
    standard: Standard
    rpc: tuple[str, ...] = ()
    marketplace: str = ""
    explorer: str = ""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The origins of the read endpoints: what pages may connect to besides the site."""
        parts = [urlsplit(url) for url in self.rpc]
        return tuple(dict.fromkeys(f"{each.scheme}://{_host(each)}" for each in parts))

    def link(self, template: str, token_id: str) -> str:
        """Fill a marketplace or explorer address for one token."""
        return template.replace("{address}", self.address).replace("{token_id}", token_id)


@dataclass(frozen=True, slots=True)
class Drop:
    """How far the drop is."""

    phase: Phase
    mint_url: str
    blind: bool


@dataclass(frozen=True, slots=True)
class Audio:
    """What the browser gets to hear."""

    stream: Codec
    bitrate: int
    lossless: bool
    previews: Previews
    preview_seconds: float
    locked: Locked
    pad: bool


@dataclass(frozen=True, slots=True)
class Split:
    """One part of the income, in percent."""

    name: str
    role: str
    share: float


@dataclass(frozen=True, slots=True)
class Perk:
    """What holders get; ``tokens`` are inclusive ranges of ids, none of them: every token."""

    title: str
    tier: Tier | Literal[""]
    tokens: tuple[tuple[int, int], ...]
    words: str

    def covers(self, tier: str, token_id: str) -> bool:
        """Say whether a token brings this perk."""
        number = int(token_id)
        inside = not self.tokens or any(low <= number <= high for low, high in self.tokens)
        return inside and self.tier in ("", tier)


@dataclass(frozen=True, slots=True)
class Settings:
    """All of site.toml."""

    title: str
    artist: str
    description: str
    url: str
    language: str
    theme: Theme
    cards: bool
    name: str
    symbol: str
    license: str
    royalty_bps: int
    assets: Assets
    contract: Contract | None
    drop: Drop | None
    audio: Audio
    splits: tuple[Split, ...]
    perks: tuple[Perk, ...]
    base_uri: str = ""
    """Where metadata finds pictures and sound, if not below ``url``."""

    @property
    def key(self) -> str:
        """The collection's own name among others: its contract (CAIP-10), or else its title."""
        if self.contract is None:
            return f"name:{self.name}"
        return f"eip155:{self.contract.chain_id}:{self.contract.address.lower()}"


def _host(parts: SplitResult) -> str:
    name = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
    return name if parts.port is None else f"{name}:{parts.port}"


def _endpoint(table: Table, url: str) -> bool:
    """Say whether a policy can name an endpoint: nothing in its host ends a directive."""
    if not url or not table.is_url("rpc", url):
        return False
    try:
        parts = urlsplit(url)
        fine = re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", _host(parts)) and "@" not in parts.netloc
    except ValueError:
        fine = False
    if not fine:
        table.fault("rpc", "is not the address of an endpoint", url, "a host and a port, no user")
    return bool(fine)


def read_settings(site: Path, findings: Findings, base_uri: str = "") -> Settings:
    """Read site.toml of a site's folder; a base URI is what the command line says."""
    if base_uri and not BASE_URI.fullmatch(base_uri):
        findings.fault("--base-uri", "is not an address", value=base_uri, hint="ipfs://<cid>/")
    if not (site / FILE).exists():
        findings.fault(FILE, "is missing", hint=f"no site in {site}: name it with --site")
        findings.raise_faults()
    text = read_text(site / FILE, FILE, findings)
    settings = parse_settings(text, findings) if text is not None else _unread(findings)
    return replace(settings, base_uri=base_uri)


def parse_settings(text: str, findings: Findings) -> Settings:
    """Read the text of site.toml."""
    data = parse_toml(text, FILE, findings)
    return _settings(Table(data, FILE, findings)) if data is not None else _unread(findings)


def _unread(findings: Findings) -> Settings:
    """Return what lets reading go on without site.toml: no stem is held to a length."""
    return _settings(Table({"audio": {"pad": True}}, FILE, findings, absent=True))


def _settings(top: Table) -> Settings:
    site = top.table("site", required=True, hint="add a table [site]")
    collection = top.table("collection", required=True, hint="add a table [collection]")
    settings = Settings(
        title=site.text("title", required=True),
        artist=site.text("artist", required=True),
        description=site.text("description"),
        url=_site_url(site),
        language=_language(site),
        theme=_theme(site),
        cards=site.flag("cards", default=True),
        name=collection.text("name", required=True),
        symbol=collection.text("symbol"),
        license=collection.text("license"),
        royalty_bps=collection.integer("royalty_bps", 0, 0, 10_000),
        assets=cast("Assets", collection.choice("assets", "site", ASSETS)),
        contract=_contract(collection),
        drop=_drop(top),
        audio=_audio(top.table("audio")),
        splits=_splits(top),
        perks=_perks(top),
    )
    if not settings.license:
        collection.warn("license", "is missing", hint="say what holders may do with the music")
    for table in (site, collection, top):
        table.finish()
    return settings


def _site_url(site: Table) -> str:
    url = site.url("url")
    if re.search(r"[?#]", url):
        site.fault("url", "must end in a folder: pages lie below it", url, "leave out ? and #")
    return url


def _language(site: Table) -> str:
    value = site.text("language", "en")
    if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
        if not is_english(value) and catalogue_of(value) is None:
            what = "is not one that the interface speaks yet, so that stays English"
            site.warn("language", what, value, "docs/translating.md says how to add one")
        return value
    site.fault("language", "is not a language tag", value, 'such as "en" or "pt-BR"')
    return "en"


def _theme(site: Table) -> Theme:
    value = site.text("accent", "#7c5cff")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        site.fault("accent", "is not a colour", value, 'six hex digits such as "#7c5cff"')
        return Theme.from_accent("#7c5cff")
    theme = Theme.from_accent(value)
    for name, paper, shade in (
        ("light", LIGHT_PAPER, theme.on_light),
        ("dark", DARK_PAPER, theme.on_dark),
    ):
        if contrast(value, paper) < SHAPE_CONTRAST:
            site.warn(
                "accent",
                f"is too faint on the {name} theme, which uses {shade} instead",
                value,
                "a colour that is neither very light nor very dark",
            )
    return theme


def checksummed(address: str) -> str:
    """Return an address with the upper and lower case that tells it from mistyped ones (EIP-55)."""
    from eth_hash.auto import keccak  # noqa: PLC0415 - takes long, and few sites ask

    digits = address[2:].lower()
    hashed = keccak(digits.encode()).hex()
    pairs = zip(digits, hashed, strict=False)
    return "0x" + "".join(digit.upper() if other >= "8" else digit for digit, other in pairs)


def check_address(
    table: Table, key: str, value: str, ask: Callable[[str], str] = checksummed
) -> str:
    """Return an address in its EIP-55 form, which ``ask`` tells.

    A mixed-case one must have the right checksum.
    """
    if not ADDRESS.fullmatch(value):
        table.fault(key, "is not an address", value, "0x and 40 hex digits")
        return value
    right = ask(value)
    if value != right and value[2:] not in (value[2:].lower(), value[2:].upper()):
        table.fault(key, "has a wrong EIP-55 checksum", value, f"if the digits are right: {right}")
    return right


def _contract(collection: Table) -> Contract | None:
    table = collection.table("contract")
    if table.absent:
        return None
    address = table.text("address", required=True)
    contract = Contract(
        chain_id=table.integer("chain_id", 1, 1, 2**53 - 1),
        # Remembered: Keccak alone takes longer to begin than all settings take to read.
        address=check_address(table, "address", address, partial(cached_text, checksummed))
        if address
        else "",
        standard=cast(
            "Standard",
            table.choice("standard", "erc1155", ("erc1155", "erc721")),
        ),
        rpc=tuple(url for url in table.texts("rpc") if _endpoint(table, url)),
        marketplace=table.url("marketplace", placeholders=("address", "token_id")),
        explorer=table.url("explorer", placeholders=("address", "token_id")),
    )
    table.finish()
    return contract


def _drop(top: Table) -> Drop | None:
    table = top.table("drop")
    if table.absent:
        return None
    drop = Drop(
        phase=cast("Phase", table.choice("phase", "closed", PHASES)),
        mint_url=table.url("mint_url"),
        blind=table.flag("blind"),
    )
    table.finish()
    return drop


def _audio(table: Table) -> Audio:
    audio = Audio(
        stream=cast("Codec", table.choice("stream", "opus", CODECS)),
        bitrate=table.integer("bitrate", 128, 32, 320),
        lossless=table.flag("lossless"),
        previews=cast("Previews", table.choice("previews", "tokens", PREVIEWS)),
        preview_seconds=table.number("preview_seconds", 30.0, 1, 600),
        locked=cast("Locked", table.choice("locked", "preview", LOCKED)),
        pad=table.flag("pad"),
    )
    lowest, why = LOWEST.get(audio.stream, (0, ""))
    if audio.bitrate < lowest:
        table.fault(
            "bitrate",
            f"leaves {audio.stream} stems out of step: {why}",
            audio.bitrate,
            f"{lowest} to 320, or another stream",
        )
    table.finish()
    return audio


def _splits(top: Table) -> tuple[Split, ...]:
    splits, before = [], len(top.findings.faults)
    for table in top.tables("splits"):
        share = table.number("share", 0.0, 0, 100, required=True)
        splits.append(Split(table.text("name", required=True), table.text("role"), share))
        table.finish()
    total = sum(split.share for split in splits)
    if splits and abs(total - 100) > 1e-6 and len(top.findings.faults) == before:
        top.fault(
            "splits",
            "must sum to 100",
            round(total, 6),
            "shares: " + " + ".join(f"{split.share:g}" for split in splits),
        )
    return tuple(splits)


def _perks(top: Table) -> tuple[Perk, ...]:
    perks = []
    for table in top.tables("perks"):
        tier = table.choice("tier", "", ("stem", "song", "album"))
        words = table.text("tokens")
        perks.append(
            Perk(
                table.text("title", required=True),
                cast('Tier | Literal[""]', tier),
                _ranges(table, words),
                words,
            )
        )
        table.finish()
    return tuple(perks)


def _ranges(table: Table, words: str) -> tuple[tuple[int, int], ...]:
    try:
        return read_ranges(words)
    except ValueError:
        table.fault("tokens", "is not a list of token ids", words, 'such as "1-100, 205"')
        return ()


def read_ranges(words: str) -> tuple[tuple[int, int], ...]:
    """Read ``"1-100, 205"`` as inclusive ranges of token ids; ValueError if it is none."""
    ranges = []
    for part in filter(None, (part.strip() for part in words.split(","))):
        match = re.fullmatch(r"(\d{1,78})(?:\s*-\s*(\d{1,78}))?", part, re.ASCII)
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if low > high:
            raise ValueError(words)
        ranges.append((low, high))
    return tuple(ranges)
