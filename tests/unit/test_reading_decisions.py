"""Decisions: which one holds, what a changed text does, and the trip through a spreadsheet and back."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import replace
from itertools import count

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.errors import DecisionError, StoreDamaged
from clearcount.files import write_whole
from clearcount.model.decision import COLUMNS, Decision
from clearcount.model.facts import FactSaid
from clearcount.reading.decide import (
    by_round,
    current,
    disagreements,
    half_settled,
    resolve,
    settlements,
    text_hash,
)
from clearcount.reading.figures import as_dict
from clearcount.reading.report import measure
from clearcount.reading.sheets import read_sheet, to_csv, to_xlsx
from clearcount.store.decisions import DecisionStore, Sheet
from clearcount.store.vouched import VouchedFolder

TEXT = text_hash("000123", [("oel", "1", "Picture made with AI.")])


def decision(**changes) -> Decision:
    plain = Decision(
        "000123", "008/71", "relevant", "asserted", "A", "1", "ai-1", "q1", TEXT, "2025-08-01T09:00:00", "match"
    )
    return replace(plain, **changes)


def test_reading_latest_decision_of_the_highest_round_holds():
    first = decision()
    second = decision(coder="B", round="2", code="not_relevant", reason="negated", at="2025-08-01T10:00:00")
    settled = decision(coder="C", round="adjudication", code="unclear", reason="", at="2025-08-02T10:00:00")
    late_first = decision(code="not_relevant", reason="", at="2025-09-01T00:00:00")
    assert current([first, late_first])[first.key] == late_first
    assert current([second, late_first, first])[first.key] == second
    assert current([settled, second, late_first])[first.key] == settled
    assert current([decision(code="", reason="")]) == {}
    assert by_round([first, late_first, second])[first.key] == {"1": late_first, "2": second}


def test_reading_a_disagreement_stays_open_until_settled():
    first, second = decision(), decision(coder="B", round="2", code="unclear", reason="")
    settled = decision(coder="C", round="adjudication")
    assert disagreements([first, second]) == (first.key,)
    assert disagreements([first, second, settled]) == ()
    assert disagreements([first, replace(second, code="relevant")]) == ()
    assert disagreements([first, second, replace(settled, text_hash="told")]) == (first.key,)


@pytest.mark.parametrize(
    ("code", "state"),
    [("relevant", "confirmed"), ("not_relevant", "not"), ("unclear", "unclear"), ("cannot_decide", "unclear")],
)
def test_reading_resolve_gives_each_code_its_state(code, state):
    result = resolve([decision(code=code, reason="")], {"000123": TEXT})
    assert result.of("000123", "008/71") == state
    assert result.of("000123", "086/02") == "undecided"
    assert not result.changed


def test_reading_a_changed_text_reopens_the_record():
    longer = text_hash("000123", [("oel", "1", "Picture made with AI."), ("oel", "2", "It was not.")])
    result = resolve([decision()], {"000123": longer})
    assert result.of("000123", "008/71") == "undecided"
    assert result.changed == {("000123", "008/71")}
    again = resolve([decision(), decision(text_hash=longer, code="not_relevant", reason="")], {"000123": longer})
    assert again.of("000123", "008/71") == "not"
    assert not again.changed


def test_reading_resolve_ignores_records_out_of_scope_and_refuses_nameless_texts():
    assert resolve([decision(occurrence_no="9")], {"000123": TEXT}).states == {}
    with pytest.raises(DecisionError, match="1 decisions have no text_hash"):
        resolve([decision(text_hash="")], {"000123": TEXT})


def test_reading_text_hash_tells_texts_and_records_apart():
    entries = [("oel", "1", "a"), ("oel", "2", "b")]
    assert text_hash("1", entries) == text_hash("1", reversed(entries))
    others = [
        text_hash("2", entries),
        text_hash("1", [("oel", "1", "ab"), ("oel", "2", "")]),
        text_hash("1", [("mo", "1", "a"), ("oel", "2", "b")]),
        text_hash("1", entries[:1]),
        text_hash("1", []),
    ]
    assert len({text_hash("1", entries), *others}) == 6


@pytest.mark.parametrize("write", [to_csv, to_xlsx])
def test_reading_sheet_comes_back_as_it_went_out(write):
    rows = [
        decision(),
        decision(
            occurrence_no="0042", code="", reason="", coder="", at="", source="random", frame_size=900, stratum="x"
        ),
        decision(occurrence_no="=1+1", offence_code="086/02"),
        decision(occurrence_no="-7", coder="@lice"),
        decision(occurrence_no="'=3", coder="O'Neil"),
    ]
    data = write([(row, "=SUM(A1)\nsecond line; with, marks", {}) for row in rows])
    assert read_sheet(data, "sheet") == tuple(rows)


def test_reading_xlsx_keys_are_text_and_nothing_is_a_formula():
    data = to_xlsx([(decision(occurrence_no="0012", code="", reason=""), "=HYPERLINK(1)", {})])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[1]] == [*COLUMNS, "context"]
    cells = dict(zip([*COLUMNS, "context"], sheet[2], strict=True))
    assert cells["occurrence_no"].value == "0012"
    assert cells["offence_code"].value == "008/71"
    assert cells["context"].value == "=HYPERLINK(1)"
    assert {cell.data_type for cell in sheet[2] if cell.value is not None} == {"s"}
    assert {cell.number_format for cell in sheet[2]} == {"@"}
    assert to_xlsx([(decision(), "x", {})]) == to_xlsx([(decision(), "x", {})])


def test_reading_csv_cells_cannot_run_as_formulas():
    data = to_csv([(decision(coder="=cmd"), "+44 1234", {})]).decode()
    cells = [cell for row in csv.reader(io.StringIO(data)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("write", [to_csv, to_xlsx])
def test_reading_long_entries_go_on_in_a_second_column(write):
    long = "".join(f"{n} 🚲 " for n in range(9_000))
    data = write([(decision(), long, {}), (decision(occurrence_no="2"), "short", {})])
    assert len(read_sheet(data, "sheet")) == 2
    if write is to_xlsx:
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        table = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    else:
        table = list(csv.reader(io.StringIO(data.decode())))
    first = len(COLUMNS)
    assert table[0][first : first + 2] == ["context", "context_2"]
    assert "".join(table[1][first:]) == long
    assert max(len(cell.encode("utf-16-le")) // 2 for cell in table[1]) <= 32_767
    assert "".join(table[2][first:]) == "short"


def test_reading_sheet_as_a_spreadsheet_saves_it():
    """Semicolons, Windows-1252, a capital code with a blank in it, moved columns, a note of the reader's own."""
    columns = ["note", *reversed(COLUMNS)]
    values = {**dict.fromkeys(COLUMNS, ""), "occurrence_no": "12", "offence_code": "HO 86/2", "code": "Not relevant"}
    values |= {"reason": "Other sense", "coder": "Zoë", "round": "1", "source": "match", "note": "see “file”"}
    text = ";".join(columns) + "\r\n" + ";".join(values[column] for column in columns) + "\r\n;;;\r\n"
    (row,) = read_sheet(text.encode("cp1252"), "sheet.csv")
    assert (row.offence_code, row.code, row.reason, row.coder) == ("086/02", "not_relevant", "other_sense", "Zoë")


