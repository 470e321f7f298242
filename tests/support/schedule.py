"""The order of the tests, and the kinds that follow from their fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

LONGEST = (
    "test_bar",
    "test_mixer_tools",
    "test_wallet",
    "test_edge_sites",
    "test_incremental",
    "test_offline_browser",
    "test_gallery_browser",
    "test_hosts_browser",
    "test_mixer_browser",
    "test_accessibility",
    "test_digests_browser",
    "test_decode",
    "test_style_sheets",
    "test_firefox",
    "test_docs",
    "test_pipeline",
    "test_site",
    "test_sync_command",
    "test_mixer_memory",
    "test_webkit",
    "test_languages",
    "test_deploy",
    "test_motion",
    "test_alignment_browser",
    "test_pyodide",
    "test_determinism",
    "test_notch",
    "test_unixfs",
    "test_serve",
    "test_dask_cluster",
)
"""The files that take longest, about in their order."""

KINDS = {
    "chromium": "browser",
    "contracts": "chain",
    "host": "site",
    "pressed": "site",
    "preview": "posix",
}
"""Fixtures, and the marker of every test that needs them."""


def mark_kinds(items: list[pytest.Item]) -> None:
    """Mark tests by what they need."""
    for item in items:
        for fixture in KINDS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(KINDS[fixture])


def put_longest_first(items: list[pytest.Item]) -> None:
    """Begin with the longest files: at the end, one process would work on it alone."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))
