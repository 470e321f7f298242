"""Hostile texts stay text in pages, feed, pictures and data, or are rejected."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings, SiteError
from stempress.core.slugs import slugify
from stempress.render.markdown import TAGS, render_markdown
from tests.support.blind_site import write_sealed_track
from tests.support.sizes import sized
from tests.support.small_site import read, small_site, write, write_small_site, xml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press

HARMLESS = "Words"
HOSTILE = (
    """<script>alert(1)</script>"'>{{7*7}}{% raw %}]]>&amp;&<!--<img src=x onerror=a()>--></svg>"""
)
ODD = "🎵👩\u200d👩\u200d👧 e\u0301 \u0301 \u200f\u05e9\u05dc\u05d5\u05dd\ufe0f \U0001f3f4\u2028."
REFUSED = ("\\u0000", "\\u0007", "\\u001b", "\\u007f", "\\u009b", "\\u202e", "\\u2066", "\\ufffe")
FRONT = (
    "site.toml",
    "content/index.md",
    "content/pages/about.md",
    "content/notes/first.md",
    "content/albums/tides/index.md",
    "content/albums/tides/one.md",
    "content/tokens.json",
)
ONE = "content/albums/tides/one.md"
MORE = {
    "site.toml": ("label",),
    "content/albums/tides/index.md": ("label",),
    ONE: ("genre", "copyright"),
}
"""Keys that the small site has not, at the beginning of the file's first table."""


