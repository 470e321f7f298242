"""People and artists of site.toml, who have pages of their own, and who they are in songs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.file_names import is_reserved
from stempress.collection.settings import Person
from stempress.core.errors import closest, suggestion
from stempress.core.notation import show_key
from stempress.core.slugs import distinct_slugs, slugify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyodide_app.engine.model import Song
    from stempress.collection.settings import Settings
    from stempress.core.errors import Findings
    from stempress.core.tables import Table

FILE = "site.toml"


def parse_people(top: Table) -> tuple[Person, ...]:
    """Parse [[people]] and [[artists]]; whoever is in both is one person."""
    people = list(_tables(top, "people"))
    artists = list(_tables(top, "artists"))
    names = list(dict.fromkeys(name for name, _ in (*people, *artists)))
    slugs = dict(zip(names, distinct_slugs(names), strict=True))
    are_artists = {name for name, _ in artists}
    found: dict[str, Person] = {}
    for name, table in people:
        about, url = table.text("about"), table.url("url")
        person = Person(slugs[name], name, url, about, name in are_artists, table.prefix)
        _add(found, person, table)
        table.finish()
    for name, table in artists:
        known = found.get(slugs[name])
        if known is None or known.name != name or known.key.startswith("artists"):
            person = Person(slugs[name], name, is_artist=True, key=table.prefix)
            _add(found, person, table)
        table.finish()
    return tuple(found.values())


def _tables(top: Table, key: str) -> Iterator[tuple[str, Table]]:
    """Yield the tables of a list with the names in them."""
    for table in top.tables(key):
        yield table.text("name", required=True), table


def _add(found: dict[str, Person], person: Person, table: Table) -> None:
    """Add somebody whose slug is a valid one that nobody else has."""
    name, slug = person.name, person.slug
    if not name.strip():
        return  # reported as missing or empty
    if not slug:
        table.fault("name", "has no letter or digit for a slug", name, "use at least one")
    elif slug in found:
        other = found[slug]
        message = f"has the same slug {slug!r} as {other.name!r} in the {show_key(other.key)}"
        table.fault("name", message, name, "give each a different name")
    else:
        if is_reserved(slug):
            message = "is a name that Windows reserves: it can have no folder of this name"
            table.warn("name", message, name, "another name, if the site is to be opened there")
        found[slug] = person


def artist_name(slug: str, default: str, where: str, settings: Settings, findings: Findings) -> str:
    """Return the name of the artist with a slug; the default, with a fault, if there is none."""
    if not slug:
        return default
    artists = {artist.slug: artist.name for artist in settings.artists}
    if slug not in artists:
        hint = suggestion(slugify(slug), artists) if artists else "[[artists]] in site.toml"
        findings.fault(where, "no artist has this slug", key="artist", value=slug, hint=hint)
    return artists.get(slug, default)


def warn_of_strangers(settings: Settings, songs: Sequence[Song], findings: Findings) -> None:
    """Warn of people whom no song credits, and of artists who have made none."""
    artists = {settings.artist, *(song.artist for song in songs)}
    credited = {credit.name for song in songs for credit in song.credits}
    for person in settings.people:
        if person.name in artists or (person.name in credited and not person.is_artist):
            continue
        if person.is_artist:
            message, hint = "no song is by this artist", f'artist = "{person.slug}" in an album'
        else:
            message = "no song credits this person"
            near = closest(person.name, credited - {other.name for other in settings.people})
            hint = f"did you mean {near!r}?" if near else "add them to a song's credits"
        findings.warn(FILE, message, key=f"{person.key}.name", value=person.name, hint=hint)
