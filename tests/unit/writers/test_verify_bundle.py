"""`verify` on whole bundles and on bundles that somebody changed, with and without the records they came from."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from clearcount.cli import cli
from clearcount.disclosure import Policy
from clearcount.errors import BundleError
from clearcount.model.table import Count
from clearcount.store import open_store
from clearcount.workflow.answering import answer_request, count
from clearcount.workflow.demo import Demo, make_demo
from clearcount.workflow.inputs import InputFiles, Inputs, one_store, read_policy
from clearcount.workflow.stores import StorePlace
from clearcount.workflow.verifying import verify
from clearcount.writers import bundle_files, write_bundle
from clearcount.writers.printed import SHORTHAND

WINDOW = 12


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A small made-up store, and the answer made from it."""
    folder = tmp_path_factory.mktemp("verify") / "demo"
    return make_demo(folder, occurrences=1500, now=datetime(2026, 1, 2, 9, tzinfo=UTC))


@pytest.fixture
def copy(demo: Demo, tmp_path: Path) -> Path:
    """A copy of the demo's bundle, to be spoilt."""
    return Path(shutil.copytree(demo.folder / "answer", tmp_path / "answer"))


def sealed(folder: Path) -> None:
    """Writes new hashes into release.json, as somebody who covers a change would."""
    released = json.loads((folder / "release.json").read_text())
    for name in released["files"]:
        released["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "release.json").write_text(json.dumps(released, ensure_ascii=False, indent=1) + "\n")


def faults(folder: Path, **options: Any) -> str:
    return " ".join(fault for check in verify(folder, **options).checks for fault in check.faults)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["verify", *map(str, arguments)])


def test_a_bundle_as_written_is_whole(bundle: Any) -> None:
    verified = verify(bundle.folder)
    assert verified.ok, verified.as_dict()


def test_the_command_names_each_check_and_counts_again(demo: Demo) -> None:
    result = run(demo.folder / "answer", "--store", demo.folder / "store")

    assert result.exit_code == 0, result.output
    assert [line.split(" ", 1)[0] for line in result.output.splitlines()] == ["ok"] * 8
    told = json.loads(run(demo.folder / "answer", "--json").output)
    assert (told["ok"], told["draft"], len(told["checks"])) == (True, False, 6)
    assert run(demo.folder / "answer", "--quiet").output == ""


def _other_digit(content: bytes) -> bytes:
    """The first whole number between commas at a line's end, one higher."""
    found = re.search(rb",(\d+),\n", content)
    assert found
    return content[: found.start(1)] + str(int(found[1]) + 1).encode() + content[found.end(1) :]


