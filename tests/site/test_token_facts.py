"""Facts of tokens are computed once, however many files state them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stempress.collection.traits import traits_of
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.collection.traits import Trait
    from tests.conftest import Press


def test_a_build_computes_the_facts_of_every_token_once(
    tmp_path: Path, press_small: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: Counter[str] = Counter()

    def counted(collection: Collection, token: Token) -> tuple[Trait, ...]:
        computed[token.id] += 1
        return traits_of(collection, token)

    monkeypatch.setattr("stempress.site.token_facts.traits_of", counted)
    write_small_site(tmp_path, language="de")
    assert press_small(tmp_path, "--jobs", "1") == 0
    assert len(computed) == 11
    assert set(computed.values()) == {1}
