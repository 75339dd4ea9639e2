"""Pages, files and feeds of the disclosure log. Everything here reads the public database only."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from clearcount_web.disclosure_log import queries, seals
from clearcount_web.disclosure_log.arranging import arranged, headings
from clearcount_web.disclosure_log.models import File, Release, Version
from clearcount_web.ground.errors import page as error_page
from clearcount_web.site import cookies
from clearcount_web.site.actions import counted
from clearcount_web.site.shared import same_for_everybody, sent_small

PAGE_SIZES = (20, 50, 100)
FEED_LENGTH = 50


_FOR_PEOPLE = (
    ("response.docx", _lazy("Letter"), "Word"),
    ("counts.ods", _lazy("Spreadsheet"), "ODS"),
    ("counts.xlsx", _lazy("Spreadsheet"), "Excel"),
    ("counts.csv", _lazy("Table for programs"), "CSV"),
)


@require_safe
@partial(same_for_everybody, stamp=queries.last_change)
@counted("disclosure log")
def releases(request: HttpRequest) -> HttpResponse:
    """Return every published answer; `q` words, `offence` code, `year` covered, `size` a page."""
    words = request.GET.get("q", "").strip()[:200]
    code = request.GET.get("offence", "")[:40]
    year = request.GET.get("year", "")
    found = queries.found(
        words=words, code=code, year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    )
    size = _page_size(request)
    if request.META.get("STATIC_SITE"):
        size = max(1, found.count())  # static files have one page: nothing can be asked of them
    page = Paginator(queries.with_seals(found), size).get_page(request.GET.get("page"))
    page.object_list = queries.sealed(page.object_list)
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "page": page,
        "words": words,
        "code": code,
        "year": year,
        "sizes": PAGE_SIZES,
        "size": size,
        "searched": bool(words or code or year),
        "offences": _options(queries.offence_choices(), chosen=code),
        "years": queries.year_choices(),
        "asked": asked.urlencode(),
    }
    response = render(request, "disclosure_log/list.html", context)
    if request.GET.get("size") == str(size) and cookies.choice(request):
        cookies.remember(response, cookies.LIST, str(size), age=cookies.YEAR)
    return response


def _options(choices: dict[str, str], *, chosen: str) -> SafeString:
    """The options of the offence list; written here, because a template takes ten times as long for hundreds."""
    pairs = ((code, f"{code} {label}"[:90], code == chosen) for code, label in choices.items())
    lines = (
        f'<option value="{escape(code)}"{" selected" if selected else ""}>{escape(text)}</option>'
        for code, text, selected in pairs
    )
    return mark_safe("".join(lines))  # noqa: S308 - code and text are escaped above


def _page_size(request: HttpRequest) -> int:
    for wanted in (request.GET.get("size"), request.COOKIES.get(cookies.LIST) if cookies.choice(request) else None):
        if wanted and wanted in map(str, PAGE_SIZES):
            return int(wanted)
    return PAGE_SIZES[0]


@require_safe
@sent_small
@counted("published answer")
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the latest version of one answer, or what stands in its place after a withdrawal (410)."""
    shown = _found(slug)
    if shown is None:
        return _unsealed(request)
    if shown.withdrawn_at is not None:
        return _tombstone(request, shown)
    return _version_page(request, shown, list(shown.versions.all())[-1])