def _other_cell(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Counts"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int))
    cell.value += 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _member(name: str, pattern: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as packed:
            for info in archive.infolist():
                body = archive.read(info)
                packed.writestr(
                    zipfile.ZipInfo(info.filename),
                    re.sub(pattern, new, body, count=1) if info.filename == name else body,
                )
        return out.getvalue()

    return change


def _text(pattern: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: re.sub(pattern, new, content, count=1)


CHANGES = {
    "counts.csv": _other_digit,
    "denominators.csv": _other_digit,
    "table.csv": _text(rb",\d+\n", b",999\n"),
    "counts.xlsx": _other_cell,
    "counts.ods": _member("content.xml", rb'office:value="\d+"', b'office:value="999"'),
    "response.docx": _member("word/document.xml", rb"(Cellnumber.*?)>\d+</w:t>", rb"\1>999</w:t>"),
    "response.html": _text(rb"<td>\d+</td>", b"<td>999</td>"),
    "response-body.html": _text(rb"<td>\d+</td>", b"<td>999</td>"),
    "chart.svg": _text(rb"highest \d+", b"highest 999"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_number_is_found_by_hash_and_again_when_the_hash_was_mended(copy: Path, name: str) -> None:
    before = (copy / name).read_bytes()
    (copy / name).write_bytes(CHANGES[name](before))
    assert (copy / name).read_bytes() != before

    assert f"{name}: was changed after release.json was written" in faults(copy)
    sealed(copy)
    told = faults(copy)
    assert "was changed" not in told
    assert name in told and "release.json" in told
    assert run(copy).exit_code == 1


def test_a_number_changed_everywhere_in_release_json_is_found(copy: Path) -> None:
    released = json.loads((copy / "release.json").read_text())
    cell = next(cell for cell in released["tables"][0]["cells"] if cell[1])
    cell[1] = cell[2] = cell[1] + 1
    (copy / "release.json").write_text(json.dumps(released))

    assert "'printed' and 'tables' disagree" in faults(copy)


def test_a_figure_that_is_printed_nowhere_is_found(copy: Path) -> None:
    released = json.loads((copy / "release.json").read_text())
    released["tables"].append({**released["tables"][0], "name": "more"})
    (copy / "release.json").write_text(json.dumps(released))

    assert "'tables' holds a table that is printed nowhere (its number 3)" in faults(copy)


def test_missing_added_and_listed_files_are_found(copy: Path) -> None:
    (copy / "chart.svg").unlink()
    (copy / "raw.csv").write_text("a,b\n1,2\n")

    told = faults(copy)
    assert "'chart.svg': is listed in release.json and is not in the folder" in told
    assert "raw.csv: is not listed in release.json" in told


def test_a_list_of_files_that_leads_outside_the_folder_is_not_followed(copy: Path) -> None:
    released = json.loads((copy / "release.json").read_text())
    released["files"]["../../../../../../etc/hostname"] = "0" * 64
    (copy / "release.json").write_text(json.dumps(released))

    assert "is not in the folder" in faults(copy)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda folder: (folder / "release.json").unlink(), "holds no release.json"),
        (lambda folder: (folder / "release.json").write_text("{"), "is not JSON"),
        (lambda folder: (folder / "release.json").write_text("[]"), "not one that clearcount wrote"),
        (lambda folder: (folder / "release.json").write_text('{"format": 99}'), "has format 99"),
        (lambda folder: (folder / "release.json").write_text('{"format": 2}'), "does not hold the answer"),
        (
            lambda folder: (folder / "release.json").write_text('{"format": 2, "printed": [{}, {}]}'),
            "does not hold tables",
        ),
        (shutil.rmtree, "is not a folder"),
    ],
)  # fmt: skip
def test_what_is_no_bundle_is_refused_with_a_sentence(
    copy: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    spoil(copy)
    with pytest.raises(BundleError, match=sentence):
        verify(copy)
    result = run(copy)
    assert result.exit_code == 2
    assert sentence in result.output and "Traceback" not in result.output


def test_counting_again_finds_an_answer_that_was_never_counted(demo: Demo, copy: Path) -> None:
    """Somebody who changes a number in every file, in release.json and in the hashes is caught by the records."""
    released = demo.honest.release
    cells = dict(released.answer.cells)
    at = next(at for at, cell in cells.items() if getattr(cell, "n", 0) > 0)
    forged = json.loads((copy / "release.json").read_text())
    for table in forged["printed"][:1]:
        row = [line[0] for line in table["lines"]].index(at[0].text)
        column = [period for period, *_ in table["columns"]].index(at[1].text)
        table["cells"][row][column] = str(int(table["cells"][row][column]) + 1)
    (copy / "release.json").write_text(json.dumps(forged))

    assert f"at {at[0].text} / {at[1].text}: counted again it differs" in faults(
        copy, stores=(StorePlace(demo.folder / "store"),)
    )


def test_words_changed_under_cover_are_found_by_making_the_bundle_again(demo: Demo, copy: Path) -> None:
    """Somebody who lists the changed words in release.json too is caught by the records."""
    page, released = copy / "response.html", copy / "release.json"
    page.write_bytes(page.read_bytes().replace(b"internal review", b"external review", 1))
    sealed(copy)
    assert "response.html: its line of words" in faults(copy)

    told = json.loads(released.read_text())
    told["words"] += [line.replace("internal review", "external review") for line in told["words"]]
    released.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    named = faults(copy)
    assert "its line of words" not in named
    assert "response.html: differs from what release.json gives, line" in named
    assert "release.json: words holds more or fewer entries" in named
    assert "response.html: made again it has other bytes" in faults(copy, stores=(StorePlace(demo.folder / "store"),))


def test_a_records_number_in_a_file_is_found(demo: Demo, copy: Path) -> None:
    number = open_store(demo.folder / "store").offences(demo.imported.snapshot)["occurrence_no"][0].as_py()
    page = copy / "response.html"
    page.write_bytes(page.read_bytes().replace(b"</main>", f"<p>{number}</p></main>".encode()))

    told = faults(copy, stores=(StorePlace(demo.folder / "store"),))
    assert "response.html: holds the number of a record" in told and number not in told


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "suppress", "threshold": 5, "coarsen": {"columns": "quarter"}},
        {"rule": "suppress", "threshold": 5, "label": "<5", "zeros": "ambiguous"},
        {"rule": "round", "base": 5},
    ],
    ids=["suppressed by quarter", "labelled", "rounded"],
)
def test_hidden_and_rounded_answers_hold_too(demo: Demo, tmp_path: Path, rule: dict[str, Any]) -> None:
    store = open_store(demo.folder / "store")
    policy = Policy.parse({**rule, "reason": "Small numbers.", "approved_by": "A. Officer"})
    inputs = Inputs(demo.honest.counted.request, one_store(store), policy=policy, force=demo.honest.release.force)
    answer = answer_request(inputs)
    write_bundle(answer.release, tmp_path / "out")

    markers = {answer.release.answer.marker(at) for at in answer.release.answer.coordinates()}
    assert markers & {"c", "low", "round"}
    verified = verify(tmp_path / "out", stores=(StorePlace(demo.folder / "store"),))
    assert verified.ok, verified.as_dict()
    exact = {at: cell.n for at, cell in demo.honest.release.answer.cells.items() if isinstance(cell, Count)}
    for at in answer.release.answer.coordinates():
        cell = answer.release.answer.cells[at]
        assert not isinstance(cell, Count) or exact.get(at, cell.n) == cell.n


