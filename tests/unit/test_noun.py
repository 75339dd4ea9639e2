"""What a record is called: said by a layout, used by every sentence and heading of the answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.errors import ExportError
from clearcount.importers import parse_layout
from clearcount.model.record import OFFENCE, Noun, spoken_of
from clearcount.store import open_store
from clearcount.writers.words import read_words
from force import make_force


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("An offence counts.", "A stop and search counts."),
        ("of an offence; several offences", "of a stop and search; several stop and searches"),
        ("Offences under the codes", "Stop and searches under the codes"),
        ("offence_type is no word", "offence_type is no word"),
        ("set [file.offence] status in offences.csv", "set [file.offence] status in offences.csv"),
        ('with rows = ["offence"] or “offence”', 'with rows = ["offence"] or “offence”'),
        ("Of several offences. The next.", "Of several stop and searches. The next."),
    ],
)
def test_a_sentence_about_offences_is_said_of_other_records(written: str, said: str) -> None:
    assert Noun("stop and search", "stop and searches").put(written) == said
    assert OFFENCE.put(written) == written


def test_articles_and_units() -> None:
    assert Noun("incident", "incidents").put("An offence; an offence") == "An incident; an incident"
    assert spoken_of("offences", Noun("call", "calls")) == ("call", "calls")
    assert spoken_of("charged") == ("person charged", "people charged")


SOUND = """name = "ours"
codes = "own"
{records}
[[file]]
match = ["calls*"]
[file.offence]
occurrence_no = "log"
crime_no = "log"
code = "type"
"""


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ("[records]\nnoun = 5", "noun = 5"),
        ('[records]\nnoun = "a|b"', "noun = 'a|b'"),
        ('[records]\nplural = "calls"', "has a plural and no noun"),
        ('[records]\nnoun = "call"\nplural = ""', "plural = ''"),
        ('[records]\nnouns = "call"', "unknown key 'nouns'"),
        ('records = "call"', "records = 'call'"),
    ],
)
def test_what_a_layout_says_of_records_is_checked(records: str, said: str) -> None:
    with pytest.raises(ExportError, match="layout") as refused:
        parse_layout(SOUND.format(records=records))
    assert said in str(refused.value)


def test_a_noun_without_a_plural_gets_an_s() -> None:
    layout = parse_layout(SOUND.format(records='[records]\nnoun = "call"'))
    assert (layout.noun, layout.system) == (Noun("call", "calls"), "")
    assert parse_layout(SOUND.format(records="")).noun == OFFENCE


_MAY = (
    "The codes are the data's own, so nothing was checked against the list of offences or the law.",
    "Offence code list",
)
"""What is said of offences in an answer about other records: that nothing was held against their list."""


def test_an_answer_about_other_records_speaks_of_no_offence(tmp_path: Path) -> None:
    make_force(tmp_path, 300)
    request = tmp_path / "request.toml"
    request.write_text(
        '[request]\nreference = "N/1"\nreceived = 2025-07-01\n[scope]\nfrom = "2023-01"\nto = "2024-12"\n'
        'codes = ["all"]\n[terms]\nany = ["e-scooter"]\nfields = ["mo", "summary"]\n[[question]]\ntext = "Logs"\n'
        '[[table]]\nrows = ["offence"]\ncolumns = ["year"]\n[[table]]\nrows = ["district"]\ncolumns = []\n'
    )
    policy = tmp_path / "policy.toml"
    policy.write_text('[disclosure]\nrule = "none"\nreason = "a test"\napproved_by = "nobody"\n')
    store, answer = tmp_path / "incidents" / "store", tmp_path / "answer"
    assert open_store(store).snapshot().noun == Noun("incident", "incidents")
    ran = CliRunner().invoke(
        cli, ["count", str(request), "--store", str(store), "--policy", str(policy), "--out", str(answer)]
    )
    assert ran.exit_code == 0, ran.output
    assert "offences in" not in ran.output
    for name in ("response.html", "response.docx", "counts.xlsx", "counts.ods"):
        words = [line for line in read_words(answer / name) if "offence" in line.lower()]
        # Its own names of its codes are "Offence NSIR-04"; a line of one word is the name of a doubt.
        assert [
            line
            for line in words
            if "Offence NSIR" not in line and not any(each in line for each in _MAY) and " " in line
        ] == []
        assert any("incidents" in line for line in read_words(answer / name))
    verified = CliRunner().invoke(cli, ["verify", str(answer), "--store", str(store)])
    assert verified.exit_code == 0, verified.output
