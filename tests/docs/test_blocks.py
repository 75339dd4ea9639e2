"""Every fenced block of every page is run or read: here, by a test that is named, or not at all for a reason.

The commands of a page run one after another in a folder that holds what its reader has by then.
"""

from __future__ import annotations

import contextlib
import csv
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount import quality
from clearcount.cli import cli
from clearcount.workflow.demo import Demo, make_demo
from clearcount.workflow.forces_file import read_forces
from clearcount.workflow.reading_files import read_force
from force import make_force
from pages import ROOT, Block, blocks, matches, pages

HOW, REFERENCE = "docs/how-to/", "docs/reference/"
ELSEWHERE = {
    "README.md": ("docs/test_docs.py", "docs/test_own_data.py"),
    "docs/tutorials/first-own-answer.md": ("docs/test_tutorials.py",),
    "docs/tutorials/keyword-over-all-crime.md": ("docs/test_tutorials.py",),
    "docs/tutorials/publishing.md": ("docs/test_tutorials.py",),
    "docs/tutorials/reading-the-hits.md": ("docs/test_reading_tutorial.py",),
    "docs/explanation/real-requests.md": ("docs/test_real_requests.py",),
    f"{REFERENCE}commands.md": ("docs/test_docs.py",),
    f"{REFERENCE}layouts.md": ("docs/test_settings_are_read.py",),
    f"{REFERENCE}request.md": ("docs/test_request_page.py",),
}
"""Pages whose blocks another test runs, below tests/."""

NOT_RUN = {
    (f"{HOW}casework.md", "clearcount manage case-bundle case-12.zip"): (
        "needs a bundle of the service; web/test_cases_regulator.py checks one that it makes"
    ),
    (
        "MAINTENANCE.md",
        "python tools/build_codes.py --home-office LIST.csv --list-date 2026-04 --moj CODES.csv.gz \\",
    ): "a person downloads the two lists first",
    ("MAINTENANCE.md", "python tools/build_holidays.py --govuk bank-holidays.json --origin \"fetched from GOV.UK\" "
     "--taken 2027-12-01 \\"): "a person downloads the holidays first",
    ("docs/explanation/architecture.md", "export ──importers──▶ records ──store──▶ snapshot"): "a drawing",
    (f"{HOW}import-from-a-database.md", "export CLEARCOUNT_DB_URL='postgresql://reader@localhost/rms'"): (
        "needs a server; unit/test_import_postgres.py gives the same options to one that it starts"
    ),
    (f"{HOW}install-offline.md", "make bundle"): "needs a package index; bundle/test_offline_install.py makes one",
    (f"{HOW}install-offline.md", 'make bundle PYTHONS="3.11 3.12 3.13"'): "the same for more Pythons",
    (f"{HOW}install-offline.md", "sh install.sh /opt/clearcount"): "bundle/test_offline_install.py runs it",
    (f"{HOW}install-offline.md", "install.cmd C:\\clearcount"): "needs Windows",
    (f"{HOW}install-offline.md", "/opt/clearcount/bin/clearcount demo --out demo"): (
        "bundle/test_offline_install.py runs it from a bundle"
    ),
    (
        f"{HOW}national.md",
        "MASTER=spark://host:7077 clearcount count request.toml --engine spark --store /mnt/store --policy policy.toml "
        "--out answer",
    ): "needs a cluster of several machines",
    (f"{HOW}run-the-web-service.md", "$ clearcount serve --demo"): (
        "runs until it is stopped; web/test_ground_serving.py starts and stops it"
    ),
    (f"{HOW}run-the-web-service.md", "systemd-run --quiet --wait --pty --collect -p User=clearcount-staff "
     "-p SupplementaryGroups=clearcount-anchor \\"): "needs systemd; deploy/try-on-debian.sh runs it",
    (f"{HOW}run-the-web-service.md", "$ clearcount manage audit grants clearcount-staff | psql clearcount_staff"): (
        "needs a server; web/test_jobs_postgresql.py gives the same rights"
    ),
    (f"{HOW}try-the-installation.md", "apt install debootstrap systemd-container python3-pip"): (
        "makes a whole machine, as root and with a network"
    ),
    (f"{HOW}try-the-installation.md", "ok      installed: clearcount, version 0.1.0"): "what that machine printed",
    (f"{REFERENCE}terms.md", "term   = part [ NEAR/n part ] [ EXCEPT part { \",\" part } ]"): "a grammar",
}  # fmt: skip
"""Blocks that no test runs, by page and first line, with the reason."""

