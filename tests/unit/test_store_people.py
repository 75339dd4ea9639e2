"""People in a store: how an export gives them, what is never kept, and what becomes of them later."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clearcount.errors import ExportError, StoreDamaged, StoreError
from clearcount.importers import parse_layout
from clearcount.importers.people import read_age
from clearcount.model.record import UNREAD_AGE, spoken_of, unit_of
from clearcount.store import Snapshot, Store, open_store
from clearcount.store.head import FORMAT, read_format
from clearcount.store.purge import still_held
from clearcount.workflow.importing import import_export
from clearcount.workflow.storing import check_store, compact_store, compare_snapshots, purge_store, upgrade_store
from clearcount.workflow.values import values

NOW = datetime(2025, 7, 1, 9, tzinfo=UTC)
OFFENCES = "occurrence_no,crime_no,home_office_code,recorded_on,status"
PERSONS = "occurrence_no,crime_no,person_no,role,age,sex,ethnicity"
CRIMES = ["O1,O1/1,086/02,2024-01-05,recorded", "O1,O1/2,088/15,2024-02-05,", "O2,O2/1,030/01,2024-01-07,"]
Importing = Callable[..., Snapshot]


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    """Imports rows of people, beside three crimes of two occurrences unless others are given."""

    def run(
        *people: str,
        crimes: list[str] | None = CRIMES,
        header: str = PERSONS,
        layout: str = "niche",
        complete: bool = False,
        as_at: date | None = None,
    ) -> Snapshot:
        folder = tmp_path / "export"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if crimes is not None:
            (folder / "offences.csv").write_text("\n".join([OFFENCES, *crimes]) + "\n", encoding="utf-8")
        if people:
            (folder / "persons.csv").write_text("\n".join([header, *people]) + "\n", encoding="utf-8")
        return import_export(
            [folder], tmp_path / "store", layout=layout, now=NOW, complete=complete, as_at=as_at
        ).snapshot

    return run


def people(path: Path, role: str = "victims") -> list[tuple[str, ...]]:
    store = open_store(path / "store")
    rows = store.persons(store.snapshot(), role).to_pylist()
    return [(row["occurrence_no"], row["crime_no"], row["person_no"], row["age"], row["sex"]) for row in rows]


def findings(shot: Snapshot) -> dict[str, int]:
    return {each.kind: each.rows for each in shot.findings if each.kind.startswith(("people", "ages"))}


def test_people_are_kept_with_role_age_sex_and_what_the_layout_names(importing: Importing, tmp_path: Path) -> None:
    shot = importing("O1,,1,victim,17,Female,A1", "O2,O2/1,9,Suspect,40,,", "O1,O1/2,2,CHARGED,,Male,")
    assert shot.rows["persons"] == 3
    assert shot.roles == ("victims", "suspects", "charged")
    assert shot.person_columns == ("age", "sex", "ethnicity")
    assert people(tmp_path) == [("O1", "", "1", "17", "Female")]
    assert people(tmp_path, "charged") == [("O1", "O1/2", "2", "", "Male")]
    store = open_store(tmp_path / "store")
    assert dict(store.persons(shot, "victims")["extra"][0].as_py()) == {"ethnicity": "A1"}
    with pytest.raises(StoreError, match="holds no witnesses"):
        store.persons(shot, "witnesses")
    assert check_store(tmp_path / "store") == ()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        *(("17", "17"), (" 17 ", "17"), ("017", "17"), ("17.0", "17"), ("17 years", "17"), ("17 yrs old", "17")),
        *(("0", "0"), ("125", "125"), ("10-17", "10-17"), ("10 to 17", "10 to 17"), ("65+", "65+")),
        *(("under 10", "under 10"), ("over 64", "over 64"), ("18 and over", "18 and over"), ("17y", "17")),
        *(("", ""), ("Unknown", ""), ("N/K", ""), ("not recorded", ""), ("-", ""), ("not stated", "")),
        *(("12/03/2009", UNREAD_AGE), ("2009-03-12", UNREAD_AGE), ("12-Mar-09", UNREAD_AGE), ("1-May", UNREAD_AGE)),
        *(("126", UNREAD_AGE), ("999", UNREAD_AGE), ("-3", UNREAD_AGE), ("17.5", UNREAD_AGE), ("20-10", UNREAD_AGE)),
        *(("see notes", UNREAD_AGE), ("seventeen", UNREAD_AGE), ("10-2017", UNREAD_AGE), ("40052", UNREAD_AGE)),
    ],
)
def test_an_age_is_years_a_band_or_not_recorded(written: str, kept: str) -> None:
    assert read_age(written) == kept


def test_a_date_of_birth_is_in_no_file_of_the_store(importing: Importing, tmp_path: Path) -> None:
    shot = importing("O1,,1,victim,12/03/2009,Female,", "O1,,2,victim,1988-11-30,Male,")
    assert findings(shot) == {"ages that are no age": 2}
    assert {row[3] for row in people(tmp_path)} == {UNREAD_AGE}
    store = open_store(tmp_path / "store")
    for file in store.files(shot, "persons"):
        content = file.read_bytes()
        assert b"2009" not in content and b"1988" not in content


@pytest.mark.parametrize(
    ("key", "header"),
    [
        *(("surname", "x"), ("x", "Surname"), ("x", "victim_name"), ("dob", "x"), ("x", "Date of birth")),
        *(("x", "D.O.B / dob"), ("address", "x"), ("x", "Post code"), ("x", "mobile number"), ("name", "x")),
        *(("x", "PNC ID"), ("x", "Birth date"), ("x", "Known aliases")),
    ],
)
def test_a_layout_that_names_who_people_are_is_refused(key: str, header: str) -> None:
    text = (
        '[[file]]\nmatch = ["p*"]\n[[file.person]]\noccurrence_no = "o"\nperson_no = "p"\nrole = "r"\n'
        f'[file.person.extra]\n"{key}" = "{header}"\n'
    )
    with pytest.raises(ExportError, match="never stored"):
        parse_layout(text)


def test_an_age_that_a_layout_takes_from_a_date_of_birth_is_refused() -> None:
    text = '[[file]]\n[[file.person]]\noccurrence_no = "o"\nperson_no = "p"\nrole = "r"\nage = "Date of birth"\n'
    with pytest.raises(ExportError, match="export an age in years or a band"):
        parse_layout(text)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("O1,,1,VIC,17,,", "none of victim, suspect, charged"),
        ("O1,,1,,17,,", "none of victim, suspect, charged"),
        ("O1,,,victim,17,,", "it is blank"),
        (",,1,victim,17,,", "it is blank"),
        ("O1,,Jane Example,victim,17,,", "looks like a name"),
        ("O1,5.5E+11,1,victim,17,,", "lost its figures"),
        ("O1,,1,victim,#N/A,,", "spreadsheet error"),
        (f"O1,,1,victim,17,{'long ' * 20},", "more than 60 characters"),
        (f"O1,,1,victim,17,,{'long ' * 20}", "more than 60 characters"),
        ("O1,,1,victim,17", "cells"),
    ],
)
def test_a_row_that_is_no_person_is_set_aside(importing: Importing, tmp_path: Path, row: str, reason: str) -> None:
    shot = importing("O2,,1,victim,17,,", row)
    held = open_store(tmp_path / "store").quarantine(shot).to_pylist()
    assert len(held) == 1 and reason in held[0]["reason"]
    assert "Jane" not in str(held) and shot.rows["persons"] == 1


def test_words_for_roles_come_from_the_layout(importing: Importing, tmp_path: Path) -> None:
    layout = tmp_path / "own.toml"
    layout.write_text(
        'codes = "home-office"\n[role]\n"IP" = "victim"\n"wit ness" = "witness"\n[[file]]\nmatch = ["offences"]\n'
        '[file.offence]\noccurrence_no = "occurrence_no"\ncrime_no = "crime_no"\ncode = "home_office_code"\n'
        'status = "status"\n[[file]]\nmatch = ["persons"]\n[[file.person]]\noccurrence_no = "occurrence_no"\n'
        'person_no = "person_no"\nrole = "role"\n'
    )
    shot = importing("O1,,1,ip,,,", "O1,,2,Wit  Ness,,,", layout=str(layout))
    assert shot.roles == ("victims", "witnesses") and shot.person_columns == ()


@pytest.mark.parametrize("role", ["Victim", "", "vic-tim", "v", "victim2"])
def test_a_role_is_a_plain_word(role: str) -> None:
    with pytest.raises(ExportError, match="role word 'x'"):
        parse_layout(f'[role]\nx = "{role}"\n[[file]]\n[file.offence]\noccurrence_no="o"\ncrime_no="c"\ncode="h"\n')


def test_units_are_the_plural_of_roles() -> None:
    roles = ("victim", "suspect", "charged", "witness", "arrested")
    assert [unit_of(role) for role in roles] == ["victims", "suspects", "charged", "witnesses", "arrested"]


def test_one_row_of_a_report_can_give_an_offence_and_its_people(importing: Importing, tmp_path: Path) -> None:
    layout = tmp_path / "wide.toml"
    layout.write_text(
        '[[file]]\nmatch = ["offences"]\n[file.offence]\noccurrence_no = "occ"\ncrime_no = "ref"\ncode = "code"\n'
        + "".join(
            f'[[file.person]]\noccurrence_no = "occ"\ncrime_no = "ref"\nperson_no = "{short}"\n'
            f'role = {{ constant = "{role}" }}\nage = "{short} age"\n'
            for role, short in (("victim", "vic"), ("suspect", "sus"))
        )
    )
    export = tmp_path / "export2"
    export.mkdir()
    rows = ["occ,ref,code,vic,vic age,sus,sus age", "1,1/1,086/02,V1,9,S1,30", "1,1/2,088/15,,,S2,n/k"]
    (export / "offences.csv").write_text("\n".join(rows) + "\n")
    done = import_export([export], tmp_path / "store", layout=str(layout), now=NOW)
    assert (done.read, done.added, done.by_kind["persons"].added) == (2, 2, 3)
    assert people(tmp_path) == [("1", "1/1", "V1", "9", "")]
    assert [row[3] for row in people(tmp_path, "suspects")] == ["30", ""]


def test_what_bears_on_counts_of_people_is_found(importing: Importing) -> None:
    shot = importing(
        *("O1,,1,victim,17,Female,", "O1,O1/2,1,victim,19,Female,", "O1,O1/1,2,victim,5,,", "O1,O1/2,2,victim,5,,"),
        *("O2,O2/7,1,victim,30,,", "O7,,1,victim,30,,", "O2,,2,victim,old,,", "O2,,3,IP,20,,"),
    )
    assert findings(shot) == {
        "people of an unknown role": 1,
        "people without an offence": 1,
        "people of an unknown crime": 1,
        "ages that are no age": 1,
        "people given twice": 2,
    }


def test_the_same_people_again_change_nothing_and_an_edit_changes_one(importing: Importing, tmp_path: Path) -> None:
    rows = ["O1,,1,victim,17,Female,", "O2,,1,suspect,40,,"]
    assert importing(*rows).number == importing(*rows, rows[0]).number == 1
    shot = importing(rows[0], "O2,,1,suspect,41,,")
    assert (shot.number, shot.changes["persons"].changed, shot.changes["persons"].unchanged) == (2, 1, 1)
    difference = compare_snapshots(tmp_path / "store", 1, 2)
    assert [(each.kind, each.month, each.changed) for each in difference] == [("persons", "2024-01", 1)]


def test_a_repeat_with_other_content_is_set_aside(importing: Importing) -> None:
    shot = importing("O1,,1,victim,17,,", "O1,,1,victim,18,,", "O1,,1,suspect,18,,")
    change = shot.changes["persons"]
    assert (change.added, change.quarantined) == (2, 1)


def test_a_complete_export_takes_people_out_that_it_lacks(importing: Importing, tmp_path: Path) -> None:
    importing("O1,,1,victim,17,,", "O2,,1,victim,30,,")
    assert importing("O1,,1,victim,17,,", complete=True).rows["persons"] == 1
    assert importing(complete=True, as_at=date(2025, 7, 2)).rows["persons"] == 1, "it brought no people"


def test_people_may_come_before_their_offences(importing: Importing, tmp_path: Path) -> None:
    importing("O5,,1,victim,17,,")
    importing(crimes=["O5,O5/1,086/02,2024-05-05,"])
    shot = importing("O5,,2,victim,18,,", crimes=None)
    assert len(people(tmp_path)) == 2 and not findings(shot)


def test_a_purge_takes_people_out_of_every_snapshot(importing: Importing, tmp_path: Path) -> None:
    importing("O1,,77123,victim,17,,", "O2,,1,victim,30,,")
    importing("O1,,77123,victim,18,,", "O2,,1,victim,30,,")
    purge_store(tmp_path / "store", frozenset({"O1"}))
    store = open_store(tmp_path / "store")
    assert [shot.rows["persons"] for shot in store.snapshots()] == [1, 1]
    assert still_held(store.path, {"O1"}) == ()
    assert not [file for file in store.path.rglob("*") if file.is_file() and b"77123" in file.read_bytes()]
    assert check_store(store.path) == ()


def test_people_of_occurrences_without_offences_are_purged_by_name(importing: Importing, tmp_path: Path) -> None:
    importing("O9,,88123,victim,17,,")
    purge_store(tmp_path / "store", frozenset({"O9"}))
    assert open_store(tmp_path / "store").snapshot().rows["persons"] == 0


def test_compaction_keeps_every_person(importing: Importing, tmp_path: Path) -> None:
    for age in range(20, 24):
        importing(f"O1,,{age},victim,{age},,", f"O2,,1,suspect,{age},,", f"O8,,1,victim,{age},,")
    before = people(tmp_path), people(tmp_path, "suspects")
    compact_store(tmp_path / "store", now=0.0)
    assert (people(tmp_path), people(tmp_path, "suspects")) == before
    assert check_store(tmp_path / "store") == ()


@pytest.mark.parametrize("damage", ["flip", "cut", "lose", "lose the log", "lose the table"])
def test_damage_to_people_is_named(importing: Importing, tmp_path: Path, damage: str) -> None:
    shot = importing("O1,,1,victim,17,Female,")
    store: Store = open_store(tmp_path / "store")
    (file,) = store.files(shot, "persons")
    if damage == "flip":
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:-9])
    elif damage == "lose":
        file.unlink()
    elif damage == "lose the log":
        shutil.rmtree(file.parent / "_delta_log")
    else:
        shutil.rmtree(file.parent)
    assert check_store(store.path)
    with pytest.raises(StoreDamaged, match="persons"):
        store.persons(shot, "victims")
    with pytest.raises(StoreDamaged):
        importing("O1,,1,victim,18,Female,")


@pytest.fixture
def old_store(tmp_path: Path) -> Path:
    """A store of format 3 with two snapshots of the crimes above, written by the version before people."""
    with zipfile.ZipFile(Path(__file__).parent / "stores" / "format-3.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "store"


def test_a_store_of_format_3_opens_as_it_is_and_holds_nobody(old_store: Path) -> None:
    store = open_store(old_store)
    shot = store.snapshot()
    assert (read_format(old_store), shot.number, shot.roles, store.files(shot, "persons")) == (3, 2, (), ())
    assert len(store.offences(shot)) == 4 and check_store(old_store) == ()
    assert read_format(old_store) == 3


def test_an_import_into_a_store_of_format_3_makes_it_format_4(importing: Importing, old_store: Path) -> None:
    shot = importing("O1,,1,victim,17,Female,", crimes=None)
    assert (shot.number, shot.rows["persons"], read_format(old_store)) == (3, 1, FORMAT)
    store = open_store(old_store)
    assert [each.roles for each in store.snapshots()] == [(), (), ("victims",)]
    assert check_store(old_store) == ()
    purge_store(old_store, frozenset({"O1"}))
    assert check_store(old_store) == () and store.snapshot().rows["persons"] == 0


def test_a_store_of_format_3_can_be_upgraded_and_compacted(old_store: Path) -> None:
    upgraded = upgrade_store(old_store, now=0.0)
    assert upgraded is not None and (upgraded.format_before, read_format(old_store)) == (3, FORMAT)
    assert upgrade_store(old_store, now=0.0) is None
    compact_store(old_store, now=0.0)
    assert check_store(old_store) == () and len(open_store(old_store).snapshots()) == 2


def test_a_damaged_store_of_format_3_is_left_as_it_is(old_store: Path) -> None:
    next((old_store / "tables" / "texts").glob("*.parquet")).unlink()
    with pytest.raises(StoreDamaged, match="texts"):
        upgrade_store(old_store, now=0.0)
    assert read_format(old_store) == 3 and not (old_store / "tables" / "persons").exists()


@pytest.mark.parametrize(
    "content", ['{"format": 3}', '{"format": 4}', '{"format": 3, "snapshot": 9, "writing": false}']
)
def test_a_mark_without_its_head_is_damage(old_store: Path, content: str) -> None:
    (old_store / "clearcount-store.json").write_text(content)
    with pytest.raises(StoreDamaged):
        open_store(old_store)


def test_an_import_that_was_stopped_in_a_store_of_format_3_is_cleared_away(
    importing: Importing, old_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearcount.store import commit

    def stopped(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(commit, "make_missing_tables", stopped)
        patch.setattr(commit, "_settle", lambda store: None)
        with pytest.raises(KeyboardInterrupt):
            importing("O1,,1,victim,17,Female,", crimes=None)
    (old_store / "tables" / "persons").mkdir()
    assert len(open_store(old_store).snapshots()) == 2
    assert importing("O1,,1,victim,17,Female,", crimes=None).rows["persons"] == 1
    assert check_store(old_store) == ()


def test_values_lists_what_people_hold_by_role(importing: Importing, tmp_path: Path) -> None:
    importing("O1,,1,victim,17,Female,A1", "O1,,2,victim,,Male,", "O2,,1,suspect,40,Male,")
    listed = {
        (each.column, each.use): (each.records, each.blank, each.different)
        for each in values(tmp_path / "store").columns
    }
    assert listed["role", "scope.unit"] == (3, 0, 2)
    assert listed["age", "where.age of victims"] == (2, 1, 1)
    assert listed["sex", "where.sex of suspects"] == (1, 0, 1)
    shown = values(tmp_path / "store", "sex").as_dict()["columns"]
    assert [each["use"] for each in shown] == ["where.sex of victims", "where.sex of suspects"]
    assert {each["value"] for each in shown[0]["values"]} == {"Female", "Male"}
    roles = values(tmp_path / "store", "role").as_dict()["columns"][0]["values"]
    assert {each["value"]: each["records"] for each in roles} == {"victims": 2, "suspects": 1}


@pytest.mark.parametrize(
    ("role", "one", "many"),
    [
        ("victim", "victim", "victims"),
        ("witness", "witness", "witnesses"),
        ("charged", "person charged", "people charged"),
        ("spouse", "spouse", "spouses"),
        ("arrested", "person arrested", "people arrested"),
    ],
)
def test_a_role_is_spoken_of_as_people_speak(role: str, one: str, many: str) -> None:
    assert spoken_of(unit_of(role)) == (one, many)
