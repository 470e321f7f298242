"""Views of the pages that the artist writes: documents and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.documents import Document
from stempress.i18n.number_format import summarize
from stempress.site.addresses import address_of
from stempress.views.page import PageView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from stempress.site.pages import Page
    from stempress.views.leaves import SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves

SUMMARY, LONG_SUMMARY = 200, 320
"""Characters of a note's first words on the home page, and in the list of all notes."""


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note in a list; ``summary`` are its first words, as plain text."""

    title: str
    address: str
    date: date | None
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPageView(PageView):
    """A page of the artist's own; ``body`` is Markdown."""

    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePageView(DocumentPageView):
    """A note, and the songs it is about."""

    date: date | None
    songs: tuple[SongLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesPageView(PageView):
    """All notes, the newest first."""

    notes: tuple[NoteLine, ...]


def document_page(_: Leaves, page: Page, head: Head) -> DocumentPageView:
    """Return the view of a document."""
    return DocumentPageView(**head, body=page.subject(Document).body)


def note_page(leaves: Leaves, page: Page, head: Head) -> NotePageView:
    """Return the view of a note."""
    note = page.subject(Document)
    songs = tuple(leaves.song(leaves.facts.collection.song(slug)) for slug in note.songs)
    return NotePageView(**head, body=note.body, date=note.date, songs=songs)


def notes_page(leaves: Leaves, _: Page, head: Head) -> NotesPageView:
    """Return the view of the list of notes."""
    return NotesPageView(**head, notes=note_lines(leaves.facts.collection.notes, LONG_SUMMARY))


def note_lines(notes: Sequence[Document], limit: int) -> tuple[NoteLine, ...]:
    """Return notes as lists show them, with so many characters of each."""
    return tuple(
        NoteLine(note.title, address_of(note), note.date, summarize(note.body, limit))
        for note in notes
    )
