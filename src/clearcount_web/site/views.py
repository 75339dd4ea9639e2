"""The way out, the cookie choice, and the pages that must exist."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearcount_web.ground.limits import Limit, limited
from clearcount_web.site import cookies, retention, sitemap
from clearcount_web.site.actions import counted, keep_complaint, keep_feedback
from clearcount_web.site.forms import ComplaintForm, FeedbackForm
from clearcount_web.site.guards import local_path, same_origin_posts
from clearcount_web.site.routes import online_report, rights_routes, routes
from clearcount_web.site.shared import same_for_everybody
from clearcount_web.site.signals import visitor_left

SEND = Limit("send", most=10)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """End the visit: draft, session and cookies go. POST is the script's, 204; GET is the plain link's, 303."""
    if request.method == "POST":
        response = HttpResponse(status=204)
    else:
        response = HttpResponseRedirect(str(getattr(settings, "EXIT_URL", "")), status=303)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return response  # another site may send people away, but must not end their visit here
    visitor_left.send(sender=None, request=request)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        request.session.flush()
    cookies.expire_all(request, response)
    # Not "cache": that stalls some browsers for seconds, just when nothing may stall.
    response.headers["Clear-Site-Data"] = '"cookies"'
    return response


@require_safe
@same_for_everybody
@counted("home")
def home(request: HttpRequest) -> HttpResponse:
    """Return the front page."""
    return render(request, "site/home.html")


@require_safe
@same_for_everybody
def leaving(request: HttpRequest) -> HttpResponse:
    """Return the interruption page: what the button and the Escape key do, and what they do not do."""
    context = {
        "onward": local_path(request, request.GET.get("next", ""), otherwise=""),
        "escape_off": request.COOKIES.get(cookies.ESCAPE) == "off",
    }
    return render(request, "site/leaving.html", context)


@same_origin_posts
@require_POST
def escape_key(request: HttpRequest) -> HttpResponse:
    """Turn the Escape key off for this visit, or on again."""
    onward = local_path(request, request.POST.get("next", ""), otherwise="")
    response = redirect(reverse("site:leaving", query={"next": onward} if onward else None))
    if request.POST.get("escape") == "off":
        # Readable by the script, so that it also holds on pages that the browser kept.
        cookies.remember(response, cookies.ESCAPE, "off", age=None, readable=True)
    else:
        response.delete_cookie(cookies.ESCAPE, path="/", samesite="Lax")
    return response


@require_safe
@same_for_everybody
def stay_safe(request: HttpRequest) -> HttpResponse:
    """Return ways to stay safe online, with what leaving the site cannot do and what has not been tested."""
    return render(request, "site/stay_safe.html")


@same_origin_posts
@require_http_methods(["GET", "HEAD", "POST"])
@same_for_everybody
def cookies_page(request: HttpRequest) -> HttpResponse:
    """Return what may be stored and the choice about it. A script that asks for JSON gets `{"saved": true}`."""
    if request.method == "POST":
        answer = request.POST.get("additional", "")
        if answer not in {"yes", "no"}:
            return render(request, "site/cookies.html", _cookies(request) | {"unclear": True}, status=400)
        if request.headers.get("Accept") == "application/json":
            response: HttpResponse = JsonResponse({"saved": True})
        else:
            onward = local_path(request, request.POST.get("next", ""), otherwise="")
            response = HttpResponseRedirect(f"{onward or request.path}?cookies=saved#cookie-message", status=303)
        cookies.choose(response, additional=answer == "yes")
        return response
    return render(request, "site/cookies.html", _cookies(request))


def _cookies(request: HttpRequest) -> dict[str, object]:
    return {
        "essential": tuple(cookies.registered("essential")),
        "additional": tuple(cookies.registered("additional")),
        "chosen": cookies.choice(request),
    }


@same_origin_posts
@limited(SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """Return one box about the site itself."""
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keep_feedback(text=form.cleaned_data["text"], today=timezone.localdate())
        return redirect("site:thanks")
    return render(request, "site/feedback.html", {"form": form, "report": online_report(request)})


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Return the page after feedback."""
    return render(request, "site/thanks.html")


@same_origin_posts
@limited(SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def complaint(request: HttpRequest) -> HttpResponse:
    """Return a data-protection complaint."""
    form = ComplaintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reference = keep_complaint(**form.cleaned_data, today=timezone.localdate())
        return render(request, "site/complaint_sent.html", {"reference": reference})
    return render(request, "site/complaint.html", {"form": form})


@require_safe
@same_for_everybody
def privacy(request: HttpRequest) -> HttpResponse:
    """Return the privacy notice, from the settings that make it true."""
    addresses = {
        "none": _("We do not keep your internet (IP) address in our logs."),
        "truncated": _("We keep only the first part of your internet (IP) address in our logs. It shows a network."),
        "full": _("We keep your internet (IP) address in our logs."),
    }[settings.LOG_ADDRESSES]
    context = {"addresses": addresses, "kept": retention.kept(), "report": online_report(request)}
    return render(request, "site/privacy.html", context)


@require_safe
@same_for_everybody
def accessibility(request: HttpRequest) -> HttpResponse:
    """Return the accessibility statement."""
    return render(request, "site/accessibility.html")


@require_safe
@same_for_everybody
@counted("contact")
def contact(request: HttpRequest) -> HttpResponse:
    """Return how to reach the force."""
    return render(request, "site/contact.html", {"routes": routes(request), "rights": rights_routes()})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Return what crawlers may fetch: the public pages, not the forms and not the way out."""
    lines = [
        "User-agent: *",
        "Disallow: /leave",
        "Disallow: /leaving/",
        "Disallow: /r/",
        f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """Return every public page, for crawlers (sitemaps.org 0.9)."""
    context = {"root": request.build_absolute_uri("/").rstrip("/"), "addresses": sitemap.addresses()}
    return render(request, "site/sitemap.xml", context, content_type="application/xml; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Return how to tell us of a weakness (RFC 9116); not there when the force has set no address. Raises Http404."""
    contact = getattr(settings, "SECURITY_CONTACT", "")
    if not contact:
        raise Http404
    until = (timezone.now() + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")
    here = request.build_absolute_uri("/.well-known/security.txt")
    text = f"Contact: {contact}\nExpires: {until}\nPreferred-Languages: en\nCanonical: {here}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
