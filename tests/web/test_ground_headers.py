"""The security headers are on every response of both doors: pages, refusals, errors, files, and unread requests."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path
from own_advice import checked_advice, name_in

from clearcount_web.accounts.roles import Role

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "manifest-src 'self'",
}
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
}


def check(headers: Mapping[str, str], where: str, *, leaves: bool = False) -> None:
    policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
    assert policy == POLICY, where
    for name, value in EXPECTED.items():
        assert headers[name] == value, (where, name)
    # Leaving the site tells the next one nothing; every other page tells only ourselves.
    assert headers["Referrer-Policy"] == ("no-referrer" if leaves else "same-origin"), where
    features = headers["Permissions-Policy"].split(", ")
    assert len(features) > 20 and all(feature.endswith("=()") for feature in features), where


def addresses(door: str) -> list[str]:
    def walk(resolver: URLResolver, prefix: str) -> list[str]:
        found = []
        for entry in resolver.url_patterns:
            pattern = prefix + str(entry.pattern)
            found += walk(entry, pattern) if isinstance(entry, URLResolver) else [pattern]
            assert isinstance(entry, (URLPattern, URLResolver))
        return found

    patterns = walk(get_resolver(f"clearcount_web.project.urls_{door}"), "")
    filled = [re.sub(r"<int:\w+>", "7654321", pattern) for pattern in patterns]
    return ["/" + re.sub(r"<\w+:\w+>|<\w+>|\^|\$", "nothing", pattern) for pattern in filled]


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_public_address(public: Client, method: str) -> None:
    found = addresses("public")
    assert len(found) > 10
    for address in [*found, "/nothing-is-here"]:
        response = getattr(public, method)(address)
        check(response.headers, f"{method} {address}", leaves=address == "/leave")


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_staff_address(staff: Client, sign_in: Callable[..., Any], method: str) -> None:
    for signed_in in (False, True):
        if signed_in:
            sign_in("ada", *Role)
        for address in [*addresses("staff"), "/nothing-is-here"]:
            if "sign-out" in address:
                continue
            response = getattr(staff, method)(address)
            check(response.headers, f"{method} {address}")
            kept = address == "/brand.css" and method == "get"
            assert ("no-store" in response.headers["Cache-Control"]) is not kept, address
            assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def explode(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a sentence from a record")


urlpatterns = [path("explode", explode)]
handler500 = "clearcount_web.ground.errors.server_error"


@pytest.mark.parametrize("door", ["public", "staff"])
def test_errors_refusals_and_limits(request: pytest.FixtureRequest, door: str) -> None:
    client = request.getfixturevalue(door)
    client.raise_request_exception = False
    with override_settings(READS_PER_MINUTE=0):
        limited = client.get("/")
    assert limited.status_code == 429 and int(limited.headers["Retry-After"]) > 0
    check(limited.headers, "429")
    check(client.get("/", HTTP_HOST="elsewhere.example").headers, "bad host")
    forged = Client(enforce_csrf_checks=True)
    if door == "staff":
        refused = forged.post("/accounts/sign-in/", {"login": "a", "password": "b"})
        assert refused.status_code == 403
        check(refused.headers, "csrf")
        assert "send the form again" in refused.content.decode()
    with override_settings(ROOT_URLCONF=__name__):
        broken = client.get("/explode")
    page = broken.content.decode()
    assert broken.status_code == 500
    assert "sentence from a record" not in page and "RuntimeError" not in page
    check(broken.headers, "500")
    if door == "public":
        assert "999" in page and "101" in page
        for response in (limited, broken):
            assert "Leave this site" in response.content.decode() or "Sorry" in response.content.decode()
        assert "999" in limited.content.decode() and "Leave this site" in limited.content.decode()


def test_files_and_requests_that_no_page_answers(doors: Any) -> None:
    for door in (doors.public, doors.staff):
        host, port = door.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        connection.request("GET", "/" if door == doors.public else "/accounts/sign-in/")
        page = connection.getresponse().read().decode()
        sheet = re.search(r'href="(/static/ground/clearcount\.[0-9a-f]{12}\.css)"', page)
        assert sheet is not None
        for target, status in ((sheet[1], 200), ("/static/nothing.css", 404), ("/" + "a" * 50, 404)):
            connection.request("GET", target)
            response = connection.getresponse()
            response.read()
            assert response.status == status
            check(response.headers, target)
            assert response.headers["Server"] is None
        connection.request("GET", sheet[1], headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        assert len(response.read()) < 30_000  # 16 kB as sent
        assert (
            "max-age=315360000" in response.headers["Cache-Control"]
            and "immutable" in response.headers["Cache-Control"]
        )
        connection.close()
        for request in (
            b"NONSENSE\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            b"GET / HTTP/9.9\r\n: x\r\n\r\n",
        ):
            with socket.create_connection((host, int(port)), timeout=20) as raw:
                raw.sendall(request)
                response = http.client.HTTPResponse(raw)
                response.begin()
                check(response.headers, repr(request))
                body = response.read().decode()
                assert "waitress" not in body.lower()


def production(door: str, folder: Path) -> dict[str, str]:
    (folder / "force.toml").write_text('[force]\nname = "Northmoor Police (fictional)"\n')
    (folder / "static").mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    letters = "a1b2c3d4e5f6g7h8i9j0-k_l"
    return kept | {
        "DJANGO_SETTINGS_MODULE": f"clearcount_web.project.settings.{door}",
        "CLEARCOUNT_WEB_DIR": str(folder),
        "CLEARCOUNT_FORCE_FILE": str(folder / "force.toml"),
        "CLEARCOUNT_PUBLIC_SECRET_KEY": letters * 3,
        "CLEARCOUNT_STAFF_SECRET_KEY": letters[::-1] * 3,
        "CLEARCOUNT_PUBLIC_HOSTS": "www.northmoor.example",
        "CLEARCOUNT_STAFF_HOSTS": "staff.northmoor.example",
        "CLEARCOUNT_AUDIT_KEY": letters * 2,
        "CLEARCOUNT_PUBLIC_AUDIT_KEY": letters[::-1] * 2,
        "CLEARCOUNT_OIDC_ISSUER": "https://sign-in.northmoor.example",
        "CLEARCOUNT_OIDC_CLIENT_ID": "clearcount",
        "CLEARCOUNT_OIDC_CLIENT_SECRET": "secret",
        "CLEARCOUNT_OIDC_GROUP_ROLES": "grp-foi=foi_officer,grp-admin=administrator",
    }


def whole(folder: Path) -> dict[str, str]:
    """What a force sets besides what a door cannot start without."""
    from clearcount_web.publishing.keys import settings_with_keys as seal_keys
    from clearcount_web.triage.demo_keys import settings_with_keys as report_keys

    (folder / "heads").touch()
    (folder / "policy.toml").touch(0o600)
    name_in(folder / "force.toml", checked_advice(folder / "advice"))
    return {
        **seal_keys(folder / "keys"),
        **report_keys(folder / "report-keys"),
        "CLEARCOUNT_REPORT_WATCHED": "Day and night.",
        "CLEARCOUNT_TRUSTED_PROXY": "127.0.0.1",
        "CLEARCOUNT_AUDIT_ANCHORS": f"file:{folder}/heads",
        "CLEARCOUNT_REPORT_ALERT_EMAIL": "duty@northmoor.example",
        "CLEARCOUNT_OPERATIONS_EMAIL": "it@northmoor.example",
        "CLEARCOUNT_STORE_DIR": str(folder / "store"),
        "CLEARCOUNT_POLICY_FILE": str(folder / "policy.toml"),
        "CLEARCOUNT_SECURITY_CONTACT": "mailto:security@northmoor.example",
    }


@pytest.mark.parametrize("door", ["public", "staff"])
def test_the_deployment_check_is_clean_with_production_settings(door: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "clearcount_web", "manage", "--door", door]
    command += ["check", "--deploy", "--fail-level", "WARNING"]
    bare = subprocess.run(command, env=production(door, tmp_path), capture_output=True, text=True)
    assert bare.returncode == 1 and "Heads of the audit are noted nowhere" in bare.stderr
    assert "sextortion.md was checked by 0 of 2 people" in bare.stderr
    answer = subprocess.run(command, env=production(door, tmp_path) | whole(tmp_path), capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


def test_in_production_the_sign_in_service_is_reached_over_https_only(tmp_path: Path) -> None:
    environment = production("staff", tmp_path) | {"CLEARCOUNT_OIDC_ISSUER": "http://sign-in.northmoor.example"}
    command = [sys.executable, "-m", "clearcount_web", "manage", "check"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert answer.returncode == 2
    assert "CLEARCOUNT_OIDC_ISSUER must begin with https://" in answer.stderr


@pytest.mark.parametrize("door", ["public", "staff"])
def test_in_production_https_is_insisted_on_and_cookies_belong_to_one_host(door: str, tmp_path: Path) -> None:
    host = "www.northmoor.example" if door == "public" else "staff.northmoor.example"
    program = f"""
import django
django.setup()
from django.conf import settings
from django.test import Client
response = Client().get("/static/nothing.css", secure=True, headers={{"host": "{host}"}})
print(response.headers["Strict-Transport-Security"])
plain = Client().get("/static/nothing.css", headers={{"host": "{host}"}})
print(plain.status_code, plain.headers["Location"])
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
names = "SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY CSRF_COOKIE_SECURE CSRF_COOKIE_HTTPONLY".split()
print([getattr(settings, name) for name in names])
print(settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_AGE, settings.DEBUG)
"""
    environment = production(door, tmp_path)
    manage = [sys.executable, "-m", "clearcount_web", "manage", "--door", door]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, check=True)
    subprocess.run([*manage, "collectstatic", "--noinput"], env=environment, check=True, stdout=subprocess.DEVNULL)
    answer = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert answer.stdout.splitlines() == [
        "max-age=31536000",
        f"301 https://{host}/static/nothing.css",
        f"__Host-{door}-session __Host-{door}-csrf",
        "[True, True, True, True]",
        "Lax None False",
    ], answer.stderr
