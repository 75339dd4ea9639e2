"""The docs keep up: the README's commands run and print what it says, every command and page is named."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import COMMANDS, cli
from pages import blocks, matches

ROOT = Path(__file__).parent.parent.parent


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 90


def test_the_commands_of_the_readme_print_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = 0
    typed = [block for block in blocks("README.md") if block.language == "console" and "--ask" not in block.text]
    for command, expected in (each for block in typed for each in block.commands()):  # test_own_data.py runs the other
        words = shlex.split(command)
        if words[0] == "make":
            recipe = subprocess.run(["make", "-n", words[1]], cwd=ROOT, capture_output=True, text=True, check=True)
            if words[1] == "demo":
                assert "-m clearcount demo --out demo --replace" in recipe.stdout
                demo = CliRunner().invoke(cli, ["demo", "--out", "demo", "--occurrences", "2000"])
                assert demo.exit_code == 0, demo.output
            continue
        done = CliRunner().invoke(cli, words[1:])
        assert done.exit_code in (0, 1), done.output
        assert matches(expected, done.stdout), f"$ {command}\n{done.stdout}"
        ran += 1
    assert ran >= 4


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    code = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert CliRunner().invoke(cli, ["demo", "--out", str(tmp_path / "demo"), "--occurrences", "500"]).exit_code == 0
    for block in code:
        subprocess.run([sys.executable, "-c", block], cwd=tmp_path, check=True)
    assert (tmp_path / "answer-2" / "counts.csv").exists()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    done = CliRunner().invoke(cli, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "Example" in done.output
    assert f"clearcount {name}" in done.output


def test_every_command_is_documented() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))
    assert not [name for name in COMMANDS if f"clearcount {name}" not in pages]


@pytest.mark.parametrize("tool", ["index_docs.py", "command_docs.py"])
def test_generated_pages_are_up_to_date(tool: str) -> None:
    subprocess.run([sys.executable, str(ROOT / "tools" / tool), "--check"], check=True)


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", ROOT / "MAINTENANCE.md", ROOT / "GLOSSARY.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http", "mailto:")) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken


def test_every_module_has_a_docstring() -> None:
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in (ROOT / "src").rglob("*.py")
        if "migrations" not in path.parts
    }
    assert not [
        str(path.relative_to(ROOT))
        for path, text in texts.items()
        if text.strip() and not ast.get_docstring(ast.parse(text))
    ]
