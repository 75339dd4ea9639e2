"""What leaves is what count wrote: edited bundles, drafts that deny it, other policies, and rewritten rows."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client, override_settings
from nacl.signing import SigningKey

from clearcount_web.disclosure_log.bundle import RefusedBundle
from clearcount_web.disclosure_log.models import File, Offence, Release, Version
from clearcount_web.publishing.actions import compare, publish, remember, seal_again, withdraw
from clearcount_web.publishing.models import Publication

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDRESS = "/disclosure-log/01-fin-25-003516-c/"


@pytest.fixture
def own(bundle: Path, policy_text: str, tmp_path: Path) -> Iterator[Path]:
    """A bundle that the test may damage, with the store and the policy it was made by."""
    (tmp_path / "policy.toml").write_text(policy_text)
    with override_settings(STORE_DIR=bundle.parent / "store", POLICY_FILE=tmp_path / "policy.toml"):
        yield Path(shutil.copytree(bundle, tmp_path / "answer"))


def renew(folder: Path, **changes: Any) -> None:
    """Renews every hash, as somebody who means harm would."""
    manifest = json.loads((folder / "release.json").read_text())
    manifest |= changes
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "release.json").write_text(json.dumps(manifest))


def put(folder: Path, note: str = "") -> Version:
    return publish(folder, store=None, at=NOW, by="test", note=note)


def test_an_untouched_bundle_is_published_and_remembered(public: Client, own: Path) -> None:
    version = put(own)
    assert version.seal and Publication.objects.get().seal == version.release.seal
    assert public.get(ADDRESS).status_code == 200
    assert compare().faults == ()


EDITS: dict[str, Callable[[str], str]] = {
    "response-body.html": lambda text: re.sub(r">(\d+)<", lambda cell: f">{int(cell[1]) + 1}<", text, count=1),
    "response.html": lambda text: text.replace("</h1>", "</h1><p>Added.</p>", 1),
    "counts.csv": lambda text: re.sub(
        r",(\d+)(,?[^,\n]*\n)", lambda cell: f",{int(cell[1]) + 1}{cell[2]}", text, count=1
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_bundle_edited_in_one_file_with_its_hashes_renewed_is_refused(db: None, own: Path, name: str) -> None:
    before = (own / name).read_text()
    after = EDITS[name](before)
    assert after != before
    (own / name).write_text(after)
    renew(own)
    with pytest.raises(RefusedBundle, match=r"not what count wrote|may not leave"):
        put(own)
    assert not Release.objects.exists() and not Publication.objects.exists()


def another_figure(content: bytes) -> bytes:
    """The content with one digit of its words or figures changed, in a package in one of its parts."""
    if not content.startswith(b"PK"):
        return re.sub(
            rb"(?<=[>,\s\"])\d(?=[<,\s\"])", lambda digit: b"%d" % ((int(digit[0]) + 1) % 10), content, count=1
        )
    made = io.BytesIO()
    changed = False
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            part = old.read(each)
            if not changed and each.filename.endswith((".xml", ".csv", ".json")):
                other = re.sub(rb">(\d)<", lambda digit: b">%d<" % ((int(digit[1]) + 1) % 10), part, count=1)
                changed, part = other != part, other
            new.writestr(each, part)
    return made.getvalue() if changed else content + b" "


@pytest.mark.slow
def test_a_bundle_edited_in_any_of_its_files_is_refused(db: None, own: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in own.iterdir() if path.name != "release.json")
    assert len(names) >= 8
    let_through = []
    for name in names:
        edited = Path(shutil.copytree(own, tmp_path / f"edited-{name}"))
        before = (edited / name).read_bytes()
        after = another_figure(before)
        (edited / name).write_bytes(after if after != before else before + b" ")
        renew(edited)
        try:
            put(edited)
            let_through.append(name)
        except RefusedBundle:
            pass
        assert not Publication.objects.exists() or let_through
    assert let_through == []


def test_figures_changed_alike_everywhere_are_refused_by_counting_again(
    db: None, tmp_path: Path, own: Path, write_bundle: Callable[..., Path]
) -> None:
    """The strongest forgery: a whole bundle that count itself wrote, from other records."""
    forged = write_bundle(tmp_path / "elsewhere", more=3)
    with pytest.raises(RefusedBundle, match="counted again it"):
        put(forged)


@pytest.mark.parametrize(
    "changes",
    [{"title": "Another title"}, {"words": ["a"]}, {"tables": []}, {"printed": []}, {"files": {}}, {"provenance": {}}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_manifest_that_was_edited_is_refused(db: None, own: Path, changes: dict[str, Any]) -> None:
    renew(own, **changes)
    with pytest.raises(RefusedBundle):
        put(own)
    assert not Release.objects.exists()


def test_a_draft_that_says_it_is_none_is_refused(
    db: None, tmp_path: Path, own: Path, write_bundle: Callable[..., Path]
) -> None:
    draft = write_bundle(tmp_path / "draft", accept=False)
    manifest = json.loads((draft / "release.json").read_text())
    assert manifest["draft"] and manifest["draft_because"]
    renew(draft, draft=False, draft_because=[])
    with pytest.raises(RefusedBundle):
        put(draft)


def test_a_policy_other_than_the_forces_is_refused(db: None, own: Path) -> None:
    made_by = settings.POLICY_FILE.read_text()
    other = re.sub(r"threshold = \d+", "threshold = 10", made_by)
    if other == made_by:
        other = '[disclosure]\nrule = "small-numbers"\nthreshold = 5\n'
    settings.POLICY_FILE.write_text(other)
    with pytest.raises(RefusedBundle):
        put(own)
    assert not Release.objects.exists()


@pytest.mark.parametrize("missing", ["STORE_DIR", "POLICY_FILE"])
def test_without_records_or_policy_nothing_is_published(db: None, own: Path, missing: str) -> None:
    with override_settings(**{missing: None}), pytest.raises(RefusedBundle, match="CLEARCOUNT_"):
        put(own)


def test_without_the_key_nothing_is_published(db: None, own: Path) -> None:
    with override_settings(SEAL_KEY=None), pytest.raises(RefusedBundle, match="no key to seal"):
        put(own)
    assert not Release.objects.exists()


def test_the_command_refuses_with_a_sentence(db: None, own: Path) -> None:
    (own / "counts.csv").write_text("other")
    renew(own)
    with pytest.raises(CommandError, match=r"not what count wrote|may not leave"):
        call_command("publish", str(own))


def tamper(statement: str, *values: object) -> None:
    """Writes the public database as somebody would who has taken over the public process."""
    with connections["public"].cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0


ROWS = (
    ("UPDATE disclosure_log_version SET html = html || '<p>Added.</p>'", "", 503),
    ("UPDATE disclosure_log_version SET note = 'Another note'", "", 503),
    ("UPDATE disclosure_log_version SET printed = '[]'", "", 503),
    ("UPDATE disclosure_log_version SET seal = ''", "", 503),
    ("UPDATE disclosure_log_release SET title = 'Another title'", "", 503),
    ("UPDATE disclosure_log_release SET withdrawn_at = updated_at, withdrawal_reason = 'Forged.'", "", 503),
    ("UPDATE disclosure_log_release SET seal = ''", "", 503),
    ("UPDATE disclosure_log_file SET content = %s WHERE name = 'counts.csv'", "versions/1/counts.csv", 503),
    ("UPDATE disclosure_log_file SET media_type = 'text/html' WHERE name = 'counts.csv'", "versions/1/counts.csv", 503),
    ("UPDATE disclosure_log_offence SET label = 'Another label'", "", 200),
)


@pytest.mark.parametrize(("statement", "path", "status"), ROWS, ids=[row[0][22:60] for row in ROWS])
def test_a_rewritten_row_is_not_shown_and_is_found(
    public: Client, own: Path, statement: str, path: str, status: int
) -> None:
    put(own)
    tamper(statement, *([b"other"] if "%s" in statement else []))
    answer = public.get(ADDRESS + path)
    assert answer.status_code == status
    if status == 503:
        assert b"Forged" not in answer.content and b"Another" not in answer.content and b"Added" not in answer.content
    listed = public.get("/disclosure-log/").content + public.get("/disclosure-log/feed.atom").content
    assert b"Another title" not in listed
    assert len(compare().faults) == 1


def test_a_rewritten_file_with_its_digest_renewed_is_found(public: Client, own: Path) -> None:
    put(own)
    file = File.objects.get(name="counts.csv")
    tamper(
        "UPDATE disclosure_log_file SET content = %s, sha256 = %s, size = 5 WHERE id = %s",
        b"other",
        hashlib.sha256(b"other").hexdigest(),
        file.pk,
    )
    assert public.get(f"{ADDRESS}versions/1/counts.csv").status_code == 503
    assert public.get(ADDRESS).status_code == 503
    assert compare().faults != ()


def test_somebody_elses_key_seals_nothing(public: Client, own: Path) -> None:
    put(own)
    Version.objects.update(html="<p>Forged.</p>")
    from clearcount_web.disclosure_log.actions import seal

    with override_settings(SEAL_KEY=SigningKey.generate()):
        seal(Release.objects.get())
    assert public.get(ADDRESS).status_code == 503


def test_an_older_state_put_back_and_a_release_taken_away_are_found_by_the_comparison(db: None, own: Path) -> None:
    first = put(own)
    release = Release.objects.get()
    kept = {field.attname: getattr(release, field.attname) for field in Release._meta.concrete_fields}
    withdraw(release.slug, at=NOW + timedelta(days=1), reason="It was wrong.", by="test")
    assert compare().faults == ()
    Release.objects.filter(pk=release.pk).update(**{name: value for name, value in kept.items() if name != "id"})
    assert [fault.partition(": ")[2] for fault in compare().faults] == ["what lists show of it does not match its seal"]
    assert first.pk
    Release.objects.all().delete()
    assert [fault.partition(": ")[2] for fault in compare().faults] == ["was published and is not there"]


def test_what_was_published_just_before_a_power_cut_is_taken_up(db: None, own: Path) -> None:
    put(own)
    Publication.objects.all().delete()  # the staff side had not noted it yet
    found = compare()
    assert found.faults == () and len(found.late) == 1
    assert compare().late == ()


def test_the_daily_comparison_fails_aloud(db: None, own: Path, caplog: Any) -> None:
    from clearcount_web.jobs.worker import Running
    from clearcount_web.publishing.tasks import compare_published

    put(own)
    compare_published(Running(1, "compare-published", {}, 1))
    Offence.objects.update(label="x")
    with pytest.raises(RuntimeError, match="seals"):
        compare_published(Running(1, "compare-published", {}, 1))
    assert "do not match their seals" in caplog.text


def test_a_change_of_key_seals_everything_again(public: Client, own: Path) -> None:
    put(own)
    fresh = SigningKey.generate()
    with override_settings(SEAL_KEY=fresh, SEAL_PUBLIC=fresh.verify_key):
        assert public.get(ADDRESS).status_code == 503
        assert seal_again(by="test") == 1
        assert public.get(ADDRESS).status_code == 200 and compare().faults == ()


def test_a_correction_and_a_withdrawal_are_sealed_and_remembered(
    public: Client, own: Path, tmp_path: Path, write_bundle: Callable[..., Path]
) -> None:
    put(own)
    later = write_bundle(tmp_path / "later", more=2)
    corrected = publish(later, store=later.parent / "store", at=NOW + timedelta(days=1), by="test", note="Two more.")
    assert corrected.number == 2 and public.get(ADDRESS).status_code == 200
    assert public.get(f"{ADDRESS}versions/1/").status_code == 200
    withdraw(corrected.release.slug, at=NOW + timedelta(days=2), reason="It was wrong.", by="test")
    assert public.get(ADDRESS).status_code == 410 and compare().faults == ()
    remember(Release.objects.get(), by="test")


def test_the_public_door_gets_no_key() -> None:
    from clearcount_web.platform.declared import DECLARED

    assert DECLARED["CLEARCOUNT_SEAL_KEY_FILE"].doors == ("staff",)


def test_what_is_published_is_in_the_ledger_of_the_store_once(
    db: None, tmp_path: Path, own: Path, bundle: Path
) -> None:
    from clearcount.store.ledger import Ledger

    store = Path(shutil.copytree(bundle.parent / "store", tmp_path / "store"))
    before = len(Ledger(store).entries())
    with pytest.raises(RefusedBundle, match="no key to seal"), override_settings(SEAL_KEY=None):
        publish(own, store=store, at=NOW, by="test")
    assert len(Ledger(store).entries()) == before  # refused before anything was written anywhere
    for _again in range(2):
        publish(own, store=store, at=NOW, by="test")
    assert [entry.bundle for entry in Ledger(store).entries()].count(Version.objects.get().digest) == 1
