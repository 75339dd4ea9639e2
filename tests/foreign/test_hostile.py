"""No file, however it was made, costs more than 10 seconds of work or 1 GB, or ends in anything but a sentence."""

from __future__ import annotations

import io
import json
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
from books import ods, ods_row, ods_table, row, xlsx, zipped
from hostile import files

HOSTILE = files()
_SECONDS, _MEMORY = 10, 1 << 30
_RUN = "import sys, resource\nfrom clearcount.__main__ import main\nsys.argv = ['clearcount', *sys.argv[1:]]\nmain()\n"


def _clearcount(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", _RUN, *words], capture_output=True, text=True, check=False)


def _used() -> float:
    """Processor seconds of all that was started and has ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_in_a_sentence_within_its_bounds(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(HOSTILE[name])
    before = _used()
    done = _clearcount("import", str(tmp_path / name), "--store", str(tmp_path / "store"))
    assert done.returncode == 2, done.stderr[-500:]
    assert "Traceback" not in done.stderr
    assert "report" not in done.stderr
    assert name.split(".")[0] in done.stderr or "holds no file that the layout" in done.stderr
    assert not (tmp_path / "store").exists()
    assert _used() - before < _SECONDS
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < _MEMORY


PACKAGES = sorted(name for name in HOSTILE if name.endswith((".zip", ".xlsx", ".ods")))
_DOORS = """
import sys
from pathlib import Path
from clearcount.errors import ClearcountError
from clearcount.workflow.drafting import letter_text
from clearcount.workflow.lettering import read_letter_template
from clearcount.writers.readback import read_back
from clearcount.writers.scan import scan_file
from clearcount.writers.words import read_words
doors = dict(letter=letter_text, template=read_letter_template, scan=scan_file, readback=read_back, words=read_words)
name, path = sys.argv[1:]
try:
    found = doors[name](path if name == "letter" else Path(path))
    print("read", "; ".join(map(str, found)) if name == "scan" else "")
except ClearcountError as error:
    print("refused", error)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
@pytest.mark.parametrize("door", ["letter", "template", "scan", "readback", "words"])
@pytest.mark.parametrize("name", PACKAGES)
def test_every_door_for_packages_stays_within_its_bounds(tmp_path: Path, name: str, door: str) -> None:
    """A letter, a template, and the files of a bundle as `verify` scans them, reads them back and takes their words."""
    own = Path(name).suffix if door in ("scan", "readback", "words") and not name.endswith(".zip") else ".docx"
    path = tmp_path / f"hostile{own}"
    path.write_bytes(HOSTILE[name])
    before = _used()
    done = subprocess.run(
        [sys.executable, "-c", _DOORS, door, str(path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-500:]
    if door in ("letter", "template"):
        assert done.stdout.startswith("refused") and "hostile.docx" in done.stdout, done.stdout
    assert _used() - before < _SECONDS
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < _MEMORY


def _seeds() -> dict[str, bytes]:
    """An honest file of each kind, to be damaged."""
    texts = "occurrence_no,field,entry_no,entered_at,text\nO1,mo,1,2024-05-01,seen with a drone\n"
    rows = [row("occurrence_no", "field", "entry_no", "text"), row("O1", "mo", "<c><v>1</v></c>", "a drone")]
    lines = json.dumps({"occurrence_no": "O1", "field": "mo", "entry_no": "1", "text": "a drone"}) + "\n"
    import gzip

    import pyarrow as pa
    import pyarrow.parquet as pq
    import xlwt

    sink = io.BytesIO()
    pq.write_table(pa.table({"occurrence_no": ["O1"], "field": ["mo"], "text": ["a drone"]}), sink)
    old = xlwt.Workbook()
    sheet = old.add_sheet("texts")
    for column, (name, value) in enumerate((("occurrence_no", "O1"), ("field", "mo"), ("text", "a drone"))):
        sheet.write(0, column, name)
        sheet.write(1, column, value)
    xls = io.BytesIO()
    old.save(xls)
    return {
        "texts.csv": texts.encode(),
        "texts.csv.gz": gzip.compress(texts.encode()),
        "texts.zip": zipped({"texts.csv": texts}),
        "texts.xlsx": xlsx({"texts": rows}),
        "texts.ods": ods(ods_table("texts", ods_row("occurrence_no", "field", "text"), ods_row("O1", "mo", "a drone"))),
        "texts.xls": xls.getvalue(),
        "texts.parquet": sink.getvalue(),
        "texts.jsonl": lines.encode(),
    }


def _damaged(content: bytes, rng: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 40])):
        at = rng.randrange(len(made)) if made else 0
        match rng.randrange(5):
            case 0 if made:
                made[at] ^= 1 << rng.randrange(8)
            case 1 if made:
                made[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, 0x3C, 0x22, 0x0A])
            case 2:
                del made[at : at + rng.randrange(1, 60)]
            case 3:
                made[at:at] = bytes(made[at : at + rng.randrange(1, 60)])
            case 4:
                del made[at:]
    return bytes(made)


def _fuzz(folder: Path, count: int, seed: int) -> int:
    """How many of `count` damaged files were refused; anything but records or a sentence is raised."""

    from clearcount.errors import ClearcountError
    from clearcount.workflow.importing import explain_export

    rng = random.Random(seed)
    seeds = sorted(_seeds().items())
    refused = 0
    for number in range(count):
        name, content = seeds[number % len(seeds)]
        path = folder / name
        path.write_bytes(_damaged(content, rng))
        try:
            explain_export([path])
        except ClearcountError as error:
            assert name.split(".")[0] in str(error) or str(folder) in str(error), str(error)
            assert "a drone" not in str(error), (name, number)
            refused += 1
    return refused


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    assert 20 < _fuzz(tmp_path, 152, seed=1) < 152


@pytest.mark.slow
def test_two_thousand_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    assert 500 < _fuzz(tmp_path, 2_000, seed=2) < 2_000
