"""The request form. It keeps nothing between the steps: what was typed travels in the form itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clearcount_web.ground.limits import Limit, limited
from clearcount_web.requesting.actions import keep_request
from clearcount_web.requesting.forms import AboutForm, RequestForm, kind_words
from clearcount_web.site.guards import same_origin_posts
from clearcount_web.site.routes import rights_routes


@same_origin_posts
@limited(Limit("foi", most=30))
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Return the steps: about (what), answers published already, details (who), check, sent."""
    step = request.POST.get("step", "")
    if not settings.REQUEST_FORM:  # what was typed before it was closed stays on the page
        shown = {"rights": rights_routes(), "typed": request.POST.get("text", "")}
        return _unkept(render(request, "requesting/closed.html", shown, status=503))
    if request.method != "POST":
        return _about(request, AboutForm())
    if step == "about":
        about = AboutForm(request.POST)
        if not about.is_valid():
            return _about(request, about)
        return _details(request, RequestForm(initial=about.cleaned_data))
    form = RequestForm(request.POST)
    if step == "change" or not form.is_valid():
        return _details(request, form)
    given = {key: form.cleaned_data[key] for key in ("text", "name", "contact")}
    if step != "send":
        context = {"given": given, "token": form.cleaned_data["token"], "words": kind_words(**given)}
        return _unkept(render(request, "requesting/check.html", context))
    kept = keep_request(token=form.cleaned_data["token"], at=timezone.now(), **given)
    return _unkept(render(request, "requesting/sent.html", {"kept": kept}))


def _about(request: HttpRequest, form: AboutForm) -> HttpResponse:
    return _unkept(render(request, "requesting/about.html", {"form": form}))


def _details(request: HttpRequest, form: RequestForm) -> HttpResponse:
    text = form.data.get("text") or form.initial.get("text", "")
    return _unkept(render(request, "requesting/details.html", {"form": form, "text": text}))


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