NOT_OURS = ("systemctl",)
"""Programs that a page calls between our commands."""

POLICY = (
    '[disclosure]\nrule = "suppress"\nreason = "Small counts could point to a person."\napproved_by = "A. Officer"\n'
)


@dataclass
class Walk:
    """A folder in which a page is walked: what runs there, with which environment, and what its words stand for."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    complained: str = ""

    def run(self, command: str, code: int = 0) -> str:
        """Run a command as the page has it; return what it printed."""
        for word, meant in self.words.items():
            command = command.replace(word, meant)
        program, *arguments = shlex.split(command)
        assert program == "clearcount", command
        if arguments[0] in ("manage", "site") or self.environment:
            done = subprocess.run(
                [sys.executable, "-m", "clearcount", *arguments],
                cwd=self.folder, env=self.environment or None, capture_output=True, text=True, check=False,
            )  # fmt: skip
            ended, self.printed, self.complained = done.returncode, done.stdout, done.stderr
        else:
            with contextlib.chdir(self.folder):
                result = CliRunner().invoke(cli, arguments)
            ended, self.printed, self.complained = result.exit_code, result.stdout, result.stderr
        assert ended == code, f"$ {command}\n{self.printed}{self.complained}"
        return self.printed

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder."""
        (self.folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration, made once."""
    folder = tmp_path_factory.mktemp("blocks") / "demo"
    return make_demo(folder, occurrences=500, now=datetime(2026, 1, 2, 9, tzinfo=UTC))


@pytest.fixture
def walk(demo: Demo, tmp_path: Path) -> Walk:
    """A folder with a store, a request whose doubts are settled, a policy of small numbers, and who answers."""
    shutil.copytree(demo.folder / "store", tmp_path / "store")
    for name in ("request.toml", "force.toml"):
        shutil.copy(demo.folder / name, tmp_path)
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    return Walk(tmp_path)


for room in ("cli", "web"):  # what these rooms' tests share
    sys.path.append(str(ROOT / "tests" / room))

COUNT = "clearcount count request.toml --store store --policy policy.toml --force force.toml --quiet --out "


def several_forces(walk: Walk) -> None:
    """Three forces answer the pack, signed with the key of this machine, and a catalogue names the stores of two."""
    made = re.search(r"[0-9a-f]{4}(?:-[0-9a-f]{4})+", walk.run("clearcount pack request.toml --out first.pack"))
    assert made
    walk.words["0f4d-b50d-5f6c-28d2-e687"] = made[0]
    for name in ("alder", "birch", "cedar"):
        (walk.folder / name).mkdir()
        force = (walk.folder / "force.toml").read_text(encoding="utf-8")
        walk.write(f"{name}.toml", re.sub(r"(?m)^name = .*$", f'name = "{name.title()} Police (fictional)"', force))
        walk.run(
            f"clearcount count first.pack --signed-by {made[0]} --store store --policy policy.toml "
            f"--force {name}.toml --quiet --out {name}/answer"
        )
        shutil.copytree(walk.folder / "store", walk.folder / name / "store")
        for own in ("digest.key", "ledger.head"):  # without them a copy is a store of another force
            (walk.folder / name / "store" / own).unlink(missing_ok=True)
        shutil.rmtree(walk.folder / name / "store" / "ledger", ignore_errors=True)
        shutil.copy(walk.folder / f"{name}.toml", walk.folder / name / "force.toml")
        shutil.copy(walk.folder / "policy.toml", walk.folder / name)
    [named] = [block for block in blocks(f"{HOW}ask-many-forces.md") if block.language == "toml"]
    walk.write("forces.toml", named.text)


def letter(walk: Walk) -> None:
    """A letter of the force's own, named as the page's force file names it."""
    walk.run("clearcount new mine")
    shutil.copy(walk.folder / "mine" / "letter.docx", walk.folder)
    [named] = [block for block in blocks(f"{HOW}change-the-letter.md") if block.language == "toml"]
    walk.write("force.toml", named.text)
    walk.run(COUNT + "answer")


def own_export(walk: Walk) -> None:
    """An export, and the layout that was drafted for it."""
    shutil.rmtree(walk.folder / "store")
    (walk.folder / "export").mkdir()
    rows = [f"O{n},C{n},088/15,2024-01-{1 + n % 28:02},recorded,some words of number {n}" for n in range(40)]
    head = "Occurrence No,Crime No,HO Code,Recorded Date,Status,MO"
    walk.write("export/crimes.csv", "\n".join([head, *rows, ""]))
    walk.run("clearcount import export --write-layout ours.toml")


def flagged(walk: Walk) -> None:
    """A store with flags and districts, and what readers decided."""
    make_force(walk.folder / "force", 300)
    shutil.rmtree(walk.folder / "store")
    shutil.copytree(walk.folder / "force" / "crimes" / "store", walk.folder / "store")
    walk.write(
        "request.toml",
        '[request]\nreference = "R"\nreceived = "2025-07-01"\ntitle = "T"\n[scope]\nfrom = "2021-01"\nto = "2024-12"\n'
        '[terms]\nfields = ["mo", "summary"]\nany = ["AI generated"]\n[marker]\nname = "AI"\nuse = "beside"\n'
        '[[question]]\ncodes = ["086/02", "086/10"]\ntext = "How many?"\n',
    )
    walk.run("clearcount review export request.toml --store store --out hits.csv")
    with (walk.folder / "hits.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["code"], row["coder"] = ("relevant", "not_relevant")[number % 2], "AB"
    with (walk.folder / "hits.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    walk.run("clearcount review import hits.csv --store store")


def answered(walk: Walk) -> None:
    """An answer that nobody has published yet."""
    walk.run(COUNT + "answer")


def newer_list(walk: Walk) -> None:
    """A list of the Home Office with one code more, one less and one changed, and a request that has it."""
    from test_codes_update import as_xlsx, changed_list

    as_xlsx(walk.folder / "notifiable-offences.xlsx", changed_list())
    (walk.folder / "requests").mkdir()
    walk.write(
        "requests/r.toml",
        '[request]\nreference = "R"\nreceived = "2025-07-01"\n[scope]\nfrom = "2024-01"\nto = "2024-12"\n'
        '[[question]]\ntext = "How many?"\ncodes = ["086/10"]\n',
    )


def nothing(walk: Walk) -> None:
    """Nothing but the folder."""


def service(walk: Walk) -> None:
    """A web service on this machine, set up and with its tables."""
    from test_ground_serving import production

    walk.environment = production(walk.folder / "web") | {
        "CLEARCOUNT_DUTY_PASSPHRASE": "five plain words for duty",
        "CLEARCOUNT_RECOVERY_PASSPHRASE": "five other words kept apart",
        "CLEARCOUNT_STORE_DIR": str(walk.folder / "store"),
        "CLEARCOUNT_POLICY_FILE": str(walk.folder / "policy.toml"),
        "CLEARCOUNT_FORCE_FILE": str(walk.folder / "force.toml"),
    }
    del walk.environment["CLEARCOUNT_READING_STORE_DIR"]
    walk.words["/backup/"] = f"{walk.folder}/backup-"
    walk.run("clearcount manage migrate --verbosity 0")


def to_publish(walk: Walk) -> None:
    """A web service, an answer over one store, another over two, and a second version of the first."""
    for name in ("answer", "answer-2"):
        walk.run(COUNT + name)
    make_force(walk.folder / "made", 120)
    walk.write(
        "both.toml",
        '[request]\nreference = "R/2"\nreceived = "2025-07-01"\ntitle = "T"\n[scope]\nrecords = "crimes"\n'
        'from = "2021-01"\nto = "2024-12"\n[[question]]\ncodes = ["086/02"]\ntext = "How many?"\n'
        '[[question]]\nrecords = "incidents"\ncodes = ["NSIR-04"]\ntext = "How many calls?"\n'
        '[[table]]\nof = [1]\ncolumns = ["year"]\n[[table]]\nof = [2]\ncolumns = ["year"]\n',
    )
    stores = "--store crimes=made/crimes/store --store incidents=made/incidents/store"
    both = f"clearcount count both.toml {stores} --policy policy.toml --out both"
    doubts = [doubt["id"] for doubt in json.loads(walk.run(f"{both} --json"))["open_doubts"]]
    walk.run(f"{both} --replace --quiet" + "".join(f' --accept "{doubt}=It is known."' for doubt in doubts))
    walk.words["answer --store crimes=store --store incidents=calls"] = f"both {stores}"
    walk.words["01-foi-25-000123"] = "fs-foi-25-0117"
    service(walk)


WALKS: Mapping[str, Callable[[Walk], None]] = {
    f"{HOW}ask-many-forces.md": several_forces,
    f"{HOW}change-the-letter.md": letter,
    f"{HOW}handle-reports.md": service,
    f"{HOW}import-an-export.md": own_export,
    f"{HOW}publish-a-release.md": to_publish,
    f"{HOW}reading.md": flagged,
    f"{HOW}run-the-web-service.md": service,
    f"{REFERENCE}bundle.md": answered,
    f"{REFERENCE}codes.md": newer_list,
    f"{REFERENCE}demo.md": nothing,
    f"{REFERENCE}foi.md": nothing,
}
"""What the reader of each page has before its first command."""
LONG = {f"{HOW}handle-reports.md", f"{HOW}publish-a-release.md", f"{HOW}run-the-web-service.md"}
"""Walks with a web service, whose commands are processes of their own."""


def types(block: Block) -> bool:
    """Whether the commands of a block are run by its page's walk."""
    own = any(command.startswith("clearcount") for command, _ in block.commands())
    return own and block.page in WALKS and (block.page, block.first) not in NOT_RUN


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.slow) if page in LONG else page for page in WALKS]
)
def test_the_commands_of_a_page_do_what_it_says(page: str, walk: Walk) -> None:
    WALKS[page](walk)
    ran = 0
    for block in filter(types, blocks(page)):
        for command, shown in block.commands():
            if command.split()[0] in NOT_OURS:
                continue
            printed = walk.run(command)
            assert not shown or matches(shown, printed), f"$ {command}\n{printed}"
            ran += 1
    assert ran


