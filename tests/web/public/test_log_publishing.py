"""Publishing a bundle: what is taken, what is refused, corrections, withdrawals, and what a search finds."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from clearcount_web.disclosure_log.actions import publish, withdraw
from clearcount_web.disclosure_log.bundle import RefusedBundle
from clearcount_web.disclosure_log.fragment import FragmentError, grouped_head, prepared
from clearcount_web.disclosure_log.models import Release, Version

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDRESS = "/disclosure-log/01-fin-25-003516-c/"


@pytest.fixture
def own(bundle: Path, tmp_path: Path) -> Path:
    """A bundle that the test may damage."""
    return Path(shutil.copytree(bundle, tmp_path / "answer"))


def rewrite(folder: Path, **changes: Any) -> None:
    """Changes release.json, which no hash covers."""
    manifest = json.loads((folder / "release.json").read_text())
    (folder / "release.json").write_text(json.dumps({**manifest, **changes}))


def replace_body(folder: Path, body: str) -> None:
    """Puts another fragment into the bundle, with its hash, as somebody who means harm would."""
    (folder / "response-body.html").write_text(body)
    manifest = json.loads((folder / "release.json").read_text())
    manifest["files"]["response-body.html"] = hashlib.sha256(body.encode()).hexdigest()
    (folder / "release.json").write_text(json.dumps(manifest))


def test_a_published_bundle_is_on_its_page_with_every_file_unchanged(public: Client, bundle: Path) -> None:
    publish(bundle, at=NOW)
    page = public.get(ADDRESS)
    assert page.status_code == 200
    for file in bundle.iterdir():
        if file.name == "response-body.html":
            continue
        answer = public.get(f"{ADDRESS}versions/1/{file.name}")
        assert answer.content == file.read_bytes(), file.name
        again = public.get(f"{ADDRESS}versions/1/{file.name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert answer.headers["Content-Disposition"].startswith("inline" if file.suffix == ".svg" else "attachment")
        if file.name != "response.html":  # the page itself says what it says
            assert f"{ADDRESS}versions/1/{file.name}" in page.content.decode()


def test_publishing_the_same_bundle_again_changes_nothing(db: None, bundle: Path) -> None:
    first = publish(bundle, at=NOW)
    second = publish(bundle, at=NOW + timedelta(days=1), note="again")
    assert first.pk == second.pk
    assert Version.objects.count() == 1
    assert Release.objects.get().updated_at == NOW


def test_a_draft_is_refused_with_its_doubts(db: None, own: Path) -> None:
    rewrite(own, draft=True, draft_because=["contradicting-dates"])
    with pytest.raises(RefusedBundle, match=r"draft.*contradicting-dates"):
        publish(own, at=NOW)
    assert not Release.objects.exists()


def test_a_manifest_that_does_not_say_whether_it_is_a_draft_is_one(db: None, own: Path) -> None:
    manifest = json.loads((own / "release.json").read_text())
    del manifest["draft"]
    (own / "release.json").write_text(json.dumps(manifest))
    with pytest.raises(RefusedBundle, match="draft"):
        publish(own, at=NOW)


def test_a_changed_file_is_refused_by_name(db: None, own: Path) -> None:
    (own / "counts.csv").write_text((own / "counts.csv").read_text().replace(",7,", ",8,"))
    with pytest.raises(RefusedBundle, match=r"counts\.csv was changed"):
        publish(own, at=NOW)


def test_a_missing_and_a_further_file_are_refused(db: None, own: Path) -> None:
    (own / "mentions.csv").write_text("working papers")
    with pytest.raises(RefusedBundle, match=r"mentions\.csv is not part of the bundle"):
        publish(own, at=NOW)
    (own / "mentions.csv").unlink()
    (own / "chart.svg").unlink()
    with pytest.raises(RefusedBundle, match=r"chart\.svg is named .* but missing"):
        publish(own, at=NOW)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 99}, "format 99"),
        ({"reference": ""}, "no reference"),
        ({"printed": []}, "cannot be read"),
        ({"received": "soon"}, "cannot be read"),
        ({"files": {}}, "no reference, title, table or file list"),
    ],
)
def test_a_manifest_out_of_shape_is_refused(db: None, own: Path, change: dict[str, Any], says: str) -> None:
    rewrite(own, **change)
    with pytest.raises(RefusedBundle, match=says):
        publish(own, at=NOW)


def test_a_folder_that_is_no_bundle_is_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(RefusedBundle, match="is not a bundle"):
        publish(tmp_path, at=NOW)


@pytest.mark.parametrize(
    "body",
    [
        "<article><script>alert(1)</script></article>",
        "<article onclick='x()'>text</article>",
        "<article><img src=x></article>",
        "<article style='color:red'></article>",
        "<article><a href='javascript:x()'>a</a></article>",
        "<article><a href='http://a.example'>a</a></article>",
        "<article><svg><rect fill='url(https://a.example/x)'/></svg></article>",
        "<article><!-- a comment --></article>",
        "<!DOCTYPE html><article></article>",
        "<article><p></article>",
        "<article>",
        "</article>",
        "<article><form></form></article>",
        "<article><h2>A <b>title</b></h2></article>",
        "<article><p/></article>",
        "<article><svg><foreignObject></foreignObject></svg></article>",
        "<article><iframe srcdoc='x'></iframe></article>",
    ],
)
def test_a_fragment_that_a_bundle_never_has_is_refused(db: None, own: Path, body: str) -> None:
    replace_body(own, body)
    with pytest.raises(RefusedBundle, match=r"response-body\.html"):
        publish(own, at=NOW)
    assert not Release.objects.exists()


def test_text_that_looks_like_markup_stays_text() -> None:
    assert prepared("<article><p>&lt;script&gt; &amp;amp;</p></article>", {}) == (
        "<article><p>&lt;script&gt; &amp;amp;</p></article>"
    )


def test_headings_move_up_and_files_become_links() -> None:
    made = prepared(
        "<article><h2>Title</h2><h3 id='a'>One</h3><h4>Two</h4><ul><li>counts.csv: the counts</li></ul></article>",
        {"counts.csv": "/x/counts.csv"},
    )
    assert made == (
        '<article><h2 id="a">One</h2><h3>Two</h3>'
        '<ul><li><a href="/x/counts.csv" download>counts.csv</a>: the counts</li></ul></article>'
    )


def test_links_to_other_sites_send_no_referrer() -> None:
    made = prepared("<article><a href='https://ico.org.uk/'>ICO</a></article>", {})
    assert 'rel="noreferrer" referrerpolicy="no-referrer"' in made


def test_a_fragment_that_never_ends_is_an_error() -> None:
    with pytest.raises(FragmentError, match="<p> is not closed"):
        prepared("<p>", {})


def test_months_stand_under_their_years() -> None:
    head = grouped_head(["Offence", "Nov 2024", "Dec 2024", "Jan 2025 [p]", "Total"])
    assert head.count('<th scope="colgroup" colspan="2" class="cc-year">2024</th>') == 1
    assert head.count('<th scope="colgroup" colspan="1" class="cc-year">2025</th>') == 1
    assert '<th scope="col" rowspan="2">Offence</th>' in head
    assert ">Jan [p]</th>" in head
    assert head.count("<colgroup") == 4


def test_quarters_keep_one_row() -> None:
    assert grouped_head(["Offence", "2024-Q1", "Total"]).count("<tr>") == 1


def test_a_correction_needs_a_note_and_shows_what_changed(public: Client, bundle: Path, corrected: Path) -> None:
    publish(bundle, at=NOW)
    with pytest.raises(RefusedBundle, match="say with a note"):
        publish(corrected, at=NOW)
    publish(corrected, at=NOW + timedelta(days=3), note="Two records of June 2025 were entered late.")
    page = public.get(ADDRESS).content.decode()
    assert "Corrected on 25 November 2026" in page
    assert "Two records of June 2025 were entered late." in page
    changes = page[page.index('id="changes"') :]
    line = changes[changes.index("Jun 2025") :][:200]
    assert '<td class="cc-number">1</td><td class="cc-number">3</td>' in line
    old = public.get(ADDRESS + "versions/1/").content.decode()
    assert "It has been corrected since." in old
    assert public.get(ADDRESS + "versions/3/").status_code == 404
    listed = public.get("/disclosure-log/").content.decode()
    assert "Corrected 25 November 2026" in listed


def test_a_withdrawal_leaves_a_notice_and_nothing_else(public: Client, bundle: Path) -> None:
    publish(bundle, at=NOW)
    with pytest.raises(RefusedBundle, match="needs a reason"):
        withdraw("01-fin-25-003516-c", at=NOW, reason=" ")
    withdraw("01-fin-25-003516-c", at=NOW + timedelta(days=1), reason="A column was wrong.")
    gone = public.get(ADDRESS)
    assert gone.status_code == 410
    assert "A column was wrong." in gone.content.decode()
    assert "[z]" not in gone.content.decode()
    for path in ("versions/1/", "versions/1/counts.csv", "versions/1/release.json"):
        assert public.get(ADDRESS + path).status_code == 410
    assert ADDRESS not in public.get("/disclosure-log/").content.decode()
    assert ADDRESS not in public.get("/sitemap.xml").content.decode()
    assert ADDRESS not in public.get("/disclosure-log/feed.atom").content.decode()
    with pytest.raises(RefusedBundle, match="was withdrawn"):
        publish(bundle, at=NOW + timedelta(days=2), note="again")
    with pytest.raises(RefusedBundle, match="no published release"):
        withdraw("01-fin-25-003516-c", at=NOW, reason="twice")


def test_every_act_is_an_event_of_the_public_chain(db: None, bundle: Path) -> None:
    from clearcount_web.audit.models import Event

    publish(bundle, at=NOW)
    publish(bundle, at=NOW)
    withdraw("01-fin-25-003516-c", at=NOW, reason="A column was wrong.")
    verbs = list(Event.objects.using("public").order_by("number").values_list("verb", flat=True))
    assert verbs == ["release.published", "release.withdrawn"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=deepfake", True),
        ("q=DEEP+fake+image", True),
        ("q=photographs", True),
        ("q=protect+child", True),
        ("q=burglary", False),
        ("q=deepfake+burglary", False),
        ("q=003516", True),
        ("offence=HO+086/02", True),
        ("offence=HO+088/09", False),
        ("year=2024", True),
        ("year=2019", False),
        ("year=%E2%91%A1024", True),  # not a number: no filter, no error
        ("q=%22%22+AND+OR+NOT+*", False),
        ("q=%27%3B+DROP+TABLE+x--", False),
        ("q=%00", True),
        ("page=999&q=deepfake", True),
        ("page=x", True),
        ("size=7", True),
    ],
)
def test_search_by_words_offence_and_year(public: Client, bundle: Path, query: str, found: bool) -> None:
    publish(bundle, at=NOW)
    page = public.get(f"/disclosure-log/?{query}")
    assert page.status_code == 200
    assert (ADDRESS in page.content.decode()) is found


def test_an_empty_log_says_so(public: Client) -> None:
    assert "Nothing has been published yet." in public.get("/disclosure-log/").content.decode()
    assert "Nothing matches." in public.get("/disclosure-log/?q=x").content.decode()


def test_the_feeds_say_the_same_in_two_forms(public: Client, bundle: Path) -> None:
    from xml.etree.ElementTree import fromstring

    publish(bundle, at=NOW)
    atom = fromstring(public.get("/disclosure-log/feed.atom").content)
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert [entry.findtext("a:title", namespaces=space) for entry in atom.findall("a:entry", space)] == [
        "Image offences that mention AI"
    ]
    feed = public.get("/disclosure-log/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == ["Image offences that mention AI"]
    assert feed["items"][0]["url"] == "http://testserver" + ADDRESS
    assert feed["items"][0]["id"] == atom.findtext("a:entry/a:id", namespaces=space)


def test_an_address_that_was_never_published_is_a_404(public: Client) -> None:
    for path in ("", "versions/1/", "versions/1/counts.csv", "versions/1/../../secret"):
        assert public.get(ADDRESS + path).status_code == 404
