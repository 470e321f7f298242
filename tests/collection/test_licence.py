"""What licences do not permit."""

from __future__ import annotations

import pytest

from stempress.collection.licence import permits_stems


@pytest.mark.parametrize(
    "licence",
    [
        "CC BY-ND 4.0",
        "cc-by-nc-nd",
        "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0",
        "Listen and share; no remixes.",
        "The music may not be sampled or sold.",
        "You must not modify it.",
        "All rights reserved. No downloads.",
        "Keine Bearbeitungen.",
    ],
)
def test_licences_that_keep_stems_back(licence: str) -> None:
    assert not permits_stems(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "",
        "CC BY 4.0",
        "CC BY-NC 4.0. Holders may also use their own stems and mixes commercially.",
        "All rights reserved.",
        "Remix it, and note the changes; do not sell it.",
        "Modify and download as you like.",
    ],
)
def test_licences_that_do_not(licence: str) -> None:
    assert permits_stems(licence)