def python_of_the_bundle(text: str, walk: Walk, demo: Demo) -> None:
    """The functions that the page on the bundle names, on a release."""
    with contextlib.chdir(walk.folder):
        exec(compile(text, "bundle.md", "exec"), {"release": demo.honest.release})
    assert (walk.folder / "one.xlsx").exists() and (walk.folder / "answer" / "release.json").exists()


def figures_of_quality(text: str, walk: Walk, demo: Demo) -> None:
    """Each figure behind a `#` is what its line computes, to the digits shown."""
    lines = [line for line in text.splitlines() if line.startswith("quality.")]
    assert len(lines) == 7
    for line in lines:
        call, _, shown = line.partition("#")
        value = eval(call, {"quality": quality})
        pairs = re.findall(r"\.(\w+) ([\d.]+)", shown) or [("", shown.strip())]
        for name, figure in pairs:
            found = getattr(value, name) if name else value
            assert f"{found:.{len(figure.partition('.')[2])}f}" == figure, line


def own_codes(text: str, walk: Walk, demo: Demo) -> None:
    """An overlay with a code of the force's own is read, and its code found."""
    walk.write("codes.toml", text)
    assert "Local matter" in walk.run("clearcount codes 900/01 --codes codes.toml")


def own_provision(text: str, walk: Walk, demo: Demo) -> None:
    """A provision with the new code of the Home Office's newer list is found by its section."""
    newer_list(walk)
    walk.run("clearcount codes update notifiable-offences.xlsx --out codes.toml")
    walk.write("codes.toml", (walk.folder / "codes.toml").read_text(encoding="utf-8") + text)
    assert "088/19" in walk.run('clearcount codes "s66E SOA 2003" --codes codes.toml')


