"""HTML and RTF are read as a person reads the page; markup elsewhere is found, and letters are mended when asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.errors import ExportError
from clearcount.importers import parse_layout
from clearcount.importers.htmltext import html_text
from clearcount.importers.markup import markup
from clearcount.importers.rtftext import rtf_text
from clearcount.importers.textformat import mended, plain_text
from clearcount.store import open_store
from clearcount.workflow.importing import ImportResult, import_export


def _words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<table><tr><td>Tool</td><td>drone</td></tr></table>", "Tool drone"),
        ("<table><tr><th>drone<th>used</table>", "drone used"),
        ("<td><table><tr><td>inner</td><td>drone</td></tr></table></td>outer", "inner drone outer"),
        ("a<br>drone<BR/>b<br clear=all>c", "a drone b c"),
        ("<ul><li>one<li>drone</ul>", "one drone"),
        ("<dl><dt>tool<dd>drone</dl>", "tool drone"),
        ("<p>a<p>drone<div>b</div>c", "a drone b c"),
        ("<h1>a</h1>drone<hr>b", "a drone b"),
        ("<select><option>a<option>drone</select>", "a drone"),
        ("a<img src=x alt='drone'>b", "a drone b"),
        ('<input type=text value="drone">', "drone"),
        ("d<b>ro</b>ne and <i>a</i> <span style='x'>dro</span>ne", "drone and a drone"),
        ("dro<wbr>ne", "drone"),
        ("H<sub>2</sub>O", "H2O"),
        ("<p>seen</p><style>p{} <p>with a drone</p>", "seen p{} with a drone"),
        ("<style>p{color:red} drone", "p{color:red} drone"),
        ("<style>p{}</style>drone", "drone"),
        ("<style>a</style>x<style>b</style>drone", "x drone"),
        ("<script>var a = '<p>';</script>drone", "drone"),
        ("<script>drone", "drone"),
        ("<script>one<script>two</script>drone", "one drone"),
        ("<head><title>t</title></head><body>drone", "drone"),
        ("<head><body>drone</head>", "drone"),
        ("<title>drone", "drone"),
        ("<title>t</title>drone", "drone"),
        ("<header>drone</header>", "drone"),
        ("<!-- a remark -->drone", "drone"),
        ("<!-- never closed drone", "never closed drone"),
        ("<!-- open <!-- closed -->drone", "open drone"),
        ("<!DOCTYPE html><?xml version='1.0'?>drone", "drone"),
        ("<![CDATA[a drone]]>", "a drone"),
        ("<xyz>a drone</xyz>", "a drone"),
        ("<o:p>drone</o:p><st1:place w:st='on'>x</st1:place>", "dronex"),
        ("seen <unknown male> with drone", "seen <unknown male> with drone"),
        ("mail <j.doe@example.org> now", "mail <j.doe@example.org> now"),
        ("speed <a lot> more", "speed <a lot> more"),
        ("age < 18 and > 10", "age < 18 and > 10"),
        ("a <drone", "a <drone"),
        ("<a href='x > y'>drone</a>", "drone"),
        ("<a href='never closed>drone</a>", "drone"),
        ("a&nbsp;drone&#44; &#x64;rone &amp; &lt;p&gt; &pound;5 &copy", "a drone, drone & <p> £5 ©"),
        ("plain drone", "plain drone"),
        ("<textarea>drone</textarea>", "drone"),
        ("<noscript>drone</noscript>", "drone"),
        ("{\\rtf1 a \\b drone}", "a drone"),
    ],
)
def test_html_is_read_as_the_page_shows_it(text: str, words: str) -> None:
    (read,) = plain_text(pa.array([text]), "html").to_pylist()
    assert _words(read) == _words(words)


_TAGS = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<br>",
            "<b>",
            "</b>",
            "<td>",
            "</td>",
            "<table border=1>",
            "<div class='x'>",
            "</div>",
            "<hr/>",
        ),
        *("<style>", "<!--", "<script>", "<head>", "<title>", "<xyz>", "<unknown male>", "&nbsp;", "&amp;", "<o:p>"),
        *(
            "<![CDATA[",
            "<!doctype html>",
            "<?xml ?>",
            "< 5",
            "<3",
            ">",
            "'",
            '"',
            "<body>",
            "<html lang=en>",
            "<a lot>",
        ),
    ]
)


@given(st.lists(st.tuples(_TAGS, st.sampled_from(["drone", "seen", "Tool", ""])), max_size=12))
def test_html_in_which_nothing_is_closed_that_does_not_show_loses_no_word(pieces: list[tuple[str, str]]) -> None:
    read = html_text(" ".join(f"{tag} {word}" for tag, word in pieces))
    assert [word for word in _words(read) if word in ("drone", "seen", "Tool")] == [word for _, word in pieces if word]


@given(st.text(max_size=60))
def test_any_text_is_read_as_html_and_rtf_without_an_error(text: str) -> None:
    html_text(text).encode()
    rtf_text(text).encode()
    rtf_text("{\\rtf1" + text).encode()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r"{\rtf1\ansi first note}{\rtf1\ansi a drone in the second}", "first note\na drone in the second"),
        (r"before {\rtf1 a drone} after {\rtf1 b}!", "before\na drone\nafter\nb\n!"),
        (r"{\rtf1 a\par drone\line b\tab c\page d\sect e}", "a\ndrone\nb\tc\nd\ne"),
        (r"{\rtf1 \trowd Tool\cell drone\cell\row next\nestcell x\nestrow}", "Tool\tdrone\nnext\tx"),
        (r"{\rtf1\ansi\ansicpg1252 caf\'e9 \'93drone\'94}", "café “drone”"),
        (r"{\rtf1\ansi\ansicpg1251 \'e4\'f0\'ee\'ed}", "дрон"),
        (r"{\rtf1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset238 B;}}\f1 \'b9\f0 \'e9}", "ąé"),
        (r"{\rtf1\ansicpg932 \'83\'68}", "ド"),
        (r"{\rtf1\mac caf\'8e}", "café"),
        (r"{\rtf1\pca caf\'82}", "café"),
        (r"{\rtf1 it\u8217?s and {\uc0 it\u8217 s} and {\uc2 it\u8217\'3f\'3fs}}", "it’s and it’s and it’s"),
        (r"{\rtf1 \u-10179?\u-8704? \u55357\'3f\u56832\'3f}", "😀 😀"),
        (r"{\rtf1 half \u55357? a sign}", "half � a sign"),
        (r"{\rtf1 \u99999999? \uc \u a}", "a"),
        (r"{\rtf1 text{\footnote a drone} more}", "text more\na drone"),
        (r"{\rtf1{\header the drone}{\footer end}body}", "body\nthe drone\nend"),
        (r"{\rtf1 a{\*\annotation{\*\atnid x}a drone}}", "a\na drone"),
        (r"{\rtf1{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt a drone}}}}", "a drone"),
        (r"{\rtf1{\object{\*\objdata 0105}{\result a drone}}}", "a drone"),
        (r'{\rtf1{\field{\*\fldinst HYPERLINK "x"}{\fldrslt a drone}}!}', "a drone!"),
        (r"{\rtf1{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}{\info{\author X}}drone}", "drone"),
        (r"{\rtf1{\*\generator X;}{\*\unknown hidden}drone}", "drone"),
        (r"{\rtf1{\pict\bin4 }}}}}\par drone}", "drone"),
        (r"{\rtf1 {\v a drone} and {\deleted b}}", "a drone and b"),
        (r"{\rtf1 dro\-ne a\~drone x\_y \{C:\\drone\}}", "dro\u00adne a\u00a0drone x\u2011y {C:\\drone}"),
        ("{\\rtf1 dro\nne and\r\n a}", "drone and a"),
        (r"{\rtf1 never closed drone", "never closed drone"),
        (r"{\rtf1 a}} drone", "a\n} drone"),
        (r"{\rtf1 {{{drone}}}}", "drone"),
        (r"{\rtf1{\listtext 1.\tab}a drone}", "1.\ta drone"),
        (r"{\rtf1{\upr{a drone}{\*\ud{a drone}}}}", "a drone"),
        ("no RTF: {x} \\par", "no RTF: {x} \\par"),
    ],
)
def test_all_of_an_rtf_is_read(text: str, read: str) -> None:
    assert plain_text(pa.array([text]), "rtf").to_pylist() == [read]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "<p>x",
            "a<br>b",
            "x</div>",
            "<TABLE border=1>",
            "a&nbsp;b",
            "a &amp; b",
            "x&#39;s",
            "x&#x27;s",
            "<!-- x -->",
        ),
        *(
            "<span style='x'>y",
            "&lt;p&gt;",
            "<o:p></o:p>",
            "it&rsquo;s",
            "<!DOCTYPE html>",
            "<h2>x</h2>",
            "<img src=x>",
        ),
    ],
)
def test_html_is_found_in_plain_texts(text: str) -> None:
    assert markup(pa.array(["nothing", text, "", "tea & cake <3"])) == {"HTML": 1}
    assert markup(pa.array(["before", "nothing", text, ""]).slice(1, 2)) == {"HTML": 1}


@pytest.mark.parametrize("text", ["{\\rtf1 x}", "a {\\rtf x", "\\pard\\plain x", "x\\par \\b y", "\\fs20\\b x"])
def test_rtf_is_found_in_plain_texts(text: str) -> None:
    assert markup(pa.array(["nothing", text])) == {"RTF": 1}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "plain",
            "a < b",
            "a <b and c",
            "5 <6 and 7>6",
            "R&D",
            "tea & cake",
            "AT&T; x",
            "C:\\parts\\x",
            "x <unknown>",
        ),
        *("<john@example.org>", "{x}", "\\n", "&", "<", "a&b;", "\\par", "<3", ""),
    ],
)
def test_signs_of_prose_are_no_markup(text: str) -> None:
    assert markup(pa.array([text, "x"])) == {}


def test_nothing_is_found_in_no_texts() -> None:
    assert markup(pa.array([], pa.string())) == {}


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("the droneâ€™s camera", "the drone’s camera"),
        ("cafÃ© Â£5 â€“ droneâ€¦", "café £5 – drone…"),
        ("â€œdroneâ€\u009d", "“drone”"),
        ("drone вЂ™", "drone ’"),
        ("naïve café: ’drone’", "naïve café: ’drone’"),
        ("plain drone", "plain drone"),
        ("CAFÉ™", "CAFÉ™"),
    ],
)
def test_letters_of_a_wrong_encoding_are_mended(text: str, right: str) -> None:
    texts, changed = mended(pa.array(["x", text]))
    assert texts.to_pylist() == ["x", right]
    assert changed == (text != right)


LAYOUT = """
[[file]]
match = ["offences"]
[file.offence]
occurrence_no = "o"
crime_no = "c"
code = "h"
[[file]]
match = ["texts"]
[[file.text]]
occurrence_no = "o"
field = { constant = "mo" }
text = "t"
"""


def _import(folder: Path, texts: list[str], more: str = "") -> ImportResult:
    (folder / "offences.csv").write_text("o,c,h\nO1,C1,086/02\n", encoding="utf-8")
    quoted = (text.replace('"', '""') for text in texts)
    rows = "".join(f'O{number},"{text}"\n' for number, text in enumerate(quoted, start=1))
    (folder / "texts.csv").write_text(f"o,t\n{rows}", encoding="utf-8", newline="")
    now = datetime(2025, 7, 1, tzinfo=UTC)
    exports = [folder / "offences.csv", folder / "texts.csv"]
    return import_export(exports, folder / "store", layout=parse_layout(LAYOUT + more), now=now)


@pytest.mark.parametrize(
    ("texts", "more", "words"),
    [
        (["<p>a model</p><p>drone", "x"], "", 'write format = "html" beside text = "t"'),
        (["a model&nbsp;drone", "<br>", "x"], "", "2 texts hold HTML"),
        (["{\\rtf1 a drone}", "x"], "", 'write format = "rtf" beside text = "t"'),
        (["{\\rtf1 a}", "<p>b"], 'format = "rtf"', "1 text holds HTML"),
        (["&lt;p&gt;a drone&lt;/p&gt;", "<p>x"], 'format = "html"', "escaped twice"),
    ],
)
def test_markup_that_is_left_is_a_finding_with_the_line_that_mends_it(
    tmp_path: Path, texts: list[str], more: str, words: str
) -> None:
    result = _import(tmp_path, texts, more)
    (found,) = [each for each in result.snapshot.findings if each.kind == "markup in texts"]
    assert words in found.what
    assert (found.column, found.file, found.of_import) == ("t", "texts.csv", True)
    assert any(words in note for note in result.notes)


def test_markup_that_the_layout_names_is_no_finding(tmp_path: Path) -> None:
    result = _import(tmp_path, ["<p>a drone</p>", "{\\rtf1 a drone}", "plain"], 'format = "html"')
    assert not [each for each in result.snapshot.findings if each.kind == "markup in texts"]
    store = open_store(tmp_path / "store")
    texts = pa.Table.from_batches(list(store.texts(store.snapshots()[-1])))
    assert sorted(texts["text"].to_pylist()) == ["a drone", "a drone", "plain"]


def test_mojibake_is_mended_only_when_the_layout_asks(tmp_path: Path) -> None:
    (tmp_path / "left").mkdir()
    (tmp_path / "mended").mkdir()
    texts = ["the droneâ€™s camera", "plain"]
    left, right = _import(tmp_path / "left", texts), _import(tmp_path / "mended", texts, 'mend = "mojibake"')
    kinds = [{each.kind: each.rows for each in result.snapshot.findings} for result in (left, right)]
    assert (kinds[0].get("mojibake"), kinds[0].get("mojibake mended")) == (1, None)
    assert (kinds[1].get("mojibake"), kinds[1].get("mojibake mended")) == (None, 1)


@pytest.mark.parametrize("wrong", ['mend = "all"', "mend = true", "mend = []", "mend = 1", 'format = "auto"'])
def test_a_way_of_reading_that_does_not_exist_is_refused(wrong: str) -> None:
    with pytest.raises(ExportError, match=r"mend|format"):
        parse_layout(LAYOUT + wrong)