def mangled(column: str, value: str) -> bytes:
    rows = list(csv.reader(io.StringIO(to_csv([(decision(), "secret words", {})]).decode())))
    rows[1][rows[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("occurrence_no", "", "row 2, column occurrence_no: is blank"),
        ("offence_code", "Aug-71", "row 2, column offence_code: is not a Home Office code"),
        ("code", "secretly", "row 2, column code: is none of relevant"),
        ("reason", "negated", "does not go with the code relevant"),
        ("code", "", "column reason: stands without a code"),
        ("coder", "", "column coder: is blank"),
        ("round", "3", "column round: is none of 1, 2, adjudication"),
        ("source", "guess", "column source: is none of match"),
        ("frame_size", "12.5", "column frame_size: is not a whole number"),
        ("source", "random", "column frame_size: is blank or 0"),
        ("at", "yesterday", "column at: is not a date"),
    ],
)
def test_reading_bad_rows_are_refused_with_a_sentence(column, value, says):
    with pytest.raises(DecisionError, match=says) as caught:
        read_sheet(mangled(column, value), "sheet.csv")
    assert "secret" not in str(caught.value)
    assert "000123" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"occurrence_no,code\n1,relevant\n", "lacks the columns offence_code, reason"),
        ((",".join([*COLUMNS, "code"]) + "\n").encode(), "the column code stands there twice"),
        (b"PK\x03\x04broken", "cannot be read: it is damaged"),
        (b'occurrence_no,"x"y\n', "is not CSV"),
    ],
)
def test_reading_files_that_are_no_decisions_are_refused(data, says):
    with pytest.raises(DecisionError, match=says):
        read_sheet(data, "sheet")


