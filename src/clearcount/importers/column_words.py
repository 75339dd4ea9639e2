"""The words of which names of columns are made, so that a message shows a name and never the words of a record.

Where the end of a header is lost, the first record takes its place. No look at the shape of a cell can tell a surname
from a name of a column. So a name is shown when each word of it is one of these or one of the layout's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Z]+(?![a-z])|[^\W\d_]?[^\W\d_A-Z]+|[A-Z]")
_TEXT = """
a about ac action activity actual added address admin adult age aged ages agency alias all amended amount an and any
approved area arrest as assigned at attended auth author authority band bands basis batch beat begin beginning birth
body borough bureau by calculated call called cancelled case casework category channel charge charged child city
class classification clear close closed code codes column comment comments committed complainant completed concern
contact content control copy count country county course court created crime crimes criminal current custody daily
data database date dates day dd ddmmyyyy dealt decision default deleted department desc description detail details
detected detection difficulty disability disposal disposed district div division document domestic dup duration
email end ended entered entry error ethnic ethnicity event events evidence external field file filed final finding
first flag flags focus for force form format found free from full gender generated geo grade group handling hate ho
home hour how id identifier import in incident index indicator individual info initial input inserted internal interval
investigation investigator is issue item items key keyword keywords kind label language last lat latitude law
length level line link linked list local location locality log lon long longitude lower main male mark marker
markers match matched max method mg min minor minute mo mode modified modus month monthly motive motivation name
narrative national nature neighbourhood new no nominal non not note notes notification number num object occ
occupation occurred occurrence occurrences oel of off office offence offences offender offenders offense officer old on
online op open operandi operator opened opening optional or order organisation origin original other outcome
outcomes owner page parent part partner parts person persons phone place plan platform point police post postcode
premises previous primary prior priority proceedings progress property province published qualifier quarter query
question race rank ratio reason received record recorded records ref reference references region related relation
relationship remark remarks report reported reporter reporting request response result resulted review risk role row
rows rule scene score search second secondary section sector seq sequence serial series severity sex sheet short
source span special staff stage standard start started state statement station status stolen street sub subject
submitted subsection suburb summary suspect suspects system tag tags team telephone term text texts the time times
title to total town type types unit until update updated upper url user valid value values vehicle version victim
victims view village volume vulnerable ward weapon week weekday when where witness word words year yearly years yy
yyyy zone
"""
COLUMN_WORDS = frozenset(_TEXT.split())


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case: `OccurrenceNo`, `occurrence_no` and `Occurrence No` have the same."""
    return tuple(word.lower() for word in _WORD.findall(name))


def is_of_column_words(name: str, wanted: Iterable[str] = ()) -> bool:
    """Return whether every word of a name is one of which columns are named, or of a name among `wanted`."""
    known = {word for each in wanted for word in words_of(each)}
    words = words_of(name)
    return bool(words) and all(word in COLUMN_WORDS or word in known or _is_mistyped(word, known) for word in words)


def _is_mistyped(word: str, known: set[str]) -> bool:
    """Whether a word is one of the layout's but for a letter or two, and no longer: nothing hangs on its end."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.8)
    return bool(close) and len(word) <= len(close[0]) > 3