@require_safe
@sent_small
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Return one version of an answer; the latest lives at the address without a number."""
    shown = _found(slug)
    if shown is None:
        return _unsealed(request)
    if shown.withdrawn_at is not None:
        return _tombstone(request, shown)
    wanted = get_object_or_404(Version, release=shown, number=number)
    return _version_page(request, shown, wanted)


def _found(slug: str) -> Release | None:
    """The release at an address; None when it is not as it was published. Raises Http404."""
    release = get_object_or_404(queries.with_seals(Release.objects.all()), slug=slug)
    return next(iter(queries.sealed([release])), None)


def _unsealed(request: HttpRequest) -> HttpResponse:
    """503: the answer is not the one that was published, so it is not shown."""
    return error_page(
        request,
        status=503,
        title=_("This answer cannot be shown"),
        sentences=[_("Its content could not be confirmed as the one we published. We are looking into it.")],
    )


def _version_page(request: HttpRequest, shown: Release, wanted: Version) -> HttpResponse:
    versions = list(shown.versions.defer("html"))
    before = shown.versions.filter(number=wanted.number - 1).first()
    if not all(seals.version_holds(each) for each in (wanted, before) if each is not None):
        return _unsealed(request)
    changes = queries.differences(before, wanted) if before else []
    body = arranged(wanted.html, files=_files(shown, wanted))
    context: dict[str, Any] = {
        "release": shown,
        "version": wanted,
        "body": body,
        "versions": versions,
        "latest": wanted.number == versions[-1].number,
        "before": before,
        "changes": changes[: queries.MOST_DIFFERENCES],
        "more_changes": max(0, len(changes) - queries.MOST_DIFFERENCES),
        "sections": headings(body),
        "licence": settings.FORCE,
    }
    return render(request, "disclosure_log/release.html", context)


def _files(shown: Release, wanted: Version) -> str:
    """Return the list of the files that people ask for, with names for people; the answer itself lists all files."""
    held = {each.name: each for each in wanted.files.defer("content")}
    downloads = [
        (
            reverse("disclosure_log:file", args=[shown.slug, wanted.number, name]),
            f"{words} ({kind}, {_size(held[name].size)})",
        )
        for name, words, kind in _FOR_PEOPLE
        if name in held
    ]
    return render_to_string("disclosure_log/files.html", {"downloads": downloads})


def _size(octets: int) -> str:
    """Return a size in whole KB of 1,000 bytes, or in MB with one place; never 0."""
    if octets >= 999_500:
        return f"{octets / 1_000_000:.1f} MB"
    return f"{max(1, round(octets / 1000))} KB"


def _tombstone(request: HttpRequest, shown: Release) -> HttpResponse:
    return render(request, "disclosure_log/withdrawn.html", {"release": shown}, status=410)


@require_safe
def file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    """Return one file of a version, byte for byte as it was published."""
    shown = _found(slug)
    if shown is None:
        return _unsealed(request)
    if shown.withdrawn_at is not None:
        return _tombstone(request, shown)
    wanted = get_object_or_404(File, version__release=shown, version__number=number, name=name)
    if not seals.file_holds(wanted):
        return _unsealed(request)
    if request.headers.get("If-None-Match") == f'"{wanted.sha256}"':
        return HttpResponse(status=304)
    response = HttpResponse(bytes(wanted.content), content_type=wanted.media_type)
    response.headers["ETag"] = f'"{wanted.sha256}"'
    kind = "inline" if name.endswith(".svg") else "attachment"
    response.headers["Content-Disposition"] = f'{kind}; filename="{shown.slug}-v{number}-{name}"'
    return response


def _latest() -> list[Release]:
    return queries.sealed(queries.with_seals(Release.objects.filter(withdrawn_at__isnull=True))[:FEED_LENGTH])


def _summary(shown: Release, latest: Version) -> str:
    if latest.number > 1:
        return _("Correction, version %(number)s: %(note)s") % {"number": latest.number, "note": latest.note}
    return _("Answer to a Freedom of Information request, reference %(reference)s.") % {"reference": shown.reference}


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """Return the last published and corrected answers as Atom."""
    feed = Atom1Feed(
        title=_("Disclosure log of %(force)s") % {"force": settings.FORCE.name},
        link=request.build_absolute_uri(reverse("disclosure_log:list")),
        feed_url=request.build_absolute_uri(),
        description="",
        author_name=settings.FORCE.name,
    )
    for shown in _latest():
        latest = list(shown.versions.all())[-1]
        address = request.build_absolute_uri(shown.get_absolute_url())
        feed.add_item(
            title=shown.title,
            link=address,
            description=_summary(shown, latest),
            unique_id=address,
            pubdate=shown.published_at,
            updateddate=shown.updated_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
def json_feed(request: HttpRequest) -> JsonResponse:
    """Return the same as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    items = []
    for shown in _latest():
        latest = list(shown.versions.all())[-1]
        address = request.build_absolute_uri(shown.get_absolute_url())
        items.append(
            {
                "id": address,
                "url": address,
                "title": shown.title,
                "content_text": _summary(shown, latest),
                "date_published": shown.published_at.isoformat(),
                "date_modified": shown.updated_at.isoformat(),
            }
        )
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _("Disclosure log of %(force)s") % {"force": settings.FORCE.name},
        "home_page_url": request.build_absolute_uri(reverse("disclosure_log:list")),
        "feed_url": request.build_absolute_uri(),
        "items": items,
    }
    response = JsonResponse(feed)
    response.headers["Content-Type"] = "application/feed+json; charset=utf-8"
    return response
