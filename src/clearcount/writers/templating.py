"""The templates of the room: escaped by default, and an unknown name is an error, not a blank."""

from __future__ import annotations

from functools import cache

import jinja2

from clearcount.writers.printed import plain


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("clearcount.writers"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["plain"] = plain
    return environment


def render(name: str, /, **values: object) -> str:
    """Return the template `name` of `templates/`, filled in."""
    return _environment().get_template(name).render(**values)
