"""Context hints on made-up sentences, and their measured quality on published clinical ones."""

from __future__ import annotations

import csv
import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.reading.hints import HINTS, explain, hints, hints_version

# The hit stands in square brackets; the hints expected stand before it.
CASES = [
    ("", "The image was made with [AI] and sent to the IP."),
    ("negated", "There is no evidence of [AI] being used."),
    ("negated", "The picture was not [AI] generated."),
    ("", "The picture was shared without her consent and is a [deepfake]."),
    ("", "The image is not only offensive but was made by [AI]."),
    ("", "Contact made by phone no 4471; images described as [AI] edits."),
    ("negated,officer_asserts", "DFU confirmed the pictures were not [AI]."),
    ("victim_suspects", "IP believes the picture is a [deepfake]."),
    ("victim_suspects", "The victim thinks that the voice was cloned with [AI]."),
    ("hypothetical,victim_suspects", "Victim states it might be [AI]."),
    ("suspect_claims", "Suspect claims the photograph is a [deepfake]."),
    ("suspect_claims", "In interview the suspect stated that the files were made with [artificial intelligence]."),
    ("officer_asserts", "OIC confirmed that the file is [AI]-generated."),
    ("officer_asserts", "Digital forensics found an [AI] application on the laptop."),
    ("officer_asserts", "PC Brown noted that the picture is [AI] made."),
    ("other_sense", "Exhibit [AI]/1 was sealed and booked in."),
    ("other_sense", "The cow was booked for [AI] insemination."),
    ("other_sense", "Vehicle reg [AI] 4021 was seen leaving."),
    ("other_sense", "Mr [Al] Carter reported the theft of a bicycle."),
    ("other_sense", "Flight [AI] 131 from Heathrow was delayed."),
    ("hypothetical", "It is not known whether [AI] was used."),
    ("hypothetical", "He threatened to make a [deepfake] of her."),
    ("hypothetical", "Could be [AI], enquiries continue."),
    ("hypothetical", "The account may have used [AI] tools."),
    ("hypothetical", "Advice given about [AI] and staying safe online."),
    ("negated", "[AI] was ruled out by the examiner."),
    ("negated", "Use of [deepfake] software: no."),
    ("negated", "The suspect has never used [AI]."),
    ("negated,suspect_claims", "Suspect denies using [AI] to make the pictures."),
    ("", "Suspect was arrested.\nThe picture was made by [AI]."),
    ("", "No further action on the first matter. The second picture is a [deepfake]."),
    ("negated", "None of the images were [AI] made."),
    ("", "She did not reply, however the picture was a [deepfake]."),
    ("negated", "The IP did not mention a [deepfake]."),
    ("hypothetical", "We cannot rule out [AI]."),
    ("hypothetical", "The use of [AI] cannot be ruled out."),
    ("", "Screenshot of an [AI] app was attached."),
    ("victim_suspects", "Informant reports that a [deepfake] of him is on a public page."),
    ("victim_suspects", "The caller says her picture was put through an [AI] app."),
    ("officer_asserts", "Analyst concluded that the video is a [deepfake]."),
    ("negated", "[AI] - not used."),
    ("negated", "[AI]: not seen on the phone."),
    ("", "Suspect denies, but [AI] was used."),
    ("suspect_claims", "Under caution he said the picture came from an [AI] app."),
    ("suspect_claims", "His solicitor put forward a statement saying it was [AI]."),
    ("suspect_claims", "The suspect blamed an [AI] filter for the picture."),
    ("suspect_claims", "In interview he gave an account of an [AI] website."),
    ("suspect_claims", "The picture is an [AI] joke, the suspect claimed."),
    ("suspect_claims", "It is [AI] according to the suspect."),
    ("suspect_claims", "The suspect's explanation is that the voice is [AI]."),
    ("suspect_claims", "The defendant puts it down to [deepfake] software."),
    ("officer_asserts", "Files were graded as [AI] images."),
    ("officer_asserts", "The video was identified as a [deepfake]."),
    ("officer_asserts", "Examination of the handset showed an [AI] tool."),
    ("officer_asserts", "Use of [AI] confirmed by digital forensics."),
    ("officer_asserts", "Investigation established that [AI] was used."),
    ("officer_asserts", "The [deepfake] was found by the examiner."),
    ("officer_asserts", "Triage of the laptop located an [AI] program."),
    ("suspect_claims", 'Suspect said: "it was only [AI]".'),
    ("suspect_claims", "Prepared statement: the picture is [AI]."),
    ("suspect_claims", "Suspect was interviewed. He said that it was [AI]."),
    ("suspect_claims", "The suspect said it was not her because [AI] was used."),
    ("victim_suspects", "IP attended the front desk. She says that it is [AI]."),
    ("officer_asserts", "IP was worried. OIC confirmed that it is [AI]."),
    ("suspect_claims", "Suspect was interviewed by police and said that it was [AI]."),
    ("victim_suspects", "Suspect made no reply and the IP says it is [AI]."),
    ("", "Suspect was interviewed.\nHe said that it was late. The picture is [AI]."),
    ("negated", "There is no evidence of [AI] on the phone."),
    ("negated", "No sign of [AI] on the laptop."),
    ("", "Police were called to the address about a parcel, however an [AI] picture was posted."),
]


