"""Page -> HTML, through templates that a site may override one by one."""

from __future__ import annotations

import base64
import hashlib
import traceback
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
)
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from stempress.art.social_cards import card_address, has_cards
from stempress.core.cache import cache_root
from stempress.core.errors import Fault, SiteError
from stempress.core.paths import TEMPLATES
from stempress.i18n.translations import compile_plural_rule
from stempress.output.output_files import Bundle, OutputFile
from stempress.render.filters import filters
from stempress.render.jinja_codegen import Quick
from stempress.render.jinja_i18n import WHICH, translate
from stempress.render.json_ld import linked_data
from stempress.render.oembed import playlist_address, sharing_files, shown_in_frame, song_preview

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping
    from datetime import date

    from jinja2 import nodes

    from stempress.i18n.translations import Translations
    from stempress.site.cache_keys import CacheKeys
    from stempress.site.page_plan import Page, Section
    from stempress.site.views import Views

VERSION = 3
"""Raised when the same template compiles to something else."""
EXTRAS = {
    "assets/theme.css": "theme.css",
    "feed.xml": "feed.xml",
    "music.xml": "music.xml",
    "robots.txt": "robots.txt",
    "_headers": "headers.txt",
    "_redirects": "redirects.txt",
}
"""Files beside the pages and the sitemap, and the templates that they are made from."""


def render_site(
    views: Views, site: Path, keys: CacheKeys, key_of: Callable[[Page], str]
) -> Iterator[OutputFile | Bundle]:
    """Yield every page, the theme, the feeds, the sitemap and what hosts and robots read.

    A template of the site's own that fails, when the file is made, is a SiteError with its file and
    line. ``key_of`` returns a page's key.
    """
    press = Press(views, site)

    def pages(section: Section) -> Iterator[OutputFile]:
        for page in section.pages:
            yield OutputFile(page.output, partial(press.page, page), key_of(page))

    for section in views.plan.sections:
        if section.kind:
            yield Bundle(section.name, keys.section(section), partial(pages, section))
        else:
            yield from pages(section)
    for address, template in EXTRAS.items():
        yield OutputFile(address, partial(press.file, template), keys.everything)
    listed = OutputFile("sitemap.xml", partial(press.file, "sitemap.xml"))
    yield Bundle("sitemap", keys.sitemap, lambda: [listed._replace(key=keys.addresses)])
    yield from sharing_files(views.plan, views.collection, views.sounds, keys)


class Press:
    """Templates, each compiled once, and what all of them can ask for."""

    def __init__(self, views: Views, site: Path) -> None:
        """Take everything that pages speak of, and the site's folder."""
        self._site, self._settings = site, views.collection.settings
        self._templates = environment(site, views.translations)
        self._templates.filters |= filters(views)
        self._templates.filters |= {
            "card": card_address if has_cards(self._settings) else str,
            "linked": partial(linked_data, views.collection, views.sounds),
            "playlist": playlist_address,
            "preview": partial(song_preview, views.sounds),
        }
        self._templates.globals |= {
            "settings": self._settings,
            "collection": views.collection,
            "plan": views.plan,
            "rarity": views.rarity,
            "sounds": views.sounds,
            "views": views,
            "phrases": views.translations,
        }

    def page(self, page: Page) -> bytes:
        """Render one page; ``root`` leads from it to the site's root."""
        given: dict[str, object] = {
            "page": page,
            "about": page.about,
            "root": "../" * page.address.count("/") or "./",
            "url": self._absolute(page.address),
            "shown": shown_in_frame(self._settings, page),
        }
        if page.address == "404.html":
            given |= self._inline("style", "404.css") | self._inline("script", "404.js")
        return self._render(page.template, given)

    def file(self, template: str) -> bytes:
        """Render a file that is no page; it lies at the root, or one folder below."""
        given: dict[str, object] = {
            "root": self._absolute("") or "./",
            "absolute": self._absolute,
            "stamp": stamp,
            "urn": self._urn,
        }
        return self._render(template, given)

    def _absolute(self, address: str) -> str:
        """Return a full address where the site has one of its own, else nothing."""
        url = self._settings.url
        return f"{url.rstrip('/')}/{address}" if url else ""

    def _urn(self, address: str) -> str:
        """Return a name for an entry of the feed that stays, wherever the site lies."""
        return uuid5(NAMESPACE_URL, f"stempress:{self._settings.name}:{address}").urn

    def _inline(self, name: str, template: str) -> dict[str, object]:
        """Return what the page that is shown at any depth holds inline, and that part's hash."""
        text = self._render(template, {}).decode()
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return {name: Markup(text), f"{name}_hash": f"sha256-{digest}"}  # noqa: S704 - our own

    def _render(self, name: str, given: dict[str, object]) -> bytes:
        try:
            return self._templates.get_template(name).render(given).encode()
        except TemplateSyntaxError as error:
            self._blame(error.filename or "", error.lineno, error)
            raise
        except UnicodeDecodeError as error:
            what = f"uses a template that is not UTF-8: {error.reason} at byte {error.start}"
            raise SiteError([Fault(f"templates/{name}", what)]) from error
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            for frame in reversed(frames):
                self._blame(frame.filename, frame.lineno or 0, error)
            raise

    def _blame(self, file: str, line: int, error: Exception) -> None:
        """Raise a SiteError if a template of the site's own is at fault."""
        folder = (self._site / "templates").resolve()
        path = Path(file).resolve()
        if not path.is_relative_to(folder):
            return
        what = (
            str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
        )
        where = f"templates/{path.relative_to(folder).as_posix()}"
        fault = Fault(where, f"line {line}: {what}", hint="or remove it: the built-in one is used")
        raise SiteError([fault]) from error


class Templates(Environment):
    """Templates that say everything in one language.

    Names are looked up in one dict: a chain of them costs more than a page.
    """

    translations: Translations
    code_generator_class = Quick

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template can ask for."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return translate(super()._parse(source, name, filename), self.translations)


class Compiled(FileSystemBytecodeCache):
    """Compiled templates, each under a name made from its source and its language."""

    def __init__(self, language: str) -> None:
        folder = cache_root() / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder))
        self._language = language

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return what a template is kept under."""
        return super().get_cache_key(f"{VERSION} {self._language} {name}", filename)


def environment(site: Path, translations: Translations) -> Environment:
    """Return templates, the site's own first. Everything they print is escaped."""
    templates = Templates(
        loader=ChoiceLoader([FileSystemLoader(site / "templates"), FileSystemLoader(TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=Compiled(translations.key),
    )
    templates.translations = translations
    templates.policies["json.dumps_function"] = as_json
    templates.globals[WHICH] = compile_plural_rule(translations.rule)
    return templates


def as_json(value: object, **_: object) -> str:
    """Return JSON, the same for the same value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def stamp(day: date | None) -> str:
    """Return a day as feeds write it (RFC 3339); the beginning of time without one."""
    moment = datetime.combine(day, time(), UTC) if day else datetime.fromtimestamp(0, UTC)
    return moment.isoformat().replace("+00:00", "Z")
