"""Local accounts: password and code, lock-out, session limits, own sessions, the people page."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

PASSWORD = "seven-quiet-lanterns"
SIGN_IN = "/accounts/sign-in/"
NOW = 1_790_000_000


def add(username: str = "ana", *, roles: tuple[str, ...] = ("analyst",), break_glass: bool = False) -> Any:
    from clearcount_web.accounts.actions import add_local_user
    from clearcount_web.accounts.roles import Role

    return add_local_user(
        username,
        name=username.title(),
        password=PASSWORD,
        roles=[Role(role) for role in roles],
        break_glass=break_glass,
        by="test",
    )


@pytest.fixture(autouse=True)
def steady_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes of one period: on a busy machine a test would otherwise cross into the next one."""
    from allauth.mfa.totp.internal import auth

    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: NOW))


def code_of(secret: str, *, periods_ago: int = 0) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(secret, NOW // 30 - periods_ago)))


def enrol(user: Any) -> str:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    return secret


def password_step(client: Client, username: str = "ana", password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(SIGN_IN, {"login": username, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)


def verbs() -> list[str]:
    from clearcount_web.audit.models import Event

    return list(Event.objects.values_list("verb", flat=True))


def test_a_password_alone_leads_only_to_setting_up_the_second_step(committed_staff: Client) -> None:
    staff = committed_staff
    add()
    password_step(staff)
    assert staff.get("/").headers["Location"] == "/accounts/second-factor/set-up/"
    page = staff.get("/accounts/second-factor/set-up/").content.decode()
    assert "viewBox" in page.partition("cc-qr")[2].partition("</svg>")[0]  # scaled, not cut off
    assert "<svg" in page and "data:" not in page and "style=" not in page
    [secret] = re.findall(r"<code>([A-Z2-7]{32})</code>", page)
    staff.post("/accounts/second-factor/set-up/", {"code": "000000"})
    assert not is_in(staff)
    staff.post("/accounts/second-factor/set-up/", {"code": code_of(secret)})
    assert is_in(staff)
    assert "second_factor.added" in verbs()


def test_password_then_code_signs_in_and_a_code_works_once(staff: Client) -> None:
    secret = enrol(add())
    assert password_step(staff).headers["Location"] == "/accounts/second-factor/code/"
    assert not is_in(staff)
    code = code_of(secret)
    staff.post("/accounts/second-factor/code/", {"code": code})
    assert is_in(staff)
    again = Client()
    password_step(again)
    again.post("/accounts/second-factor/code/", {"code": code})
    assert not is_in(again)
    assert "sign_in.refused" in verbs()


def test_a_code_of_an_earlier_period_is_refused(staff: Client) -> None:
    secret = enrol(add())
    password_step(staff)
    staff.post("/accounts/second-factor/code/", {"code": code_of(secret, periods_ago=1)})
    assert not is_in(staff)


def test_codes_cannot_be_guessed_by_trying(staff: Client) -> None:
    secret = enrol(add())
    password_step(staff)
    for guess in range(6):
        staff.post("/accounts/second-factor/code/", {"code": f"{guess:06}"})
    staff.post("/accounts/second-factor/code/", {"code": code_of(secret)})
    assert not is_in(staff)


def test_the_secret_of_an_authenticator_is_sealed_in_the_database(staff: Client) -> None:
    from allauth.mfa.models import Authenticator

    secret = enrol(add())
    assert secret not in str(Authenticator.objects.get().data)


def test_five_wrong_passwords_close_the_name_from_that_place_only(staff: Client) -> None:
    enrol(add())
    for _attempt in range(5):
        refused = password_step(staff, password="wrong-wrong-wrong")
    assert refused.status_code == 429
    assert password_step(staff).status_code == 429
    elsewhere = password_step(Client(), REMOTE_ADDR="198.51.100.7")
    assert elsewhere.headers["Location"] == "/accounts/second-factor/code/"


def test_a_name_that_does_not_exist_is_answered_like_a_wrong_password_and_not_kept(staff: Client) -> None:
    from axes.models import AccessAttempt

    from clearcount_web.audit.models import Event

    add()
    unknown = password_step(staff, username="my-password-by-mistake", password="x").content.decode()
    known = password_step(staff, password="x").content.decode()

    def said(page: str) -> list[str]:
        return re.findall(r'govuk-error-message">([^<]+)', page)

    assert said(unknown) == said(known) != []
    assert not Event.objects.filter(key__contains="mistake").exists()
    assert not any("mistake" in str(row) for row in Event.objects.values_list())
    assert not any("mistake" in str(row) for row in AccessAttempt.objects.values_list())


def test_beside_the_sign_in_service_only_the_break_glass_account_has_a_password(staff: Client) -> None:
    enrol(add())
    enrol(add("glass", roles=("administrator",), break_glass=True))
    with override_settings(LOCAL_ACCOUNTS="break-glass"):
        assert password_step(staff).status_code == 200  # the form again
        assert password_step(staff, "glass").headers["Location"] == "/accounts/second-factor/code/"


def test_there_is_one_break_glass_account(staff: Client) -> None:
    from django.db import IntegrityError, transaction

    add("first", break_glass=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        add("second", break_glass=True)


def test_a_local_account_is_made_by_a_command_with_a_good_password(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearcount_web.accounts.models import User

    arguments = ("add_staff", "ada", "--name", "Ada Quill", "--role", "administrator", "--break-glass")
    for bad in ("short", "passwordpassword", "northmoor-police-1", "clearcountclearcount"):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{bad}\n"))
        with pytest.raises(CommandError):
            call_command(*arguments)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command(*arguments, stdout=io.StringIO())
    user = User.objects.get()
    assert user.is_break_glass and user.password.startswith("argon2$")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    with pytest.raises(CommandError, match="already"):
        call_command(*arguments)


def test_a_long_password_is_allowed_and_no_mixture_is_asked_for() -> None:
    from django.contrib.auth.password_validation import validate_password

    validate_password("quiet lanterns over the water " * 4)
    with pytest.raises(ValidationError):
        validate_password("a" * 14)


@pytest.mark.parametrize(
    ("began", "seen", "open_"), [(0, 0, True), (0, 31 * 60, False), (11 * 3600, 0, False), (9 * 3600, 29 * 60, True)]
)
def test_idle_and_old_sessions_end(
    staff: Client, sign_in: Callable[..., Any], began: int, seen: int, open_: bool
) -> None:
    sign_in("ana", "analyst")
    session = staff.session
    session["began"], session["seen"] = time.time() - began, time.time() - seen
    session.save()
    response = staff.get("/")
    assert (response.status_code == 200) is open_
    if not open_:
        assert response.headers["Location"] == SIGN_IN
        assert not is_in(staff)


def test_a_change_of_how_one_signs_in_asks_for_the_code_again_after_five_minutes(staff: Client) -> None:
    secret = enrol(add())
    password_step(staff)
    staff.post("/accounts/second-factor/code/", {"code": code_of(secret)})
    assert staff.get("/accounts/second-factor/codes/new/").status_code == 200
    session = staff.session
    session["began"] = time.time() - 301
    session.save()
    assert staff.get("/accounts/second-factor/codes/new/").headers["Location"].startswith("/accounts/")


def test_a_person_sees_and_ends_their_own_sessions_only(staff: Client) -> None:
    from allauth.usersessions.models import UserSession

    from clearcount_web.accounts.models import User

    secret = enrol(add())
    enrol(add("bo"))
    password_step(staff, HTTP_USER_AGENT="First Browser")
    staff.post("/accounts/second-factor/code/", {"code": code_of(secret)}, HTTP_USER_AGENT="First Browser")
    cache.clear()  # as if the next period had begun
    other = Client(HTTP_USER_AGENT="Second Browser")
    password_step(other)
    other.post("/accounts/second-factor/code/", {"code": code_of(secret)})
    page = staff.get("/accounts/account/").content.decode()
    assert "First Browser" in page and "Second Browser" in page and "This one" in page
    second = UserSession.objects.get(user_agent="Second Browser")
    stranger = Client()
    stranger.force_login(User.objects.get(username="bo"))
    session = stranger.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    assert stranger.post(f"/accounts/account/sessions/{second.pk}/end/").status_code == 404
    assert is_in(other)
    staff.post(f"/accounts/account/sessions/{second.pk}/end/")
    assert not is_in(other)
    assert is_in(staff)


def test_closing_an_account_ends_its_sessions_at_once(staff: Client, sign_in: Callable[..., Any]) -> None:
    from clearcount_web.accounts.models import User

    person = add("bo")
    secret = enrol(person)
    theirs = Client()
    password_step(theirs, "bo")
    theirs.post("/accounts/second-factor/code/", {"code": code_of(secret)})
    assert is_in(theirs)
    sign_in("ada", "administrator")
    staff.post(f"/accounts/people/{person.pk}/close/")
    assert not is_in(theirs)
    assert not User.objects.get(username="bo").is_active
    assert password_step(Client(), "bo").headers["Location"] == "/accounts/closed/"
    assert "user.closed" in verbs()


def test_nobody_changes_their_own_account(staff: Client, sign_in: Callable[..., Any]) -> None:
    ada = sign_in("ada", "administrator")
    for address in (f"/accounts/people/{ada.pk}/", f"/accounts/people/{ada.pk}/close/"):
        response = staff.post(address, {"roles": ["publisher", "decision_maker"]})
        assert response.status_code == 403
        assert "another administrator" in response.content.decode()
    ada.__dict__.pop("roles", None)
    assert {str(role) for role in ada.roles} == {"administrator"}


def test_an_administrator_gives_and_takes_roles(staff: Client, sign_in: Callable[..., Any]) -> None:
    person = add("bo", roles=("reader",))
    sign_in("ada", "administrator")
    staff.post(f"/accounts/people/{person.pk}/", {"roles": ["publisher"]})
    person.__dict__.pop("roles", None)
    assert {str(role) for role in person.roles} == {"publisher"}
    assert verbs()[-2:] == ["role.removed", "role.granted"]


def test_signing_in_goes_back_to_the_page_asked_for_and_to_no_other_site(staff: Client) -> None:
    secret = enrol(add(roles=("administrator",)))
    asked = staff.get("/jobs/")
    assert asked.headers["Location"] == f"{SIGN_IN}?next=%2Fjobs%2F"
    for target, expected in (("/jobs/", "/jobs/"), ("https://elsewhere.example/", "/")):
        client = Client()
        cache.clear()
        client.post(f"{SIGN_IN}?next={target}", {"login": "ana", "password": PASSWORD, "next": target})
        response = client.post("/accounts/second-factor/code/", {"code": code_of(secret)})
        assert response.headers["Location"] == expected
