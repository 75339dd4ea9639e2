"""The Spark engine gives what the other engines give: mentions, tables, doubts, ledger and the bytes of a release.

Each test that starts Spark does so in a process of its own, because a process has one Java and one kind of session.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
EXTRAS = find_spec("pyspark") and find_spec("pysail")
needs_spark = pytest.mark.skipif(not EXTRAS, reason="the extras spark and sail are not installed")


def spark(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test for `make test-spark`: elsewhere it is slow, and says what is not installed."""
    return needs_spark(test if EXTRAS else pytest.mark.slow(test))


SAME = """
import json, os, sys, tempfile
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, {tests!r})
place = Path({place!r})
if {sail!r}:
    from pysail.spark import SparkConnectServer
    server = SparkConnectServer()
    server.start()
    os.environ["SPARK_REMOTE"] = f"sc://127.0.0.1:{{server.listening_address[1]}}"
"""
COUNT = (
    SAME
    + """
from clearcount.model.request_reader import parse_request
from clearcount.offences import code_list
from clearcount.store import open_store
from clearcount.store.force_key import force_key
from clearcount.workflow.accounting import account_for
from clearcount.workflow.checking_words import doubts_of_words
from clearcount.workflow.counting import count_request
from clearcount.workflow.evidence import gather
from clearcount.workflow.reading_files import read_toml
from clearcount.workflow.scope_records import records_of
from clearcount.engines.spark import frame
frame._STRETCH = 100
request = parse_request(read_toml(place / "request.toml", "request"))
store = open_store(place / "store")
def said(name):
    counted = count_request(request, store, codes=code_list(), engine_name=name)
    account = account_for(counted, store)
    records = records_of(counted, (), force_key(store.path))
    words = list(doubts_of_words(counted, account.exports))
    sides = {{name: side.tolist() for name, side in records.sides.items()}}
    held = (records.keys.tolist(), records.days.tolist(), sides, records.leaves)
    return counted.tables, counted.links, counted.found, account, gather(counted, store, account), words, held
local, spark = said("local"), said("spark")
names = ("tables", "links", "found", "account", "evidence", "words", "ledger")
print(json.dumps({{name: a == b for name, a, b in zip(names, local, spark, strict=True)}}))
print(json.dumps([len(local[2].mentions), len(local[2].offences), len(store.parts(store.snapshot()))]))
"""
)
GENERATED = (
    SAME
    + """
import warnings
warnings.simplefilter("ignore")
from hypothesis import given, settings, HealthCheck
from property import test_engines_agree as agree
many = 0
@settings(max_examples={examples}, deadline=None, database=None, derandomize=True,
          suppress_health_check=list(HealthCheck))
@given(agree.stores(), agree.requests())
def agrees(store, data):
    global many
    many += 1
    with tempfile.TemporaryDirectory() as folder:
        object.__setattr__(store, "folder", folder)
        agree.agree(store, data, "local", "spark")
agrees()
print(json.dumps(many))
"""
)


def ask(code: str, *, place: Path, sail: bool = False, examples: int = 0, **more: str) -> list[object]:
    """Return the lines of JSON that `code` prints in a process of its own."""
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "MASTER": "local[2]", "HOUSE": str(HOUSE), **more}
    env["PYTHONPATH"] = str(HOUSE / "src")  # workers of a cluster start in folders of their own
    text = code.format(tests=str(HOUSE / "tests"), place=str(place), sail=sail, examples=examples)
    done = subprocess.run([sys.executable, "-c", text], env=env, capture_output=True, text=True, timeout=3600 * 3)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def demo(folder: Path, occurrences: int, part_bytes: int = 100_000) -> Path:
    """Make the demo with a store of many parts."""
    code = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\nfrom clearcount.store import merge\n"
        f"merge._PART_BYTES = {part_bytes}\nfrom clearcount.workflow.demo import make_demo\n"
        f"make_demo(Path(sys.argv[1]), now=datetime(2026, 1, 1, tzinfo=UTC), occurrences={occurrences})"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)
    return folder


@spark
def test_spark_agrees_with_local(tmp_path: Path) -> None:
    same, (hits, many, parts) = ask(COUNT, place=demo(tmp_path / "demo", 300))  # type: ignore[misc]
    assert all(same.values()), same  # type: ignore[attr-defined]
    assert hits > 100 and many > 150 and parts > 2


@spark
def test_sail_agrees_with_local(tmp_path: Path) -> None:
    same, (hits, many, parts) = ask(COUNT, place=demo(tmp_path / "demo", 500), sail=True)  # type: ignore[misc]
    assert all(same.values()), same  # type: ignore[attr-defined]
    assert hits > 100 and many > 150 and parts > 5


@spark
def test_all_three_engines_agree_on_generated_stores(tmp_path: Path) -> None:
    assert ask(GENERATED, place=tmp_path, examples=10)[-1] >= 10  # type: ignore[operator]


@pytest.mark.slow
@needs_spark
def test_all_three_engines_agree_at_length(tmp_path: Path) -> None:
    """500 stores and requests on every engine, in one session of Spark."""
    assert ask(GENERATED, place=tmp_path, examples=500, MASTER="local[1]")[-1] >= 500  # type: ignore[operator]


@pytest.mark.slow
@needs_spark
def test_all_three_engines_agree_at_length_on_sail(tmp_path: Path) -> None:
    assert ask(GENERATED, place=tmp_path, examples=500, sail=True)[-1] >= 500  # type: ignore[operator]