def test_a_superseding_answer_is_whole_and_its_earlier_table_is_not_counted_again(demo: Demo, tmp_path: Path) -> None:
    request = demo.folder / "request.toml"
    narrower = tmp_path / "narrower.toml"
    narrower.write_text(request.read_text().replace('"deepfake*"', '"deepfake"'))
    store, force = (StorePlace(demo.folder / "store"),), demo.folder / "force.toml"
    files = InputFiles(request, store, demo.folder / "policy.toml", force=force)
    count(replace(files, request=narrower), out=tmp_path / "a", internal=tmp_path / "ia")
    why = "The plural was missed."
    newer = replace(files, supersedes=tmp_path / "a", reason=why)
    count(newer, out=tmp_path / "b", internal=tmp_path / "ib")

    verified = verify(tmp_path / "b", stores=(StorePlace(demo.folder / "store"),))
    assert verified.ok, verified.as_dict()
    assert "'earlier version' rests on more than request and records" in str(verified.as_dict())
    page = (tmp_path / "b" / "response.html").read_text()
    assert f"Reason: {why}" in page and "The search terms have changed." in page


def test_both_engines_make_the_same_bytes(demo: Demo) -> None:
    again = answer_request(
        Inputs(
            demo.honest.counted.request,
            one_store(open_store(demo.folder / "store")),
            policy=demo_policy(demo),
            force=demo.honest.release.force,
            engine="memory",
        )
    )
    made = bundle_files(again.release)
    for path in (demo.folder / "answer").iterdir():
        assert made[path.name] == path.read_bytes(), path.name


