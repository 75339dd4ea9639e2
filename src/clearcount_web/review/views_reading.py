"""The reading screen. It works by plain forms; the script asks for the same with a header and gets JSON."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearcount.errors import ClearcountError
from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.ground.refusals import Refused
from clearcount_web.review import applying, cards, deciding, keeping, queries, sittings
from clearcount_web.review.figures import stop_if_apart
from clearcount_web.review.models import ReadingRound
from clearcount_web.review.queries import ShownCard

log = logging.getLogger("clearcount_web.review")
_MAY = (Role.READER,)


@roles(*_MAY)
@require_safe
def read(request: StaffRequest, round_id: int) -> HttpResponse:
    """Show the card that the reader holds, or the way to the next one."""
    round_ = queries.found(round_id)
    return _page(request, round_, queries.on_screen(round_, request.user.get_username()))


@roles(*_MAY)
@require_POST
def take(request: StaffRequest, round_id: int) -> HttpResponse:
    """Give the reader a card, and go to it."""
    round_ = queries.found(round_id)
    if queries.next_card(round_, reader=request.user.get_username(), now=timezone.now()) is None:
        return _page(request, round_, None)
    return redirect("review:read", round_id=round_id)


@roles(*_MAY)
@require_POST
def ahead(request: StaffRequest, round_id: int) -> HttpResponse:
    """Give the card that comes after those on screen, as JSON: it is fetched while the reader reads."""
    round_ = queries.found(round_id)
    reader, now = request.user.get_username(), timezone.now()
    seen = [int(key) for key in request.POST.getlist("seen") if key.isascii() and key.isdigit() and len(key) < 16]
    try:
        card = queries.next_card(round_, reader=reader, now=now, seen=seen, ahead=bool(seen))
    except Refused as refusal:
        return JsonResponse({"card": None, "said": str(refusal)})
    _keep(round_, wait=False)
    if card is None:
        return JsonResponse({"card": None, "said": _nothing_left(round_)})
    return JsonResponse({"card": _html(request, round_, card), "said": ""})


@roles(*_MAY)
@require_POST
def decide(request: StaffRequest, round_id: int) -> HttpResponse:
    """Record the decision on the card on screen, with the other offences of its record where that was asked for."""
    round_ = queries.found(round_id)
    reader, now = request.user.get_username(), timezone.now()
    try:
        tokens = [deciding.Token.read(request.POST.get("token", ""))]
        if request.POST.get("all"):
            tokens += [deciding.Token.read(each) for each in request.POST.getlist("also")]
        facts = {fact.name: request.POST.getlist(f"fact-{fact.name}") for fact in round_.facts_asked}
        post = request.POST
        said = deciding.Said(post.get("code", ""), post.get("reason", ""), post.get("note", ""), facts)
        told = deciding.decide(round_, tokens, said, reader=reader, now=now, near=bool(post.get("near")))
    except deciding.Stale as stale:
        return _said(request, round_, str(stale), status=409)
    except deciding.NotTaken as fault:
        return _said(request, round_, str(fault), status=400)
    if _by_script(request):
        done = queries.progress(round_, reader, now)
        return JsonResponse(
            {
                "progress": done.sentence,
                "done": done.decided,
                "break": sittings.suggestion(reader, now),
                "said": told,
            }
        )
    if told:
        messages.success(request, told)
    return take(request, round_id)


@roles(*_MAY)
@require_POST
def undo(request: StaffRequest, round_id: int) -> HttpResponse:
    """Take the last decision back and show its card again."""
    round_ = queries.found(round_id)
    reader, now = request.user.get_username(), timezone.now()
    try:
        card = deciding.undo(round_, reader=reader, now=now)
    except deciding.Stale as stale:
        return _said(request, round_, str(stale), status=409)
    if _by_script(request):
        shown = queries.shown(round_, card)
        done = queries.progress(round_, reader, now)
        return JsonResponse({"card": _html(request, round_, shown), "progress": done.sentence, "done": done.decided})
    return redirect("review:read", round_id=round_id)


@roles(*_MAY)
@require_safe
def near(request: StaffRequest, round_id: int, card_id: int) -> HttpResponse:
    """Show how the records that are near to the one on screen differ from it."""
    round_ = queries.found(round_id)
    card, texts, whole = applying.compared(round_, card_id, request.user.get_username())
    return render(request, "review/near.html", {"round": round_, "card": card, "texts": texts, "whole": whole})


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def applied(request: StaffRequest, round_id: int) -> HttpResponse:
    """List what the reader applied to nearly equal texts; take one of them back."""
    round_ = queries.found(round_id)
    reader = request.user.get_username()
    refused = ""
    if request.method == "POST":
        number = request.POST.get("reading", "")
        try:
            reading = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
            deciding.take_back(round_, reading, reader=reader, now=timezone.now())
            messages.success(request, "Taken back. The record is yours to read now.")
            return redirect("review:applied", round_id=round_id)
        except (deciding.Stale, Refused) as fault:
            refused = str(fault)
    rows = list(applying.applied_by(round_, reader)[:200])
    context = {"round": round_, "rows": rows, "refused": refused}
    return render(request, "review/applied.html", context, status=409 if refused else 200)


@roles(*_MAY)
@require_POST
def leave(request: StaffRequest, round_id: int) -> HttpResponse:
    """Give the cards back, and write what was decided to the library's store."""
    round_ = queries.found(round_id)
    cards.let_go(request.user.get_username(), round_)
    _keep(round_)
    return redirect("review:detail", round_id=round_id)


