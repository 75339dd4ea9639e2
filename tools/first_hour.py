"""Walks the README in a fresh home and a fresh clone, from nothing to the first answer from data of one's own.

Use: python3 tools/first_hour.py FOLDER. FOLDER must be new; everything is made in it. Needs Python 3.11 or newer, git,
make and a package index. It types what the README says and nothing else. Each line of its outcome gives the seconds
that the machine took, and the seconds that a person is allowed for reading and typing.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
A_CHARACTER, A_STEP, A_DRAFT, THE_README = 0.4, 20.0, 60.0, 120.0
"""Seconds of a person: for a character typed, for reading what a command prints, for a draft, for the README."""
WHOLE, DEMO = 15 * 60, 60
"""Seconds that the walk may take, and `make demo` once the packages are there."""
ROWS = 2_000
NAMES = "Occurrence Number,Crime Ref,HO Code,Date Recorded,Crime Status,District,MO"
LETTER = """Dear Sir or Madam,

Under the Freedom of Information Act, please tell me how many offences of sharing an intimate image (section 66B of the
Sexual Offences Act 2003) were recorded from February 2024 to June 2024, by month, where the record mentions "AI" or
"deepfake".

Yours faithfully
"""
ANSWERS = ("", "Awaiting desk=recorded", "")
"""What is typed into the dialogue about the columns: Enter, the one word that nobody can know, Enter."""
DRAFTS = ("--write-layout", "clearcount new", "clearcount check")
"""Commands that leave something to be read slowly: a layout, a request, a list of doubts."""


@dataclass(frozen=True)
class Step:
    """One command with the seconds of the machine and those of the person."""

    command: str
    machine: float
    person: float


def main() -> int:
    """Walk the README and print what each step took; 1 when a step fails or the time is over."""
    folder = Path(sys.argv[1]).absolute()
    home, clone = folder / "home", folder / "home" / "clearcount"
    home.mkdir(parents=True)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name == "PYTHON"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    steps = [_run(f"git clone --quiet {ROOT} {clone}", home, environment)]
    steps.append(_run("make demo", clone, environment))
    again = _run("make demo", clone, environment)
    environment["PATH"] = f"{clone / '.venv/bin'}:{environment['PATH']}"  # as `make shell` has it
    _own_data(clone)
    for command in re.findall(r"^\$ (clearcount .+)$", readme.partition("## Your own data")[2], re.MULTILINE):
        steps.append(_run(command, clone, environment))
    assert (clone / "answer" / "response.html").exists()
    counted = (clone / "answer" / "counts.csv").read_text(encoding="utf-8")
    assert "088/15" in counted
    for step in steps:
        print(
            f"{step.machine:7.1f} {step.person:7.1f}  {step.command.replace(str(folder), '…').replace(str(ROOT), '…')}"
        )
    machine, person = sum(step.machine for step in steps), THE_README + sum(step.person for step in steps)
    print(f"{machine:7.1f} {person:7.1f}  all of it with the README read: {(machine + person) / 60:.1f} minutes")
    print(f"{again.machine:7.1f}          make demo once more, when the packages are there")
    return int(machine + person > WHOLE or again.machine > DEMO)


def _own_data(clone: Path) -> None:
    """Write a report under two title lines, whose status has a word of the force's own, and a letter."""
    rows = (
        f"O{n},C{n},088/15,{1 + n % 28:02}/0{2 + n % 5}/2024,{('Filed', 'No Crime', 'Awaiting desk')[n % 3]},"
        f"{('North', 'South')[n % 2]},the sender said that it was made with {('a camera', 'AI')[n % 2]} as item {n}"
        for n in range(ROWS)
    )
    (clone / "report.csv").write_text("\n".join(["Weekly report", "", NAMES, *rows, ""]), encoding="utf-8")
    (clone / "letter.txt").write_text(LETTER, encoding="utf-8")


def _run(command: str, where: Path, environment: dict[str, str]) -> Step:
    """Run what somebody types; the dialogue gets its answers."""
    typed = ANSWERS if "--ask" in command else ()
    began = time.monotonic()
    done = subprocess.run(
        command, shell=True, cwd=where, env=environment, text=True, input="".join(f"{line}\n" for line in typed),
        capture_output=True, check=False,
    )  # fmt: skip
    machine = time.monotonic() - began
    if done.returncode:
        raise SystemExit(f"$ {command}\n{done.stdout}{done.stderr}\nended with {done.returncode}")
    person = A_CHARACTER * (len(command) + sum(map(len, typed))) + A_STEP * (1 + len(typed))
    return Step(command, machine, person + (A_DRAFT if any(word in command for word in DRAFTS) else 0.0))


if __name__ == "__main__":
    raise SystemExit(main())
