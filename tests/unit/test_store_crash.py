"""What a killed, crowded-out or refused import leaves behind: the last snapshot, whole."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearcount.errors import StoreError
from clearcount.store import open_store
from clearcount.workflow.importing import Watch, import_export
from clearcount.workflow.storing import check_store, compact_store, kept_still, lift_hold, place_hold
from reachable import reachable_python

NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
_SERVER = """
import json, os, signal, sys, time
from datetime import UTC, datetime
from clearcount.workflow.importing import import_export

print(flush=True)
for line in sys.stdin:
    export, store, after = json.loads(line)
    child = os.fork()
    if not child:
        import_export([export], store, now=datetime(2025, 7, 2, tzinfo=UTC))
        os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    print(json.dumps(os.WIFEXITED(os.waitpid(child, 0)[1])), flush=True)
"""
"""A process that has loaded everything and started no thread forks one import after the other, and kills it: most of
the time of a fresh process would go into loading libraries, and no kill would hit the import."""


class _Killer:
    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._server.stdout is not None
        self._server.stdout.readline()

    def import_and_kill(self, export: Path, store: Path, after: float) -> bool:
        """Kills an import `after` seconds; says whether it was done before that."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([str(export), str(store), after]) + "\n")
        self._server.stdin.flush()
        return bool(json.loads(self._server.stdout.readline()))

    def close(self) -> None:
        self._server.communicate(timeout=60)


@pytest.fixture
def killer() -> Iterator[_Killer]:
    found = _Killer()
    yield found
    found.close()


def _export(folder: Path, edition: int, occurrences: int = 400) -> Path:
    """An export in which every row of a later edition differs, and a tenth is new."""
    folder.mkdir()
    size = occurrences + occurrences // 10 * (edition - 1)
    offences = ["occurrence_no,crime_no,home_office_code,recorded_on,status"]
    texts = ["occurrence_no,field,entry_no,text"]
    for n in range(size):
        offences.append(f"O{n},C{n},086/02,2024-{1 + n % 12:02d}-05,{'recorded' if edition == 1 else 'cancelled'}")
        texts.extend(f"O{n},oel,{entry},edition {edition} entry {entry}" for entry in range(3))
    (folder / "offences.csv").write_text("\n".join([*offences, ""]), encoding="utf-8")
    (folder / "texts.csv").write_text("\n".join([*texts, ""]), encoding="utf-8")
    return folder


def _state(store: Path, number: int | None = None) -> tuple[int, int, set[str], set[str]]:
    """Offences, texts, and which editions they are of: in any whole snapshot one, never a mixture."""
    opened = open_store(store)
    shot = opened.snapshot(number)
    offences = opened.offences(shot)
    texts = [row["text"] for batch in opened.texts(shot) for row in batch.to_pylist()]
    return offences.num_rows, len(texts), set(offences["status"].to_pylist()), {text[:9] for text in texts}


FIRST = (400, 1200, {"recorded"}, {"edition 1"})
SECOND = (440, 1320, {"cancelled"}, {"edition 2"})


def _kill_again_and_again(tmp_path: Path, killer: _Killer, times: int, seed: int) -> None:
    first, second = _export(tmp_path / "first", 1), _export(tmp_path / "second", 2)
    whole = tmp_path / "whole"
    started = time.perf_counter()
    import_export([first], whole, now=NOW)
    length = (time.perf_counter() - started) * 2
    moments = random.Random(seed)
    finished = 0
    for _ in range(times):
        store = tmp_path / "store"
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(whole, store)
        finished += killer.import_and_kill(second, store, moments.uniform(0, length))
        assert _state(store, 1) == FIRST
        assert _state(store) in (FIRST, SECOND)
        again = import_export([second], store, now=NOW)
        assert _state(store) == SECOND
        assert _state(store, 1) == FIRST
        assert again.read == again.added + again.changed + again.unchanged + again.quarantined
    assert check_store(tmp_path / "store") == ()
    assert finished < times, "no import was hit"


def test_killed_imports_leave_the_last_snapshot_and_can_be_run_again(tmp_path: Path, killer: _Killer) -> None:
    _kill_again_and_again(tmp_path, killer, 20, seed=20)


@pytest.mark.slow
def test_two_hundred_killed_imports(tmp_path: Path, killer: _Killer) -> None:
    _kill_again_and_again(tmp_path, killer, 200, seed=200)


def test_a_first_import_killed_at_any_moment_can_be_run_again(tmp_path: Path, killer: _Killer) -> None:
    export = _export(tmp_path / "first", 1)
    moments = random.Random(7)
    for number in range(6):
        store = tmp_path / f"store{number}"
        killer.import_and_kill(export, store, moments.uniform(0, 0.4))
        import_export([export], store, now=NOW)
        assert _state(store) == FIRST


