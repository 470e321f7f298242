"""Excerpts: a bundle's pages show what they would show if they were viewed from the whole site."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest

from stempress.audio.results import MixDigest, Opening
from stempress.core.digests import digest_of
from stempress.site.excerpt import Excerpts
from stempress.views.kinds import page_view
from stempress.views.page_keys import PageKeys
from stempress.views.shared_leaves import Leaves
from tests.support.small_site import NOTHING, SmallSite, read, small_site, write

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


@pytest.fixture
def full(tmp_path: Path) -> SmallSite:
    """Return a site whose sound has everything that sound may have."""
    small_site(tmp_path, url="https://tides.example/")
    write(tmp_path / "stems/one/drums/live.svg", PICTURE)
    site = read(tmp_path)
    sounds, slugs = site.sounds, list(site.sounds.songs)
    file, digest = next(iter(sounds.stems.values())).stream, MixDigest("0" * 64, 48000, 384000)
    filled = replace(
        sounds,
        digests=dict.fromkeys(sounds.previews, digest),
        stream_digests=dict.fromkeys(sounds.previews, digest),
        openings=dict.fromkeys(slugs, Opening(file, (1.0,), (file,))),
        lossless=sounds.songs,
        streamed=frozenset(slugs),
    )
    assert all(getattr(filled, field.name) for field in fields(filled))
    return replace(site, sounds=filled)


def test_pages_of_bundles_show_what_they_would_from_the_whole_site(full: SmallSite) -> None:
    leaves = Leaves(full.facts())
    keys, count = PageKeys(leaves, NOTHING), 0
    for section in full.plan.sections:
        if section.kind:
            viewed = keys.pages(section)
            assert [page.address for page, _ in viewed] == [page.address for page in section.pages]
            for (page, excerpt), same in zip(viewed, section.pages, strict=True):
                assert page_view(excerpt, page) == page_view(leaves, same)
                count += 1
    assert count > 50


def test_an_excerpt_has_another_digest_only_if_something_in_it_changes(full: SmallSite) -> None:
    one, two = full.collection.songs
    before = Excerpts(full.facts())
    token = next(token for token in full.collection.tokens if token.song == "two")
    others = tuple(each for each in full.collection.tokens if each is not token)
    ledger = replace(full.collection.ledger, tokens=others)
    fewer = replace(full, collection=replace(full.collection, ledger=ledger))
    after = Excerpts(fewer.facts())
    assert digest_of(before.of_song(one)) == digest_of(after.of_song(one))
    assert digest_of(before.of_song(two)) != digest_of(after.of_song(two))
    assert digest_of(before.without_texts) != digest_of(after.without_texts)
