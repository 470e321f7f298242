"""Files below metadata/: those of all tokens, and of the contract."""

from __future__ import annotations

from functools import partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from stempress.output.json_files import json_file, lazy_json_file
from stempress.output.output_files import Bundle, OutputFile, flatten
from stempress.publish.asset_cids import ASSET_FOLDERS, asset_uris
from stempress.render.animation import Animation, album_animation
from stempress.render.token_metadata import token_metadata, without_empty
from stempress.site.cover_addresses import collection_cover, image_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Settings
    from stempress.site.excerpts import Excerpts
    from stempress.site.source import Source

    type UrlOf = Callable[[str], str]
    """Turns an address relative to the site's root into a URL for metadata."""


TOKENS_PER_BUNDLE = 200


def metadata_files(
    excerpts: Excerpts,
    assets: Iterable[OutputFile | Bundle] = (),
    players: Iterable[OutputFile | Bundle] = (),
) -> Iterator[OutputFile | Bundle]:
    """Yield metadata of all tokens, by decimal ID and by 64-digit hex ID, and the contract's.

    ``assets`` are the pictures and sound files, ``players`` what else embedded players consist of;
    for IPFS, metadata refers to them by content ID.
    """
    collection = excerpts.facts.collection
    settings = collection.settings
    pinned: dict[str, str] = {}
    if settings.assets == "ipfs":
        files = chain(flatten(assets), flatten(players))
        pinned = asset_uris(files, with_players=settings.has_pinned_players)
    for slug, tokens in excerpts.tokens.items():
        source = excerpts.song(slug) if slug else excerpts.albums
        for start in range(0, len(tokens), TOKENS_PER_BUNDLE):
            part = tokens[start : start + TOKENS_PER_BUNDLE]
            albums = {
                token.id: album_animation(excerpts.facts, token)
                for token in part
                if token.tier == "album"
            }
            key = source.key_with(part, pinned, albums)
            make = partial(_token_files, source, part, pinned, albums)
            yield Bundle(f"metadata/{slug}/{start}", key, make)
    for folder in ("", *(f"{tier}/" for tier in settings.tier_contracts)):
        url_of = partial(metadata_url, settings, pinned, folder=folder)
        content = contract_metadata(collection, url_of)
        yield json_file(f"metadata/{folder}contract.json", content)


def _token_files(
    source: Source,
    tokens: Sequence[Token],
    pinned: Mapping[str, str],
    albums: Mapping[str, Animation],
) -> Iterator[OutputFile]:
    """Yield the metadata of some tokens; ``albums`` is what is played of album tokens.

    ERC-721 contracts of OpenZeppelin append the bare ID to their base URI: they find it as well.
    """
    settings = source.collection.settings
    for token in tokens:
        folder = f"metadata/{token.id}".removesuffix(token.number)
        url_of = partial(metadata_url, settings, pinned, folder=folder.removeprefix("metadata/"))
        file = lazy_json_file(
            f"metadata/{token.id}.json",
            source.key_with(token, pinned, albums.get(token.id)),
            *(token_metadata, source.collection, source.sounds, source.tokens[token], url_of),
            albums.get(token.id, Animation()),
        )
        yield file
        contract = settings.contract_of(token.tier)
        addresses = [file.address, f"{folder}{int(token.number):064x}.json"]
        if contract is not None and contract.standard == "erc721":
            addresses.append(f"metadata/{token.id}")
        for last, address in pairwise(addresses):
            yield OutputFile(address, file.content, file.key, last)


def metadata_url(
    settings: Settings, pinned: Mapping[str, str], address: str, folder: str = ""
) -> str:
    """Return the URL of an address for use in metadata.

    Pictures and sound are below ``--base-uri``, else where they are pinned, and so are players;
    anything else is below the site's URL. Without one, the URL is relative to metadata/, or empty
    on IPFS, where metadata has no pages next to it. ``folder`` is the metadata's within metadata/.
    """
    kind, _, rest = address.partition("/")
    if kind in ASSET_FOLDERS and settings.base_uri:
        return f"{settings.base_uri.rstrip('/')}/{address}"
    if kind in pinned:
        return f"{pinned[kind]}/{rest}"
    if settings.url:
        return f"{settings.url.rstrip('/')}/{address}"
    return "" if pinned else f"../{'../' * folder.count('/')}{address}"


def contract_metadata(collection: Collection, url_of: UrlOf) -> dict[str, object]:
    """Return contract metadata. No ``collaborators``: apps treat those as administrators."""
    settings = collection.settings
    return without_empty(
        {
            "name": settings.name,
            "symbol": settings.symbol,
            "description": settings.description,
            "image": url_of(image_address(settings, collection_cover())),
            "external_link": settings.url,
        }
    )
