"""JSON-LD with the schema.org vocabulary, for search engines."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pyodide_app.engine.model import Token
from stempress.collection.albums import Album
from stempress.collection.settings import Person
from stempress.site.cover_addresses import album_cover, song_cover, variation_cover
from stempress.site.page_addresses import (
    album_address,
    person_address,
    song_address,
    token_address,
    variation_address,
)
from stempress.site.pages import VariationPages, VariationView
from stempress.site.sharing import song_preview

if TYPE_CHECKING:
    from pyodide_app.engine.model import Credit, Song
    from stempress.audio.results import Sounds, WebFile
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Settings
    from stempress.site.facts import SiteFacts
    from stempress.site.pages import Page


def linked_data(facts: SiteFacts, page: Page) -> dict[str, object] | None:
    """Return a page's subject as JSON-LD; None if it has none, or is not listed."""
    about, collection, sounds = page.about, facts.collection, facts.sounds
    if not page.listed:
        return None
    if isinstance(about, Token):
        data = _token(facts, about)
    elif isinstance(about, VariationPages):
        data = _recording(collection, sounds, about.song)
        data |= _parts(collection, sounds, about.song, song_preview(sounds, about.song))
        data |= _lyrics(about.song)
    elif isinstance(about, VariationView):
        data = _variation(collection, sounds, about)
    elif isinstance(about, Person):
        data = _person(collection.settings, about)
    elif isinstance(about, Album):
        tracks = [_recording(collection, sounds, song) for song in about.songs]
        data = _without_empty(
            {
                "@type": "MusicAlbum",
                "name": about.title,
                "url": full_address(collection.settings, album_address(about)),
                "image": full_address(collection.settings, album_cover(about)),
                "datePublished": about.released and about.released.isoformat(),
                "gtin12" if len(about.upc) == 12 else "gtin13": about.upc,
                "byArtist": _artist(collection.settings, about.artist),
                "albumRelease": _release(about),
                "numTracks": len(tracks),
                "track": tracks,
            }
        )
    else:
        return None
    return {"@context": "https://schema.org", **data}


def _recording(collection: Collection, sounds: Sounds, song: Song) -> dict[str, object]:
    settings, album = collection.settings, collection.album(song.album)
    released = album.released_of(song)
    return _without_empty(
        {
            "@type": "MusicRecording",
            "name": song.title,
            "url": full_address(settings, song_address(song)),
            "image": full_address(settings, song_cover(song)),
            "duration": f"PT{round(sounds.songs[song.slug].seconds)}S",
            "isrcCode": song.isrc,
            "genre": song.genre,
            "datePublished": released and released.isoformat(),
            "copyrightNotice": song.copyright,
            "byArtist": _artist(settings, song.artist),
            "inAlbum": {"@type": "MusicAlbum", "name": album.title},
        }
    )


def _variation(collection: Collection, sounds: Sounds, about: VariationView) -> dict[str, object]:
    """Return a mix of a song: one of the recordings of the same composition."""
    settings, song, variation = collection.settings, about.song, about.variation
    own = {
        "url": full_address(settings, variation_address(variation)),
        "image": full_address(settings, variation_cover(variation)),
    }
    preview = sounds.previews.get(variation)
    return (
        _recording(collection, sounds, song)
        | _without_empty(dict(own))
        | _parts(collection, sounds, song, preview)
    )


def _parts(
    collection: Collection, sounds: Sounds, song: Song, preview: WebFile | None
) -> dict[str, object]:
    """Return what a page about a recording states besides: sound, contributors, composition."""
    return _without_empty(
        {
            "audio": _audio(collection.settings, sounds, song, preview),
            "contributor": [_contributor(collection.settings, each) for each in song.credits],
            "recordingOf": _composition(song),
        }
    )


def _composition(song: Song) -> dict[str, object]:
    """Return what all recordings of a song are of."""
    return {"@type": "MusicComposition", "name": song.title}


def _lyrics(song: Song) -> dict[str, object]:
    """Return the composition with the lyrics of a song, if it has any."""
    if not song.lyrics:
        return {}
    lyrics = _without_empty(
        {
            "@type": "CreativeWork",
            "text": song.lyrics.text,
            "inLanguage": song.lyrics.language,
        }
    )
    return {"recordingOf": _composition(song) | {"lyrics": lyrics}}


def _audio(
    settings: Settings, sounds: Sounds, song: Song, preview: WebFile | None
) -> dict[str, object] | None:
    """Return a preview as an audio object; None without one, or without an address for it."""
    if not preview or not settings.url:
        return None
    seconds = min(settings.audio.preview_seconds, sounds.songs[song.slug].seconds)
    return {
        "@type": "AudioObject",
        "contentUrl": full_address(settings, preview.address),
        "encodingFormat": preview.type.split(";", 1)[0],
        "duration": f"PT{round(seconds)}S",
    }


def _contributor(settings: Settings, credit: Credit) -> dict[str, object]:
    """Return somebody in the credits, with what they did: schema.org's way is a role between."""
    person = settings.person_named(credit.name)
    contributor = _person(settings, person) if person else {"@type": "Person", "name": credit.name}
    return {"@type": "Role", "roleName": credit.role, "contributor": contributor}


def _token(facts: SiteFacts, token: Token) -> dict[str, object]:
    collection, found = facts.collection, facts.plan.tokens[token]
    settings = collection.settings
    data: dict[str, object] = {
        "@type": "MusicAlbum" if token.album else "MusicRecording",
        "name": found.title,
    }
    if artist := collection.artist_of(token):
        data["byArtist"] = _artist(settings, artist)
    if settings.url:
        base = settings.url.rstrip("/")
        data |= {"url": f"{base}/{token_address(token.id)}", "image": f"{base}/{found.cover}"}
    if token.song:
        song = collection.song(token.song)
        data["inAlbum"] = {"@type": "MusicAlbum", "name": collection.album(song.album).title}
        data["recordingOf"] = _composition(song)
        preview = found.variation and facts.sounds.previews.get(found.variation)
        if audio := _audio(settings, facts.sounds, song, preview or None):
            data["audio"] = audio
    return data


def _release(album: Album) -> dict[str, object] | None:
    """Return the release that an album's label has made; None without a label."""
    if not album.label:
        return None
    label = {"@type": "Organization", "name": album.label}
    return {"@type": "MusicRelease", "name": album.title, "recordLabel": label}


def _artist(settings: Settings, name: str) -> dict[str, object]:
    person = settings.person_named(name)
    page = full_address(settings, person_address(person)) if person else ""
    return _without_empty({"@type": "MusicGroup", "name": name, "url": page})


def _person(settings: Settings, person: Person) -> dict[str, object]:
    """Return somebody as a page's subject: artists may be several people."""
    is_artist = person.is_artist or person.name == settings.artist
    return _without_empty(
        {
            "@type": "MusicGroup" if is_artist else "Person",
            "name": person.name,
            "url": full_address(settings, person_address(person)),
            "sameAs": person.url,
        }
    )


def full_address(settings: Settings, address: str) -> str:
    """Return the full URL of an address; empty if the site has no URL."""
    return f"{settings.url.rstrip('/')}/{quote(address)}" if settings.url else ""


def _without_empty(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value}
