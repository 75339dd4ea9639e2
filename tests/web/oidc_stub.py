"""A small OpenID Connect provider on loopback, run by the tests: discovery, code flow with PKCE, RS256 tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass
class Person:
    """Who signs in next, and what the provider says of them."""

    subject: str = "s-1"
    name: str = "Sam Reed"
    username: str = "sam"
    email: str = "sam@northmoor.example"
    groups: list[str] = field(default_factory=list)
    amr: list[str] = field(default_factory=lambda: ["pwd", "mfa"])


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """The provider's state: its key, the person who signs in, the codes it has given out."""

    def __init__(self) -> None:
        self.person = Person()
        self.key = _key()
        self.issuer = ""
        self.client_id = "clearcount-test"
        self.client_secret = "the client's secret"
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, Person] = {}
        self.other_nonce: str | None = None
        """What it answers in place of the nonce that it was sent; empty: no nonce at all."""

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """The address that the browser is sent back to."""
        assert query["client_id"] == self.client_id
        assert query["code_challenge_method"] == "S256"
        assert len(query["nonce"]) >= 32
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, once, for the right client with the right verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or form.get("client_secret") != self.client_secret:
            return None
        access = secrets.token_urlsafe(16)
        self.tokens[access] = self.person
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": self.person.subject,
            "iat": now,
            "exp": now + 300,
            "amr": self.person.amr,
            "groups": self.person.groups,
            "name": self.person.name,
            "preferred_username": self.person.username,
            "email": self.person.email,
        }
        nonce = asked["nonce"] if self.other_nonce is None else self.other_nonce
        claims |= {"nonce": nonce} if nonce else {}
        id_token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "test"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": id_token}

    def userinfo(self, access: str) -> dict[str, Any] | None:
        person = self.tokens.get(access)
        if person is None:
            return None
        return {
            "sub": person.subject,
            "name": person.name,
            "preferred_username": person.username,
            "email": person.email,
        }


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._json(self.provider.discovery())
        elif parts.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()
        elif parts.path == "/userinfo":
            self._json(self.provider.userinfo(self.headers.get("Authorization", "").removeprefix("Bearer ")))
        else:
            self._json(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(self.provider.token({name: values[0] for name, values in parse_qs(body).items()}))

    def _json(self, answer: dict[str, Any] | None) -> None:
        body = json.dumps(answer or {"error": "invalid_grant"}).encode()
        self.send_response(200 if answer else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider that answers on loopback inside the block."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
