"""`clearcount new DIR --from LETTER`: the letter as text, the draft beside the files to start from."""

from __future__ import annotations

import sys
from pathlib import Path

from clearcount.drafting import Draft, draft_request
from clearcount.drafting.letters import WORDS_OF, words_apart
from clearcount.errors import RequestError
from clearcount.files import write_whole
from clearcount.foreign import read_apart
from clearcount.offences import CodeList
from clearcount.store import open_store
from clearcount.workflow.starting import write_start

MOST_BYTES = 5_000_000


def letter_text(source: str) -> str:
    """Return the words of a letter: a text file, a mail (.eml), a Word file (.docx), or standard input for `-`.

    Raises:
        RequestError: when it is missing, too large, or cannot be read as what its name says.
    """
    try:
        content = sys.stdin.buffer.read(MOST_BYTES + 1) if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise RequestError(
            f"{source}: the letter cannot be read: {error.strerror}; name a text, .eml or .docx file"
        ) from None
    if len(content) > MOST_BYTES:
        raise RequestError(f"{source}: the letter has more than {MOST_BYTES // 1_000_000} MB; take its attachments out")
    kind = Path(source).suffix.lower() if source != "-" else ""
    if kind in WORDS_OF:
        (words,) = read_apart(words_apart, content, name=source, error=RequestError, kind=kind, title=source)
        return str(words)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def write_draft(
    folder: Path, source: str, codes: CodeList, store: Path | None = None
) -> tuple[tuple[Path, ...], Draft]:
    """Write the files to start from with a request drafted from the letter; return their paths and the draft.

    With a record store the request searches every field of text that its records have.

    Raises:
        RequestError: when the letter cannot be read, or holds no words.
    """
    text = letter_text(source)
    if not text.strip():
        raise RequestError(f"{source}: the letter holds no words; name the file of the request")
    draft = draft_request(text, codes)
    if store is not None:
        draft.fields = open_store(store).snapshot().text_fields
    paths = write_start(folder)
    write_whole(folder / "request.toml", draft.request_toml())
    write_whole(folder / "letter-read.md", draft.report())
    return (*paths, folder / "letter-read.md"), draft