def as_of_the_clock(text: str, walk: Walk, demo: Demo) -> None:
    """The JSON of the clock begins as the page shows."""
    shown, found = json.loads(text), json.loads(walk.run("clearcount deadline --received 2026-06-01 --json"))
    assert [found[key] for key in ("due", "received")] == [shown[key] for key in ("due", "received")]
    assert found["trace"][: len(shown["trace"])] == shown["trace"]
    assert matches(shown["calendar"], found["calendar"])


def as_a_reader_knows_it(text: str, walk: Walk, demo: Demo) -> None:
    """The document is one that `audit` takes and finds safe."""
    walk.write("tables.json", text)
    assert json.loads(walk.run("clearcount audit tables.json --json"))["consistent"] is True


def files_of_a_store(text: str, walk: Walk, demo: Demo) -> None:
    """Every file and folder of a store is on the page."""
    for path in (walk.folder / "store").iterdir():
        assert path.name in text


def as_a_term_is_read(text: str, walk: Walk, demo: Demo) -> None:
    """What a run under the rule `variant` prints of the term."""
    request = (walk.folder / "request.toml").read_text(encoding="utf-8")
    walk.write("request.toml", request.replace('rule = "word"', 'rule = "variant"'))
    walk.run("clearcount mentions request.toml --store store --csv mentions.csv")
    assert text.strip() in walk.complained


