"""force.toml: a mistyped key, section or zone stops every reader; it is neither printed nor ignored."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from clearcount.errors import RequestError
from clearcount.model.release import Force
from clearcount.workflow import reading_files
from clearcount.workflow.reading_files import CONTACT_KEYS, FORCE_KEYS, WEB_KEYS, in_zone, parse_force, read_force
from clearcount_web.ground import force as web
from clearcount_web.platform.environment import Environment, ImproperlyConfigured, Setting

MISTYPED = {
    "a name": ('[force]\nnamme = "F"\n', "namme", "name"),
    "a department": ('[force]\ndeparment = "Records"\n', "deparment", "department"),
    "a licence": ('[force]\nlicense = "OGL"\n', "license", "licence"),
    "a zone's key": ('[force]\ntimezone = "Europe/London"\n', "timezone", "time_zone"),
    "a route": ('[force.contact]\nemial = "foi@example.invalid"\n', "emial", "email"),
    "another route": ('[force.contact]\ntelefone = "101"\n', "telefone", "telephone"),
    "a colour": ('[web]\ncolor = "#5b3a8c"\n', "color", "colour"),
    "a section": ('[forces]\nname = "F"\n', "forces", ""),
    "a key outside": ('name = "F"\n', "name", ""),
    "no key at all": ('[force]\n"" = "x"\n', "force.", ""),
    "a route under force": ('[force]\ntwitter = "@force"\n', "twitter", ""),
}
ZONES = ("Mars/Olympus", "Europe/Londn", "", "GMT+25", "../Europe/London", "/etc/localtime", "London", "Europe/")


def _web(path: Path) -> Environment:
    environment = Environment({"FILE": str(path)}, {"FILE": Setting("FILE", "a file", None)})
    web.read_force(environment, "FILE")
    return environment


@pytest.mark.parametrize(("text", "key", "near"), MISTYPED.values(), ids=list(MISTYPED))
def test_a_mistyped_key_is_named_by_both_readers(tmp_path: Path, text: str, key: str, near: str) -> None:
    file = tmp_path / "force.toml"
    file.write_text(text)
    with pytest.raises(RequestError) as refused:
        read_force(file)
    assert key in str(refused.value) and near in str(refused.value) and "force.toml" in str(refused.value)
    with pytest.raises(ImproperlyConfigured, match=key):
        _web(file).finish()


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_that_no_clock_knows_stops_both_readers(tmp_path: Path, zone: str) -> None:
    file = tmp_path / "force.toml"
    file.write_text(f'[force]\nname = "F"\ntime_zone = "{zone}"\n')
    with pytest.raises(RequestError, match="time_zone"):
        read_force(file)
    with pytest.raises(ImproperlyConfigured, match="time_zone"):
        _web(file).finish()


@pytest.mark.parametrize("zone", ["Europe/London", "UTC", "Europe/Belfast", "Europe/Jersey", "America/New_York"])
def test_a_zone_of_the_table_is_taken_by_both_readers(tmp_path: Path, zone: str) -> None:
    file = tmp_path / "force.toml"
    file.write_text(f'[force]\ntime_zone = "{zone}"\n')
    assert read_force(file).time_zone == zone
    environment = Environment({"FILE": str(file)}, {"FILE": Setting("FILE", "a file", None)})
    assert web.read_force(environment, "FILE").time_zone == zone
    environment.finish()


def test_every_fault_is_said_at_once() -> None:
    with pytest.raises(RequestError) as refused:
        parse_force({"force": {"nmae": "F", "time_zone": "Nowhere/Here", "department": 7}, "wbe": {}})
    assert all(word in str(refused.value) for word in ("nmae", "Nowhere/Here", "department", "wbe"))


def test_routes_stand_under_contact_or_under_force() -> None:
    force = parse_force({"force": {"email": "a@b.invalid", "contact": {"post": "Box 1"}, "letter_template": "l.docx"}})
    assert dict(force.contact) == {"email": "a@b.invalid", "post": "Box 1"}


def test_both_readers_know_the_same_keys() -> None:
    assert set(web.FORCE_KEYS) == {*FORCE_KEYS, "letter_template", "contact", "information_rights"}
    assert (web.CONTACT_KEYS, web.WEB_KEYS) == (CONTACT_KEYS, WEB_KEYS)
    assert set(FORCE_KEYS) == {each.name for each in fields(Force)} - {"contact"}


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2025, 7, 22, 23, 30, tzinfo=UTC), "Europe/London", date(2025, 7, 23)),
        (datetime(2025, 1, 22, 23, 30, tzinfo=UTC), "Europe/London", date(2025, 1, 22)),
        (datetime(2025, 7, 22, 23, 30, tzinfo=UTC), "UTC", date(2025, 7, 22)),
        (datetime(2025, 7, 23, 3, 0, tzinfo=UTC), "America/New_York", date(2025, 7, 22)),
        (datetime(2025, 7, 23, 0, 30, tzinfo=timezone(timedelta(hours=5))), "Europe/London", date(2025, 7, 22)),
    ],
)
def test_a_moment_of_a_request_is_the_day_that_it_was_in_the_zone_of_the_force(
    moment: datetime, zone: str, day: date
) -> None:
    data = {"request": {"received": moment, "version_date": date(2025, 8, 1)}, "scope": {}}
    assert in_zone(data, zone)["request"] == {"received": day, "version_date": date(2025, 8, 1)}
    assert in_zone({"request": 7}, zone) == {"request": 7}
    assert reading_files.is_time_zone(zone)


MAILBOXES = {
    "foi": ("email", "foi@force.example"),
    "foia": ("email", "FOIA@force.example"),
    "foi team": ("email", "foi.team@force.example"),
    "information rights": ("email", "information.rights@force.example"),
    "info request": ("email", "inforequests@force.example"),
    "freedom of information": ("email", "freedom-of-information@force.example"),
    "data protection": ("email", "dataprotection@force.example"),
    "dpo": ("email", "DPO@force.example"),
    "subject access": ("email", "subject_access@force.example"),
    "sar": ("email", "sar@force.example"),
    "records management": ("email", "records.management@force.example"),
    "a postal address": ("post", "Information Rights Team, Force, 1 Example Street"),
    "another": ("post", "Freedom of Information Unit, Force HQ"),
    "a web form": ("online", "https://www.force.example/foi/ask"),
    "disclosure": ("email", "disclosure.unit@force.example"),
}
WATCHED = (
    ("email", "report@force.example"),
    ("email", "control.room@force.example"),
    ("email", "safari@force.example"),
    ("email", "information.desk@force.example"),
    ("post", "Force, 1 Foinaven Street"),
    ("post", "Sarah House, 2 Sarum Road"),
    ("online", "https://www.force.example/report"),
    ("messenger", "ForceReports on a social network"),
    ("telephone", "101"),
)


@pytest.mark.parametrize(("key", "route"), MAILBOXES.values(), ids=list(MAILBOXES))
@pytest.mark.parametrize("section", ["[force.contact]", "[force]"])
def test_a_mailbox_for_requests_is_no_way_to_report(tmp_path: Path, section: str, key: str, route: str) -> None:
    file = tmp_path / "force.toml"
    file.write_text(f'{section}\n{key} = "{route}"\n')
    with pytest.raises(RequestError, match=r"nobody watches for reports; put it under \[force.information_rights\]"):
        read_force(file)
    with pytest.raises(ImproperlyConfigured, match="information_rights"):
        _web(file).finish()
    file.write_text('[force.contact]\ntelephone = "101"\n')
    allowed = key if key in reading_files.RIGHTS_KEYS else "email"
    file.write_text(f'[force.contact]\ntelephone = "101"\n[force.information_rights]\n{allowed} = "{route}"\n')
    assert dict(read_force(file).contact) == {allowed: route}  # what the letter prints
    environment = Environment({"FILE": str(file)}, {"FILE": Setting("FILE", "a file", None)})
    force = web.read_force(environment, "FILE")
    environment.finish()
    assert (dict(force.contact), dict(force.information_rights)) == ({"telephone": "101"}, {allowed: route})


@pytest.mark.parametrize(("key", "route"), WATCHED)
def test_a_route_that_is_watched_is_taken_by_both(tmp_path: Path, key: str, route: str) -> None:
    file = tmp_path / "force.toml"
    file.write_text(f'[force.contact]\n{key} = "{route}"\n')
    assert dict(read_force(file).contact) == {key: route}
    _web(file).finish()


def test_both_readers_know_the_same_routes_and_the_same_words() -> None:
    assert (web.RIGHTS_KEYS, web._RIGHTS_WORDS) == (reading_files.RIGHTS_KEYS, reading_files._RIGHTS_WORDS)
