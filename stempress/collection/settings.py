"""Settings of a site, as site.toml defines them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlsplit

from pyodide_app.engine.model import TIERS, id_number
from stempress.core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from pyodide_app.engine.model import Tier
    from stempress.collection.audio_formats import Codec
    from stempress.collection.theme import Theme

type Standard = Literal["erc1155", "erc721"]
type Locked = Literal["preview", "silent", "open"]
type Previews = Literal["tokens", "all", "none"]
type Downloads = Literal["tokens", "none"]
type Assets = Literal["site", "ipfs"]
type Animation = Literal["mixer", "preview", "song", "video"]
type Image = Literal["svg", "png"]
type Phase = Literal["upcoming", "live", "closed"]
PHASES = ("upcoming", "live", "closed")
CODECS = ("opus", "vorbis", "mp3", "flac")
PREVIEWS = ("tokens", "all", "none")
DOWNLOADS = ("tokens", "none")
LOCKED = ("preview", "silent", "open")
ANIMATIONS = ("mixer", "preview", "song", "video")
ASSETS = ("site", "ipfs")
IMAGES = ("svg", "png")


RELATIVE_ADDRESSES = Fault(
    "metadata/",
    "has relative addresses of pictures and sound, which marketplaces cannot resolve",
    hint='in site.toml: [collection] assets = "ipfs", or the url of [site]',
)
"""The warning of a site whose metadata has no absolute URIs."""
TEST_CHAINS = {17000, 31337, 80002, 84532, 421614, 560048, 11155111, 11155420}
"""Holesky, local nodes, Amoy, Base Sepolia, Arbitrum Sepolia, Hoodi, Sepolia, OP Sepolia."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract that holds the tokens."""

    chain_id: int
    address: str
    standard: Standard
    rpc: tuple[str, ...] = ()
    marketplace: str = ""
    explorer: str = ""

    @property
    def key(self) -> str:
        """Unique ID of the contract (CAIP-10)."""
        return f"eip155:{self.chain_id}:{self.address.lower()}"

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Origins of the RPC endpoints, which the Content Security Policy has to allow."""
        urls = [urlsplit(url) for url in self.rpc]
        return tuple(dict.fromkeys(f"{url.scheme}://{host_and_port(url)}" for url in urls))

    def link(self, template: str, token_id: str) -> str:
        """Fill a token's number into a marketplace or explorer URL template."""
        filled = template.replace("{address}", self.address)
        return filled.replace("{token_id}", id_number(token_id))


@dataclass(frozen=True, slots=True)
class Drop:
    """State of the drop, and where its contract's own pages are.

    ``forge_url`` may contain {song}, {album} and {burn}, ``reveal_url`` {token_id}.
    """

    phase: Phase
    mint_url: str
    blind: bool
    forge_url: str = ""
    reveal_url: str = ""

    def forge_link(self, *, song: str = "", album: str = "", burn: str = "") -> str:
        """Return where to forge a song or an album (slugs) from a token; "" if none is named."""
        return _fill(self.forge_url, {"song": song, "album": album, "burn": id_number(burn)})

    def reveal_link(self, token_id: str) -> str:
        """Return where to reveal a token; "" if none is named."""
        return _fill(self.reveal_url, {"token_id": id_number(token_id)})


@dataclass(frozen=True, slots=True)
class Audio:
    """Audio settings: the stream's codec and bitrate, downloads and previews.

    ``downloads`` are the mixes and stems that the pages of song tokens offer.
    """

    stream: Codec
    bitrate: int
    lossless: bool
    previews: Previews
    preview_seconds: float
    locked: Locked
    pad: bool
    downloads: Downloads = "tokens"

    @property
    def has_lossless(self) -> bool:
        """Whether visitors can have stems in a lossless format."""
        return self.lossless or self.stream == "flac"