def test_reading_two_answers_about_one_record_in_one_file_are_refused():
    rows = [(decision(), "", {}), (decision(code="unclear", reason=""), "", {})]
    with pytest.raises(DecisionError, match="row 3: says something else about the record of row 2"):
        read_sheet(to_csv(rows), "sheet.csv")


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_reading_any_occurrence_number_survives_a_csv(numbers):
    rows = [decision(occurrence_no=number.strip()) for number in numbers if number.strip() == number and number]
    kept = read_sheet(to_csv([(row, "", {}) for row in rows]), "sheet.csv")
    assert kept == tuple(rows)


def test_reading_store_appends_once_and_keeps_sheets_frozen(tmp_path):
    store = DecisionStore(tmp_path)
    assert store.decisions() == ()
    assert store.append([decision(), decision()]) == 1
    assert store.append([decision()]) == 0
    changed = decision(code="unclear", reason="", at="2025-08-03")
    assert DecisionStore(tmp_path).append([decision(), changed]) == 1
    assert store.decisions() == (decision(), changed)
    assert sorted(path.name for path in (tmp_path / "decisions").iterdir()) == ["000001.csv", "000002.csv"]
    with pytest.raises(DecisionError, match="without a code is no decision"):
        store.append([decision(code="", reason="")])
    sheet = Sheet("sample-1", "random", "q1", 1, "2025-08-01", (decision(code=""),), size=1, seed=7)
    assert store.freeze(sheet) == sheet
    assert store.freeze(replace(sheet, drawn_at="2026-01-01", rows=())) == sheet
    assert DecisionStore(tmp_path).sheet("sample-1") == sheet
    assert store.sheet("sample-2") is None


def test_reading_store_forgets_what_is_purged_and_nothing_else(tmp_path):
    store = DecisionStore(tmp_path)
    other = decision(occurrence_no="9")
    store.append([decision(), other])
    store.append([decision(coder="B", round="2")])
    store.freeze(Sheet("sample-1", "random", "q1", 1, "2025-08-01", (decision(code=""), replace(other, code=""))))
    assert store.forget(["000123"]) == 3
    assert store.decisions() == (other,)
    assert [row.occurrence_no for row in store.sheet("sample-1").rows] == ["9"]
    assert not [
        path for path in (tmp_path / "decisions").rglob("*") if path.is_file() and b"000123" in path.read_bytes()
    ]
    assert store.forget(["000123"]) == 0


