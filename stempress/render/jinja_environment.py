"""Jinja's environment: templates compiled into one language, which escape all that they print."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any

import orjson
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
)

from stempress.core.cache import cache_root
from stempress.core.errors import suggestion
from stempress.core.paths import TEMPLATES
from stempress.i18n.translations import compile_plural_rule
from stempress.render.jinja_codegen import FastCodeGenerator
from stempress.render.jinja_i18n import PLURAL_FORM, translate

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

    from jinja2 import nodes

    from stempress.i18n.translations import Translations

VERSION = 6
"""Part of the compiled templates' cache key: raised when templates compile differently."""
JINJA_GLOBALS = {"range", "dict", "namespace", "cycler", "joiner"}
"""What templates get from Jinja: not ``lipsum``, which is different every time."""


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


class UnknownName(StrictUndefined):
    """A name that a view does not have: an error that lists those it has."""

    @property
    def _undefined_message(self) -> str:
        view, name = self._undefined_obj, self._undefined_name
        if self._undefined_hint or not is_dataclass(view) or not isinstance(name, str):
            return super()._undefined_message
        names = [each for each in dir(view) if _is_field(type(view), each)]
        return f"{type(view).__name__} has no attribute {name!r}: {suggestion(name, names)}"


def _is_field(view: type, name: str) -> bool:
    """Return whether a name of a view is a value, and not a method."""
    return not name.startswith("_") and not callable(getattr(view, name, None))


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
        undefined=UnknownName,
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
