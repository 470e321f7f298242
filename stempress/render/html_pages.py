"""HTML pages, feeds and other files rendered from templates, which a site may override."""

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
from stempress.render.jinja_codegen import FastCodeGenerator
from stempress.render.jinja_i18n import PLURAL_FORM, translate
from stempress.render.json_ld import linked_data
from stempress.render.oembed import embed_of, playlist_address, sharing_files, song_preview

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from datetime import date

    from jinja2 import nodes

    from stempress.i18n.translations import Translations
    from stempress.site.cache_keys import CacheKeys
    from stempress.site.pages import Page, Section
    from stempress.site.views import Views

VERSION = 4
"""Part of the compiled templates' cache key: raised when templates compile differently."""
EXTRAS = {
    "assets/theme.css": "theme.css",
    "feed.xml": "feed.xml",
    "music.xml": "music.xml",
    "robots.txt": "robots.txt",
    "_headers": "headers.txt",
    "_redirects": "redirects.txt",
}
"""Other files than pages and the sitemap, and their templates."""


def render_site(views: Views, site: Path, keys: CacheKeys) -> Iterator[OutputFile | Bundle]:
    """Yield all pages, the theme, the feeds, the sitemap, and files for hosts and robots.

    If one of the site's own templates fails, building the file raises SiteError with the template's
    name and line.
    """
    renderer = PageRenderer(views, site)

    def pages(section: Section) -> Iterator[OutputFile]:
        for page in section.pages:
            yield OutputFile(page.output, partial(renderer.page, page), keys.page(page))

    for section in views.plan.sections:
        if section.kind:
            yield Bundle(section.name, keys.section(section), partial(pages, section))
        else:
            yield from pages(section)
    for address, template in EXTRAS.items():
        yield OutputFile(address, partial(renderer.file, template), keys.everything)
    sitemap = OutputFile("sitemap.xml", partial(renderer.file, "sitemap.xml"))
    yield Bundle("sitemap", keys.sitemap, lambda: [sitemap._replace(key=keys.addresses)])
    yield from sharing_files(views.plan, views.collection, views.sounds, keys)


class PageRenderer:
    """Renders pages. Each template is compiled once; ``site`` may override templates."""

    def __init__(self, views: Views, site: Path) -> None:
        self._views, self._site, self._settings = views, site, views.collection.settings
        self._templates = environment(site, views.translations)
        self._templates.filters |= filters(views)
        self._templates.filters |= {
            "card": card_address if has_cards(self._settings) else str,
            "linked": partial(linked_data, views.collection, views.sounds),
            "playlist": playlist_address,
            "preview": partial(song_preview, views.sounds),
        }
        self._templates.globals |= {
            "app": views.app,
            "settings": self._settings,
            "collection": views.collection,
            "plan": views.plan,
            "rarity": views.rarity,
            "sounds": views.sounds,
            "views": views,
            "phrases": views.translations,
        }

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it was made from: another process compiles the templates itself."""
        return PageRenderer, (self._views, self._site)

    def page(self, page: Page) -> bytes:
        """Render a page; ``root`` is the relative path from it to the site's root."""
        context: dict[str, object] = {
            "page": page,
            "about": page.about,
            "root": "../" * page.address.count("/") or "./",
            "url": self._absolute(page.address),
            "shown": embed_of(self._settings, page),
        }
        if page.address == "404.html":
            context |= self._inline("style", "404.css") | self._inline("script", "404.js")
        return self._render(page.template, context)

    def file(self, template: str) -> bytes:
        """Render a file other than a page, at the root or one folder below."""
        context: dict[str, object] = {
            "root": self._absolute("") or "./",
            "absolute": self._absolute,
            "stamp": timestamp,
            "urn": self._urn,
        }
        return self._render(template, context)

    def _absolute(self, address: str) -> str:
        """Return a full URL if the site has a URL, else an empty text."""
        url = self._settings.url
        return f"{url.rstrip('/')}/{address}" if url else ""

    def _urn(self, address: str) -> str:
        """Return a permanent ID for a feed entry, independent of the site's URL."""
        return uuid5(NAMESPACE_URL, f"stempress:{self._settings.name}:{address}").urn

    def _inline(self, name: str, template: str) -> dict[str, object]:
        """Render an inline style or script of the 404 page, and its hash for the policy."""
        text = self._render(template, {}).decode()
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return {name: Markup(text), f"{name}_hash": f"sha256-{digest}"}  # noqa: S704 - our own template

    def _render(self, name: str, context: dict[str, object]) -> bytes:
        try:
            return self._templates.get_template(name).render(context).encode()
        except TemplateSyntaxError as error:
            self._blame(error.filename or "", error.lineno, error)
            raise
        except UnicodeDecodeError as error:
            message = f"uses a template that is not UTF-8: {error.reason} at byte {error.start}"
            raise SiteError([Fault(f"templates/{name}", message)]) from error
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            for frame in reversed(frames):
                self._blame(frame.filename, frame.lineno or 0, error)
            raise

    def _blame(self, file: str, line: int, error: Exception) -> None:
        """Raise SiteError if one of the site's own templates is at fault."""
        folder = (self._site / "templates").resolve()
        path = Path(file).resolve()
        if not path.is_relative_to(folder):
            return
        message = (
            str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
        )
        where = f"templates/{path.relative_to(folder).as_posix()}"
        fault = Fault(
            where, f"line {line}: {message}", hint="fix it, or remove it to use the built-in one"
        )
        raise SiteError([fault]) from error


class TranslatedEnvironment(Environment):
    """A Jinja environment whose templates are compiled into one language.

    Globals are merged into a single dict: looking them up in a chain of dicts is slow.
    """

    translations: Translations
    code_generator_class = FastCodeGenerator

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the names available to a template."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return translate(super()._parse(source, name, filename), self.translations)


class BytecodeCache(FileSystemBytecodeCache):
    """Cache of compiled templates, keyed by source and language."""

    def __init__(self, language: str) -> None:
        folder = cache_root() / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder))
        self._language = language

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return a template's cache key."""
        return super().get_cache_key(f"{VERSION} {self._language} {name}", filename)


def environment(site: Path, translations: Translations) -> Environment:
    """Return the environment; the site's own templates come first, and all output is escaped."""
    templates = TranslatedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(site / "templates"), FileSystemLoader(TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=BytecodeCache(translations.key),
    )
    templates.translations = translations
    templates.policies["json.dumps_function"] = sorted_json
    templates.globals[PLURAL_FORM] = compile_plural_rule(translations.rule)
    return templates


def sorted_json(value: object, **_: object) -> str:
    """Return JSON with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def timestamp(day: date | None) -> str:
    """Return a day as an RFC 3339 timestamp for feeds; the Unix epoch without a day."""
    moment = datetime.combine(day, time(), UTC) if day else datetime.fromtimestamp(0, UTC)
    return moment.isoformat().replace("+00:00", "Z")