def _keep(round_: ReadingRound, *, wait: bool = True) -> None:
    """Keep what was decided. A store that refuses now is asked again by the worker, and health tells of it."""
    try:
        if keeping.keep_pending(round_, now=timezone.now(), wait=wait):
            stop_if_apart(round_)
    except ClearcountError:
        log.error("decisions could not be written to the store", extra={"kind": "reading_round"})


def _by_script(request: StaffRequest) -> bool:
    return request.headers.get("X-Reading") == "script"


def _nothing_left(round_: ReadingRound) -> str:
    left = cards.left_for_others(round_)
    if not left:
        return "Every card of this round is decided."
    return f"Nothing is left for you now. {left:,} cards are with other readers, or are not for you to read."


def _said(request: StaffRequest, round_: ReadingRound, sentence: str, *, status: int) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"said": sentence}, status=status)
    shown = queries.on_screen(round_, request.user.get_username())
    return _page(request, round_, shown, said=sentence, status=status)


def _context(request: StaffRequest, round_: ReadingRound, card: ShownCard) -> dict[str, Any]:
    keys = {key.act.name: key for key in queries.keys_for(request.user)}
    return {
        "round": round_,
        "shown": card,
        "keys": keys,
        "deciding": [key for key in keys.values() if key.act.code],
        "reasons": queries.reasons(),
        "facts": round_.facts_asked,
    }


def _html(request: StaffRequest, round_: ReadingRound, card: ShownCard) -> str:
    return render_to_string("review/card.html", _context(request, round_, card), request)


def _page(
    request: StaffRequest, round_: ReadingRound, card: ShownCard | None, *, said: str = "", status: int = 200
) -> HttpResponse:
    if card is not None and card.text is None:
        card, said = None, "The record on screen is not held any more as it was drawn. Go on with the next one."
    reader, now = request.user.get_username(), timezone.now()
    context: dict[str, Any] = {
        "round": round_,
        "shown": card,
        "said": said,
        "progress": queries.progress(round_, reader, now),
        "rest": sittings.suggestion(reader, now),
        "nothing_left": _nothing_left(round_) if card is None else "",
        "support": settings.READER_SUPPORT_URL,
        **(_context(request, round_, card) if card else {}),
    }
    return render(request, "review/read.html", context, status=status)
