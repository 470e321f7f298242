"""Excerpts: what is made from them is what would be made from the whole site."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

import pytest

from stempress.art.covers import CoverRenderer, sleeve_colours
from stempress.audio.results import MixDigest, Opening
from stempress.render.gallery_index import gallery_data
from stempress.render.ledger_data import tokens_data
from stempress.render.rarity_data import rarity_data
from stempress.render.song_data import song_data
from stempress.render.token_metadata import token_metadata
from stempress.views.kinds import page_view
from stempress.views.page_keys import PageKeys
from stempress.views.shared_leaves import Leaves
from tests.support.small_site import SmallSite, read, small_site, write

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.site.excerpts import Excerpts

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
        stem_previews=dict.fromkeys(sounds.stems, file),
        videos=dict.fromkeys(sounds.previews, file),
        openings=dict.fromkeys(slugs, Opening(file, (1.0,), (file,))),
        lossless=sounds.songs,
        takes={"encore": digest.sha256},
        streamed=frozenset(slugs),
    )
    assert all(getattr(filled, field.name) for field in fields(filled))
    return replace(site, sounds=filled)


def test_pages_of_bundles_show_what_they_would_from_the_whole_site(full: SmallSite) -> None:
    leaves = Leaves(full.facts())
    keys, count = PageKeys(leaves, full.excerpts, ""), 0
    for section in full.plan.sections:
        if section.kind:
            viewed = keys.pages(section)
            assert [page.address for page, _ in viewed] == [page.address for page in section.pages]
            for (page, excerpt), same in zip(viewed, section.pages, strict=True):
                assert asdict(page_view(excerpt, page)) == asdict(page_view(leaves, same))
                count += 1
    assert count > 50


def test_an_excerpt_has_another_digest_only_if_something_in_it_changes(full: SmallSite) -> None:
    before = full.excerpts
    token = next(token for token in full.collection.tokens if token.song == "two")
    others = tuple(each for each in full.collection.tokens if each is not token)
    ledger = replace(full.collection.ledger, tokens=others)
    after = replace(full, collection=replace(full.collection, ledger=ledger)).excerpts
    assert before.song_with_tokens("one").key == after.song_with_tokens("one").key
    assert before.song_with_tokens("two").key != after.song_with_tokens("two").key
    assert before.song("two").key == after.song("two").key
    assert before.songs.key == after.songs.key
    assert before.everything.key != after.everything.key


def test_pages_of_tokens_depend_on_their_own_owners_alone(full: SmallSite) -> None:
    def with_owner_of(song: str) -> Excerpts:
        tokens = full.collection.tokens
        token = next(each for each in tokens if each.song == song and each.state != "unrevealed")
        owners = {**full.collection.ledger.owners, token.id: {"0x" + "12" * 20: 1}}
        ledger = replace(full.collection.ledger, owners=owners)
        return replace(full, collection=replace(full.collection, ledger=ledger)).excerpts

    before, after = full.excerpts.token_pages("one").key, with_owner_of("two")
    assert after.token_pages("one").key == before
    assert after.token_pages("two").key != full.excerpts.token_pages("two").key
    assert with_owner_of("one").token_pages("one").key != before


def test_data_and_covers_from_excerpts_are_those_of_the_whole_site(full: SmallSite) -> None:
    sounds = replace(full.sounds, openings={}, streamed=frozenset())  # there are no files to read
    full = replace(full, sounds=sounds)
    facts, excerpts = full.facts(), full.excerpts
    collection, sounds, table = facts.collection, facts.sounds, facts.plan.tokens
    for song in collection.songs:
        source, pages = excerpts.song(song.slug), facts.plan.variations[song.slug]
        (own_pages,) = source.facts.plan.variations.values()
        expected = song_data(collection, pages, sounds)
        assert song_data(source.collection, own_pages, source.sounds) == expected
    for slug, tokens in excerpts.tokens.items():
        source = excerpts.song(slug) if slug else excerpts.albums
        for token in tokens:
            about = table[token]
            expected = token_metadata(collection, sounds, about, str)
            assert token_metadata(source.collection, source.sounds, about, str) == expected
    everything = excerpts.everything
    assert gallery_data(everything.collection) == gallery_data(collection)
    assert tokens_data(everything.collection, everything.tokens) == tokens_data(collection, table)
    expected = rarity_data(facts.plan, facts.rarity)
    assert rarity_data(everything.facts.plan, everything.facts.rarity) == expected
    sleeves = sleeve_colours(collection.songs)
    whole = CoverRenderer(collection, sounds, sleeves)
    for song in collection.songs:
        source = excerpts.song(song.slug)
        part = CoverRenderer(source.collection, source.sounds, {song.slug: sleeves[song.slug]})
        assert part.song(song) == whole.song(song)
        for variation in facts.plan.variations[song.slug].shown:
            assert part.variation(song, variation) == whole.variation(song, variation)