@dataclass
class Shape(HTMLParser):
    """A page without its words: tags, the names of their attributes, and where they lead."""

    text: str
    tags: list[tuple[str, ...]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, *sorted(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_endtag(self, tag: str) -> None:
        """Note where an element ends."""
        self.tags.append((f"/{tag}",))

    def handle_comment(self, data: str) -> None:
        """Refuse comments: the templates leave none."""
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.words.append(data)


@dataclass(frozen=True)
class Dist:
    """A site that came out of the front door."""

    folder: Path

    def texts(self, suffix: str) -> dict[str, str]:
        """Return the files with a suffix."""
        return {
            path.relative_to(self.folder / "dist").as_posix(): path.read_text(encoding="utf-8")
            for path in sorted((self.folder / "dist").rglob(f"*{suffix}"))
        }

    @property
    def pages(self) -> list[Shape]:
        """Every page, in the order of the plan: addresses differ with the words in them."""
        outputs = [page.output for page in read(self.folder).plan.pages]
        texts = self.texts(".html")
        assert texts.keys() == {*outputs}
        return [Shape(texts[output]) for output in outputs]

    def xml_shapes(self, suffix: str) -> list[list[tuple[str, ...]]]:
        """Return elements and attributes of every XML file with a suffix."""
        return sorted(
            [(element.tag, *sorted(element.attrib)) for element in xml(text).iter()]
            for text in self.texts(suffix).values()
        )


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, press_small: Press) -> Dist:
    return press_with(HARMLESS, tmp_path_factory.mktemp("plain"), press_small)


def press_with(word: str, site: Path, press: Press) -> Dist:
    """Press a site with a word in every text."""
    write_site_with(word, site)
    assert press(site) == 0
    return Dist(site)


def write_site_with(word: str, site: Path) -> None:
    """Write a site with a word in every text."""
    write_small_site(site, word, url="https://small.example/", body=word)
    quoted = json.dumps(f"Words {word}", ensure_ascii=False)
    for name, keys in MORE.items():
        first, rest = (site / name).read_text("utf-8").split("\n", 1)
        lines = "".join(f"{key} = {quoted}\n" for key in keys)
        write(site / name, f"{first}\n{lines}{rest}")
    with (site / "site.toml").open("a", encoding="utf-8") as file:
        file.write(f"[[artists]]\nname = {quoted}\n")
    with_artist = (
        (site / ONE)
        .read_text("utf-8")
        .replace("+++\n", f'+++\nartist = "{slugify(f"Words {word}")}"\n', 1)
    )
    write(site / ONE, with_artist)
    write(site / "content/albums/tides/one.lrc", f"[00:00.10]{word}\n[00:00.50]Words {word}")
    write(site / "content/albums/tides/two.lyrics.txt", f"Words {word}")
    write_sealed_track(site, f"Words {word}", word)


def keys(node: object) -> object:
    """Return a parsed JSON file without its values; objects keyed by names as lists."""
    if isinstance(node, dict):
        return [keys(value) for value in node.values()]
    return [keys(value) for value in node] if isinstance(node, list) else type(node).__name__


@pytest.mark.parametrize("word", [HOSTILE, ODD], ids=["markup", "odd"])
def test_hostile_texts_change_nothing_but_text(
    word: str, plain: Dist, tmp_path: Path, press_small: Press
) -> None:
    dist = press_with(word, tmp_path, press_small)
    for page, model in zip(dist.pages, plain.pages, strict=True):
        assert page.tags == model.tags
        assert all(re.match(r"https://|[^:]*$", link) for link in page.links)
    home = "".join(dist.pages[0].words)
    assert f"Small Hours {unicodedata.normalize('NFC', word)}" in home
    for suffix in (".xml", ".svg"):
        assert dist.xml_shapes(suffix) == plain.xml_shapes(suffix)
    shapes = [
        sorted(str(keys(json.loads(text))) for text in each.texts(".json").values())
        for each in (dist, plain)
    ]
    assert shapes[0] == shapes[1]
    for name in ("robots.txt", "assets/theme.css"):
        assert (tmp_path / "dist" / name).read_bytes() == (
            plain.folder / "dist" / name
        ).read_bytes()


def test_texts_may_be_very_long(plain: Dist, tmp_path: Path, press_small: Press) -> None:
    write_site_with(HARMLESS, tmp_path)
    long = "very long " * 2000
    for name in FRONT[:-1]:
        path = tmp_path / name
        text = path.read_text(encoding="utf-8")
        names = "title|description|symbol|license|role|notes|key|label|genre|copyright"
        names += "|artist" if name == "site.toml" else ""  # elsewhere it is a slug
        fields = rf'^({names}) = "(.*)"'
        write(path, re.sub(fields, rf'\1 = "\2 {long}"', text, flags=re.MULTILINE))
    assert press_small(tmp_path) == 0
    assert [page.tags for page in Dist(tmp_path).pages] == [page.tags for page in plain.pages]


@pytest.mark.parametrize("name", FRONT)
def test_control_characters_are_rejected_in_every_text(name: str, tmp_path: Path) -> None:
    write_small_site(tmp_path)
    path = tmp_path / name
    text = path.read_text(encoding="utf-8")
    for at, found in enumerate(re.finditer(r'[=:] "(?=[^"])', text)):
        held = REFUSED[at % len(REFUSED)]
        write(path, text[: found.end()] + held + text[found.end() :])
        findings = Findings()
        read_collection(tmp_path, read_settings(tmp_path, findings), findings)
        assert len(findings.faults) == 1
        assert findings.faults[0].message in (
            "must not contain control characters",
            "is not an Ethereum address",
        )


@given(st.text(max_size=40))
@example("\u202e")
@example("___")
@settings(max_examples=20, deadline=None, database=None)
def test_any_text_is_rejected_or_built(
    plain_shapes: list[list[tuple[str, ...]]],
    tmp_path_factory: pytest.TempPathFactory,
    words: str,
) -> None:
    assume(len(slugify(words).encode()) < 200)  # or no disk could hold the stems' files
    assert shapes_of(tmp_path_factory.mktemp("any"), words) in ([], plain_shapes)


@pytest.fixture(scope="module")
def plain_shapes(tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[str, ...]]]:
    return shapes_of(tmp_path_factory.mktemp("model"), HARMLESS)


def shapes_of(site: Path, words: str) -> list[list[tuple[str, ...]]]:
    """Return the elements of every page of a site with these words; of none if it is refused."""
    try:
        files = small_site(site, words).render()
    except SiteError:
        return []
    assert len(xml(files["feed.xml"]))
    return [Shape(text).tags for address, text in files.items() if address.endswith(".html")]


@given(st.text("<>\"'&;[]()!*_`#:/ \n\tajs=\\{}", max_size=80))
@settings(max_examples=sized(60, nightly=500), deadline=None, database=None)
def test_markdown_gives_only_allowed_elements(text: str) -> None:
    page = Shape(render_markdown(text, "../", 1))
    for tag, *attributes in page.tags:
        assert tag.removeprefix("/") in TAGS
        assert {*attributes} <= {"href", "title", "rel", "start"}
    assert not any(":" in link.split("/", 1)[0] for link in page.links)