def demo_policy(demo: Demo) -> Any:
    return read_policy(demo.folder / "policy.toml")


def _nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of every value in a JSON document."""
    yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _nodes(part, (*path, key))


@pytest.mark.parametrize("tries", [50, pytest.param(400, marks=pytest.mark.slow)])
def test_whatever_release_json_holds_verify_answers_or_refuses(
    demo: Demo, written: Any, tmp_path: Path, tries: int
) -> None:
    """Seeded mutilations of release.json: a value becomes another kind of value, or is gone. None is a crash."""
    folder = Path(shutil.copytree(written("Welsh letters").folder, tmp_path / "bundle"))
    original = (folder / "release.json").read_text()
    paths = [path for path in _nodes(json.loads(original)) if path]
    chance = random.Random(20250722)
    found, here = 0, (StorePlace(demo.folder / "store"),)
    for _ in range(tries):
        released = json.loads(original)
        *above, last = chance.choice(paths)
        place = released
        for key in above:
            place = place[key]
        if chance.random() < 0.3:
            del place[last]
        else:
            place[last] = chance.choice([None, -1, 10**30, 1.5, "", "x\u202e", [], {}, [None], {"a": []}, True])
        (folder / "release.json").write_text(json.dumps(released))
        try:
            found += not verify(folder, stores=here if chance.random() < 0.02 else ()).ok
        except BundleError:
            found += 1
    assert found > tries // 4


def test_the_page_about_the_bundle_names_every_file_marker_and_check(demo: Demo) -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "bundle.md").read_text()

    for name in bundle_files(demo.honest.release):
        assert f"`{name}`" in page
    for mark in SHORTHAND:
        assert f"| `{mark}` |" in page
    for line in run(demo.folder / "answer", "--store", demo.folder / "store").output.splitlines():
        assert line in page
    for key in json.loads((demo.folder / "answer" / "release.json").read_text()):
        assert f"`{key}`" in page


def bytes_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a bundle as text, packages unpacked."""
    for path in sorted(folder.iterdir()):
        if not zipfile.is_zipfile(path):
            yield path.name, path.read_bytes().decode("utf-8", "replace")
        else:
            with zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    yield f"{path.name}/{info.filename}", archive.read(info).decode("utf-8", "replace")


def leaked(folder: Path, values: set[str]) -> set[str]:
    """The places of a bundle in which one of `values` stands. A long value is looked for by its first characters."""
    starts: dict[int, dict[str, list[str]]] = {}
    for value in values:
        size = min(len(value), WINDOW)
        starts.setdefault(size, {}).setdefault(value[:size], []).append(value)
    found = set()
    for place, text in bytes_of(folder):
        for size, by_start in starts.items():
            for at in range(len(text) - size + 1):
                for value in by_start.get(text[at : at + size], ()):
                    if text.startswith(value, at):
                        found.add(place)
    return found


def values_of(demo: Demo) -> set[str]:
    """Every occurrence number, crime number and text of the store, and every line of a text."""
    store = open_store(demo.folder / "store")
    offences = store.offences(demo.imported.snapshot)
    values = {str(v) for column in ("occurrence_no", "crime_no") for v in offences[column].to_pylist()}
    for batch in store.texts(demo.imported.snapshot):
        for text in batch["text"].to_pylist():
            values.update(part.strip() for part in (text, *text.splitlines()))
    return {value for value in values if len(value) >= 6}


def test_no_value_of_the_store_stands_in_any_byte_of_the_bundle(demo: Demo, copy: Path) -> None:
    values = values_of(demo)
    assert len(values) > 10_000
    assert leaked(demo.folder / "answer", values) == set()
    # the search itself must be able to find
    text = max(values, key=len)
    (copy / "counts.csv").write_text(f"a\n{text}\n")
    assert leaked(copy, values) == {"counts.csv"}
