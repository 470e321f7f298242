"""Settings of a site, as site.toml defines them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from stempress.core.errors import Fault

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from pyodide_app.engine.model import Tier
    from stempress.collection.audio_formats import Codec
    from stempress.collection.theme import Theme

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


RELATIVE_ADDRESSES = Fault(
    "metadata/",
    "has relative addresses of pictures and sound, which marketplaces cannot resolve",
    hint='in site.toml: [collection] assets = "ipfs", or the url of [site]',
)
"""The warning of a site whose metadata has no absolute URIs."""


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
    def endpoints(self) -> tuple[str, ...]:
        """Origins of the RPC endpoints, which the Content Security Policy has to allow."""
        urls = [urlsplit(url) for url in self.rpc]
        return tuple(dict.fromkeys(f"{url.scheme}://{host_and_port(url)}" for url in urls))

    def link(self, template: str, token_id: str) -> str:
        """Fill a token's ID into a marketplace or explorer URL template."""
        return template.replace("{address}", self.address).replace("{token_id}", token_id)


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


@dataclass(frozen=True, slots=True)
class Audio:
    """Audio settings: the stream's codec and bitrate, downloads and previews."""

    stream: Codec
    bitrate: int
    lossless: bool
    previews: Previews
    preview_seconds: float
    locked: Locked
    pad: bool

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
class Perk:
    """A benefit for holders.

    ``tokens`` are inclusive ranges of token IDs; without any, it is for every token.
    """

    title: str
    tier: Tier | Literal[""]
    tokens: tuple[tuple[int, int], ...]
    words: str

    def covers(self, tier: str, token_id: str) -> bool:
        """Return whether a token comes with this perk."""
        number = int(token_id)
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

    @property
    def has_absolute_assets(self) -> bool:
        """Whether metadata has absolute URIs of pictures and sound, as marketplaces need."""
        return bool(self.base_uri or self.url) or self.assets == "ipfs"

    @property
    def key(self) -> str:
        """Unique ID of the collection: its contract (CAIP-10), else its name."""
        if self.contract is None:
            return f"name:{self.name}"
        return f"eip155:{self.contract.chain_id}:{self.contract.address.lower()}"


def host_and_port(url: SplitResult) -> str:
    """Return a URL's host and port as an origin has them; IPv6 addresses in brackets."""
    name = f"[{url.hostname}]" if ":" in str(url.hostname) else str(url.hostname)
    return name if url.port is None else f"{name}:{url.port}"
