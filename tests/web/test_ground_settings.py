"""Settings: read once, all faults at once, never a value in a message, every one documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from clearcount_web.ground.force import read_force
from clearcount_web.platform.databases import configuration
from clearcount_web.platform.declared import DECLARED
from clearcount_web.platform.environment import Environment, Setting
from clearcount_web.project.reference import as_markdown

ROOT = Path(__file__).parents[2]
HERE = {
    name: Setting(name, f"what {name} is", default)
    for name, default in (("NEEDED", None), ("NUMBER", "3"), ("FLAG", "no"), ("PAIRS", ""), ("FILE", None))
}
SECRET = "hunter-2-hunter-2"


def test_the_reference_page_is_what_the_code_says() -> None:
    assert (ROOT / "docs/reference/web-settings.md").read_text(encoding="utf-8") == as_markdown()


def test_every_setting_is_used() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src/clearcount_web").rglob("*.py")]
    code = "\n".join(text for text in sources if "_ALL = (" not in text)
    assert [name for name in DECLARED if f'"{name}"' not in code] == []


def test_no_other_place_reads_the_environment() -> None:
    allowed = {"base.py", "typecheck.py", "serving.py", "static_site.py"}
    for room in ("project", "accounts", "audit", "jobs", "ground", "desk"):
        for path in (ROOT / "src/clearcount_web" / room).rglob("*.py"):
            assert path.name in allowed or "os.environ" not in path.read_text(encoding="utf-8"), path


def test_all_faults_are_told_at_once_and_no_value_is_shown() -> None:
    environment = Environment({"NUMBER": SECRET, "FLAG": SECRET, "PAIRS": SECRET}, HERE)
    environment.text("NEEDED")
    assert environment.number("NUMBER") == 0
    assert environment.flag("FLAG") is False
    assert environment.pairs("PAIRS") == {}
    with pytest.raises(ImproperlyConfigured) as told:
        environment.finish()
    lines = str(told.value).splitlines()
    assert len(lines) == 5
    assert all(f"what {name} is" in str(told.value) for name in ("NEEDED", "NUMBER", "FLAG", "PAIRS"))
    assert SECRET not in str(told.value)


def test_a_short_key_is_refused() -> None:
    environment = Environment({"NEEDED": SECRET}, HERE)
    environment.secret("NEEDED")
    with pytest.raises(ImproperlyConfigured, match="shorter than 32"):
        environment.finish()


def test_values_are_read_kindly() -> None:
    environment = Environment({"NEEDED": " a , b,", "FLAG": "Yes", "PAIRS": "g=analyst, g=reader,h=publisher"}, HERE)
    assert environment.listed("NEEDED") == ["a", "b"]
    assert environment.flag("FLAG") is True
    assert environment.number("NUMBER") == 3
    assert environment.pairs("PAIRS") == {"g": ["analyst", "reader"], "h": ["publisher"]}
    environment.finish()


def test_a_database_is_a_file_or_postgresql(tmp_path: Path) -> None:
    assert configuration("", fallback=tmp_path / "x")["NAME"] == str(tmp_path / "x")
    assert configuration("sqlite:////srv/a%20b.sqlite3", fallback=tmp_path)["NAME"] == "/srv/a b.sqlite3"
    found = configuration("postgresql://us%40er:p%2Fw@db.example:5433/staff?sslmode=verify-full", fallback=tmp_path)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("us@er", "p/w", "db.example", "5433")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "options": "-c lock_timeout=20s"}
    for bad in ("mysql://u:hunter2@h/n", "postgresql://u:hunter2@h", "sqlite:///", "hunter2"):
        with pytest.raises(ValueError) as told:
            configuration(bad, fallback=tmp_path)
        assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("content", [b"[force\nname = 1", b"\xff\xfe", None])
def test_a_force_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "force.toml"
    if content is not None:
        file.write_bytes(content)
    environment = Environment({"FILE": str(file)}, HERE)
    read_force(environment, "FILE")
    with pytest.raises(ImproperlyConfigured, match="FILE names a file"):
        environment.finish()


def test_the_force_file_of_the_command_line_is_read(tmp_path: Path) -> None:
    file = tmp_path / "force.toml"
    file.write_text('[force]\nname = "Heddlu Enghraifft"\nsource_system = "x"\n[force.contact]\ntelephone = "101"\n')
    force = read_force(Environment({"FILE": str(file)}, HERE), "FILE")
    assert (force.name, dict(force.contact)) == ("Heddlu Enghraifft", {"telephone": "101"})


@pytest.mark.parametrize(("colour", "kept"), [("#5b3a8c", True), ("#FFDD00", False), ("red", False), ("#12", False)])
def test_a_force_has_a_colour_that_can_be_seen(tmp_path: Path, colour: str, kept: bool) -> None:
    file = tmp_path / "force.toml"
    file.write_text(f'[force]\nname = "x"\n[web]\ncolour = "{colour}"\n')
    environment = Environment({"FILE": str(file)}, HERE)
    assert read_force(environment, "FILE").colour == (colour if kept else "")
    if not kept:
        with pytest.raises(ImproperlyConfigured, match="colour"):
            environment.finish()