def of_the_force_file(text: str, walk: Walk, demo: Demo) -> None:
    """Lines of a force file, which are read."""
    walk.write("force.toml", text if "[force]" in text else f'[force]\nname = "Made up"\n{text}')
    read_force(walk.folder / "force.toml")


def of_the_catalogue(text: str, walk: Walk, demo: Demo) -> None:
    """The catalogue names two forces."""
    walk.write("forces.toml", text)
    assert [force.name for force in read_forces(walk.folder / "forces.toml")] == ["alder", "birch"]


ADVICE = """
import django, sys
django.setup()
from pathlib import Path
from clearcount_web.advice.reading import read_library
held = read_library("en", Path(sys.argv[1]))
print(held.services["example-helpline"].number, len(held.easy["sextortion"].steps))
"""


def of_the_advice(text: str, walk: Walk, demo: Demo) -> None:
    """The file of a help line and the steps of an easy-read page, beside the packaged advice."""
    from test_ground_serving import production

    page = blocks(f"{HOW}change-the-advice.md")
    helpline, steps = (next(each.text for each in page if each.first == first) for first in ("---", "steps:"))
    content = walk.folder / "content"
    shutil.copytree(ROOT / "src/clearcount_web/advice/content", content)
    (content / "en" / "services" / "example-helpline.md").write_text(helpline, encoding="utf-8")
    easy = content / "en" / "easy" / "sextortion.md"
    head = easy.read_text(encoding="utf-8").partition("steps:")[0]
    easy.write_text(f"{head}{steps}---\n", encoding="utf-8")
    environment = production(walk.folder / "web") | {"DJANGO_SETTINGS_MODULE": "clearcount_web.project.settings.staff"}
    done = subprocess.run(
        [sys.executable, "-c", ADVICE, str(content)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "0800 000 000 1\n", done.stderr


def with_the_block_before(text: str, walk: Walk, demo: Demo) -> None:
    """It is read together with an earlier block of its page."""


READ: Mapping[tuple[str, str], Callable[[str, Walk, Demo], None]] = {
    (f"{HOW}ask-many-forces.md", "[[force]]"): of_the_catalogue,
    (f"{HOW}change-the-advice.md", "[web]"): of_the_force_file,
    (f"{HOW}change-the-advice.md", "---"): of_the_advice,
    (f"{HOW}change-the-advice.md", "steps:"): with_the_block_before,
    (f"{HOW}change-the-letter.md", "[force]"): of_the_force_file,
    (f"{REFERENCE}bundle.md", "from pathlib import Path"): python_of_the_bundle,
    (f"{REFERENCE}codes.md", "# codes.toml, given with --codes"): own_codes,
    (f"{REFERENCE}codes.md", "[[provision]]"): own_provision,
    (f"{REFERENCE}foi.md", '{"due": "2026-06-30", "received": "2026-06-01",'): as_of_the_clock,
    (f"{REFERENCE}quality.md", "from clearcount import quality"): figures_of_quality,
    (f"{REFERENCE}store.md", blocks(f"{REFERENCE}store.md")[0].first): files_of_a_store,
    (f"{REFERENCE}tables.md", blocks(f"{REFERENCE}tables.md")[0].first): as_a_reader_knows_it,
    (f"{REFERENCE}terms.md", blocks(f"{REFERENCE}terms.md")[1].first): as_a_term_is_read,
}
"""What reads the blocks that hold no commands."""
BLOCKS = [block for page in pages() if page not in ELSEWHERE for block in blocks(page)]
TO_READ = [block for block in BLOCKS if (block.page, block.first) in READ]


@pytest.mark.parametrize("block", TO_READ, ids=lambda block: f"{block.page} {block.first}"[:60])
def test_a_block_without_commands_is_what_a_program_reads(block: Block, walk: Walk, demo: Demo) -> None:
    READ[block.page, block.first](block.text, walk, demo)


def test_every_block_of_every_page_is_run_or_read_or_named_with_a_reason() -> None:
    places = {(block.page, block.first) for block in BLOCKS}
    assert {place for place in (*NOT_RUN, *READ) if place not in places} == set()
    lost = [
        place for block in BLOCKS if not types(block) and (place := (block.page, block.first)) not in {*NOT_RUN, *READ}
    ]
    assert lost == []
    for page, tests in ELSEWHERE.items():
        assert blocks(page)
        assert all((ROOT / "tests" / test).exists() for test in tests)
