"""A contact officer at the desk, with the duty key unlocked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from nacl import pwhash

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import PASSPHRASES

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role
from clearcount_web.reporting import sealing
from clearcount_web.triage import actions, keyring


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "OPS", pwhash.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(keyring, "MEM", pwhash.argon2id.MEMLIMIT_MIN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keyring.make(tmp_path / "keys", PASSPHRASES)
    return tmp_path / "keys"


@pytest.fixture
def officer(sign_in: Callable[..., User], folder: Path) -> Iterator[User]:
    keys = sealing.read_public_keys(folder / "public.json")
    with override_settings(REPORT_KEYS=keys, DUTY_KEY_FILE=folder / "duty.key"):
        officer = sign_in("corin", Role.CONTACT_OFFICER)
        actions.unlock(PASSPHRASES["duty"], by=officer)
        yield officer
