"""response.html, a page that stands alone, and response-body.html, a fragment for the force's own site.

Neither has a script. The fragment has no style either: it takes the look of the page it is pasted into, and its
headings start one level lower.
"""

from __future__ import annotations

from clearcount.writers.blocks import DRAFT
from clearcount.writers.content import downloads, draft_lines, facts, sections
from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.svg import inline_chart
from clearcount.writers.templating import render


def _body(release: PrintedRelease, *, top: int, links: bool) -> str:
    return render(
        "body.html.j2",
        title=release.title,
        draft=draft_lines(release),
        draft_word=DRAFT,
        facts=facts(release),
        sections=sections(release),
        chart=inline_chart(release),
        downloads=downloads(release),
        links=links,
        top=top,
    )


def fragment(release: PrintedRelease) -> bytes:
    """Return response-body.html: headings from level 2, file names without links, no script, no style."""
    return _body(release, top=2, links=False).encode()


def page(release: PrintedRelease) -> bytes:
    """Return response.html: the same answer as a page with its own style, also for print."""
    text = render(
        "response.html.j2",
        title=release.title,
        force=release.force.name,
        department=release.force.department,
        draft=draft_lines(release),
        style=render("response.css"),
        body=_body(release, top=1, links=True),
    )
    return text.encode()
