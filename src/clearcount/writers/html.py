"""response.html, a page that stands alone, and response-body.html, a fragment for the force's own site.

Neither has a script. The fragment has no style either: it takes the look of the page it is pasted into, and its
headings start one level lower.
"""

from __future__ import annotations

from functools import cache

import jinja2

from clearcount.model.release import Release
from clearcount.writers.content import DOWNLOADS, DRAFT, draft_lines, facts, sections
from clearcount.writers.printed import plain
from clearcount.writers.svg import inline_chart


@cache
def _templates() -> jinja2.Environment:
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


def _body(release: Release, *, top: int, links: bool) -> str:
    return _templates().get_template("body.html.j2").render(
        title=plain(release.title),
        draft=draft_lines(release),
        draft_word=DRAFT,
        facts=facts(release),
        sections=sections(release),
        chart=inline_chart(release),
        downloads=DOWNLOADS,
        links=links,
        top=top,
    )  # fmt: skip


def fragment(release: Release) -> bytes:
    """response-body.html: headings from level 2, file names without links, no script, no style."""
    return _body(release, top=2, links=False).encode()


def page(release: Release) -> bytes:
    """response.html: the same answer as a page with its own style, also for print."""
    templates = _templates()
    text = templates.get_template("response.html.j2").render(
        title=plain(release.title),
        force=plain(release.force.name),
        department=plain(release.force.department),
        draft=draft_lines(release),
        style=templates.get_template("response.css").render(),
        body=_body(release, top=1, links=True),
    )
    return text.encode()
