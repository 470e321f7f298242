"""What a collection's licence, a text in the artist's own words, does not permit."""

from __future__ import annotations

import re

_NO_STEMS = re.compile(
    r"\bCC[ -]BY(-NC)?-ND\b"
    r"|\bno[ -]?derivatives?\b|\bno derivative works?\b"
    r"|\b(no|without) (remix(es|ing)?|sampling|stems?|edits|editing|downloads?|downloading)\b"
    r"|\b(not|never) (be )?(remix|sample|edit|alter|modify|modifie|adapt|download)(e?d)?\b"
    r"|\bkeine (Bearbeitung|Remix|Sampl|Veränderung|Download)\w*",
    re.IGNORECASE,
)


def permits_stems(licence: str) -> bool:
    """Return whether stems may be handed to others for music of their own.

    They may not where the licence says in so many words that the music is not to be changed, as
    Creative Commons' NoDerivatives do, or not to be downloaded.
    """
    return not _NO_STEMS.search(licence)