def test_two_imports_at_once_both_count_and_one_waits(tmp_path: Path) -> None:
    first, second = _export(tmp_path / "first", 1), _export(tmp_path / "second", 2)
    store = tmp_path / "store"
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "clearcount", "import", str(export), "--store", str(store)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for export in (first, second)
    ]
    said = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], said
    opened = open_store(store)
    assert [shot.number for shot in opened.snapshots()] == [1, 2]
    assert _state(store)[0] == 440
    assert check_store(store) == ()


def test_an_import_says_so_when_it_cannot_wait(tmp_path: Path) -> None:
    from clearcount.store.lock import write_lock

    export = _export(tmp_path / "first", 1)
    store = tmp_path / "store"
    import_export([export], store, now=NOW)
    told: list[str] = []
    with (
        write_lock(store, wait=1, waiting=lambda: None),
        pytest.raises(StoreError, match="another import is writing"),
    ):
        import_export([export], store, now=NOW, watch=Watch(0.2, lambda: told.append("waiting")))
    assert told == ["waiting"]


def _run(
    *arguments: str, prefix: tuple[str, ...] = (), python: str = sys.executable, **options: object
) -> subprocess.CompletedProcess[str]:
    command = [*prefix, python, "-m", "clearcount", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)  # type: ignore[call-overload, no-any-return]


def _limit_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))


def test_a_full_disk_is_a_sentence_and_the_last_snapshot_stays(tmp_path: Path) -> None:
    first, second = _export(tmp_path / "first", 1), _export(tmp_path / "second", 2)
    store = tmp_path / "store"
    import_export([first], store, now=NOW)
    done = _run("import", str(second), "--store", str(store), preexec_fn=_limit_files)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: "), done.stderr
    assert "Traceback" not in done.stderr
    assert _state(store) == FIRST
    import_export([second], store, now=NOW)
    assert _state(store) == SECOND


@pytest.fixture
def as_nobody() -> tuple[str, ...]:
    """What to put before a command to run it as a user who owns nothing."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can become another user")
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def test_files_that_cannot_be_read_or_written_are_a_sentence(tmp_path: Path, as_nobody: tuple[str, ...]) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder == Path("/tmp"):
            break
        folder.chmod(0o755)
    export = _export(tmp_path / "first", 1)
    (export / "texts.csv").chmod(0o600)
    mine = tmp_path / "mine"
    import_export([export], mine, now=NOW)
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o755)
    os.chown(theirs, 65534, 65534)
    found = reachable_python()
    assert found is not None, "another user can run this code"
    python, variables = found
    environment = {**os.environ, **variables, "HOME": str(theirs)}
    cases = {
        "an unreadable file": (str(export / "texts.csv"), str(theirs / "store")),
        "an unwritable place": (str(export / "offences.csv"), str(tmp_path / "new")),
        "somebody else's store": (str(export / "offences.csv"), str(mine)),
    }
    for case, (source, store) in cases.items():
        done = _run("import", source, "--store", store, prefix=as_nobody, python=python, env=environment, cwd="/")
        assert done.returncode == 2, (case, done.stderr)
        assert "Permission denied" in done.stderr, (case, done.stderr)
        assert "Traceback" not in done.stderr, case
    assert list(theirs.iterdir()) == [], "nothing half-done is left"
    assert not (tmp_path / "new").exists()
    assert _state(mine) == FIRST


def test_a_copy_made_while_others_want_to_write_is_a_whole_store(tmp_path: Path) -> None:
    first, second = _export(tmp_path / "first", 1), _export(tmp_path / "second", 2)
    store = tmp_path / "store"
    import_export([first], store, now=NOW)
    command = [sys.executable, "-m", "clearcount", "import", str(second), "--store", str(store)]
    with kept_still(store):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert child.stderr is not None
        assert "waiting" in child.stderr.readline()
        shutil.copytree(store, tmp_path / "copy")
    child.communicate(timeout=120)
    assert child.returncode == 0
    assert (_state(tmp_path / "copy"), check_store(tmp_path / "copy")) == (FIRST, ())
    assert (_state(store), check_store(store)) == (SECOND, ())


_STEPS = """
import json, os, sys
from datetime import UTC, datetime
from clearcount.workflow.importing import import_export
from clearcount.workflow.storing import compact_store, purge_store, upgrade_store

WATCHED = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod"}
left = [-1]

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and arguments[1] != "r"
    if left[0] >= 0 and (event in WATCHED or writes):
        left[0] -= 1
        if left[0] < 0:
            os._exit(9)

sys.addaudithook(watch)
print(flush=True)
for line in sys.stdin:
    what, export, store, steps = json.loads(line)
    child = os.fork()
    if not child:
        now = datetime(2025, 7, 2, tzinfo=UTC)
        left[0] = steps
        if what == "import":
            import_export([export], store, now=now)
        elif what == "compact":
            compact_store(__import__("pathlib").Path(store), now=now.timestamp())
        elif what == "purge":
            purge_store(__import__("pathlib").Path(store), frozenset(["O1"]))
        else:
            upgrade_store(__import__("pathlib").Path(store), now=now.timestamp())
        os._exit(0)
    print(json.dumps(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])), flush=True)
