"""Templates of pictures, in templates/art/; a site does not override them."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stempress.core.paths import TEMPLATES


def render_svg(name: str, **context: object) -> bytes:
    """Return a picture rendered from the template with a name."""
    return _environment().get_template(name).render(context).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "art"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # else every cover asks for the time of its template
    )
