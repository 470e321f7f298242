"""Lint for promises: words that promise income or praise an investment, in English and German.

Tokens sold with such words may count as securities, so each is a warning. Negations ("not an
investment") pass. Other languages are not checked.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from stempress.core.text_files import is_refused_link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.core.errors import Findings

MUSIC = "say what holders hear, get and may do, and that a token is not an investment"
PRICE = "say how many tokens there are, not what they may be worth"
SHARE = "list who shares the income under [[splits]], and promise none of it to holders"
GOES_UP = r"(?:go(?:es|ing)?|climbs?|rises?|grows?|increases?|shoots?|soars?|doubles?|triples?)"
PHRASES = (
    (r"guaranteed?\s+(?:returns?|income|profits?|value|gains?)", MUSIC),
    (r"guarantees?\s+(?:you\s+)?(?:an?\s+|your\s+)?(?:returns?|income|profits?|gains?)", MUSIC),
    (r"passive\s+income", MUSIC),
    (r"returns?\s+on\s+(?:your\s+|the\s+|an\s+)?investments?", MUSIC),
    (r"risk[-\s]free", MUSIC),
    (r"invest(?:ments?|ors?|ing|ed|s)?", MUSIC),
    (r"(?<!non[-\s])profit(?:s|able)?", MUSIC),
    (r"dividends?", SHARE),
    (r"get(?:ting)?\s+rich", MUSIC),
    (r"financial\s+freedom", MUSIC),
    (r"make\s+(?:you\s+)?money", MUSIC),
    ((r"(?:royalt(?:y|ies)|revenues?|income)\s+(?:\w+\s+){0,3}?(?:to|with|for|among)\s+"
     r"(?:\w+\s+){0,2}?holders"), SHARE),
    ((r"holders\s+(?:\w+\s+){0,2}?(?:earn|receive|get|share)\s+(?:\w+\s+){0,3}?"
     r"(?:royalt(?:y|ies)|revenues?|income)"), SHARE),
    (r"(?:revenue|royalty|income)\s+shar(?:e|es|ing)", SHARE),
    (rf"(?:price|value|worth|floor)\s+(?:\w+\s+){{0,2}}?{GOES_UP}(?:\s+up)?", PRICE),
    (r"(?:increase|rise|grow|appreciate)s?\s+in\s+(?:price|value)", PRICE),
    (r"be\s+worth\s+(?:more|a\s+fortune|thousands|millions)", PRICE),
    (r"(?:tokens?|stems?|prices?|value|floor|coins?)\s+[^.!?\n]{0,30}?\bto\s+the\s+moon", PRICE),
    (r"garantierte[nrs]?\s+(?:renditen?|gewinne?|einkommen|einnahmen|erträge)", MUSIC),
    (r"passive[sn]?\s+einkommen", MUSIC),
    (r"rendite[n]?", MUSIC),
    (r"(?:geld|kapital|wert)anlagen?", MUSIC),
    (r"investi(?:tion(?:en)?|eren?|ert)", MUSIC),
    (r"gewinnbeteiligung(?:en)?", SHARE),
    (r"dividenden?", SHARE),
    (r"reich\s+werden", MUSIC),
    (r"wertsteigerung(?:en)?", PRICE),
    (r"im\s+(?:wert|preis)\s+steig(?:en|t)", PRICE),
    (r"(?:preis|wert)e?\s+(?:\w+\s+){0,2}?(?:steigen|steigt)", PRICE),
    ((r"(?:tantiemen|einnahmen|erlöse)\s+(?:\w+\s+){0,2}?an\s+(?:die\s+|alle\s+)?"
     r"(?:inhaber|halter|besitzer)"), SHARE),
)  # fmt: skip
CONTEXT = 300
"""How many characters before a match a negation is looked for."""
_ANY_PHRASE = re.compile(r"\b(?=\w)(?:" + "|".join(phrase for phrase, _ in PHRASES) + r")\b")
"""Whether a lower-case text has any of the phrases; much faster than finding which."""
_NEGATION = re.compile(
    r"\b(?:no|not|nor|never|neither|nothing|nobody|none|without|cannot|\w+n[\u2019']t|kein\w*|nicht|nie|"
    r"niemals|niemand|ohne|weder|noch)\b(?!\s+(?:only|just|merely|nur))",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n|[\"”]\s*\n|;|:\s|\bbut\b|\bsondern\b|\baber\b")
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


class Promise(NamedTuple):
    """A promise, the 1-based line it starts in, and advice on what to write instead."""

    line: int
    phrase: str
    advice: str


@lru_cache(maxsize=1024)
def promises(text: str) -> tuple[Promise, ...]:
    """Return the promises in a text, in order."""
    return tuple(_promises(text))


def _promises(text: str) -> Iterator[Promise]:
    for match in _phrase_pattern().finditer(text) if _ANY_PHRASE.search(text.lower()) else ():
        context = _CLAUSE_END.split(text[max(0, match.start() - CONTEXT) : match.start()])[-1]
        if not _NEGATION.search(context):
            _, advice = PHRASES[(match.lastindex or 1) - 1]
            phrase = " ".join(match[0].split())
            yield Promise(text.count("\n", 0, match.start()) + 1, phrase, advice)


@cache
def _phrase_pattern() -> re.Pattern[str]:
    """Return the pattern of all phrases, with a group for each."""
    translations = "|".join(f"({phrase})" for phrase, _ in PHRASES)
    return re.compile(rf"\b(?:{translations})\b", re.IGNORECASE)


def lint_promises(site: Path, findings: Findings) -> None:
    """Warn of promises in the artist's texts: site.toml and content/."""
    for path in _texts(site):
        where = path.relative_to(site).as_posix()
        if is_refused_link(path, where, findings):
            continue
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue  # reported when the file is parsed
        for line, phrase, advice in promises(_without_comments(path, text)):
            message = "sounds like a promise of income"
            findings.warn(where, message, key=f"line {line}", value=phrase, hint=advice)


def _texts(site: Path) -> Iterator[Path]:
    yield site / "site.toml"
    yield from sorted((site / "content").rglob("*.md"))


def _without_comments(path: Path, text: str) -> str:
    """Return TOML with its comments blanked, so that line numbers stay; Markdown unchanged."""
    return _COMMENT.sub("", text) if path.suffix == ".toml" else text
