"""What a match is: every line of docs/reference/matching.md is a test, and the page is printed from this file.

python tests/spec/test_matching_rules.py    # writes the page again
"""

from __future__ import annotations

from pathlib import Path

import pytest

from clearcount.matching import TermSet, find, matcher
from clearcount.model.terms import RULES, Rule

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "matching.md"

Case = tuple[str, str]
"""A term, and a text in which each hit stands in ⟦brackets⟧."""

SECTIONS: dict[str, tuple[str, tuple[Rule, ...], tuple[Case, ...]]] = {
    "contains": (
        "The term as written, spaces included, anywhere in the text, in capitals or not. Nothing else: inside words "
        "too, and no term language. This is the usual `LIKE '%term%'`.",
        ("contains",),
        (
            ("AI", "S⟦ai⟧d that ⟦AI⟧ was p⟦ai⟧d for."),
            (" AI ", "Made with⟦ AI ⟧there, but not with AI, or (AI)."),
            ("deepfake", "Two ⟦deepfake⟧s and one ⟦DEEPFAKE⟧."),
            ("deep fake", "A deep  fake with two spaces."),
            ("deepfake*", "A deepfake, but the sign ⟦deepfake*⟧ is taken as it stands."),
            ("strasse", "Seen in the ⟦Straße⟧."),
            ("100%", "It is ⟦100%⟧ certain, not 100 of them."),
        ),
    ),
    "padded": (
        "A plain space (U+0020), the term, a plain space. The spaces are not part of the hit. It is there to repeat "
        "answers that were made with `LIKE '% term %'`; it misses every other neighbour.",
        ("padded",),
        (
            ("AI", "Made with ⟦AI⟧ there ⟦AI⟧ ⟦ai⟧ and then AI, AI. (AI) AI-made."),
            ("AI", "AI at the start, and at the end AI"),
            ("AI", "A no-break space:\u00a0AI\u00a0and a line end: AI\nhere."),
            ("A_B", "The file ⟦A_B⟧ is not AxB ."),
        ),
    ),
    "word: what ends a word": (
        "A hit may not touch a letter, an accent or a decimal digit where the term itself has one. Everything else "
        "ends a word:\nspaces, line ends, punctuation, the underscore, signs, emoji, superscript digits, and the edges "
        "of the text. So do\nletters that were read in the wrong encoding (â€™ for an apostrophe).",
        ("word", "variant"),
        (
            ("AI", "⟦AI⟧, ⟦AI⟧. (⟦AI⟧) ⟦AI⟧-made ⟦ai⟧’s paid.⟦AI⟧"),
            ("AI", "@⟦AI⟧ #⟦AI⟧ ⟦AI⟧_ref ⟦AI⟧:yes"),
            ("AI", "⟦AI⟧ at the start, and at the end ⟦AI⟧"),
            ("AI", "First line ⟦AI⟧\r\n⟦AI⟧ next\u00a0⟦AI⟧\u200b⟦AI⟧\t⟦AI⟧"),
            ("AI", "said paid Aiden AIR AI5 AIs éAI AIé AI\u0301"),
            ("AI", "🤖⟦AI⟧🤖 ⟦AI⟧™ ⟦AI⟧² ⟦AI⟧\u02bcs"),
            ("AI", "⟦AI⟧\u02bbs ⟦AI⟧\ua78cs ⟦AI⟧\u02b9s ⟦AI⟧\u02c8s ⟦AI⟧`s ⟦AI⟧´s ⟦AI⟧\u2032s"),
            ("AI", "⟦AI⟧â€™s ⟦AI⟧Â\u00a0 Ã©⟦AI⟧ ⟦AI⟧ΓÇÖs ⟦AI⟧вЂ™s ⟦AI⟧ÔÇÖs ðŸ‘Š⟦AI⟧ ï»¿⟦AI⟧, not ÉAI, AIâ"),
            ("C++", "Wrote ⟦C++⟧ and ⟦c++⟧11."),
            ("£50", "Paid ⟦£50⟧, not £500 but EUR⟦£50⟧."),
        ),
    ),
    "word: what is the same character": (
        "Text and term are folded: capitals, composed and decomposed accents, full-width forms and ligatures, dashes, "
        "curly quotes, and all signs that are typed for an apostrophe. Invisible characters are passed over, and a "
        "soft hyphen also with the line end behind it. Accents count. Look-alikes of other alphabets do not match.",
        ("word", "variant"),
        (
            ("AI", "⟦ai⟧ ⟦Ai⟧ ⟦ＡＩ⟧ ⟦A\u00adI⟧ ⟦A\u200dI⟧"),
            ("café", "⟦CAFÉ⟧ ⟦cafe\u0301⟧ but not cafe"),
            ("victim's", "The ⟦victim’s⟧ and the ⟦VICTIM\u02bcS⟧ phone."),
            ("victim's", "⟦victim`s⟧ ⟦victim´s⟧ ⟦victim\u2032s⟧ ⟦victim\uff07s⟧ ⟦victim\u02bbs⟧ ⟦victim\ua78cs⟧"),
            ("drone", "⟦dro\u00ad\nne⟧ ⟦dro\u00ad\r\nne⟧ ⟦dro\u00ad \n  ne⟧ ⟦dro\u00adne⟧ dro\u00ad ne"),
            ("strasse", "In the ⟦Straße⟧."),
            ("file", "A ⟦ﬁle⟧."),
            ("fil", "A ﬁle: a ligature is not divided."),
            ("AI", "АI with a Cyrillic А, and Al with a small L."),
            ("2", "m² and ② and ½ are not the digit; this is: ⟦2⟧, ⟦２⟧."),
        ),
    ),
    "word: spaces in a term": (
        "A space in a term is one or more spaces of any kind, line ends among them. Punctuation, a hyphen or nothing "
        "is not a space. Spaces around a term do not matter.",
        ("word",),
        (
            ("deep fake", "⟦deep fake⟧ ⟦deep   fake⟧ ⟦deep\u00a0fake⟧ ⟦deep\nfake⟧ ⟦Deep\tFake⟧"),
            ("deep fake", "deepfake deep-fake deep, fake deep_fake intelli-\ngence"),
            (" AI ", "(⟦AI⟧)"),
            ("deep-fake", "⟦deep-fake⟧ ⟦deep–fake⟧ ⟦deep\u2011fake⟧ deep fake"),
        ),
    ),
    "variant": (
        "Rule `word`, and the spellings that the term's own shape implies. A space or hyphen may be spaces, one hyphen "
        "or underscore, or nothing. A term of 2 to 6 capitals may be dotted, but not inside longer initials.",
        ("variant",),
        (
            ("deep fake", "⟦deep fake⟧ ⟦deepfake⟧ ⟦deep-fake⟧ ⟦deep - fake⟧ ⟦deep_fake⟧ ⟦deep –\nfake⟧"),
            ("deep fake", "deep--fake deepfakes deeper fake"),
            ("deep-fake", "⟦deep fake⟧ ⟦deepfake⟧ ⟦deep-fake⟧"),
            ("deep fake*", "⟦deepfakes⟧ and ⟦deep-faked⟧"),
            ("AI", "⟦AI⟧ ⟦A.I.⟧ ⟦A.I⟧ ⟦A. I.⟧ ⟦a.i.⟧ but not A I or A-I or A. I made"),
            ("AI", "U.S.A.I.D. and A.I.M. are other initials."),
            ("A.I.", "⟦AI⟧ ⟦A.I.⟧ ⟦A. I.⟧"),
            ("ai", "In small letters it is ⟦ai⟧, not A.I."),
        ),
    ),
    "terms: quotes, capitals, wildcards, typos": (
        "A quoted phrase is read by rule `word` whatever the rule of the run. `=` asks for the capitals as typed. `*` "
        "stands for any letters and digits of the word, `?` for one; a backslash takes such a meaning away. `~1` "
        "allows one letter behind the first to be added, left out, changed or swapped.",
        ("word", "variant"),
        (
            ('"deep fake"', "⟦deep fake⟧ but not deepfake"),
            ("=AI", "⟦AI⟧ but not ai or Ai"),
            ("deepfake*", "⟦deepfake⟧ ⟦Deepfakes⟧ ⟦deepfakery⟧ ⟦deepfake⟧-like"),
            ("*fake", "⟦deepfake⟧ ⟦fake⟧ but not fakes"),
            ("f?ke", "⟦fake⟧ ⟦f3ke⟧ ⟦füke⟧ but not fke or f-ke"),
            ("why\\?", "Asked ⟦why?⟧"),
            ("artificial~1", "⟦artificial⟧ ⟦artifical⟧ ⟦artificail⟧ ⟦artificiall⟧ ⟦artifisial⟧ but not brtificial"),
        ),
    ),
    "terms: near and except": (
        "`NEAR/n`: both phrases in the same text, in either order, with at most n words between. `EXCEPT`: a hit that "
        "lies inside one of the phrases is dropped, and listed as dropped.",
        ("word", "variant"),
        (
            ("artificial NEAR/3 intelligence", "⟦artificial and, it says, intelligence⟧"),
            ("artificial NEAR/1 intelligence", "⟦intelligence (artificial⟧) but artificial or other intelligence"),
            ('AI EXCEPT "AI Smith", "AI number"', "⟦AI⟧ by AI Smith, AI number 4, ⟦AI⟧ numbers: ⟦AI⟧."),
        ),
    ),
    "which hits": (
        "For each term the leftmost and then the longest, without overlap; hits of different terms may overlap. "
        "Nothing is ever matched across two texts.",
        ("word", "variant"),
        (
            ("deep*", "⟦deepdeepfake⟧ ⟦deep⟧"),
            ("AI AI", "⟦AI AI⟧ AI"),
        ),
    ),
}  # fmt: skip