def spans(marked: str) -> tuple[str, int, int]:
    start, end = marked.index("["), marked.index("]")
    return marked[:start] + marked[start + 1 : end] + marked[end + 1 :], start, end - 1


@pytest.mark.parametrize(("expected", "marked"), CASES)
def test_hints_say_what_the_words_around_a_hit_suggest(expected, marked):
    assert hints(*spans(marked)) == tuple(filter(None, expected.split(",")))


def test_hints_name_the_cue_they_rest_on():
    found = explain(*spans("DFU confirmed the pictures were not [AI]."))
    assert [(hint.name, hint.cue) for hint in found] == [("negated", "not"), ("officer_asserts", "DFU confirmed")]


def test_hints_do_not_cross_a_sentence_or_a_line():
    assert hints(*spans("No further items seized. The video is a [deepfake].")) == ()
    assert hints(*spans("IP believes nothing of it\nThe video is a [deepfake]")) == ()
    assert hints(*spans("The first was made with AI. Not so the second. A [deepfake] was sent.")) == ()


def test_hints_do_not_take_patient_or_consistent_for_a_contraction():
    assert hints(*spans("The patient, consistent in his significant account, used [AI].")) == ()


def test_hints_refuse_a_span_outside_the_text():
    with pytest.raises(ValueError, match="does not lie in a text of 3 characters"):
        hints("abc", 2, 4)


def test_hints_rules_have_a_version():
    assert hints_version()


@given(st.text(max_size=300), st.data())
def test_hints_read_any_text(text, data):
    text += "x"
    start = data.draw(st.integers(0, len(text) - 1))
    found = hints(text, start, data.draw(st.integers(start + 1, len(text))))
    assert list(found) == [name for name in HINTS if name in found]


def test_hints_stay_fast_on_a_long_line():
    text = "no evidence of " * 20_000 + "AI" + " was not used" * 20_000
    start = text.index("AI")
    assert "negated" in hints(text, start, start + 2)


@pytest.mark.data
def test_hints_reach_f1_of_95_for_negation_on_the_negex_sentences(data):
    with gzip.open(data / "negex_sentences_part1.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    right = wrong = lost = 0
    for row in rows:
        words = row["phrase"].strip('"').split()
        place = re.search(r"\s+".join(map(re.escape, words)), row["sentence"], re.IGNORECASE)
        said = bool(place) and "negated" in hints(row["sentence"], place.start(), place.end())
        true = row["negation"] == "Negated"
        right += said and true
        wrong += said and not true
        lost += true and not said
    assert len(rows) == 1043
    assert 2 * right / (2 * right + wrong + lost) >= 0.95