def test_reading_store_says_which_file_is_damaged(tmp_path):
    store = DecisionStore(tmp_path)
    store.append([decision()])
    store.append([decision(coder="B")])
    store.freeze(Sheet("sample-1", "random", "q1", 1, "2025-08-01", ()))
    folder = tmp_path / "decisions"
    for damaged in (folder / "000001.csv", folder / "000002.csv", folder / "sheets" / "sample-1.json"):
        sound = damaged.read_bytes()
        name = damaged.relative_to(tmp_path).as_posix()
        for content, what in ((sound.replace(b"r", b"s", 1), "is not what was written"), (None, "is missing")):
            damaged.write_bytes(content) if content else damaged.unlink()
            for ask in (store.decisions, store.sheets, lambda: store.append([decision(coder="C")])):
                with pytest.raises(StoreDamaged, match=f"{name} {what}"):
                    ask()
            assert list(VouchedFolder(tmp_path, "decisions").faults()) == [f"its file {name} {what}"]
        damaged.write_bytes(sound)
    index = tmp_path / "decisions.json"
    sound = index.read_bytes()
    for content, what in ((sound[:-9], "is not what was written"), (b"[" * 5000, "is not what"), (None, "is missing")):
        index.write_bytes(content) if content else index.unlink()
        with pytest.raises(StoreDamaged, match=f"decisions.json {what}"):
            store.decisions()
    index.write_bytes(sound)
    (folder / "000003.csv").write_bytes((folder / "000001.csv").read_bytes())
    with pytest.raises(StoreDamaged, match=r"000003\.csv is unknown to decisions\.json"):
        store.decisions()
    (folder / "000003.csv").unlink()
    shutil.rmtree(folder)
    with pytest.raises(StoreDamaged, match=r"000001\.csv is missing"):
        store.decisions()


@pytest.mark.parametrize("at", range(1, 9))
def test_a_writer_of_decisions_that_is_stopped_changes_nothing(tmp_path, monkeypatch, at):
    store, other = DecisionStore(tmp_path), decision(occurrence_no="9")
    store.append([decision(), other])
    store.append([decision(coder="B", round="2")])
    before = store.decisions()
    calls = count()

    def stopping(path, content, *, mode=None):
        if next(calls) == at:
            raise KeyboardInterrupt
        write_whole(path, content, mode=mode)

    monkeypatch.setattr("clearcount.store.vouched.write_whole", stopping)
    done = False
    try:
        store.forget(["000123"])
        done = True
    except KeyboardInterrupt:
        pass
    monkeypatch.undo()
    assert store.decisions() in (before, (other,))
    assert list(VouchedFolder(tmp_path, "decisions").faults()) == []
    assert not done or store.decisions() == (other,)
    store.append([decision(occurrence_no="10")])
    assert store.forget(["000123"]) in (0, 2)
    assert store.decisions() == (other, decision(occurrence_no="10"))
    held = {path.name for path in (tmp_path / "decisions").iterdir()}
    assert len(held) == 3, held


def test_a_withdrawn_decision_counts_nowhere_and_does_not_come_back(tmp_path):
    store, first = DecisionStore(tmp_path), decision(at="2025-08-01T09:00:00.000001+00:00")
    other = decision(occurrence_no="9", at="2025-08-01T09:00:01.000001+00:00")
    store.append([first, other])
    assert store.withdraw([first]) == 1 and store.withdraw([first]) == 0
    assert store.decisions() == (other,)
    assert store.append([first]) == 0, "an old sheet that is imported again revives nothing"
    again = replace(first, at="2025-08-01T09:05:00.000001+00:00")
    assert store.append([again]) == 1 and set(store.decisions()) == {other, again}
    assert store.withdraw([again, other]) == 2 and store.decisions() == ()
    assert DecisionStore(tmp_path).decisions() == ()
    assert VouchedFolder(tmp_path, "decisions").files()["000001.csv"], "what was written stays written"


