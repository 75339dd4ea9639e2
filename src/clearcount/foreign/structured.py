"""Parses JSON and TOML whose size and depth were bounded before the parser sees them.

Both parsers call themselves for each bracket, so 3,000 brackets end in a traceback, and a key of 100,000 dots takes
hours. A depth of 64 is far beyond any file that this product reads or writes.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from typing import Any, NoReturn

from clearcount.errors import ForeignFileError
from clearcount.foreign.bounds import MEGABYTE

DEEPEST = 64
LARGEST_TOML = 4 * MEGABYTE
LARGEST_JSON = 256 * MEGABYTE

_JSON_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_TOML_TOKENS = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|\#[^\n]*|[\[\]{}.]|[\n=,]', re.DOTALL
)
_ENDS_A_KEY = frozenset("\n=,[]{}")


def parse_json(content: bytes | str, name: str, *, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """Return the value in a JSON text; `name` is what messages call the file, `pairs` makes an object of its pairs.

    Raises:
        ForeignFileError: for a text that is too large, too deep, not UTF-8 or not JSON, with the line where it ends.
    """
    text = _text(content, name, LARGEST_JSON, "JSON")
    if text.count("[") + text.count("{") > DEEPEST:
        _check_depth(text, name)
    try:
        found = json.loads(text, parse_constant=_no_number, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise ForeignFileError(f"{name}: line {error.lineno}: is not JSON; mend that place or save it again") from None
    except (ValueError, RecursionError):
        raise ForeignFileError(f"{name}: holds a number that JSON cannot hold; save it again") from None
    if "\\ud" in text or "\\uD" in text:
        _check_signs(found, name)
    return found


def parse_toml(content: bytes | str, name: str) -> dict[str, Any]:
    """Return the table in a TOML text; `name` is what messages call the file.

    Raises:
        ForeignFileError: for a text that is too large, too deep, not UTF-8 or not TOML, with the place where it ends.
    """
    text = _text(content, name, LARGEST_TOML, "TOML").replace("\r\n", "\n")
    _check_toml_depth(text, name)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ForeignFileError(f"{name}: is not TOML: {error}; mend that place") from None
    except (ValueError, RecursionError, OverflowError):
        raise ForeignFileError(f"{name}: holds a value that TOML cannot hold; mend it") from None


def _text(content: bytes | str, name: str, largest: int, form: str) -> str:
    if len(content) > largest:
        raise ForeignFileError(f"{name}: is larger than {largest // MEGABYTE} MB, too large for {form} of this kind")
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ForeignFileError(f"{name}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None


def _check_depth(text: str, name: str) -> None:
    depth = 0
    for found in _JSON_TOKENS.finditer(text):
        first = text[found.start()]
        if first in "[{":
            depth += 1
            if depth > DEEPEST:
                _too_deep(text, found.start(), name)
        elif first in "]}":
            depth -= 1


def _check_toml_depth(text: str, name: str) -> None:
    depth = dots = 0
    for found in _TOML_TOKENS.finditer(text):
        sign = found.group()
        if sign == ".":
            dots += 1
        elif sign in _ENDS_A_KEY:
            dots = 0
            depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST or dots > DEEPEST:
            _too_deep(text, found.start(), name)


def _too_deep(text: str, position: int, name: str) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    raise ForeignFileError(
        f"{name}: line {line}: values lie inside each other more than {DEEPEST} deep; such a file is damaged, write it "
        "again"
    )


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _check_signs(found: object, name: str) -> None:
    """Refuse half a surrogate pair: no file in UTF-8 can hold it."""
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ForeignFileError(f"{name}: holds half a sign (a lone surrogate); save it again as UTF-8") from None
