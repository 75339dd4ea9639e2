"""Marks: one thing in many writings, many things in one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import PASSPHRASES, came, sort_all

from clearcount_web.accounts.models import User
from clearcount_web.reporting.answers import ReportAnswers
from clearcount_web.triage import actions, keyring, sorting
from clearcount_web.triage.marks import accounts_of, contacts_of, number_in_one_writing
from clearcount_web.triage.models import Mark, Report


@pytest.mark.parametrize(
    "writing",
    ["07700 900123", "+44 7700 900123", "0044 7700 900 123", "+44 (0)7700 900123", "447700900123", "07700-900-123",
     "(07700) 900123", "０７７００ ９００１２３", "+44\u00a07700\u00a0900123"],
)  # fmt: skip
def test_a_number_is_one_number_in_any_writing(writing: str) -> None:
    assert number_in_one_writing(writing) == "7700900123"
    assert "7700900123" in set(accounts_of(ReportAnswers(names=f"They ring from {writing} at night")))
    assert set(contacts_of(ReportAnswers(phone=writing))) == {"7700900123"}


@pytest.mark.parametrize(
    "said",
    ["sample_account_1", "@Sample_Account_1", "  sample_account_1.", "Snapchat: sample_account_1", "SAMPLE_ACCOUNT_1",
     "sample_account_1 and another_one", "“sample_account_1”", "sample\u200b_account_1", "ｓａｍｐｌｅ_account_1",
     "https://chat.example/sample_account_1", "www.chat.example/u/Sample_Account_1/?a=b",
     "one@post.example, sample_account_1"],
)  # fmt: skip
def test_an_account_name_is_one_in_any_writing(said: str) -> None:
    assert "sample_account_1" in set(accounts_of(ReportAnswers(names=said)))


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "unknown",
        "I don't know",
        "I don’t know",
        "They have many different accounts",
        "A stranger who found me in the chat of a game",
        "No",
        "n/a",
        "none",
        "Snapchat",
        "Instagram account",
        "not sure",
        "-",
        "…",
        "12",
    ],
)
def test_words_that_name_nobody_make_no_mark(said: str) -> None:
    assert set(accounts_of(ReportAnswers(names=said))) == set()


@pytest.mark.parametrize(
    ("links", "names"),
    [("https://chat.example/sample_account_1", {"sample_account_1"}), ("https://chat.example/", set()),
     ("https://chat.example", set()), ("chat.example/p/4711?x=1 www.two.example/other.name", {"4711", "other.name"})],
)  # fmt: skip
def test_a_link_to_a_profile_is_its_account_name(links: str, names: set[str]) -> None:
    assert set(accounts_of(ReportAnswers(links=links))) == names


def test_marks_are_keyed_digests_that_nothing_but_the_duty_key_makes(
    officer: User, folder: Path, tmp_path: Path
) -> None:
    report = came(officer, names="sample_account_1", phone="07700 900123")
    sort_all(officer)
    first = set(report.marks.values_list("kind", "digest"))
    assert {kind for kind, _ in first} == {"account", "contact"}
    stored = str(list(Report.objects.values())) + str(list(Mark.objects.values()))
    assert "sample_account" not in stored and "900123" not in stored
    keyring.rotate(folder, "duty", PASSPHRASES["duty"])
    actions.unlock(PASSPHRASES["duty"], by=officer)
    assert sorting.unsorted(sorting.digester(keyring.held("corin"))).count() == 0  # a rotation keeps them
    keyring.make(tmp_path / "others", PASSPHRASES)
    other = sorting.digester(keyring.unlock(tmp_path / "others" / "duty.key", PASSPHRASES["duty"]))
    assert not {digest for _, digest in first} & {other.digest(kind, "sample_account_1") for kind in ("account",)}
    assert sorting.unsorted(other).count() == 1
