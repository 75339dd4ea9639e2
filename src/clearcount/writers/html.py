"""response.html, a page that stands alone, and response-body.html, a fragment for the force's own site.

Neither has a script. The fragment has no style either: it takes the look of the page it is pasted into, and its
headings start one level lower.
"""

from __future__ import annotations

from clearcount.model.release import Release
from clearcount.writers.content import DOWNLOADS, DRAFT, draft_lines, facts, sections
from clearcount.writers.printed import plain
from clearcount.writers.svg import inline_chart
from clearcount.writers.templating import render


def _body(release: Release, *, top: int, links: bool) -> str:
    return render(
        "body.html.j2",
        title=plain(release.title),
        draft=draft_lines(release),
        draft_word=DRAFT,
        facts=facts(release),
        sections=sections(release),
        chart=inline_chart(release),
        downloads=DOWNLOADS,
        links=links,
        top=top,
    )


def fragment(release: Release) -> bytes:
    """response-body.html: headings from level 2, file names without links, no script, no style."""
    return _body(release, top=2, links=False).encode()


def page(release: Release) -> bytes:
    """response.html: the same answer as a page with its own style, also for print."""
    text = render(
        "response.html.j2",
        title=plain(release.title),
        force=plain(release.force.name),
        department=plain(release.force.department),
        draft=draft_lines(release),
        style=render("response.css"),
        body=_body(release, top=1, links=True),
    )
    return text.encode()