def parts(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its brackets, and where they stood."""
    text, places = "", []
    for piece in marked.split("⟦"):
        hit, closed, rest = piece.partition("⟧")
        if closed:
            places.append((len(text), len(text) + len(hit)))
        text += hit + rest
    return text, places


CASES = [(rule, term, marked) for _, rules, cases in SECTIONS.values() for rule in rules for term, marked in cases]


@pytest.mark.parametrize(("rule", "term", "marked"), CASES)
def test_a_line_of_the_page(rule: Rule, term: str, marked: str) -> None:
    text, places = parts(marked)
    spans = find(term, text, rule)
    assert [(span.start, span.end) for span in spans] == places
    assert all(text[span.start : span.end] == span.matched and span.term == term for span in spans)


def test_padded_implies_word_implies_variant() -> None:
    """On every text of the page, for every term that has no spaces around it."""
    texts = [parts(marked)[0] for _, _, marked in CASES]
    language = set('*?~="\\/')
    for term in {term for _, term, _ in CASES if term == term.strip() and not set(term) & language}:
        for text in texts:
            found = [bool(find(term, text, rule)) for rule in RULES[1:]]
            assert found == sorted(found), (term, text, found)


def test_a_dropped_hit_is_listed() -> None:
    kept, dropped = matcher(TermSet("word", ("AI",), ("AI Smith",))).find("AI, and AI Smith")
    assert [(span.start, span.end) for span in kept] == [(0, 2)]
    assert [(span.start, span.end) for span in dropped] == [(8, 10)]


def page() -> str:
    """docs/reference/matching.md."""
    lines = [
        "# What a match is",
        "",
        "This page is printed from `tests/spec/test_matching_rules.py`: every line of its tables is a test that runs",
        "on every change. Hits stand in ⟦brackets⟧; signs that nobody can see are written as `<U+00A0>`.",
        "",
        "The rule of a run is `contains`, `padded`, `word` (the default) or `variant`. Wherever `padded` finds a term",
        "`word` finds it too, and wherever `word` does, `variant` does. `contains` stands apart: many published",
        "answers were made that way. The guiding thought: a visible extra hit, which a reader can strike out, is",
        "better than an invisible miss.",
    ]
    for title, (said, rules, cases) in SECTIONS.items():
        lines += ["", f"## {title[:1].upper()}{title[1:]}", "", said, ""]
        lines += [f"Holds under {' and '.join(f'`{rule}`' for rule in rules)}.", "", "| term | text |", "| --- | --- |"]
        lines += [f"| {cell(f'`{shown(term)}`')} | {cell(shown(marked))} |" for term, marked in cases]
    return "\n".join(lines) + "\n"


def shown(text: str) -> str:
    """`text` with unseen characters written out."""
    return "".join(
        char if char.isprintable() and char not in "\u0301\u02bc" else f"<U+{ord(char):04X}>" for char in text
    )


def cell(text: str) -> str:
    """`text` in a Markdown table."""
    escaped = text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_") if not text.startswith("`") else text
    return escaped.replace("<U+", "&lt;U+") if not text.startswith("`") else escaped


def test_the_page_is_printed_from_these_tests() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/spec/test_matching_rules.py"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
