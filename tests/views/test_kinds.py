"""Views: frozen, with a digest, the same in any order; templates have nothing else."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import pytest

from stempress import views
from stempress.core.digests import digest_of
from stempress.core.errors import SiteError
from stempress.views.kinds import KINDS, page_view
from stempress.views.layout import layout_view
from stempress.views.shared_leaves import Leaves
from tests.support.small_site import SmallSite, read, small_site, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("small"))


def test_every_page_of_a_site_has_a_view_with_a_digest(small: SmallSite) -> None:
    leaves = Leaves(small.facts())
    found = {page.template for page in small.plan.pages if digest_of(page_view(leaves, page))}
    assert found == KINDS.keys() - {
        "hidden.html",
        "nothing.html",
        "provenance.html",
        "take.html",
    }
    assert digest_of(layout_view(leaves.facts))


def test_all_views_are_frozen() -> None:
    modules = [
        import_module(each.name) for each in iter_modules(views.__path__, "stempress.views.")
    ]
    kinds = [each for module in modules for each in vars(module).values() if is_dataclass(each)]
    assert len(kinds) > 20
    assert all(kind.__dataclass_params__.frozen for kind in kinds)  # type: ignore[union-attr]


def test_a_view_is_the_same_whichever_were_made_before(small: SmallSite) -> None:
    def of(order: int) -> dict[str, dict[str, Any]]:
        leaves = Leaves(small.facts())
        return {page.address: asdict(page_view(leaves, page)) for page in small.plan.pages[::order]}

    assert of(1) == of(-1)


@pytest.mark.parametrize(
    "name", ["collection", "views", "plan", "rarity", "sounds", "about", "lipsum", "self.x"]
)
def test_templates_can_ask_for_nothing_but_views(name: str, tmp_path: Path) -> None:
    small_site(tmp_path)
    write(tmp_path / "templates/page.html", f"{{{{ {name} }}}}")
    with pytest.raises(SiteError, match=r"undefined|has no"):
        read(tmp_path).render()


@pytest.mark.parametrize("field", ["page.tokens", "site.tokens", "settings.tokens"])
def test_a_field_that_a_view_does_not_have_is_an_error(field: str, tmp_path: Path) -> None:
    small_site(tmp_path)
    write(tmp_path / "templates/page.html", f"{{{{ {field} }}}}")
    with pytest.raises(SiteError, match=r"has no attribute 'tokens': .*valid: "):
        read(tmp_path).render()


def test_a_field_that_is_misspelt_is_named_rightly(tmp_path: Path) -> None:
    small_site(tmp_path)
    write(tmp_path / "templates/page.html", "\n{{ site.settings.titel }}")
    with pytest.raises(SiteError) as error:
        read(tmp_path).render()
    [fault] = error.value.faults
    says = "line 2: Settings has no attribute 'titel': did you mean 'title'? valid: "
    assert (fault.where, fault.message[: len(says)]) == ("templates/page.html", says)
