"""Letters as people write them, and the requests that the rules draft from them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document

from clearcount.cli import cli
from clearcount.drafting import Draft, draft_request
from clearcount.model.request_reader import parse_request
from clearcount.offences import code_list

SOURCE = """Please can you provide the total number of offences recorded, broken down by month, since January 2024, of
the offences below. I would like only those offences which mention “AI”, “artificial intelligence” or “deep fake” or
“deepfake” in the crime MO notes. NB: if the force already has its own AI flag, please use that instead.

For each month since and including January 2023, up to the latest month available:
1. Under Section 66b The Sexual Offences Act 2003 (sharing or threatening to share an intimate photograph or film)
2. Under Section 66 E-F The Sexual Offences Act 2003 (creating or requesting a purported intimate image of an adult)
3. Under Section 1a Protection of Children Act 1978 (creating pseudo images of a child)
4. Under Section 1b Protection of Children Act 1978 (to distribute or show such indecent photographs)
5. Under Section 1c Protection of Children Act 1978 (to possess such indecent photographs or pseudo-photographs)
"""


@dataclass(frozen=True)
class Letter:
    """A letter, and what must come out of it."""

    text: str
    codes: list[list[str]]
    start: str
    end: str
    terms: list[str]
    rows: list[str]
    columns: list[str]
    unclear: tuple[str, ...] = ()
    unit: str = "offences"


LETTERS = {
    "one sentence": Letter(
        "How many offences of blackmail were recorded from 1 April 2021 to 31 March 2024, by financial year?",
        [["035/00"]], "2021-04", "2024-03", [], ["offence"], ["financial-year"],
    ),
    "all crime, applications": Letter(
        "Dear FOI team,\n\nPlease tell me the number of crimes, of all recorded crime, which mention the words "
        "“Tinder” or “Grindr” between January 2022 and December 2023, by month.\n\nKind regards,\nSam Example",
        [["all"]], "2022-01", "2023-12", ["Tinder", "Grindr"], ["offence"], ["month"],
    ),
    "days with slashes": Letter(
        "Number of voyeurism offences recorded between 06/04/2023 and 05/04/2024, monthly.",
        [["088/10"]], "2023-04-06", "2024-04-05", [], ["offence"], ["month"],
    ),
    "a class and districts": Letter(
        "Please provide the number of offences of stalking and harassment in the calendar years 2021 to 2023, "
        "broken down by district.",
        [["sub-class:Stalking and harassment"]], "2021-01", "2023-12", [], ["district"], [],
    ),
    "numbered with brackets": Letter(
        "For the period 1 January 2024 to 30 June 2025 please provide the number of offences by month:\n"
        "(a) Section 66B Sexual Offences Act 2003\n(b) voyeurism\n(c) blackmail",
        [["088/15", "175/08", "008/71"], ["088/10"], ["035/00"]], "2024-01", "2025-06", [], ["offence"], ["month"],
    ),
    "to date": Letter(
        "How many crimes under HO code 88/15 have been recorded since 31 January 2024 to date, per month?",
        [["088/15"]], "2024-01-31", "extract", [], ["offence"], ["month"],
    ),
    "a contradiction": Letter(
        "Number of blackmail offences by month since March 2022. The figures are wanted from March 2023 only.",
        [["035/00"]], "2022-03", "latest", [], ["offence"], ["month"], ("several starts",),
    ),
    "no period": Letter(
        "How many offences of voyeurism were recorded, by year?",
        [["088/10"]], "TO BE GIVEN", "latest", [], ["offence"], ["year"], ("no period",),
    ),
    "no offence": Letter(
        "I want figures on nuisance calls in 2023, by month.",
        [[]], "2023-01", "2023-12", [], ["offence"], ["month"], ("no offence",),
    ),
    "both words": Letter(
        "Number of incidents, of any crime, whose log contains both “scooter” and “knife”, 9 October 2023 to "
        "8 October 2024, by month.",
        [["all"]], "2023-10-09", "2024-10-08", ["scooter*"], ["offence"], ["month"], (), "occurrences",
    ),
    "a thread": Letter(
        "Hello, following my earlier mail, please count blackmail offences by year from January 2020 to December 2022."
        "\n\nOn 3 May somebody wrote:\n> We need the period.\n> Kind regards",
        [["035/00"]], "2020-01", "2022-12", [], ["offence"], ["year"],
    ),
    "keyword by keyword, with outcomes": Letter(
        "Of all crimes in 2024, how many offences mention the keywords \"webcam\" or \"drone\", keyword by keyword? "
        "I also need them by outcome.",
        [["all"]], "2024-01", "2024-12", ["webcam*", "drone*"], ["term", "outcome"], [],
    ),
}  # fmt: skip


def drafted(text: str) -> tuple[Draft, dict]:
    draft = draft_request(text, code_list())
    return draft, tomllib.loads(draft.request_toml())


@pytest.mark.parametrize("name", LETTERS)
def test_parts_periods_and_terms_come_out_and_nothing_is_invented(name: str) -> None:
    letter = LETTERS[name]
    draft, data = drafted(letter.text)

    assert [part["codes"] for part in data["question"]] == letter.codes
    assert (data["scope"]["from"], data["scope"]["to"]) == (letter.start, letter.end)
    assert data["scope"]["unit"] == letter.unit
    assert data.get("terms", {}).get("any", []) == letter.terms
    assert (data["table"]["rows"], data["table"]["columns"]) == (letter.rows, letter.columns)
    for words in letter.unclear:
        assert any(words in what for what, _ in draft.doubts), draft.doubts
    assert all(part["text"] in " ".join(letter.text.split()) for part in data["question"])


@pytest.mark.parametrize("name", LETTERS)
def test_every_sentence_is_accounted_for(name: str) -> None:
    draft, _ = drafted(LETTERS[name].text)

    for sentence in draft.letter:
        assert sentence.mark in ("used", "courtesy", "not understood")
        if sentence.mark == "not understood":
            assert any(sentence.text[:40] in what for what, _ in draft.doubts)
    said = draft.report()
    assert all(sentence.text in said for sentence in draft.letter)


def test_the_source_letter_gives_the_request_of_the_demo_but_for_its_accepted_reasons() -> None:
    draft, data = drafted(SOURCE)
    demo = tomllib.loads(
        (Path(__file__).parents[2] / "src/clearcount/data/demo/request.toml").read_text(encoding="utf-8")
    )

    assert [part["codes"] for part in data["question"]] == [part["codes"] for part in demo["question"]]
    assert data["terms"]["any"] == demo["terms"]["any"]
    asked, told = parse_request({**data, "request": demo["request"]}), parse_request({**demo, "accepted": []})
    assert asked.terms == told.terms
    assert (asked.scope.start, asked.scope.unit, asked.table) == (told.scope.start, told.scope.unit, told.table)
    assert asked.scope.end == "latest"  # June 2025 on the day of the demo's extract
    assert any("several starts" in what for what, _ in draft.doubts)
    assert "Which one do you mean?" in draft.clarification()


def test_the_command_reads_text_mail_and_word(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail.set_content(SOURCE)
    word = Document()
    for paragraph in SOURCE.split("\n"):
        word.add_paragraph(paragraph)
    written = BytesIO()
    word.save(written)
    for name, content in (("a.txt", SOURCE.encode()), ("a.eml", mail.as_bytes()), ("a.docx", written.getvalue())):
        (tmp_path / name).write_bytes(content)
        made = CliRunner().invoke(cli, ["new", str(tmp_path / f"{name}-request"), "--from", str(tmp_path / name)])
        assert made.exit_code == 0, made.output
        data = tomllib.loads((tmp_path / f"{name}-request" / "request.toml").read_text(encoding="utf-8"))
        assert len(data["question"]) == 5
        assert (tmp_path / f"{name}-request" / "letter-read.md").exists()


@pytest.mark.parametrize(
    ("name", "content"), [("x.docx", b"no zip"), ("x.eml", b""), ("x.txt", b"  "), ("gone.txt", None)]
)
def test_what_is_no_letter_is_refused_with_a_sentence(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    made = CliRunner().invoke(cli, ["new", str(tmp_path / "out"), "--from", str(tmp_path / name)])
    assert made.exit_code == 2 and name in made.output
    assert not (tmp_path / "out" / "request.toml").exists()


@pytest.mark.parametrize("sign", ["\x7f", "\t", '"', "\\", "\x00", "\u2028", "#", "é"])
def test_whatever_a_letter_holds_the_draft_is_toml(sign: str) -> None:
    letter = f'How many offences mention "AI{sign}x" from January 2024 to June 2024?'
    assert tomllib.loads(draft_request(letter, code_list()).request_toml())["request"]["text"]