"""
"""Ends a writer, as SIGKILL would, before the given one of its steps on files: opening to write, renaming, removing."""


@pytest.fixture
def stopper() -> Iterator[Callable[[str, Path, Path, int], bool]]:
    """Runs a command until that many steps on files were made; says whether it came to its end."""
    server = subprocess.Popen([sys.executable, "-c", _STEPS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdout.readline()

    def run(what: str, export: Path, store: Path, steps: int) -> bool:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps([what, str(export), str(store), steps]) + "\n")
        server.stdin.flush()
        code = json.loads(server.stdout.readline())
        assert code in (0, 9), code
        return bool(code == 0)

    yield run
    server.communicate(timeout=60)


def _stop_at_each_step(tmp_path: Path, stopper: Callable[[str, Path, Path, int], bool], steps: Iterable[int]) -> None:
    first, second = _export(tmp_path / "first", 1), _export(tmp_path / "second", 2)
    whole = tmp_path / "whole"
    import_export([first], whole, now=NOW)
    stopped = 0
    for step in steps:
        store = tmp_path / f"store{step}"
        shutil.copytree(whole, store)
        done = stopper("import", second, store, step)
        stopped += not done
        assert check_store(store) == (), step
        assert _state(store, 1) == FIRST
        assert _state(store) == (SECOND if done else _state(store)), step
        assert _state(store) in (FIRST, SECOND)
        again = import_export([second], store, now=NOW)
        assert _state(store) == SECOND
        assert again.read == 1760
        assert check_store(store) == ()
        known = {path.name for shot in open_store(store).snapshots() for path in open_store(store).files(shot, "texts")}
        assert {path.name for path in (store / "tables" / "texts").glob("*.parquet")} == known, "nothing is left over"
        shutil.rmtree(store)
        if done:
            break
    assert stopped


def test_an_import_that_is_stopped_before_any_of_its_steps_leaves_a_sound_store(
    tmp_path: Path, stopper: Callable[[str, Path, Path, int], bool]
) -> None:
    _stop_at_each_step(tmp_path, stopper, random.Random(1).sample(range(60), 8))


@pytest.mark.slow
def test_an_import_that_is_stopped_before_every_one_of_its_steps_leaves_a_sound_store(
    tmp_path: Path, stopper: Callable[[str, Path, Path, int], bool]
) -> None:
    _stop_at_each_step(tmp_path, stopper, range(400))


@pytest.mark.parametrize("what", ["compact", "purge", "upgrade", "first import"])
def test_other_writers_that_are_stopped_leave_a_sound_store(
    tmp_path: Path, stopper: Callable[[str, Path, Path, int], bool], what: str
) -> None:
    first = _export(tmp_path / "first", 1)
    whole = tmp_path / "whole"
    if what == "upgrade":
        with zipfile.ZipFile(Path(__file__).parent / "stores" / "format-1.zip") as archive:
            archive.extractall(whole)
    elif what != "first import":
        import_export([first], whole, now=NOW)
        place_hold(whole, "closed", ["O1"])
        lift_hold(whole, "closed")
    command = "import" if what == "first import" else what
    for step in (*range(0, 12, 3), *range(12, 60, 9), 400):
        store = tmp_path / f"store{step}"
        if whole.exists():
            shutil.copytree(whole, store)
        if not stopper(command, first, store, step) and what in ("compact", "purge"):
            assert check_store(store) == (), (what, step)
        assert stopper(command, first, store, 100_000)
        assert check_store(store) == (), (what, step)
        shutil.rmtree(store)


_READER = """
import sys
from pathlib import Path
from clearcount.store import open_store
store, end = Path(sys.argv[1]), Path(sys.argv[2])
seen, rounds = set(), 0
while not end.exists():
    opened = open_store(store)
    shot = opened.snapshot()
    offences = opened.offences(shot)
    texts = sum(batch.num_rows for batch in opened.texts(shot))
    seen.add((shot.number, offences.num_rows, texts, *sorted(set(offences["status"].to_pylist()))))
    rounds += 1
print(rounds, len(seen))
assert all(each[1] * 3 == each[2] and len(each) == 4 for each in seen), seen
"""


def test_whoever_reads_while_others_write_never_meets_damage(tmp_path: Path) -> None:
    store, end = tmp_path / "store", tmp_path / "end"
    import_export([_export(tmp_path / "export1", 1)], store, now=NOW)
    command = [sys.executable, "-c", _READER, str(store), str(end)]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for edition in range(2, 6):
        import_export([_export(tmp_path / f"export{edition}", edition)], store, now=NOW)
        if edition % 2:
            compact_store(store, now=NOW.timestamp())
    end.touch()
    said, wrong = reader.communicate(timeout=120)
    assert reader.returncode == 0, wrong
    assert int(said.split()[0]) > 0
