"""Pages in Welsh: only what two people have checked, inside a frame of which every English passage is marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from clearcount_web.advice.content import NAMES, Checked, names_of
from clearcount_web.advice.queries import content_folder
from clearcount_web.advice.reading import read_library
from clearcount_web.site.catalogue import file_of
from clearcount_web.site.passages import marked
from clearcount_web.site.sitemap import Address

CODE = "cy"
View = Callable[..., HttpResponse]


def paths() -> frozenset[str]:
    """Return the paths of the pages that there are in Welsh, each as it is in English; none without a catalogue.

    A page of advice is there when its Welsh file is and two people have checked it. The front page and the list of
    advice are there when any page is.
    """
    if not settings.WELSH_FOLDER or not file_of(settings.WELSH_FOLDER, CODE, "mo").is_file():
        return frozenset()
    library = read_library(CODE, content_folder())
    pages = [page for page in library.pages if page.language == CODE and _checked(page)]
    easy = [each for each in library.easy.values() if each.language == CODE and _checked(each)]
    if not pages:
        return frozenset()
    found = {"/", reverse("advice:index")}
    found |= {reverse("advice:page", args=[page.slug]) for page in pages}
    found |= {reverse("advice:card", args=[page.slug]) for page in pages if page.card}
    found |= {reverse("advice:easy", args=[each.slug]) for each in easy}
    return frozenset(found)


def _checked(item: Checked) -> bool:
    return len(names_of(item, demo=settings.DEMO)) >= NAMES


def addresses() -> Iterator[Address]:
    """Yield the addresses of the Welsh pages."""
    for path in sorted(paths()):
        yield Address(f"/{CODE}{path}")


def in_welsh(view: View) -> View:
    """Return a view that shows its page in Welsh. Raises Http404 where there is no Welsh page."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        translated = paths()
        if request.path.removeprefix(f"/{CODE}") not in translated:
            raise Http404
        with translation.override(CODE):
            response = view(request, *args, **kwargs)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            page = marked(response.content.decode(), code=CODE, translated=translated)
            response.content = page.encode()
            response.small = None  # type: ignore[attr-defined]  # it was the page before its passages were marked
            response.headers["Content-Language"] = CODE
        return response

    return shown


def other_language(path: str) -> tuple[str, str] | None:
    """Return the path of a page in English and in Welsh, whichever is asked for; None when it is in English alone."""
    english = path.removeprefix(f"/{CODE}") if path.startswith(f"/{CODE}/") else path
    return (english, f"/{CODE}{english}") if english in paths() else None
