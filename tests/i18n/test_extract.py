"""Every sentence of the interface is in the catalogues, and catalogues are complete."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from babel.messages.jslexer import tokenize
from babel.messages.pofile import read_po
from jinja2 import nodes

from stempress.i18n import extract as catalogues
from stempress.i18n.extract import TEMPLATE, extract_messages, is_translated, serialize
from stempress.i18n.translations import LOCALE_FOLDER, PLACEHOLDER, Translations
from stempress.render.jinja_environment import environment
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

TEMPLATES = sorted((ROOT / "templates").glob("*.html"))
MODULES = sorted((ROOT / "pyodide_app" / "web").rglob("*.js"))
CATALOGUES = sorted(LOCALE_FOLDER.glob("*/LC_MESSAGES/stempress.po"))
COMPLETE = {"de", "he"}
"""Languages that every sentence is translated into; others may be on their way."""
SHOWN = {"alt", "aria-label", "aria-valuetext", "label", "placeholder", "title"}
"""Attributes that visitors see or hear."""
UNREAD = {"kind", "image", "endpoints"}
"""Blocks that become classes and addresses."""
NAMES = {"Stempress", "JavaScript", "Python", "WAV", "ISRC", "UPC", "dB"}
"""Words that are the same in every language."""
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;]? [^\W\d_]{2,}|^[A-Z][a-z]+$")
"""What is meant for people: two words, or one with a capital."""
UNSEEN = re.compile(
    r"""
    function\ \w+\(.*                           # a contract's interface
    | [.\#][\w-]+(?:\ [\w.-]+)*                # selectors
    | button(?:,\ \w+)+
    | input:not\(.*
    | \((?:pointer|prefers-[\w-]+):\ \w+\)      # media queries
    | (?:row|key|news)\ [\w-]+                  # classes
    | data:image/svg\+xml,.*
    | noopener\ noreferrer
    | Arrow | Enter | Escape | Home             # keys
    | Python                                    # what is being loaded, and what mixes
    """,
    re.VERBOSE,
)
"""Strings in modules that are for machines, from end to end."""
UNTOLD = {
    "block-stem.js": {"frame  has not arrived", "a packet is damaged"},
    "dom.js": {"the page has no "},
    "embed-policy.js": {"img-src  data: blob:"},
    "flac.js": {
        "libFLAC has aborted",
        "libFLAC is out of memory",
        "libFLAC cannot decode a frame",
    },
    "flac-frames.js": {
        "not a FLAC stream",
        "a FLAC stream without its format",
        "a FLAC frame was expected",
        "a FLAC frame is damaged",
        "a FLAC frame lies after the end",
    },
    "flac-stem.js": {
        "the beginning of the file is missing",
        "the metadata are too long",
        "the file has  , not ",
        "the file has words of  bits",
    },
    "media-types.js": {"audio/ogg; codecs=opus", "audio/ogg; codecs=vorbis"},
    "memory-layout.js": {
        "the function table has  entries, not ",
        "memory  is not the snapshot's, ",
    },
    "ogg.js": {"not an Ogg page", "an Ogg packet spans pages", "not an Opus stream"},
    "opening.js": {"the opening is too long"},
    "opus.js": {
        "libopus has aborted",
        "libopus is out of memory",
        "an Opus packet is too long",
        "libopus reports error ",
    },
    "opus-stem.js": {
        "the file has  channels, not ",
        "packets are not of 20 ms",
        "packet  has not arrived",
    },
    "page-loader.js": {
        "no page of this site",
        "a page of another kind",
        "a page of another version",
    },
    "runtime.js": {"Python's snapshot was not restored:"},
    "site.js": {"(hover: none)"},
    "style-sheets.js": {"not all", " did not load"},
    "vorbis.js": {
        "libvorbis has aborted",
        "libvorbis is out of memory",
        "libvorbis cannot decode a packet",
        "a Vorbis packet is too long",
    },
    "vorbis-headers.js": {
        "not a Vorbis stream",
        "a Vorbis stream without its setup",
        "a Vorbis stream without modes",
    },
    "vorbis-stem.js": {
        "the file has  channels, not ",
        "the file has  Hz, not ",
        "not an audio packet",
        "the last page does not say where it begins",
        "the packet before frame  has not arrived",
    },
}
"""Errors that no visitor reads: a template that lacks an element, what the router catches, and what
exactly is wrong with a damaged file."""


class Said(Translations):
    """Sentences that cannot be mistaken for words which are not in a catalogue."""

    def of(self, words: str, context: str = "") -> str:
        """Return a sentence without its words."""
        del context
        return re.sub(r"[^\W_]", "", PLACEHOLDER.sub("", re.sub(r"<[^>]*>", "", words)))

    def of_number(self, one: str, many: str) -> tuple[str, ...]:
        """Return both forms."""
        return self.of(one), self.of(many)


class Texts(HTMLParser):
    """What a visitor would read in a template."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._raw = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what attributes say."""
        self._raw = tag in {"script", "style"}
        self.texts += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        self._raw = self._raw and tag not in {"script", "style"}

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if not self._raw:
            self.texts.append(data)


def markup_of(tree: nodes.Template) -> str:
    """Return what a template writes itself, values left out."""
    for block in tree.find_all(nodes.Block):
        if block.name in UNREAD:
            block.body = []
    parts = (part for output in tree.find_all(nodes.Output) for part in output.nodes)
    return "".join(part.data if isinstance(part, nodes.TemplateData) else "\0" for part in parts)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_say_nothing_that_is_not_in_a_catalogue(path: Path) -> None:
    templates = environment(ROOT, Said(key="said"))
    tree = templates.parse(path.read_text("utf-8"), path.name)
    said = Texts(markup_of(tree)).texts
    said += [
        each.value
        for each in tree.find_all(nodes.Const)
        if isinstance(each.value, str) and SENTENCE.search(each.value)
    ]
    left = [text.strip() for text in said if set(WORD.findall(text)) - NAMES]
    assert left == []


def strings_of(module: str) -> Iterator[str]:
    """Yield the strings of a module that are not themselves given to what says a sentence."""
    brackets: list[bool] = []  # those that are open, and whether they are the ones of _( or plural(
    before = ""
    for token in tokenize(module, jsx=False):
        if token.type == "template_string":
            text, expressions = split_template(token.value[1:-1])
            yield from Texts(text).texts if "</" in text else [text]
            for expression in expressions:
                yield from strings_of(expression)
        elif token.type == "string" and brackets[-1:] != [True]:
            yield token.value[1:-1]
        elif token.value in {"(", "[", "{"}:
            brackets.append(token.value == "(" and before in {"_", "plural", "pgettext"})
        elif token.value in {")", "]", "}"} and brackets:
            brackets.pop()
        if token.type not in {"whitespace", "linecomment", "multilinecomment"}:
            before = token.value


def split_template(template: str) -> tuple[str, list[str]]:
    """Return the text of a template literal, and the expressions between ``${`` and ``}``."""
    text, *rest = template.split("${")
    expressions = []
    for part in rest:
        depth, end = 1, 0
        while end < len(part) and depth:
            depth += {"{": 1, "}": -1}.get(part[end], 0)
            end += 1
        expressions.append(part[: end - 1])
        text += part[end:]
    return text, expressions


def untranslated(name: str, module: str) -> list[str]:
    """Return what a module says to people without a catalogue."""
    return [
        text
        for text in strings_of(module)
        if SENTENCE.search(text) and not UNSEEN.fullmatch(text) and text not in UNTOLD.get(name, ())
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_say_nothing_that_is_not_in_a_catalogue(path: Path) -> None:
    assert untranslated(path.name, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ('say("Not saved yet")', ["Not saved yet"]),
        ('say(_("Not saved yet"))', []),
        ('say(_("Saved: %(name)s", { name: "no name" }))', ["no name"]),
        ('say(`${isSaved ? "Saved" : _("Not saved yet")}`)', ["Saved"]),
        ('show(`<p class="meta">Not saved <b>yet</b></p>`)', ["Not saved "]),
        ('show(`<img alt="No cover"></img>`)', ["No cover"]),
        ('show(`<p class="meta note">${_("Not saved yet")}</p>`)', []),
        ('find(".meta a")', []),
    ],
)
def test_a_sentence_without_a_catalogue_is_found_wherever_it_stands(
    module: str, found: list[str]
) -> None:
    assert untranslated("x.js", module) == found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_sentences_of_modules_stand_there_in_quotes_where_they_are_found(path: Path) -> None:
    module = path.read_text("utf-8")
    calls = re.findall(
        r"(?<![\w.])(?<!function )(?:_|pgettext)\((?!\")|(?<![\w.])plural\([^\"()]*`", module
    )
    if path.name not in {"phrases.js", "provenance.js"}:  # defines them; says what Python has found
        assert calls == []
    if re.search(r"import \{[^}]*\b_\b", module):
        assert not re.search(r"\(_, \w+\) => \{", module), "a parameter hides what says sentences"


def test_the_template_of_the_catalogues_is_up_to_date() -> None:
    assert TEMPLATE.read_bytes() == serialize(extract_messages()), "make words"


def test_a_new_language_begins_with_every_sentence_and_its_own_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogues, "LOCALE_FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "TEMPLATE", tmp_path / "stempress.pot")
    monkeypatch.setattr(sys, "argv", ["words", "pl"])
    catalogues.main()
    begun = tmp_path / "pl" / "LC_MESSAGES" / "stempress.po"
    assert len(list(messages(begun))) == len(list(messages(TEMPLATE)))
    assert "nplurals=3" in begun.read_text("utf-8")
    assert not any(is_translated(message) for message in messages(begun))
    assert capsys.readouterr().out.startswith("pl: ")


def messages(path: Path) -> Iterator[Message]:
    catalogue: Catalog = read_po(BytesIO(path.read_bytes()))
    yield from (message for message in catalogue if message.id)


def texts(words: object) -> list[str]:
    return [words] if isinstance(words, str) else [str(each) for each in words or ()]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_has_every_sentence_of_the_source(path: Path) -> None:
    wanted = {(message.context, str(message.id)) for message in messages(TEMPLATE)}
    assert {(message.context, str(message.id)) for message in messages(path)} == wanted


@pytest.mark.parametrize("language", sorted(COMPLETE))
def test_every_sentence_is_translated(language: str) -> None:
    path = LOCALE_FOLDER / language / "LC_MESSAGES" / "stempress.po"
    assert [str(each.id) for each in messages(path) if not is_translated(each)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_have_the_places_and_the_markup_of_the_source(path: Path) -> None:
    for message in filter(is_translated, messages(path)):
        source = texts(message.id)
        for form in texts(message.string):
            places = set(PLACEHOLDER.findall(form))
            assert places <= set(PLACEHOLDER.findall(" ".join(source))), form
            assert places | {"num"} >= set(PLACEHOLDER.findall(source[-1])), form
            tags = sorted(re.findall(r"<[^>]*>", form))
            assert tags == sorted(re.findall(r"<[^>]*>", source[-1])), form
