"""The edges of signing in: no account is ever linked, pilots have a second factor, the demo stays on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from ports import free_port
from test_accounts_local import add, code_of, enrol, is_in, password_step, steady_clock
from test_accounts_oidc import _Stay, provider, sign_in, verbs
from test_ground_serving import cli

from clearcount_web.ground.middleware import loopback_only
from clearcount_web.project.serving import Address, demo_environment

assert provider and steady_clock  # fixtures


@pytest.mark.parametrize(
    "asked",
    [
        "process=connect",
        "process=redirect",
        "process=",
        "process=login&process=connect",
        "process=Login",
        "process=connect&process=login",
    ],
)
def test_nothing_but_a_sign_in_is_begun(staff: Client, provider: Any, asked: str) -> None:
    """The attack: somebody signed in follows a link that would link their account to the attacker's."""
    from allauth.socialaccount.models import SocialAccount

    add("bo")
    provider.person.groups = ["grp-foi"]
    sign_in(staff)
    known = list(SocialAccount.objects.values_list("user_id", "uid"))
    for method in (staff.get, staff.post):
        refused = method(f"/accounts/oidc/force/?{asked}")
        assert refused.status_code == 403 and "sign-in" in refused.content.decode()
    assert list(SocialAccount.objects.values_list("user_id", "uid")) == known
    assert verbs()[-1] == "sign_in.refused"


def test_a_linking_that_was_begun_before_is_refused_when_it_comes_back(
    staff: Client, provider: Any, request: pytest.FixtureRequest
) -> None:
    """The state of an older version, or one made by other code, says connect: nothing is linked."""
    from allauth.socialaccount.internal import statekit
    from allauth.socialaccount.models import SocialAccount

    request.getfixturevalue("sign_in")("bo", "analyst")
    assert is_in(staff)
    leave = staff.get("/accounts/oidc/force/")
    session = staff.session
    for state in session[statekit.STATES_SESSION_KEY].values():
        state[0]["process"] = "connect"
    session.save()
    with pytest.raises(urllib.error.HTTPError) as back:
        urllib.request.build_opener(_Stay).open(leave.headers["Location"], timeout=10)
    provider.person.groups = ["grp-foi"]
    answer = staff.get(back.value.headers["Location"].partition("testserver")[2])
    back.value.close()
    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_the_token_of_a_second_or_a_refused_sign_in_is_not_kept_either(staff: Client, provider: Any) -> None:
    from allauth.socialaccount.models import SocialAccount

    provider.person.groups = ["grp-foi"]
    sign_in(staff)
    sign_in(Client())
    assert [account.extra_data for account in SocialAccount.objects.all()] == [{}]
    provider.person.amr = ["pwd"]
    assert sign_in(Client()).status_code == 403
    assert [account.extra_data for account in SocialAccount.objects.all()] == [{}]


def test_a_pilot_signs_in_with_a_password_and_a_second_factor(staff: Client) -> None:
    secret = enrol(add("corin"))
    with override_settings(LOCAL_ACCOUNTS="break-glass"):
        password_step(staff, "corin")
        assert not is_in(staff)
    with override_settings(LOCAL_ACCOUNTS="pilot"):
        password_step(staff, "corin")
        assert not is_in(staff)  # the password alone opens nothing
        staff.post("/accounts/second-factor/code/", {"code": code_of(secret)})
        assert is_in(staff)


@pytest.mark.parametrize(
    ("accounts", "oidc", "said"), [("pilot", True, True), ("pilot", False, False), ("break-glass", True, False)]
)
def test_local_accounts_beside_a_sign_in_service_are_flagged(accounts: str, oidc: bool, said: bool) -> None:
    with override_settings(LOCAL_ACCOUNTS=accounts, OIDC_ENABLED=oidc):
        found = run_checks(tags=["security"], include_deployment_checks=True)
    assert any(each.id == "clearcount.W001" for each in found) is said


def demo(folder: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    addresses: Any = {"public": Address("127.0.0.1", 1), "staff": Address("127.0.0.1", 2)}
    return {**kept, **demo_environment(folder, addresses), **more}


@pytest.mark.parametrize(
    ("command", "more", "said"),
    [
        (["serve", "--only", "staff", "--staff", "0.0.0.0:PORT"], {}, "CLEARCOUNT_DEMO is set outside the demo"),
        (["serve", "--only", "staff"], {"CLEARCOUNT_DEMO": "no"}, "CLEARCOUNT_LOCAL_ACCOUNTS is demo"),
        (
            ["serve", "--only", "staff", "--staff", "0.0.0.0:PORT"],
            {"CLEARCOUNT_DEMO": "no", "CLEARCOUNT_LOCAL_ACCOUNTS": "break-glass"},
            "open to other machines",
        ),
    ],
)  # fmt: skip
def test_a_demo_setting_works_neither_outside_the_demo_nor_off_loopback(
    tmp_path: Path, command: list[str], more: dict[str, str], said: str
) -> None:
    environment = demo(tmp_path, **more)
    if said == "open to other machines":
        assert cli("manage", "migrate", "--verbosity", "0", env=environment).returncode == 0
        assert cli("manage", "collectstatic", "--noinput", env=environment).returncode == 0
    refused = cli(*(word.replace("PORT", str(free_port())) for word in command), env=environment)
    assert refused.returncode == 2 and said in refused.stderr, refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "more",
    [
        {"CLEARCOUNT_STAFF_HOSTS": "127.0.0.1,staff.example.org"},
        {"CLEARCOUNT_STAFF_HOSTS": "*"},
        {"CLEARCOUNT_STAFF_HOSTS": ".example.org"},
        {"CLEARCOUNT_STAFF_HOSTS": "10.0.0.1"},
        {"CLEARCOUNT_TRUSTED_PROXY": "127.0.0.1"},
    ],
)
def test_the_demos_settings_are_refused_with_a_name_or_a_proxy_for_others(tmp_path: Path, more: dict[str, str]) -> None:
    environment = {**demo(tmp_path, **more), "DJANGO_SETTINGS_MODULE": "clearcount_web.project.settings.staff"}
    probe = "import django; django.setup()"
    refused = subprocess.run([sys.executable, "-c", probe], env=environment, capture_output=True, text=True)
    assert refused.returncode == 1 and next(iter(more)) in refused.stderr


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "192.0.2.1"}, 403),
        ({"REMOTE_ADDR": ""}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.1"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_VIA": "1.1 proxy"}, 403),
    ],
)
def test_the_demo_answers_nobody_on_another_machine(given: dict[str, str], status: int) -> None:
    answer = loopback_only(lambda _request: HttpResponse("open"))(RequestFactory().get("/", **given))
    assert answer.status_code == status