@spark
def test_a_release_has_the_same_bytes_whatever_counted_it(tmp_path: Path) -> None:
    """The command, its bundle and its working papers; the name of the engine alone differs."""
    place = demo(tmp_path / "demo", 300)
    held: dict[str, dict[str, bytes]] = {}
    for engine in ("memory", "local", "spark"):
        out, papers = tmp_path / engine, tmp_path / f"{engine}-papers"
        command = [
            *(
                sys.executable,
                "-m",
                "clearcount",
                "count",
                str(place / "request.toml"),
                "--store",
                str(place / "store"),
            ),
            *("--policy", str(place / "policy.toml"), "--force", str(place / "force.toml"), "--engine", engine),
            *("--out", str(out), "--internal", str(papers), "--quiet"),
        ]
        subprocess.run(command, check=True, env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "MASTER": "local[2]"})
        files = [file for folder in (out, papers) for file in sorted(folder.rglob("*")) if file.is_file()]
        held[engine] = {
            file.relative_to(tmp_path).as_posix().partition("/")[2]: file.read_bytes().replace(
                f'"engine": "{engine}"'.encode(), b""
            )
            for file in files
        }
    assert held["memory"].keys() == held["local"].keys() == held["spark"].keys()
    differ = [name for name in held["local"] if len({each[name] for each in held.values()}) > 1]
    assert not differ and len(held["local"]) > 10


@spark
def test_a_killed_worker_changes_no_count(tmp_path: Path) -> None:
    """Two workers in processes of their own; one dies, with its executor, while both count a part."""
    place = demo(tmp_path / "demo", 500)
    ((same, *numbers),) = ask(KILLED, place=place)  # type: ignore[misc]
    parts, done, left = map(int, numbers)
    assert same and left == 1
    assert 0 <= done < parts - 1 and parts > 5


KILLED = (
    SAME
    + """
import signal, threading, time
sys.path.insert(0, os.environ["HOUSE"])
from bench.scale.__main__ import _children
from bench.scale.cluster import standalone
from clearcount.model.request_reader import parse_request
from clearcount.offences import code_list
from clearcount.store import open_store
from clearcount.workflow.counting import count_request
from clearcount.workflow.reading_files import read_toml
request = parse_request(read_toml(place / "request.toml", "request"))
store = open_store(place / "store")
local = count_request(request, store, codes=code_list())
parts = len(store.parts(store.snapshot()))
with standalone(workers=2, memory="1g") as cluster:
    os.environ |= cluster.environment
    from clearcount.engines.spark.session import session
    context = session().sparkContext
    tracker, seen, over = context.statusTracker(), [], []
    while context._jsc.sc().getExecutorMemoryStatus().size() < 3:  # the driver and both executors
        time.sleep(0.01)
    def both_count():
        stages = filter(None, map(tracker.getStageInfo, tracker.getActiveStageIds()))
        return [stage for stage in stages if stage.numTasks == parts and stage.numActiveTasks == 2]
    def kill():
        while not over:
            for stage in both_count():
                worker = cluster.workers[1]
                for pid in (*_children(worker.pid), worker.pid):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                seen.append(stage.numCompletedTasks)
                return
            time.sleep(0.005)
    killer = threading.Thread(target=kill)
    killer.start()
    counted = count_request(request, store, codes=code_list(), engine_name="spark")
    same = counted.tables == local.tables and counted.found == local.found
    over.append(True)
    killer.join()
    left = sum(worker.poll() is None for worker in cluster.workers)
    context.stop()
print(json.dumps([same, parts, seen[0] if seen else -1, left]))
"""
)


@spark
def test_workers_without_the_package_are_refused_in_a_sentence(tmp_path: Path) -> None:
    """The workers' Python is a bare one, so that a message can only come from asking it."""
    bare = tmp_path / "bare"
    venv.create(bare, with_pip=False)
    said = refusal({"PYSPARK_PYTHON": str(bare / "bin" / "python")})
    assert "the Python of Spark's workers has no" in said and "PYSPARK_PYTHON" in said


@spark
def test_no_java_is_said_in_a_sentence(tmp_path: Path) -> None:
    said = refusal({"JAVA_HOME": str(tmp_path)})
    assert "it finds no Java" in said and "SPARK_REMOTE" in said


@spark
def test_a_damaged_file_is_named_and_no_word_of_a_record_is_logged(tmp_path: Path) -> None:
    place = demo(tmp_path / "demo", 300)
    file = max((place / "store" / "tables" / "texts").glob("*.parquet"), key=lambda file: file.stat().st_size)
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 1
    file.write_bytes(held)
    command = [
        *(sys.executable, "-m", "clearcount", "count", str(place / "request.toml"), "--store", str(place / "store")),
        *("--policy", str(place / "policy.toml"), "--engine", "spark", "--out", str(tmp_path / "out"), "--quiet"),
    ]
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "MASTER": "local[2]"}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 2 and file.name in done.stderr and not (tmp_path / "out").exists()
    assert "Officer" not in done.stderr and "deepfake" not in done.stderr


def refusal(more: dict[str, str]) -> str:
    """Return what a session says that cannot be had."""
    code = "from clearcount.engines.spark.session import session\nfrom clearcount.errors import EngineUnavailable\n"
    code += "try: session()\nexcept EngineUnavailable as error: print('said:', error)"
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", **more}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    (said,) = [line for line in done.stdout.splitlines() if line.startswith("said:")]
    return said


def test_the_engine_says_what_is_not_installed() -> None:
    """Without the extra a sentence names it."""
    if find_spec("pyspark"):
        return
    code = "from clearcount.engines import engine\nfrom clearcount.errors import EngineUnavailable\n"
    code += "try: engine('spark')\nexcept EngineUnavailable as error: print(error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "clearcount[spark]" in done.stdout
