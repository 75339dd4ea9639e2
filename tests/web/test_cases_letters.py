"""Letters are whole or not written, say nothing but what was approved, and keep the applicant's name out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.test import Client, override_settings

sys.path.insert(0, str(Path(__file__).parent))
from casework import ADDRESS, NAME, act, approve, drafted, granted, issued, opened, person, put_forward

from clearcount.foi import cost
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.cases.actions import do
from clearcount_web.cases.clauses import PACKAGED, clauses
from clearcount_web.cases.costs import worked_out
from clearcount_web.cases.letters import text_of
from clearcount_web.cases.models import Answer, Case, Letter, Worksheet
from clearcount_web.ground.refusals import Refused

DAY = date(2026, 3, 20)
WEIGHED = {"interest_for": "Openness about tactics.", "interest_against": "Offenders would learn of them."}
SHEET = {
    "records": 1144,
    "minutes": [2.0, 3.0, 4.0, 3.0, 3.0],
    "other_minutes": 0,
    "method": "Each record was opened and read.",
    "advice": "Asking for one year instead of three would leave 310 records.",
}


def refused(case: Case, name: str, **given: Any) -> str:
    with pytest.raises(Refused) as why:
        act(case, name, **given)
    return str(why.value)


def words(case: Case) -> str:
    """The last letter of a case as it is sent."""
    return text_of(Letter.objects.filter(case=case).order_by("-number")[0], NAME)


def test_an_acknowledgement_says_when_and_why_then(db: None) -> None:
    case = opened()
    assert "Confirm the day of receipt first" in refused(case, "write_letter", kind="acknowledgement")
    act(case, "confirm", day=case.received_on)
    act(case, "write_letter", kind="acknowledgement")
    said = words(case)
    assert said.startswith(f"Dear {NAME},") and "by 1 April 2026 at the latest" in said
    assert "The 20th working day after it was received on 3 March 2026." in said


def test_a_clarification_says_what_is_needed_and_what_it_does_to_the_clock(db: None) -> None:
    case = opened()
    act(case, "confirm", day=case.received_on)
    assert "lacks own_words" in refused(case, "write_letter", kind="clarification")
    act(case, "write_letter", kind="clarification", own_words="Which of the two years do you mean?")
    assert "Which of the two years" in words(case) and "starts on the day on which your answer" in words(case)


def eight_parts() -> Case:
    """A case of eight parts with five outcomes, one of them still under a public interest test."""
    case = drafted(opened(), *(f"Question number {number}?" for number in range(1, 9)))
    act(case, "estimate_cost", **SHEET)
    act(case, "answer_part", number=2, outcome="not-held", held="no")
    act(case, "answer_part", number=3, outcome="withheld", held="yes", limb="40(2)", why="A person is identifiable.")
    act(case, "answer_part", number=4, outcome="part", held="partly", limb="31(1)(a)", why="A tactic.", **WEIGHED)
    act(case, "answer_part", number=5, outcome="ncnd", held="ncnd", limb="24(2)", why="Safeguarding.", **WEIGHED)
    act(case, "answer_part", number=6, outcome="cost", why="The records would have to be read.")
    log = "https://force.example/log/thefts/"
    act(case, "answer_part", number=7, outcome="withheld", held="yes", limb="21", why="Published.", log_address=log)
    act(case, "test_interest", number=8, limb="31(1)(b)", days=20)
    return case


def test_an_answer_holds_every_particular_of_section_17(db: None) -> None:
    case = eight_parts()
    act(case, "write_letter", kind="answer", own_words="The tables are attached.")
    said = words(case)
    for number in range(1, 9):
        assert f"Question number {number}?" in said
    for wanted in (
        "We do not hold this information.",
        "The exemption is section 40(2), Personal information. It applies because: A person is identifiable.",
        "For disclosure: Openness about tactics.",
        "We neither confirm nor deny",
        "limit of £450, which is 18 hours at £25 an hour",
        "1,144 records would have to be read. We timed 5 of them: one takes 3.0 minutes on average",
        "Within the limit we could read 360 records. Asking for one year",
        "You can find the information here: https://force.example/log/thefts/",
        "section 31(1)(b), Law enforcement, may apply",
        "We expect to decide by 1 May 2026.",
        "ask us to review this answer. Write to Information rights (foi@northmoor.example) within 40 working days",
        "you can complain to the Information Commission",
        "The tables are attached.",
    ):
        assert wanted in said, wanted
    assert "{" not in said and "[[" not in said
    assert said.index("The tables are attached.") < said.index("review this answer") < said.index("complain to the")
    letter = Letter.objects.get(case=case)
    assert all(basis for text, basis in letter.paragraphs if "Act" in basis or "section" in text[:20])
    act(case, "submit")
    approve(case)
    act(case, "sent", day=DAY, how="by e-mail, filed in box 3")
    letter.refresh_from_db()
    assert (letter.sent_on, letter.sent_how) == (DAY, "by e-mail, filed in box 3")


def test_without_a_way_to_ask_for_a_review_no_refusal_is_written(db: None) -> None:
    case = drafted(opened())
    seen = Case.objects.get(pk=case.pk).version
    assert not settings.FORCE.information_rights
    with pytest.raises(Refused, match=r"the clause “rights” .* lacks contact"):
        do(case.pk, "write_letter", {"kind": "answer"}, by=person("olive"), seen=seen)
    assert not Letter.objects.exists()


def test_section_12_needs_its_estimate_and_the_estimate_must_exceed(db: None) -> None:
    case = drafted(opened())
    act(case, "answer_part", number=1, outcome="cost", why="Too many.")
    assert "Fill the cost worksheet in first" in refused(case, "write_letter", kind="answer")
    act(case, "estimate_cost", **{**SHEET, "records": 360})
    assert "within the limit" in refused(case, "write_letter", kind="answer")
    act(case, "estimate_cost", **{**SHEET, "records": 361})
    act(case, "write_letter", kind="answer")
    assert "for a review" not in words(case) and "ask us to review" in words(case)
    assert "hours for locating" not in words(case) and "Although we may refuse" not in words(case)


def test_a_refusal_gives_what_could_be_counted_all_the_same(db: None) -> None:
    case = drafted(opened())
    act(case, "answer_part", number=1, outcome="cost", why="Too many to read.", tables="2")
    act(case, "estimate_cost", **{**SHEET, "other_minutes": 90})
    act(case, "write_letter", kind="answer")
    said = words(case)
    assert "Although we may refuse, we give what we could count within the limit. See table 2." in said
    assert "With 1.5 hours for locating and retrieving them that is 58.7 hours" in said


def test_a_keyword_request_of_1144_hits_becomes_a_sample_and_an_estimate(db: None) -> None:
    case = drafted(opened())
    act(case, "estimate_cost", **SHEET)
    figures = worked_out(Worksheet.objects.get(case=case), case)
    assert float(figures.cost.hours) == pytest.approx(57.2) and figures.cost.exceeds and figures.firm
    assert float(figures.cost.cost) == pytest.approx(float(cost(1144, 3.0).cost))
    assert figures.fits == 360 and not cost(360, 3.0).exceeds and cost(361, 3.0).exceeds
    assert figures.minutes_lower == pytest.approx(3 - 2.776 * 0.7071 / 5**0.5, abs=0.001)
    act(case, "estimate_cost", **SHEET, read=360, found=45)
    figures = worked_out(Worksheet.objects.get(case=case), case)
    assert figures.estimate is not None
    assert (
        figures.estimate.estimate == pytest.approx(143) and 45 < figures.estimate.lower < 143 < figures.estimate.upper
    )
    act(case, "answer_part", number=1, outcome="cost", why="All of them cannot be read.")
    act(case, "write_letter", kind="answer")
    said = words(case)
    assert "of 1,144 records we read 360, drawn at random, and 45 of them were relevant" in said
    low, high = f"{figures.estimate.lower:,.0f}", f"{figures.estimate.upper:,.0f}"
    assert f"between {low} and {high} with 95 per cent confidence" in said and "not a count" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"minutes": [3.0] * 4}, "at least 5"),
        ({"minutes": [3.0, 3.0, 3.0, 3.0, 0.0]}, "more than 0"),
        ({"minutes": [3.0, 3.0, 3.0, 3.0, float("nan")]}, "more than 0"),
        ({"minutes": [3.0, 3.0, 3.0, 3.0, 601.0]}, "more than 0"),
        ({"records": 4}, "More records were timed"),
        ({"read": 10}, "Give both"),
        ({"found": 10}, "Give both"),
        ({"read": 10, "found": 11}, "at most all"),
        ({"read": 1145, "found": 1}, "at most all"),
        ({"method": f"As {NAME} asked"}, "say who asked"),
        ({"advice": f"Tell {ADDRESS}"}, "say who asked"),
    ],
    ids=range(11),
)
def test_an_estimate_that_is_none_is_refused(db: None, change: dict[str, Any], says: str) -> None:
    case = drafted(opened())
    assert says in refused(case, "estimate_cost", **{**SHEET, **change})
    assert not Worksheet.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda case: act(case, "answer_part", number=1, outcome="not-held", held="no"),
        lambda case: act(case, "answer_part", number=1, outcome="granted", held="yes", reading="By ward."),
        lambda case: act(case, "plan", texts=["One more?"]) and granted(case, 2),
        lambda case: act(case, "test_interest", number=1, limb="31(1)(a)", days=3),
    ],
    ids=["outcome", "reading", "part", "test"],
)  # fmt: skip
def test_a_letter_that_says_something_else_is_not_put_forward(db: None, change: Any) -> None:
    case = drafted(opened())
    act(case, "write_letter", kind="answer")
    change(case)
    said = refused(case, "submit")
    assert "something else" in said or "No part has an outcome" in said or "Nothing new" in said
    assert "no letter yet" in refused(drafted(opened()), "submit")


def test_a_letter_changed_behind_an_approval_voids_it(db: None) -> None:
    case = put_forward(drafted(opened()))
    approve(case)
    Letter.objects.filter(case=case).update(paragraphs=[["Dear somebody else", ""]])
    assert "void" in refused(case, "sent", day=DAY)


def test_an_internal_review_needs_the_letter_of_a_review(db: None) -> None:
    case = issued(opened())
    act(case, "ask_review", day=date(2026, 3, 25))
    rory = person("rory", Role.FOI_OFFICER)
    act(case, "begin_review", by=rory)
    with pytest.raises(Refused, match="no letter yet"):
        act(case, "submit", by=rory)
    act(case, "write_letter", by=rory, kind="review")
    assert "You asked us on 25 March 2026 to review our answer" in words(case) and "ask us to review" not in words(case)
    act(case, "submit", by=rory)


def test_the_letter_is_kept_without_the_name_and_read_with_it(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = put_forward(drafted(opened()))
    letter = Letter.objects.get(case=case)
    assert "Quenby" not in str(letter.paragraphs) and "Quenby" not in str(list(Event.objects.values()))
    page = f"/cases/{case.pk}/letters/{letter.number}/"
    sign_in("dilys", Role.DECISION_MAKER)
    seen = Event.objects.filter(verb="case.applicant_seen").count()
    shown = staff.get(page).content.decode()
    assert f"Dear {NAME}," in shown and "section 17(7)" in shown and letter.templates in shown
    file = staff.get(f"{page}?docx")
    document = docx.Document(io.BytesIO(file.content))
    assert "\n\n".join(p.text for p in document.paragraphs) == text_of(letter, NAME).strip()
    assert document.core_properties.author == "" and "python" not in document.core_properties.comments.lower()
    assert Event.objects.filter(verb="case.applicant_seen").count() == seen + 2
    for role in (Role.ANALYST, Role.READER, Role.PUBLISHER):
        sign_in(f"not-{role}", role)
        assert staff.get(page).status_code == 403


def test_letters_are_noted_as_sent_by_hand_once(db: None) -> None:
    case = opened()
    act(case, "confirm", day=case.received_on)
    act(case, "write_letter", kind="acknowledgement")
    assert "cannot have been sent" in refused(case, "letter_sent", number=1, day=date(2026, 3, 2), how="post")
    act(case, "letter_sent", number=1, day=date(2026, 3, 4), how="by e-mail")
    assert "still to be sent" in refused(case, "letter_sent", number=1, day=date(2026, 3, 4), how="by e-mail")
    assert "say who asked" in refused(case, "write_letter", kind="acknowledgement", own_words=f"Dear {NAME}")
    assert "put in by the letter itself" in refused(
        case, "write_letter", kind="acknowledgement", own_words="[[applicant]]"
    )
    for strange in ("nonsense", ""):
        assert "no such letter" in refused(case, "write_letter", kind=strange)
    assert "while the answer is being drafted" in refused(case, "write_letter", kind="answer")


OWN = PACKAGED.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("[clause.regulator]", "[clause.somebody]"), "lack the clauses regulator"),
        (lambda text: text + '\n[clause.more]\nbasis = "x"\ntext = "y"\n', "that no letter uses"),
        (lambda text: text.replace("Write to {department}", "Write to {boss}"), "nothing fills: boss"),
        (
            lambda text: text.replace(" within {review_days} working days of the day on which we sent it", ""),
            "leaves out what the law wants said: review_days",
        ),
        (lambda text: text.replace('"Freedom of Information Act 2000, section 50"', '""'), "no legal basis"),
        (lambda text: text.replace("Yours sincerely", "Yours {sincerely"), "brace"),
        (lambda text: text.replace('version = "2026-12"', ""), "cannot be read"),
        (lambda text: text + "[", "cannot be read"),
        (lambda text: "", "cannot be read"),
        (lambda text: text + "#" * 200_001, "cannot be read"),
    ],
    ids=range(10),
)  # fmt: skip
def test_own_words_that_are_not_whole_stop_every_letter(db: None, tmp_path: Path, change: Any, says: str) -> None:
    path = tmp_path / "letters.toml"
    path.write_text(change(OWN), encoding="utf-8")
    case = opened()
    act(case, "confirm", day=case.received_on)
    with override_settings(CASE_LETTERS=path):
        assert says in refused(case, "write_letter", kind="acknowledgement")
    assert not Letter.objects.exists()


def test_a_notice_of_a_test_says_why_the_exemption_applies(db: None) -> None:
    case = drafted(opened())
    act(case, "test_interest", number=1, limb="31(1)(a)", days=20, why="It names a tactic.")
    act(case, "write_letter", kind="interest")
    said = words(case)
    assert "The exemption applies because: It names a tactic." in said and "by 1 May 2026" in said
    assert "ask us to review this answer" in said and "complain to the" in said, "section 17(7) holds for this notice"


def test_only_a_letter_that_says_what_is_done_tells_of_a_test(db: None) -> None:
    """A part has its own day from the notice on, and not from one that named another exemption or another day."""
    case = drafted(opened(), "One?", "Two?")
    for number in (1, 2):
        act(case, "test_interest", number=number, limb="31(1)(a)", days=10)
    act(case, "write_letter", kind="interest")
    act(case, "test_interest", number=2, limb="31(1)(a)", days=20)
    twentieth = date(2026, 4, 1)
    assert act(case, "letter_sent", number=1, day=date(2026, 3, 30), how="post").due == twentieth
    act(case, "write_letter", kind="interest")
    told = act(case, "letter_sent", number=2, day=date(2026, 3, 31), how="post")
    assert (told.due, "section 10(3)" in told.due_why) == (date(2026, 4, 17), True)
    assert act(case, "test_interest", number=1, limb="31(1)(b)", days=10).due == twentieth, "told of another exemption"


def test_an_answer_is_not_sent_before_it_was_approved_or_under_an_old_name(db: None) -> None:
    case = put_forward(drafted(opened()))
    approve(case)
    Answer.objects.filter(case=case).update(approved_at=datetime(2026, 3, 25, 12, tzinfo=UTC))
    assert "cannot have been sent on 2026-03-20" in refused(case, "sent", day=DAY)
    Answer.objects.filter(case=case).update(approved_at=datetime(2026, 9, 28, 12, tzinfo=UTC))
    Letter.objects.filter(case=case).update(made_at=datetime(2026, 9, 28, 12, tzinfo=UTC))
    assert "write the letter anew" in refused(case, "sent", day=date(2026, 10, 1))
    act(case, "sent", day=date(2026, 9, 29))


def test_a_request_that_is_not_valid_is_told_what_it_lacks(db: None) -> None:
    case = opened()
    act(case, "confirm", day=case.received_on)
    assert "lacks own_words" in refused(case, "write_letter", kind="validity")
    act(case, "write_letter", kind="validity", own_words="Your real name is missing.")
    assert "Your real name is missing." in words(case) and "gives a real name" in words(case)


def test_what_is_published_is_not_withheld_but_named(db: None) -> None:
    case = drafted(opened())
    place = "https://force.example/log/thefts/"
    act(
        case,
        "answer_part",
        number=1,
        outcome="withheld",
        held="yes",
        limb="21",
        why="It is on our log.",
        log_address=place,
    )
    act(case, "write_letter", kind="answer")
    assert "you can reach it by other means" in words(case) and place in words(case)
    assert "and withhold it" not in words(case)


def test_neither_confirmed_nor_denied_weighs_its_own_interest(db: None) -> None:
    case = drafted(opened())
    act(
        case,
        "answer_part",
        number=1,
        outcome="ncnd",
        held="ncnd",
        limb="31(3)",
        why="It would tell a tactic.",
        **WEIGHED,
    )
    act(case, "write_letter", kind="answer")
    assert "The public interest in neither confirming nor denying outweighs" in words(case)


def test_whoever_approves_reads_the_letter_the_tables_and_the_sheet(staff: Client, sign_in: Callable[..., Any]) -> None:
    case = put_forward(drafted(opened()))
    sign_in("dilys", Role.DECISION_MAKER)
    page = staff.get(f"/cases/{case.pk}/do/approve/").content.decode()
    assert "We hold this information and give it to you." in page and "section 17(7)" in page
    assert "The answer rests on no count." in page and "Quenby" not in page


def test_a_force_writes_its_own_words_under_its_own_version(db: None, tmp_path: Path) -> None:
    path = tmp_path / "letters.toml"
    path.write_text(OWN.replace("Yours sincerely", "With kind regards").replace("2026-12", "ours-7"), encoding="utf-8")
    case = opened()
    act(case, "confirm", day=case.received_on)
    with override_settings(CASE_LETTERS=path):
        act(case, "write_letter", kind="acknowledgement")
    assert "With kind regards" in words(case) and Letter.objects.get(case=case).templates.startswith("ours-7, sha256 ")
    assert clauses().version.startswith("2026-12, sha256 ")


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 9, 29), "Information Commissioner"), (date(2026, 9, 30), "Information Commission")],
    ids=str,
)
def test_the_regulator_is_called_by_the_name_of_the_day(db: None, day: date, name: str) -> None:
    from clearcount_web.cases.letters import _values

    with override_settings(FORCE=replace(settings.FORCE, information_rights={"email": "a@b.example"})):
        assert _values(opened(), "", day)["regulator"] == name