def test_forgetting_reaches_what_was_withdrawn(tmp_path):
    store, other = DecisionStore(tmp_path), decision(occurrence_no="9")
    store.append([decision(), other])
    store.withdraw([decision()])
    store.forget([decision().occurrence_no])
    assert store.decisions() == (other,)
    assert all(b"000123" not in content for content in VouchedFolder(tmp_path, "decisions").files().values())


SURROGATE = chr(0xD800)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"occurrence_no": " 000123"}, "column occurrence_no would be read again as something else"),
        ({"occurrence_no": f"12{SURROGATE}"}, "column occurrence_no would be read again as something else"),
        ({"occurrence_no": ""}, "occurrence_no: is blank"),
        ({"coder": "A "}, "column coder would be read again"),
        ({"coder": ""}, "coder: is blank"),
        ({"code": "maybe"}, "code: is none of relevant"),
        ({"code": "Relevant"}, "column code would be read again"),
        ({"code": "unclear"}, "reason: does not go with the code unclear"),
        ({"at": "yesterday"}, "at: is not a date and time"),
        ({"round": "3"}, "round: is none of"),
        ({"source": "guess"}, "source: is none of"),
        ({"source": "random"}, "frame_size: is blank or 0"),
        ({"frame_size": -4}, "frame_size: is not a whole number"),
        ({"facts": (FactSaid("platform", ("a; b",)),)}, "column facts would be read again"),
        ({"facts": (FactSaid("platform", ()),)}, "column facts would be read again"),
        ({"code": "unclear", "reason": "", "facts": (FactSaid("platform", ("a",)),)}, "not relevant"),
        ({"round": "2", "applied_from": TEXT}, "applied_from: stands where nothing was applied"),
        ({"ranker": "my ranker"}, "ranker: is no file name and SHA-256"),
    ],
)
def test_rows_that_could_not_be_read_back_are_refused_and_nothing_is_kept(tmp_path, changes, says):
    store = DecisionStore(tmp_path)
    store.append([decision(occurrence_no="9")])
    for write in (store.append, store.withdraw):
        with pytest.raises(DecisionError, match="nothing was kept") as refused:
            write([decision(occurrence_no="10"), decision(**changes)])
        assert says in str(refused.value) and "000123" not in str(refused.value)
        assert DecisionStore(tmp_path).decisions() == (decision(occurrence_no="9"),)


def test_two_answers_at_one_moment_are_refused(tmp_path):
    with pytest.raises(DecisionError, match="says something else about the record"):
        DecisionStore(tmp_path).append([decision(), decision(code="unclear", reason="")])
    assert DecisionStore(tmp_path).decisions() == ()


def test_a_sheet_that_could_not_be_read_back_is_refused(tmp_path):
    store = DecisionStore(tmp_path)
    said = decision(facts=(FactSaid("platform", ("a",)),))
    for row in (said, decision(applied_from=TEXT), decision(occurrence_no=f"1{SURROGATE}", code="", reason="")):
        with pytest.raises(DecisionError, match="not kept"):
            store.freeze(Sheet("match-1", "match", "q1", 1, "2025-08-01", (row,)))
    assert store.sheets() == ()


decided = st.builds(
    decision,
    occurrence_no=st.text(min_size=1, max_size=8),
    offence_code=st.sampled_from(["008/71", "OWN 1", "=1"]),
    coder=st.text(max_size=6),
    at=st.sampled_from(["", "2025-08-01", "2025-08-01T09:00:00+01:00"]),
    stratum=st.text(max_size=6),
    frame_size=st.one_of(st.none(), st.integers(-1, 9)),
    sample_id=st.text(max_size=6),
    facts=st.one_of(st.just(()), st.builds(lambda v: (FactSaid("place", (v,)),), st.text(max_size=8))),
)


@given(rows=st.lists(decided, min_size=1, max_size=4))
def test_the_store_keeps_any_rows_as_they_are_or_not_at_all(tmp_path_factory, rows):
    store = DecisionStore(tmp_path_factory.mktemp("any"))
    try:
        store.append(rows)
    except DecisionError:
        assert store.decisions() == ()
    else:
        assert store.decisions() == tuple(dict.fromkeys(rows))