@dataclass(frozen=True, slots=True)
class Split:
    """One share of the income, in percent; ``address`` is where it is paid, "" if not told."""

    name: str
    role: str
    share: float
    address: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a band, with a page; ``about`` is Markdown.

    ``key`` is the table in site.toml, for messages.
    """

    slug: str
    name: str
    url: str = ""
    about: str = ""
    is_artist: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Perk:
    """A benefit for holders.

    ``tokens`` are inclusive ranges of token IDs; without any, it is for every token. Perks of the
    same title are one, on different terms: they have the same ``slug``.
    """

    title: str
    slug: str
    tier: Tier | Literal[""]
    tokens: tuple[tuple[int, int], ...]
    words: str

    def is_named(self, name: str) -> bool:
        """Return whether this is the perk with a title, in any case, or with a slug."""
        return name.casefold() in (self.title.casefold(), self.slug)

    def covers(self, tier: str, token_id: str) -> bool:
        """Return whether a token comes with this perk."""
        number = int(id_number(token_id))
        in_range = not self.tokens or any(low <= number <= high for low, high in self.tokens)
        return in_range and self.tier in ("", tier)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of site.toml."""

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
    splitter: str = ""
    """Address of the contract that receives the royalties and pays the splits."""
    base_uri: str = ""
    """Base URI of pictures and sound in the metadata, if it is not ``url``."""

    animation: Animation = "preview"
    """What marketplaces play of tokens."""

    image: Image = "svg"
    """The format of the covers that metadata names."""

    tier_contracts: Mapping[Tier, Contract] = field(default_factory=dict)
    """Contracts of tiers that have one of their own; ``contract`` is that of the others."""

    radio: bool = True
    """Whether there is a page that plays the collection without end."""

    label: str = ""
    """The record label, of albums that name none of their own."""

    people: tuple[Person, ...] = ()
    """Whoever has a page: [[people]] and [[artists]]."""

    @property
    def artists(self) -> tuple[Person, ...]:
        """The artists that albums and songs may name."""
        return tuple(person for person in self.people if person.is_artist)

    def person_named(self, name: str) -> Person | None:
        """Return who has a name and a page, None if there is nobody."""
        return next((person for person in self.people if person.name == name), None)

    def contract_of(self, tier: Tier) -> Contract | None:
        """Return the contract of a tier's tokens."""
        return self.tier_contracts.get(tier, self.contract)

    def is_on_first_chain(self, tier: Tier) -> bool:
        """Return whether a tier's tokens are on the chain that the ledger's block is of."""
        contract = self.contract_of(tier)
        return contract is None or contract.chain_id == self.contracts[0].chain_id

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """All contracts that a tier has: the shared one first."""
        tiers = [self.tier_contracts[tier] for tier in TIERS if tier in self.tier_contracts]
        return (*([self.contract] if self.contract else []), *tiers)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Origins of all contracts' endpoints."""
        origins = (origin for contract in self.contracts for origin in contract.endpoints)
        return tuple(dict.fromkeys(origins))

    @property
    def has_absolute_assets(self) -> bool:
        """Whether metadata has absolute URIs of pictures and sound, as marketplaces need."""
        return bool(self.base_uri or self.url) or self.assets == "ipfs"

    @property
    def is_on_test_chains(self) -> bool:
        """Whether no contract is where tokens have a price."""
        return all(contract.chain_id in TEST_CHAINS for contract in self.contracts)

    @property
    def has_pinned_players(self) -> bool:
        """Whether metadata refers to embedded players by content ID."""
        return self.assets == "ipfs" and self.animation == "mixer"

    @property
    def key(self) -> str:
        """Unique ID of the collection: its first contract (CAIP-10), else its name."""
        return self.contracts[0].key if self.contracts else f"name:{self.name}"


def _fill(pattern: str, values: Mapping[str, str]) -> str:
    """Fill the placeholders of a URL, as ``mine/drop-links.js`` does."""
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", quote(value, safe=""))
    return pattern


def host_and_port(url: SplitResult) -> str:
    """Return a URL's host and port as an origin has them; IPv6 addresses in brackets."""
    name = f"[{url.hostname}]" if ":" in str(url.hostname) else str(url.hostname)
    return name if url.port is None else f"{name}:{url.port}"
