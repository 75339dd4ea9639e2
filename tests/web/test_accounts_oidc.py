"""Sign-in through the force's own service, against a real provider on loopback."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings

sys.path.insert(0, str(Path(__file__).parent))
from oidc_stub import Provider, running_provider

GROUP_ROLES = {"grp-analysts": ["analyst", "reader"], "grp-foi": ["foi_officer"]}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


@pytest.fixture
def provider(staff: Client) -> Iterator[Provider]:
    with running_provider() as running:
        app = {
            "provider_id": "force",
            "name": "your force account",
            "client_id": running.client_id,
            "secret": running.client_secret,
            "settings": {"server_url": running.issuer},
        }
        own = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]  # PKCE and the nonce as in the real settings
        with override_settings(
            OIDC_ENABLED=True,
            OIDC_GROUP_ROLES=GROUP_ROLES,
            SOCIALACCOUNT_PROVIDERS={"openid_connect": {**own, "APPS": [app]}},
            LOCAL_ACCOUNTS="break-glass",
        ):
            yield running


def sign_in(client: Client) -> Any:
    """Walks from the sign-in page to the provider and back, as a browser does."""
    leave = client.get("/accounts/oidc/force/")
    assert leave.status_code == 302
    try:
        urllib.request.build_opener(_Stay).open(leave.headers["Location"], timeout=10)
    except urllib.error.HTTPError as error:
        with error:
            back = error.headers["Location"]
    return client.get(back.partition("testserver")[2])


def roles_of(username: str) -> set[str]:
    from clearcount_web.accounts.models import User

    return {str(role) for role in User.objects.get(username=username).roles}


def verbs() -> list[str]:
    from clearcount_web.audit.models import Event

    return list(Event.objects.values_list("verb", flat=True))


def test_groups_become_roles_at_the_first_sign_in(staff: Client, provider: Provider) -> None:
    provider.person.groups = ["grp-analysts", "something else"]
    response = sign_in(staff)
    assert response.status_code == 302 and response.headers["Location"] == "/"
    assert roles_of("sam") == {"analyst", "reader"}
    assert "Sam Reed" in staff.get("/").content.decode()
    assert verbs() == ["role.granted", "role.granted", "user.signed_in"]


def test_a_group_taken_away_takes_the_role_away_at_the_next_sign_in(staff: Client, provider: Provider) -> None:
    provider.person.groups = ["grp-analysts", "grp-foi"]
    sign_in(staff)
    assert roles_of("sam") == {"analyst", "reader", "foi_officer"}
    staff.logout()
    provider.person.groups = ["grp-foi"]
    sign_in(staff)
    assert roles_of("sam") == {"foi_officer"}
    assert staff.get("/jobs/").status_code == 403
    assert verbs().count("role.removed") == 2


def test_the_last_group_taken_away_refuses_the_sign_in_and_closes_open_sessions(
    staff: Client, provider: Provider
) -> None:
    provider.person.groups = ["grp-foi"]
    sign_in(staff)
    elsewhere = Client()
    provider.person.groups = []
    response = sign_in(elsewhere)
    assert response.status_code == 403
    assert "no role" in response.content.decode()
    assert elsewhere.get("/").status_code == 302
    assert roles_of("sam") == set()
    assert staff.get("/").status_code == 302  # the session that was open is closed too
    assert "sign_in.refused" in verbs()


def test_a_role_given_by_hand_survives_the_sign_in(staff: Client, provider: Provider) -> None:
    from clearcount_web.accounts.actions import set_local_roles
    from clearcount_web.accounts.models import User
    from clearcount_web.accounts.roles import Role

    provider.person.groups = ["grp-foi"]
    sign_in(staff)
    set_local_roles(User.objects.get(username="sam"), [Role.PUBLISHER], by="test")
    staff.logout()
    sign_in(staff)
    assert roles_of("sam") == {"foi_officer", "publisher"}


def test_without_the_second_factor_claim_there_is_no_sign_in(staff: Client, provider: Provider) -> None:
    from clearcount_web.accounts.models import User

    provider.person.groups, provider.person.amr = ["grp-foi"], ["pwd"]
    response = sign_in(staff)
    assert response.status_code == 403
    assert "second factor" in response.content.decode()
    assert not User.objects.exists()
    assert staff.get("/").status_code == 302


def test_neither_tokens_nor_claims_are_kept(staff: Client, provider: Provider) -> None:
    from allauth.account.models import EmailAddress
    from allauth.socialaccount.models import SocialAccount, SocialToken

    provider.person.groups = ["grp-foi"]
    sign_in(staff)
    assert not SocialToken.objects.exists()
    assert not EmailAddress.objects.exists()
    assert [account.extra_data for account in SocialAccount.objects.all()] == [{}]


def test_a_closed_account_stays_closed(staff: Client, provider: Provider) -> None:
    from clearcount_web.accounts.models import User

    provider.person.groups = ["grp-foi"]
    sign_in(staff)
    User.objects.filter(username="sam").update(is_active=False)
    assert staff.get("/").status_code == 302
    response = sign_in(Client())
    assert response.headers["Location"] == "/accounts/closed/"


def test_an_answer_with_a_forged_state_is_refused(staff: Client, provider: Provider) -> None:
    staff.get("/accounts/oidc/force/")
    response = staff.get("/accounts/oidc/force/back/?code=x&state=forged")
    assert "did not finish" in response.content.decode()
    assert staff.get("/").status_code == 302


@pytest.mark.parametrize("answered", ["the nonce of another sign-in", ""])
def test_a_token_of_another_sign_in_is_refused_and_changes_nothing(
    staff: Client, provider: Provider, answered: str
) -> None:
    provider.person.groups = ["grp-foi", "grp-analysts"]
    sign_in(staff)
    provider.person.groups, provider.other_nonce = ["grp-foi"], answered
    stranger = Client()
    response = sign_in(stranger)
    assert response.status_code == 403
    assert "answered another sign-in than the one begun here" in response.content.decode()
    assert stranger.get("/").status_code == 302
    assert roles_of("sam") == {"analyst", "reader", "foi_officer"}  # its groups were not believed either
    assert verbs()[-1] == "sign_in.refused"
    provider.other_nonce = None
    assert sign_in(stranger).headers["Location"] == "/"


def test_each_sign_in_has_a_nonce_and_a_challenge_of_its_own(staff: Client, provider: Provider) -> None:
    asked = []
    for _sign_in in range(2):
        leave = staff.get("/accounts/oidc/force/?auth_params=nonce%3Dchosen-by-a-link-that-somebody-sent")
        asked.append(parse_qs(urlsplit(leave.headers["Location"]).query))
    assert all(each["code_challenge_method"] == ["S256"] for each in asked)
    assert asked[0]["code_challenge"] != asked[1]["code_challenge"]
    assert asked[0]["nonce"] != asked[1]["nonce"]
    assert "chosen" not in asked[0]["nonce"][0]


def test_a_provider_that_does_not_answer_gives_a_page_not_a_traceback(staff: Client, provider: Provider) -> None:
    provider.client_secret = "another one"  # the token request is now refused
    provider.person.groups = ["grp-foi"]
    response = sign_in(staff)
    assert "did not finish" in response.content.decode()
