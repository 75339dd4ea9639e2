"""Home Office offence codes as data with history, the law behind each, and what a question asks for."""

from clearcount.offences.codes import CodeList, code_list
from clearcount.offences.doubts import doubts_of_law
from clearcount.offences.overlay import overlaid
from clearcount.offences.values import OffenceCode, Provision
from clearcount.offences.wording import AskedOffence, codes_for

__all__ = [
    "AskedOffence",
    "CodeList",
    "OffenceCode",
    "Provision",
    "code_list",
    "codes_for",
    "doubts_of_law",
    "overlaid",
]
