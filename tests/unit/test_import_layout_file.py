"""Layouts: each key has its shape checked and is named with its file; each file says how it is written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clearcount.errors import ExportError
from clearcount.importers import parse_layout
from clearcount.importers.layout import Form
from clearcount.store import open_store
from clearcount.workflow.importing import adjusted_layout, import_export

NOW = datetime(2025, 7, 1, tzinfo=UTC)
SOUND = """name = "ours"
[[file]]
match = ["crimes*"]
[file.offence]
occurrence_no = "occ"
crime_no = "crime"
code = "code"
recorded_on = "recorded"
status = { constant = "recorded" }
[[file]]
match = ["texts*"]
[[file.text]]
occurrence_no = "occ"
field = { constant = "mo" }
text = "text"
"""


def test_the_sound_layout_is_sound() -> None:
    assert len(parse_layout(SOUND).files) == 2


WRONG = {
    "single brackets round text": (SOUND.replace("[[file.text]]", "[file.text]"), "[[file]] 2: text"),
    "single brackets round file": (SOUND.replace("[[file]]", "[file]", 1).split("[[file]]")[0], "file is one table"),
    "a file that is a text": ('name = "x"\nfile = "crimes.csv"\n', "file = 'crimes.csv'"),
    "a list of texts for file": ('file = ["crimes.csv"]\n', "file = ['crimes.csv']"),
    "no file": ('name = "x"\n', "it has no [[file]]"),
    "an empty list of files": ("file = []\n", "it has no [[file]]"),
    "a number for a date shape": ("dates = [5]\n" + SOUND, "dates = [5]"),
    "a text for the date shapes": ('dates = "%d/%m/%Y"\n' + SOUND, "dates = '%d/%m/%Y'"),
    "a date shape without a year": ('dates = ["%d/%m"]\n' + SOUND, "dates = '%d/%m'"),
    "a date shape with an unknown sign": ('dates = ["%d/%m/%Y %Q"]\n' + SOUND, "dates = "),
    "a date in the place of its shape": ("dates = [2024-01-01]\n" + SOUND, "dates = "),
    "a number for the name": ("name = 5\n" + SOUND.split("\n", 1)[1], "name = 5"),
    "a list for the encoding": ('encoding = ["utf-8"]\n' + SOUND, "encoding = ['utf-8']"),
    "an encoding nobody knows": ('encoding = "utf-9"\n' + SOUND, "encoding = 'utf-9'"),
    "an encoding that is none of text": ('encoding = "base64"\n' + SOUND, "encoding = 'base64'"),
    "two signs for the delimiter": ('delimiter = ";;"\n' + SOUND, "delimiter = ';;'"),
    "a sign beyond ASCII for the delimiter": ('delimiter = "¦"\n' + SOUND, "delimiter = "),
    "a quote for the delimiter": ("delimiter = '\"'\n" + SOUND, "delimiter = "),
    "a text for the header row": ('header_row = "4"\n' + SOUND, "header_row = '4'"),
    "nought for the header row": ("header_row = 0\n" + SOUND, "header_row = 0"),
    "a truth for the header row": ("header_row = true\n" + SOUND, "header_row = True"),
    "a text for the pad": ('pad = "5"\n' + SOUND, "pad = '5'"),
    "a pad beyond all codes": ("pad = 50\n" + SOUND, "pad = 50"),
    "another word for quotes": ('quotes = "never"\n' + SOUND, "quotes = 'never'"),
    "a list for the codes": ('codes = ["own"]\n' + SOUND, "codes = ['own']"),
    "a table for the marker separator": ("marker_separator = { a = 1 }\n" + SOUND, "marker_separator"),
    "a blank marker separator": ('marker_separator = ""\n' + SOUND, "marker_separator"),
    "a text for the status words": ('status = "open"\n' + SOUND, "status = 'open'"),
    "a list for a status": ('[status]\nopen = ["recorded"]\n' + SOUND.split("\n", 1)[1], "status word 'open'"),
    "a number for match": (SOUND.replace('["crimes*"]', "5"), "[[file]] 1: match = 5"),
    "numbers in match": (SOUND.replace('["crimes*"]', "[5]"), "[[file]] 1: match = [5]"),
    "an empty match": (SOUND.replace('["crimes*"]', "[]"), "[[file]] 1: match = []"),
    "a number for table": (SOUND.replace('match = ["crimes*"]', "table = 5"), "[[file]] 1: table = 5"),
    "a text for offence": ('[[file]]\noffence = "occ"\n', "[[file]] 1: offence = 'occ'"),
    "two brackets round offence": (SOUND.replace("[file.offence]", "[[file.offence]]"), "[[file]] 1: offence"),
    "a number for a column": (SOUND.replace('crime_no = "crime"', "crime_no = 7"), "offence: crime_no = 7"),
    "a blank column": (SOUND.replace('crime_no = "crime"', 'crime_no = ""'), "offence: crime_no = ''"),
    "an empty list for a column": (SOUND.replace('crime_no = "crime"', "crime_no = []"), "offence: crime_no = []"),
    "a constant key": (SOUND.replace('crime_no = "crime"', 'crime_no = { constant = "1" }'), "crime_no is a constant"),
    "a number for a constant": (SOUND.replace('{ constant = "mo" }', "{ constant = 5 }"), "text: field = "),
    "a text for optional": (
        SOUND.replace('crime_no = "crime"', 'crime_no = { header = "c", optional = "yes" }'),
        "crime_no = ",
    ),
    "a number for split": (SOUND.replace('code = "code"', 'code = { header = "c", split = 5 }'), "code = "),
    "a table for a header": (SOUND.replace('code = "code"', 'code = { header = { constant = "c" } }'), "code = "),
    "a text for extra": (SOUND.replace("status = {", 'extra = "age"\nstatus = {'), "offence: extra = 'age'"),
    "a number in extra": (SOUND.replace("status = {", "extra = { age = 5 }\nstatus = {"), "offence: extra.age = 5"),
    "another word for format": (SOUND.replace('text = "text"', 'text = "text"\nformat = "word"'), "format = 'word'"),
    "a list for format": (SOUND.replace('text = "text"', 'text = "text"\nformat = ["html"]'), "format = ['html']"),
    "a join alone": (SOUND.replace('text = "text"', 'text = "text"\njoin = " "'), "text: join without order"),
    "a key nobody knows": ("colour = 5\n" + SOUND, "unknown key 'colour'"),
    "a key nobody knows in a file": (SOUND.replace('match = ["t', 'sheet = 1\nmatch = ["t'), "[[file]] 2: unknown key"),
    "a key nobody knows in a text": (SOUND.replace('text = "text"', 'text = "text"\nmo = 5'), "text: unknown key 'mo'"),
    "numbers for skip": ("skip = [5]\n" + SOUND, "skip = [5]"),
    "no TOML": ("name = \n", "is not TOML"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_key_of_the_wrong_shape_is_named_with_its_file(case: str, tmp_path: Path) -> None:
    text, names = WRONG[case]
    with pytest.raises(ExportError) as error:
        parse_layout(text, where="ours.toml")
    assert all(line.startswith("ours.toml") for line in str(error.value).splitlines())
    assert names in str(error.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ExportError) as error:
        parse_layout("dates = [5]\npad = 0\n" + SOUND.replace('"crime"', "7"))
    assert len(str(error.value).splitlines()) == 3


def test_a_file_says_how_it_is_written_and_the_layout_says_it_for_the_others(tmp_path: Path) -> None:
    layout = parse_layout(
        'header_row = 2\ndates = ["%d.%m.%Y"]\n'
        + SOUND.replace(
            'match = ["texts*"]',
            'match = ["texts*"]\nheader_row = 1\nencoding = "cp437"\ndelimiter = "pipe"\ndates = ["%d %b %Y"]',
        ).replace('text = "text"', 'text = "text"\nentered_at = "at"')
    )
    assert layout.form_of("crimes 2024.csv").header_row == 2
    assert layout.form_of("texts.csv") == Form(header_row=1, encoding="cp437", delimiter="|", dates=("%d %b %Y",))
    (tmp_path / "crimes.csv").write_text("a title\nocc,crime,code,recorded\n1,C1,086/02,05.01.2024\n", encoding="utf-8")
    (tmp_path / "texts.csv").write_bytes("occ|text|at\n1|café, it said|6 Jan 2024\n".encode("cp437"))
    import_export([tmp_path], tmp_path / "store", layout=layout, now=NOW)
    store = open_store(tmp_path / "store")
    (offence,) = store.offences(store.snapshot()).to_pylist()
    (text,) = [row for batch in store.texts(store.snapshot()) for row in batch.to_pylist()]
    assert offence["recorded_on"] == date(2024, 1, 5)
    assert (text["text"], text["entered_at"]) == ("café, it said", "2024-01-06")


def test_what_the_command_line_says_stands_above_every_file(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(SOUND.replace('match = ["texts*"]', 'match = ["texts*"]\ndelimiter = ";"'), encoding="utf-8")
    layout = adjusted_layout(str(path), encoding="cp1252", delimiter="tab")
    assert layout.form_of("texts.csv") == Form(encoding="cp1252", delimiter="\t")
    for wrong in ({"encoding": "base64"}, {"encoding": "utf-9"}, {"delimiter": ";;"}, {"delimiter": "é"}):
        with pytest.raises(ExportError, match="--"):
            adjusted_layout(str(path), **wrong)
