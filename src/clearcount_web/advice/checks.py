"""Django checks: content that cannot be read stops the site; content that nobody checked lately stops a deployment."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.utils import timezone

from clearcount_web.advice.content import ContentError, stale, unnamed
from clearcount_web.advice.queries import content_folder
from clearcount_web.advice.reading import read_library


@checks.register("advice")
def content_is_readable(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return an error for content that cannot be shown, in any language of the site."""
    try:
        for code, _name in settings.LANGUAGES:
            read_library(code.partition("-")[0], content_folder())
    except ContentError as error:
        return [checks.Error(str(error), id="advice.E001")]
    return []


@checks.register("advice", deploy=True)
def content_is_checked(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return an error for each item that was last checked too long ago, or by fewer than two named people."""
    try:
        library = read_library("en", content_folder())
    except ContentError:
        return []  # content_is_readable says so
    late = [checks.Error(sentence, id="advice.E002") for sentence in stale(library, timezone.localdate())]
    names = unnamed(library, demo=settings.DEMO)
    return [*late, *(checks.Error(sentence, id="advice.E003") for sentence in names)]
