"""The body of an answer in the order in which people read it: the answer, the files, the request, the method.

The body is the prepared fragment of a bundle: an article of flat sections. No number and no word changes. The method
is folded below the answer.
"""

from __future__ import annotations

import re
from html import unescape

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

_SECTION = re.compile(r'<section aria-labelledby="([^"]+)">.*?</section>\n?', re.DOTALL)
_FACTS = re.compile(r"<dl>\n<dt>.*?</dl>\n", re.DOTALL)
_HEADING = re.compile(r'<h2[^>]* id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)
_LEVEL = re.compile(r"(</?h)([23])(?=[ >])")
_ANSWER, _FIGURES = "cc-answer-as-asked", "cc-figures"
_METHOD = (
    "cc-data-source",
    "cc-data-processing",
    "cc-method",
    "cc-quality",
    "cc-small-numbers",
    "cc-notes",
    "cc-to-repeat-this",
)


def arranged(html: str, *, files: str) -> str:
    """Return `html` with the answer first, then `files`, then the rest; how it was made is folded.

    A body that is not an article of flat sections comes back as it is, with `files` behind it.
    """
    sections = {match[1]: match[0] for match in _SECTION.finditer(html)}
    start, end = html.find("<section"), html.rfind("</section>")
    if _ANSWER not in sections or html.count("<section") != len(sections) or "<article" not in html[:start]:
        return html + files
    head, tail = html[:start], html[end:].removeprefix("</section>").lstrip("\n")
    facts = _FACTS.search(head)
    head = _FACTS.sub("", head, count=1)
    told = "".join(sections[name] for name in _METHOD if name in sections)
    others = [text for name, text in sections.items() if name not in (_ANSWER, _FIGURES, *_METHOD)]
    rights = [text for text in others if 'aria-labelledby="cc-your-rights"' in text]
    rest = [text for text in others if text not in rights]
    about = _section("cc-about", _("About this answer"), facts[0]) if facts else ""
    answer = sections[_ANSWER] + sections.get(_FIGURES, "")
    return "".join([head, answer, files, about, *rest, _folded(told), *rights, tail])


def headings(html: str) -> list[tuple[str, str]]:
    """Return the place and the words of each heading of the second level."""
    return [(place, unescape(strip_tags(words))) for place, words in _HEADING.findall(html)]


def _section(place: str, words: str, body: str) -> str:
    return f'<section aria-labelledby="{place}">\n<h2 id="{place}">{words}</h2>\n{body}</section>\n'


def _folded(told: str) -> str:
    if not told:
        return ""
    deeper = _LEVEL.sub(lambda tag: f"{tag[1]}{int(tag[2]) + 1}", told)
    summary = f"<summary>{_('Show the source, the method and the notes')}</summary>"
    return _section("cc-how", _("How this was counted"), f'<details class="cc-fold">{summary}\n{deeper}</details>\n')
