"""`clearcount new`: commented files to start a request from."""

from __future__ import annotations

from pathlib import Path

from clearcount.files import write_whole
from clearcount.importers import layout_text
from clearcount.writers.letter import starter

REQUEST = '''# A request to count. Lines that begin with # say what can be written; take out what you do not need.
[request]
reference = "01/FOI/26/000001"          # the force's own reference
title = "Image offences that mention AI"
received = 2026-01-12                    # the day the request arrived
# version_date = 2026-02-02              # the date on the answer; without it, the day on which it is made
text = """
The whole wording of the request. `clearcount check` looks in it for dates, fields and offences that the scope lacks.
"""

[scope]
from = "2024-01"                         # months, both included
to = "latest"                            # or a month; "latest" is the last complete month of the snapshot
date_basis = "recorded"                  # recorded | reported | committed
unit = "offences"                        # offences | occurrences
cancelled = "exclude"                    # exclude | include cancelled and transferred records
# where = { victim_age = ["under 18"] }  # extra columns that the layout names; see: clearcount values --store DIR

[[question]]
text = "Offences under section 66B Sexual Offences Act 2003"
codes = ["088/15", "175/08"]             # any spelling; look codes up with: clearcount codes 66B

[[question]]
text = "Offences under section 66E Sexual Offences Act 2003"
codes = []                               # allowed: the answer says why there is none

[terms]                                  # leave this section out and every offence in scope counts
rule = "word"                            # contains | padded | word | variant
fields = ["oel", "summary", "mo"]
any = ["AI", "artificial intelligence", "deep fake*", "deepfake*"]
none = []                                # a hit inside one of these phrases does not count

# [marker]                               # the force's own flag
# name = "AI"
# use = "beside"                         # instead | beside the terms

[table]
rows = ["offence"]                       # offence | question, and columns named in where
columns = "month"                        # month | quarter | year | financial-year
empty = "show"                           # show | drop lines and columns without any count above 0

# [[accepted]]                           # a doubt of `clearcount check`, accepted with a reason that is printed
# doubt = "086/02-answers-several"
# reason = "One code records making, distributing and possessing with a view."
'''

POLICY = """# How this force deals with small numbers. It belongs to the force: nothing in a request weakens it.
[disclosure]
rule = "suppress"                # none | suppress | round
threshold = 5                    # counts 1 to 4 are small, totals too
zeros = "shown"                  # shown: a suppressed cell is 1 or more | ambiguous: zeros may be suppressed too
label = "c"                      # one symbol for every suppressed cell | "<5" for the small ones
requirement = "not-exact"        # not-exact | width:3 | range
cost = "cells"                   # hide the fewest cells | sum
reason = "Small numbers of recorded sexual offences could identify a person."
approved_by = "Data protection officer"
# exemption = "section 40(2)"    # relied on for what is hidden
# published = "published/"       # releases that went out earlier, relative to this file
# coarsen = { columns = "quarter", merge = [["086/02", "086/10"]] }
"""

LAYOUT = """
# Further columns of offences.csv that a request may name in where and rows. Put them below [file.offence], above the
# second [[file]]:
# [file.offence.extra]
# victim_age = "victim_age"
"""

FORCE = """# Who answers. Everything here may be printed.
[force]
name = "Example Police"
department = "Performance Analysis Department"
source_system = "Crime record system"
oel_label = "OEL entries"
letter_template = "letter.docx"          # relative to this file; change it in Word or LibreOffice
licence = "Open Government Licence v3.0"
time_zone = "Europe/London"

# The ways to report. They stand on every page of the public site; nobody's mailbox for requests may be here.
[force.contact]
telephone = "101"
textphone = "18001 101"
online = "https://www.example.invalid/report"
messenger = "ExamplePolice on a social network"
counter = "Example Town police station, 1 Example Street"

# The ways to ask for information. The letter prints them under the rights.
[force.information_rights]
email = "foi@example.invalid"
post = "Freedom of Information team, Example Police, Example Town"
"""


def write_start(folder: Path) -> tuple[Path, ...]:
    """Write request, policy, force, layout and letter template to `folder`; gives back their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "request.toml": REQUEST,
        "policy.toml": POLICY,
        "force.toml": FORCE,
        "layout.toml": layout_text("niche") + LAYOUT,
    }
    for name, text in files.items():
        write_whole(folder / name, text)
    write_whole(folder / "letter.docx", starter())
    return tuple(folder / name for name in (*files, "letter.docx"))
