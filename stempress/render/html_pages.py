"""HTML pages, feeds and other files rendered from templates, which a site may override."""

from __future__ import annotations

import base64
import hashlib
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from stempress.core.digests import digest_of
from stempress.core.errors import Fault, SiteError
from stempress.core.paths import TEMPLATES
from stempress.i18n.translations import compile_plural_rule
from stempress.output.output_files import LATE, Bundle, KeyedContent, OutputFile
from stempress.render.filters import filters
from stempress.render.jinja_codegen import FastCodeGenerator
from stempress.render.jinja_i18n import PLURAL_FORM, translate
from stempress.render.oembed import sharing_files
from stempress.views.feeds import music_feed, notes_feed, sitemap
from stempress.views.kinds import page_view
from stempress.views.layout import layout_view
from stempress.views.podcast import podcast

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from jinja2 import nodes

    from stempress.i18n.translations import Translations
    from stempress.site.excerpts import Excerpts
    from stempress.site.facts import SiteFacts
    from stempress.site.pages import Section
    from stempress.views.page import PageView
    from stempress.views.page_keys import PageKeys, ViewedPage
    from stempress.views.shared_leaves import Leaves

VERSION = 6
"""Part of the compiled templates' cache key: raised when templates compile differently."""
JINJA_GLOBALS = {"range", "dict", "namespace", "cycler", "joiner"}
"""What templates get from Jinja: not ``lipsum``, which is different every time."""


def render_site(
    leaves: Leaves, site: Path, excerpts: Excerpts, page_keys: PageKeys
) -> Iterator[OutputFile | Bundle]:
    """Yield all pages, the theme, the feeds, the sitemap, and files for hosts and robots.

    If one of the site's own templates fails, building the file raises SiteError with the template's
    name and line.
    """
    facts, renderer = leaves.facts, PageRenderer(leaves, site)

    def pages(section: Section) -> Iterator[OutputFile]:
        for viewed in page_keys.pages(section):
            key = LATE if page_keys.are_late else page_keys.page(viewed)
            render = partial(renderer.page_with_key, viewed, page_keys.layout)
            yield OutputFile(viewed.page.output, render, key)

    for section in facts.plan.sections:
        if section.kind:
            yield Bundle(section.name, page_keys.section(section), partial(pages, section))
        else:
            yield from pages(section)
    yield from _other_files(renderer, facts, page_keys)

    def sitemap_file() -> list[OutputFile]:
        pages = (page for section in facts.plan.sections for page, _ in page_keys.pages(section))
        return [_other_file(renderer, page_keys, "sitemap.xml", "sitemap.xml", sitemap(pages))]

    yield Bundle("sitemap", page_keys.sitemap, sitemap_file)
    yield from sharing_files(excerpts)


def player_files(leaves: Leaves, site: Path, page_keys: PageKeys) -> Iterator[OutputFile]:
    """Yield the pages of embedded players, and the theme: they are written with all others."""
    renderer = PageRenderer(leaves, site)
    for section in leaves.facts.plan.sections:
        if section.kind == "songs":
            for viewed in page_keys.pages(section):
                if viewed.page.template == "embed.html":
                    yield OutputFile(viewed.page.output, partial(renderer.page, viewed))
    yield _other_file(renderer, page_keys, "assets/theme.css", "theme.css", None)


def _other_files(
    renderer: PageRenderer, facts: SiteFacts, page_keys: PageKeys
) -> Iterator[OutputFile]:
    """Yield the files of templates that are no pages, but for the sitemap."""
    settings = facts.collection.settings
    views = {
        "assets/theme.css": ("theme.css", None),
        "feed.xml": ("feed.xml", notes_feed(facts)),
        "music.xml": ("music.xml", music_feed(facts)),
        **({"podcast.xml": ("podcast.xml", podcast(facts))} if settings.url else {}),
        "robots.txt": ("robots.txt", None),
        "_headers": ("headers.txt", None),
        "_redirects": ("redirects.txt", None),
    }
    for address, (template, view) in views.items():
        yield _other_file(renderer, page_keys, address, template, view)


def _other_file(
    renderer: PageRenderer, page_keys: PageKeys, address: str, template: str, view: object
) -> OutputFile:
    return OutputFile(address, partial(renderer.file, template, view), page_keys.of_view(view))


class PageRenderer:
    """Renders views. Each template is compiled once; ``site`` may override templates.

    A template is given its view, the layout's view and pure functions, and nothing else.
    """

    def __init__(self, leaves: Leaves, site: Path) -> None:
        self._leaves, self._site = leaves, site
        layout = layout_view(leaves.facts)
        self._settings = layout.settings
        self._templates = environment(site, leaves.facts.translations)
        self._templates.filters |= filters(leaves.facts.formatter)
        self._templates.filters["card"] = card_address if has_cards(self._settings) else str
        self._templates.globals |= {"site": layout, "settings": layout.settings}

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it was made from: another process compiles the templates itself."""
        return PageRenderer, (self._leaves, self._site)

    def page(self, page: ViewedPage) -> bytes:
        """Render a page; ``root`` is the relative path from it to the site's root."""
        return self._page(page_view(page.leaves, page.page))

    def page_with_key(self, page: ViewedPage, layout: str) -> KeyedContent:
        """Render a page; return its cache key as well, given the key of the layout."""
        view = page_view(page.leaves, page.page)
        return KeyedContent(self._page(view), digest_of(layout, view))

    def _page(self, view: PageView) -> bytes:
        context: dict[str, object] = {
            "page": view,
            "root": "../" * view.address.count("/") or "./",
            "url": self._absolute(view.address),
        }
        if view.address == "404.html":
            context |= self._inline("style", "404.css") | self._inline("script", "404.js")
        return self._render(view.template, context)

    def file(self, template: str, view: object) -> bytes:
        """Render a file other than a page, whose links are absolute if the site has a URL."""
        return self._render(template, {"file": view, "root": self._absolute("") or "./"})

    def _absolute(self, address: str) -> str:
        """Return a full URL if the site has a URL, else an empty text."""
        url = self._settings.url
        return f"{url.rstrip('/')}/{address}" if url else ""

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
    templates.globals = {
        name: value for name, value in templates.globals.items() if name in JINJA_GLOBALS
    }
    del templates.filters["random"]
    templates.policies["json.dumps_function"] = sorted_json
    templates.globals[PLURAL_FORM] = compile_plural_rule(translations.rule)
    return templates


def sorted_json(value: object, **_: object) -> str:
    """Return JSON with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
