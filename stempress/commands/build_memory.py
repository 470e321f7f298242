"""What a preview remembers from one build to the next. A single build begins with nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stempress.audio.stem_facts import KnownFacts
    from stempress.output.input_hash import KnownDigests
    from stempress.output.records import Records


@dataclass(frozen=True, slots=True)
class BuildMemory:
    """The records of the site's folders, digests of its input files, and facts of its stems.

    Only builds change it, one at a time.
    """

    records: Records
    digests: KnownDigests = field(default_factory=dict)
    facts: KnownFacts = field(default_factory=dict)
