"""Every act that writes is ended with SIGKILL at its steps on files, spread over the whole run, a third in the commit.

A step is a write, a flush, or a change of a folder; every second write is cut in half first. After each kill nothing
may be lost, doubled or half published, and the same act done again ends as if nobody had pulled the plug.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from test_ground_serving import cli, production

sys.path.insert(0, str(Path(__file__).parent / "public"))

pytestmark = pytest.mark.skipif(
    not shutil.which("cc") or sys.platform != "linux", reason="needs Linux and a C compiler"
)

REQUEST = """[request]
reference = "01/FOI/25/1"
received = 2025-07-22
[scope]
from = "2023-01"
to = "2025-06"
[[question]]
text = "Making, section 1(1)(a) Protection of Children Act 1978"
codes = ["086/02"]
[terms]
any = ["AI", "deepfake*"]
"""


@dataclass
class Service:
    """A service whose folder is put back before each kill, and the process that does the acts."""

    root: Path
    aside: Path
    process: subprocess.Popen[str]
    kills: int = 0
    commits: int = 0
    told: dict[str, str] = field(default_factory=dict)

    def ask(self, what: str, *, at: int = 0, torn: bool = False, log: str = "", look: bool = False) -> int:
        """How an act ended: 0 done, -9 killed. Anything else fails the test with what was said."""
        said = self.aside / "said"
        asked = {"do": what, "at": at, "torn": torn, "log": log, "look": look, "said": str(said),
                 "result": str(self.aside / "result")}  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        ended = int(self.process.stdout.readline())
        assert ended in (0, -9), f"{what}, step {at}: {said.read_text()[-3000:]}"
        return ended

    def look(self, what: str) -> dict[str, Any]:
        """What there is now; no check may find a fault in it."""
        assert self.ask(what, look=True) == 0
        found: dict[str, Any] = json.loads((self.aside / "result").read_text())
        assert found.pop("faults") == []
        return found

    def put_back(self, state: str) -> None:
        """The folder as it was."""
        for path in self.root.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.aside / state, self.root, dirs_exist_ok=True, symlinks=True)

    def keep(self, state: str) -> None:
        """The folder as it is now, to be put back."""
        shutil.copytree(self.root, self.aside / state, symlinks=True)

    def steps(self, what: str) -> list[str]:
        """Every step of the act when nobody kills it."""
        log = self.aside / "log"
        assert self.ask(what, log=str(log)) == 0
        return log.read_text().splitlines()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    from public.conftest import POLICY, make_bundle

    aside = tmp_path_factory.mktemp("aside")
    root = tmp_path_factory.mktemp("service")
    shim = aside / "killing.so"
    source = Path(__file__).parent / "killing.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-w", "-o", str(shim), str(source)], check=True)
    environment = production(root / "web")
    (root / "heads").touch()
    make_bundle(root)
    later(root)
    (root / "policy.toml").write_text(POLICY)
    (root / "request.toml").write_text(REQUEST)
    (root / "purge.txt").write_text("N0\nN1\n")
    environment |= {
        "CLEARCOUNT_AUDIT_ANCHORS": f"file:{root}/heads",
        "CLEARCOUNT_STORE_DIR": f"{root}/store",
        "CLEARCOUNT_POLICY_FILE": f"{root}/policy.toml",
        "DJANGO_SETTINGS_MODULE": "clearcount_web.project.settings.staff",
    }
    hits = ["review", "export", f"{root}/request.toml", "--store", f"{root}/store", "--out", f"{root}/hits.csv"]
    count = ["count", f"{root}/request.toml", "--store", f"{root}/store", "--policy", f"{root}/policy.toml"]
    for command in (["manage", "migrate", "--verbosity", "0"], hits, [*count, "--out", f"{root}/counted"]):
        done = cli(*command, env=environment)
        assert done.returncode == 0, done.stderr
    decide(root / "hits.csv")
    program = Path(__file__).parent / "kill_server.py"
    process = subprocess.Popen(
        [sys.executable, str(program), str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**environment, "LD_PRELOAD": str(shim), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        found = Service(root, aside, process)
        found.keep("start")
        assert found.ask("arrive") == 0
        found.keep("arrived")
        assert found.ask("end reports") == 0
        found.keep("ended")
        yield found
    finally:
        process.communicate(timeout=60)


def later(root: Path) -> None:
    """A later export, in which every text is another and two offences are new."""
    shutil.copytree(root / "export", root / "later")
    for name, more in (("offences.csv", 12), ("texts.csv", 5)):
        with (root / "later" / name).open(newline="") as file:
            header, *rows = list(csv.reader(file))
        rows += [[f"L{number}", *(rows[number][1:])] for number in range(2)]
        for number, row in enumerate(rows):
            if name == "texts.csv":
                row[-1] += " edition 2"
            elif row[0].startswith("L"):
                row[1] = f"CL{number}"
        with (root / "later" / name).open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        assert len(rows[0]) <= more


def decide(sheet: Path) -> None:
    """Fills the sheet as a person would."""
    with sheet.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with sheet.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "code": "relevant", "coder": "A"} for row in rows)


@dataclass(frozen=True)
class Act:
    """An act, the state it begins in, and what may be seen after a kill: before, after, and what lies between."""

    name: str
    state: str
    between: Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], bool]
    slow: int


def either(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> bool:
    """The old state or the new one."""
    return found in (before, after)


def counted(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> bool:
    """The old bundle, the new one, or between the two renames none: never a part of one."""
    return found["bundle"] in ("whole", "none")


def published(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Nothing or all of it in the public database. The ledger may know it before, the staff side after."""
    whole = {name: after[name] for name in ("versions", "releases", "files", "events")}
    none = dict.fromkeys(whole, 0)
    seen = {name: found[name] for name in whole}
    order = found["ledger"] >= found["versions"] >= found["known"]
    return seen in ({**none}, {**whole}, {**whole, "events": found["events"]}) and order and found["ledger"] <= 1


