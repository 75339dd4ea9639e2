"""response-body.html of a bundle, made ready for a page of this site.

The fragment is checked, not cleaned: an element or attribute that a bundle never has is a reason to refuse it. Then its
headings move up one level (its title is the page's own). Months are grouped under their years where the bundle did not
do that. File names become links, and links to other sites send no referrer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser

_ELEMENTS_WORDS = """
article section h2 h3 h4 h5 p ul ol li dl dt dd div table caption colgroup thead tbody tfoot tr th td figure figcaption
a blockquote strong em abbr code br span svg title desc defs pattern rect line text tspan g path polyline
circle
"""
ELEMENTS = frozenset(_ELEMENTS_WORDS.split())
_ATTRIBUTES_WORDS = """
id class dir lang role tabindex scope colspan rowspan span headers href aria-label aria-labelledby aria-describedby
xmlns viewbox width height x y x1 y1 x2 y2 cx cy r d points fill stroke stroke-width stroke-dasharray
stroke-linecap font-size font-family font-weight text-anchor dominant-baseline transform patternunits
patterntransform abbr focusable aria-hidden title
"""
ATTRIBUTES = frozenset(_ATTRIBUTES_WORDS.split())
_SVG_NAMES = {"viewbox": "viewBox", "patternunits": "patternUnits", "patterntransform": "patternTransform"}
_MONTH = re.compile(r"^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})( \[p\])?$")


class FragmentError(Exception):
    """A fragment that is not what a bundle holds."""


def prepared(html: str, files: Mapping[str, str]) -> str:
    """Return `html` ready for the page; `files` maps a file name to the address where it can be fetched.

    Raises:
        FragmentError: for an element, attribute or address that a bundle never has, or tags that do not match.
    """
    parser = _Preparer(files)
    parser.feed(html)
    parser.close()
    if parser.open:
        raise FragmentError(f"response-body.html: <{parser.open[-1]}> is not closed")
    return "".join(parser.out)


class _Preparer(HTMLParser):
    def __init__(self, files: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[str] = []
        self._files = files
        self._skipping_title = False
        self._head: list[str] | None = None
        self._head_starts = 0
        self._grouped = False
        self._counts_table = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._check(tag, attrs)
        if tag == "br":
            self.out.append("<br>")
            return
        self.open.append(tag)
        if tag == "h2":
            self._skipping_title = True
        elif self._skipping_title:
            raise FragmentError("response-body.html: the title holds markup")
        else:
            if tag == "thead" and self._counts_table:
                self._head, self._head_starts, self._grouped = [], len(self.out), False
            elif tag == "th" and self._head is not None:
                self._head.append("")
                self._grouped |= any(name in ("colspan", "rowspan") for name, _ in attrs)
            self.out.append(f"<{_start(tag, attrs)}>")
        if tag == "table":
            self._counts_table = any(name == "id" and (value or "").startswith("cc-table-") for name, value in attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._check(tag, attrs)
        if tag == "br" or "svg" in self.open:
            self.out.append(f"<{_start(tag, attrs)}/>")
        else:
            raise FragmentError(f"response-body.html: <{tag}/> closes itself")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            raise FragmentError(f"response-body.html: </{tag}> closes nothing")
        self.open.pop()
        if tag == "h2":
            self._skipping_title = False
        else:
            self.out.append(f"</{_promoted(tag)}>")
        if tag == "thead" and self._head is not None:
            if not self._grouped:
                self.out[self._head_starts :] = [grouped_head(self._head)]
            self._head = None

    def handle_data(self, data: str) -> None:
        if self._skipping_title:
            return
        if self._head is not None:
            if self._head:
                self._head[-1] += data.strip("\n")
            self.out.append(escape(data))
            return
        name, colon, rest = data.partition(":")
        if colon and self.open[-1:] == ["li"] and name in self._files:
            self.out.append(f'<a href="{escape(self._files[name])}" download>{escape(name)}</a>:{escape(rest)}')
        else:
            self.out.append(escape(data))

    def handle_comment(self, data: str) -> None:
        raise FragmentError("response-body.html holds a comment; a bundle has none")

    def handle_decl(self, decl: str) -> None:
        raise FragmentError("response-body.html is a page; it must be the fragment of a bundle")

    def handle_pi(self, data: str) -> None:
        self.handle_decl(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_decl(data)

    def _check(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            raise FragmentError(f"response-body.html holds <{tag}>, which a bundle never has")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                raise FragmentError(
                    f"response-body.html holds the attribute {name} on <{tag}>, which a bundle never has"
                )
            if name == "href" and not (value or "").startswith(("https://", "mailto:", "#")):
                raise FragmentError(
                    "response-body.html links to something that is neither https, mailto nor a place in it"
                )
            if name in {"fill", "stroke"} and "url(" in (value or "") and not (value or "").startswith("url(#"):
                raise FragmentError(f"response-body.html: {name} on <{tag}> points outside the fragment")


def _start(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    if tag == "a":
        attrs = [*attrs, ("rel", "noreferrer"), ("referrerpolicy", "no-referrer")]
    return f"{_promoted(tag)}{_attributes(attrs)}"


def _promoted(tag: str) -> str:
    return f"h{int(tag[1]) - 1}" if tag in {"h3", "h4", "h5"} else tag


def _attributes(attrs: list[tuple[str, str | None]]) -> str:
    return "".join(f' {_SVG_NAMES.get(name, name)}="{escape(value or "")}"' for name, value in attrs)


def grouped_head(headings: list[str]) -> str:
    """Return the head of a table: years over months when the columns are months, else one row.

    Each year spans its months with `scope=colgroup`, so a screen reader says the year with every cell.
    """
    months = [_MONTH.match(heading) for heading in headings]
    if not any(months):
        cells = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
        return f"<thead>\n<tr>{cells}</tr>\n</thead>"
    years: list[tuple[str, int]] = []
    groups, upper, lower = "", "", ""
    for month in months:
        if month is None:
            years.append(("", 1))
        elif years and years[-1][0] == month[2]:
            years[-1] = (month[2], years[-1][1] + 1)
        else:
            years.append((month[2], 1))
    place = 0
    for year, span in years:
        groups += f'<colgroup span="{span}"></colgroup>'
        if year:
            upper += f'<th scope="colgroup" colspan="{span}" class="cc-year">{year}</th>'
            for column in range(place, place + span):
                month = months[column]
                assert month is not None
                lower += f'<th scope="col"{_first(column == place)}>{month[1]}{month[3] or ""}</th>'
        else:
            upper += f'<th scope="col" rowspan="2">{escape(headings[place])}</th>'
        place += span
    return f"{groups}\n<thead>\n<tr>{upper}</tr>\n<tr>{lower}</tr>\n</thead>"


def _first(is_first: bool) -> str:
    return ' class="cc-year-starts"' if is_first else ""
