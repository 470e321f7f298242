"""Fuzzing: some random examples in `make test`, half a minute of them in `make nightly`."""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.sizes import NIGHTLY

if TYPE_CHECKING:
    from collections.abc import Callable

NIGHTLY_SECONDS = 30
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(max_size=8), values),
    max_leaves=12,
)
"""Whatever json.dumps takes."""


def fuzzed(
    *strategies: st.SearchStrategy[object], examples: int = 100
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Call a test with values of the strategies; it has no fixtures."""

    def decorate(check: Callable[..., None]) -> Callable[[], None]:
        run = settings(
            max_examples=examples,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        )(given(*strategies)(check))

        @wraps(check)
        def test() -> None:
            end = time.monotonic() + NIGHTLY_SECONDS
            run()
            while NIGHTLY and time.monotonic() < end:
                run()

        del test.__wrapped__  # pytest would look for its fixtures
        return test

    return decorate