def test_the_later_moment_counts_whatever_zone_it_is_written_in():
    summer = decision(at="2025-08-01T09:30:00+01:00")
    later = decision(code="unclear", reason="", at="2025-08-01T08:45:00+00:00")
    for rows in ([summer, later], [later, summer]):
        assert current(rows)[later.key] == later
    with pytest.raises(DecisionError, match="is no date and time"):
        current([decision(at="noon")])


ONE = decision(coder="Ada", at="2025-08-01T09:00:00")
TWO = decision(coder="Ben", round="2", code="not_relevant", reason="", at="2025-08-01T10:00:00")


def settling(coder, code="relevant", day=2, **changes):
    return decision(coder=coder, round="adjudication", code=code, reason="", at=f"2025-08-0{day}T09:00:00", **changes)


@pytest.mark.parametrize(
    ("rows", "by"),
    [
        ([settling("Cas")], ("Cas",)),
        ([settling("Ada")], None),
        ([settling("Ben", "not_relevant")], None),
        ([settling(" ADA ")], None),
        ([settling("Ada"), settling("Ben")], ("Ada", "Ben")),
        ([settling("ben"), settling("Ada", day=3)], ("Ada", "ben")),
        ([settling("Ada"), settling("Ben", "not_relevant")], None),
        ([settling("Ada"), settling("Ben", text_hash="t0")], None),
        ([settling("Ada"), settling("Ben", facts=(FactSaid("place", ("home",)),))], None),
        ([settling("Ada"), settling("Ben"), settling("Ben", "unclear", day=3)], None),
        ([settling("Ada"), settling("Ben"), settling("Ada", "unclear", 3), settling("Ben", "unclear", 4)],
         ("Ada", "Ben")),
        ([settling("Cas"), settling("Ada", "unclear", day=3)], ("Cas",)),
        ([settling("Ada", day=2), settling("Cas", "unclear", day=3)], ("Cas",)),
    ],
)  # fmt: skip
def test_a_third_person_settles_or_the_two_together_and_neither_alone(rows, by):
    every = [ONE, TWO, *rows]
    found = settlements(every).get(ONE.key)
    assert (found.by if found else None) == by
    assert disagreements(every) == (() if by else (ONE.key,))
    assert half_settled(every) == (() if by else (ONE.key,))
    assert current(every)[ONE.key] == (found.decision if found else TWO)
    assert found is None or found.jointly is (len(by) == 2)


def test_one_person_who_read_twice_settles_nothing():
    again = replace(TWO, coder="Ada")
    assert settlements([ONE, again, settling("Ada")]) == {}
    assert settlements([ONE, again, settling("Cas")])[ONE.key].by == ("Cas",)


def test_somebody_whose_reading_was_overtaken_is_no_third_person():
    earlier = replace(ONE, coder="Cas", at="2025-07-01T09:00:00")
    assert settlements([earlier, ONE, TWO, settling("Cas")]) == {}
    assert settlements([earlier, ONE, TWO, settling("Ada"), settling("Ben")])[ONE.key].jointly


def test_a_settlement_by_two_is_recorded_as_such():
    third = replace(ONE, occurrence_no="2"), replace(TWO, occurrence_no="2"), settling("Cas", occurrence_no="2")
    rows = [ONE, TWO, settling("Ada"), settling("Ben"), *third, replace(ONE, occurrence_no="3"),
            replace(TWO, occurrence_no="3"), settling("Ben", occurrence_no="3")]  # fmt: skip
    twice = measure(rows).twice
    assert (twice.settled_by_third, twice.settled_jointly, twice.unsettled) == (1, 1, 1)
    assert any("one of the two readers alone" in remark for remark in measure(rows).remarks)
    assert as_dict(measure(rows))["agreement"]["settled_jointly"] == 1