def taken(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Each report stays on the public side, and each that the staff side has was noted once."""
    return found["public"] == before["public"] and found["taken"] == len(found["staff"])


def purged(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> bool:
    """What goes leaves the public side first, all at once, and nothing else goes."""
    return (
        found["public"] in (before["public"], after["public"])
        and found["staff"] in (before["staff"], after["staff"])
        and (found["staff"] == before["staff"] or found["public"] == after["public"])
    )


def records_gone(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Each snapshot holds all of them or none."""
    return all(kept in (old, new) for kept, old, new in zip(found["kept"], before["kept"], after["kept"], strict=True))


def backed_up(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> bool:
    """No folder of that name, or a whole one; the event comes after the folder."""
    return found["events"] <= found["there"]


ACTS = (
    Act("import", "start", either, 50),
    Act("count", "start", counted, 45),
    Act("decide", "start", either, 26),
    Act("publish", "start", published, 60),
    Act("purge", "ended", purged, 30),
    Act("purge records", "start", records_gone, 30),
    Act("take", "arrived", taken, 45),
    Act("backup", "arrived", backed_up, 45),
)


def is_commit(step: str) -> bool:
    """Whether a step belongs to what makes the new state the one that counts: flushes, renames, logs of databases."""
    op, _, path = step.partition(" ")
    return op in ("flush", "rename") or path.endswith(("-wal", "-journal")) or "_delta_log" in path


def moments(steps: list[str], wanted: int) -> list[tuple[int, bool]]:
    """Where to kill: two thirds evenly over all steps, a third evenly over those of the commit."""
    commit = [number for number, step in enumerate(steps, 1) if is_commit(step)]
    spread = [1 + number * len(steps) // (wanted - wanted // 3) for number in range(wanted - wanted // 3)]
    inside = [commit[number * len(commit) // (wanted // 3)] for number in range(wanted // 3)]
    return [(at, bool(number % 2)) for number, at in enumerate([*spread, *inside])]


def kill(service: Service, act: Act, wanted: int) -> None:
    service.put_back(act.state)
    before = service.look(act.name)
    steps = service.steps(act.name)
    after = service.look(act.name)
    assert before != after or act.name == "count"
    service.put_back(act.state)
    died = 0
    for at, torn in moments(steps, wanted):
        service.put_back(act.state)
        ended = service.ask(act.name, at=at, torn=torn)
        died += ended == -9
        service.commits += ended == -9 and is_commit(steps[at - 1])
        found = service.look(act.name)
        assert act.between(found, before, after), (act.name, at, steps[at - 1], found)
        if act.name == "backup" and found["there"]:  # a whole one is not written over
            shutil.rmtree(service.root / "backup")
        assert service.ask(act.name) == 0
        again = service.look(act.name)
        again.pop("events", None), again.pop("purged", None)
        assert again == {name: value for name, value in after.items() if name not in ("events", "purged")}, (at, again)
    service.kills += died
    assert died >= wanted * 9 // 10, (act.name, died, wanted)
    print(f"{act.name}: {len(steps)} steps, {died} kills")


@pytest.mark.slow
def test_three_hundred_kills_lose_double_and_half_publish_nothing(service: Service) -> None:
    for act in ACTS:
        kill(service, act, act.slow)
    print(f"{service.kills} kills, {service.commits} of them in the commit")
    assert service.kills >= 300 and service.commits >= 100


def test_some_kills_of_what_the_worker_and_a_publisher_do(service: Service) -> None:
    for act in ACTS:
        if act.name in ("publish", "take"):
            kill(service, act, 3)
