"""Rendering of views: a template, its view, the layout's view and pure functions make a file."""

from __future__ import annotations

import base64
import hashlib
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from stempress.art.social_cards import card_address, has_cards
from stempress.core.digests import digest_of
from stempress.core.errors import Fault, SiteError
from stempress.output.output_files import KeyedContent
from stempress.render.filters import filters
from stempress.render.jinja_environment import environment
from stempress.views.kinds import page_view
from stempress.views.layout import layout_view

if TYPE_CHECKING:
    from stempress.views.page import PageView
    from stempress.views.page_keys import ViewedPage
    from stempress.views.shared_leaves import Leaves


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
