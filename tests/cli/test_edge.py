"""Whatever happens, a user gets a sentence and exit code 2; the maintainer's file holds no word of a record."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clearcount.edge import end_of
from clearcount.errors import RequestError, StoreError

SECRET = "Mrs Example of 3 Sample Street, occurrence 42X0000123"
_RUN = """
import signal, sys
from pathlib import Path
import clearcount.workflow.storing as storing
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs the tests in the background ignores it
SECRET = {secret!r}
def failing(path, **more):
    held = SECRET
    {body}
storing.describe_store = failing
from clearcount.__main__ import main
sys.argv = ["clearcount", "store", "store"]
main()
"""


def _run(body: str, folder: Path, **more: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    code = _RUN.format(secret=SECRET, body=body)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, **more)  # type: ignore[call-overload, no-any-return]


UNFORESEEN = {
    "a message": "raise ValueError(SECRET)",
    "a key": "{}[SECRET]",
    "a chain": "\n    try: {}[SECRET]\n    except KeyError as error: raise TypeError(SECRET) from error",
    "a hidden cause": "\n    try: int(SECRET)\n    except ValueError: raise RuntimeError(SECRET) from None",
    "a note": "\n    error = ValueError()\n    error.add_note(SECRET)\n    raise error",
    "a group": "raise ExceptionGroup(SECRET, [ValueError(SECRET), KeyError(SECRET)])",
    "an assertion": "assert held == '', held",
    "arrow": "\n    import pyarrow as pa\n    pa.array([SECRET]).cast(pa.int32())",
    "duckdb": "\n    import duckdb\n    duckdb.execute('SELECT CAST($t AS INTEGER)', {'t': SECRET}).fetchall()",
    "no number": "raise OSError(SECRET)",
    "a base": "\n    class PanicException(BaseException): pass\n    raise PanicException(SECRET)",
    "without end": "\n    def again(text): return again(text + '.')\n    again(held)",
    "a generator": "raise GeneratorExit(SECRET)",
}


@pytest.mark.parametrize("case", UNFORESEEN)
def test_what_nobody_foresaw_is_a_sentence_and_a_file_without_a_word_of_a_record(tmp_path: Path, case: str) -> None:
    done = _run(UNFORESEEN[case], tmp_path)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert all(line.startswith("error: ") for line in done.stderr.splitlines())
    (file,) = tmp_path.glob("clearcount-fault-*.txt")
    assert str(file) in done.stderr
    assert file.stat().st_mode & 0o077 == 0
    report = file.read_text(encoding="utf-8")
    assert "command: store" in report
    assert "clearcount: " in report
    assert "clearcount.cli.store:" in report
    for word in ("Example", "Sample", "42X0000123", "SECRET"):
        assert word not in report + done.stderr
    assert len(report.splitlines()) < 200


def test_where_no_file_can_be_written_the_lines_are_printed(tmp_path: Path) -> None:
    code = "\n    import tempfile\n    tempfile.tempdir = '/none/such'\n    raise ValueError(SECRET)"
    done = _run(code, tmp_path)
    assert done.returncode == 2
    assert "builtins.ValueError" in done.stderr
    assert "Example" not in done.stderr


SYSTEM = {
    "ENOSPC": "make room",
    "EDQUOT": "make room",
    "EFBIG": "make room",
    "EACCES": "its owner",
    "EROFS": "its owner",
    "EPERM": "its owner",
    "EIO": "the disk",
    "ENOENT": "the path",
    "ENAMETOOLONG": "the path",
    "ENOMEM": "out of memory",
}


@pytest.mark.parametrize("name", SYSTEM)
def test_what_the_system_refused_is_said_with_the_file(name: str) -> None:
    number = getattr(errno, name)
    end = end_of(OSError(number, SECRET, "some/file"))
    assert end.code == 2
    (line,) = end.lines
    assert SYSTEM[name] in line
    assert SECRET not in line
    assert "some/file" in line or name == "ENOMEM"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (MemoryError(), "out of memory"),
        (RuntimeError("can't start new thread"), "out of memory"),
        (ImportError("libarrow.so: failed to map segment from shared object"), "out of memory"),
        (KeyboardInterrupt(), "stopped by you"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "has ended"),
        (StoreError("the store is damaged"), "the store is damaged"),
    ],
)
def test_each_usual_end_has_its_own_sentence(error: BaseException, word: str) -> None:
    end = end_of(error)
    assert end.code == 2
    assert len(end.lines) == 1
    assert word in end.lines[0]


def test_every_fault_of_a_request_is_a_line() -> None:
    assert end_of(RequestError("one\ntwo")).lines == ("error: one", "error: two")


def test_a_reader_that_has_gone_is_said_without_a_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "clearcount", "codes"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120)
    os.close(writing)
    assert done.returncode == 2
    assert done.stderr == "error: the program that read this output has ended; the rest was not printed\n"


def test_output_to_a_full_disk_is_said() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "clearcount", "codes"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 2
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr


def test_control_c_ends_a_command_with_a_sentence(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    body = f"\n    import time\n    Path({str(ready)!r}).touch()\n    time.sleep(60)"
    code = _RUN.format(secret=SECRET, body=body)
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    while not ready.exists():
        assert child.poll() is None
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 2
    assert said == "error: stopped by you; nothing that was being written is left half done\n"


_THREAD = """
import sys, threading
from clearcount.edge import keep_quiet
keep_quiet()
class Held:
    def __del__(self): raise ValueError({secret!r})
def run(): raise ValueError({secret!r})
thread = threading.Thread(target=run); thread.start(); thread.join()
held = Held(); del held
"""


def test_threads_and_destructors_print_no_record() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _THREAD.format(secret=SECRET)], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
