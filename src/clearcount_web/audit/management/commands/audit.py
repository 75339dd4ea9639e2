"""`manage audit verify|export|grants`: checks the chains, writes them out, prints the rights a role needs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clearcount_web.audit import queries
from clearcount_web.audit.actions import CHAIN_NAMES
from clearcount_web.audit.anchors import AnchorFault, compared, lines_of
from clearcount_web.audit.chain import faults
from clearcount_web.platform.databases import PUBLIC, STAFF

CHAINS = {"staff": STAFF, "public": PUBLIC}
GRANTS = """-- Run as the owner of the tables; {role} is the role the door signs in with.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM {role};
REVOKE DELETE, TRUNCATE ON audit_head FROM {role};
"""
PUBLIC_GRANTS = """-- Run on the public database as the owner of the tables. {role} is the public door's role.
-- It reads what is published and writes none of it. What visitors send it adds and does not change.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT INSERT, UPDATE, DELETE ON django_session, reporting_draft TO {role};
GRANT INSERT ON audit_event, reporting_sealedreport, reporting_sealedmessage TO {role};
GRANT INSERT ON requesting_inboxrequest, site_feedback, site_complaint TO {role};
GRANT INSERT, UPDATE ON audit_head, site_pagecount TO {role};
"""


class Command(BaseCommand):
    """The audit chains on the command line."""

    help = "Checks the audit chains, writes them out, or prints the database rights that keep them append-only."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the three things it does."""
        acts = parser.add_subparsers(dest="act", required=True)
        verify = acts.add_parser("verify", help="find any edited, removed or reordered event; exit 1 when there is one")
        verify.add_argument("--file", type=Path, help="a file written by export, instead of the databases")
        verify.add_argument("--chain", choices=CHAINS, default=None, help="one chain; with --file, whose file it is")
        verify.add_argument(
            "--expect", metavar="NUMBER:MAC", help="a head noted earlier that must still be in the chain"
        )
        verify.add_argument("--anchors", type=Path, help="a file of heads noted outside, such as a syslog")
        export = acts.add_parser("export", help="write a chain as JSON lines: its events, then its head")
        export.add_argument("chain", choices=CHAINS)
        export.add_argument("file", type=Path)
        grants = acts.add_parser("grants", help="print the SQL that takes UPDATE and DELETE away from a role")
        grants.add_argument("role")
        grants.add_argument("--door", choices=CHAINS, default="staff", help="whose role it is (default: staff)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three."""
        getattr(self, f"_{options['act']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        if options["file"] and not options["chain"]:
            raise CommandError("say whose file it is with --chain staff or --chain public: each has its own key")
        whole = True
        further = _lines(options["anchors"])
        for name in [options["chain"]] if options["chain"] else list(CHAINS):
            alias = CHAINS[name]
            events, head = (
                _read(options["file"]) if options["file"] else (list(queries.chain(alias)), queries.head(alias))
            )
            found, remarks, heads = self._found(alias, events, further, options)
            if options["expect"] and options["expect"] not in {f"{event['number']}:{event['mac']}" for event in events}:
                found.append(f"the head {options['expect'][:20]}… noted earlier is not in the chain")
            for fault in found:
                self.stdout.write(f"{name}: {fault}")
            for remark in remarks:
                self.stdout.write(f"{name}: note: {remark}")
            if not found:
                end = f"; its head is {head['number']}:{head['mac']}" if head else ""
                outside = f"; {heads} heads noted outside agree" if heads else "; no head was noted outside"
                self.stdout.write(f"{name}: {len(events)} events, whole{end}{outside}")
            whole = whole and not found
        if not whole:
            sys.exit(1)

    def _found(
        self, alias: str, events: list[Mapping[str, object]], further: list[str], options: dict[str, Any]
    ) -> tuple[list[str], Sequence[str], int]:
        """Gives the faults, the remarks and the number of heads noted outside."""
        if not options["file"]:
            try:
                checked = queries.verify(alias, lines=further)
            except AnchorFault as fault:
                return [str(fault)], (), 0
            return [str(fault) for fault in checked.faults], checked.remarks, checked.heads
        key = settings.AUDIT_KEYS[alias]
        macs = {int(str(event["number"])): str(event["mac"]) for event in events}
        outside = compared(CHAIN_NAMES[alias], macs, further, key)
        _, head = _read(options["file"])
        return [str(each) for each in (*faults(events, head, key), *outside.faults)], outside.remarks, outside.heads

    def _export(self, options: dict[str, Any]) -> None:
        alias, file = CHAINS[options["chain"]], options["file"]
        if file.exists():
            raise CommandError(f"{file} is there already; name another file")
        with file.open("x", encoding="utf-8") as lines:
            for event in queries.chain(alias):
                lines.write(json.dumps(event, ensure_ascii=False) + "\n")
            lines.write(json.dumps({"head": queries.head(alias)}) + "\n")
        self.stdout.write(f"written to {file}")

    def _grants(self, options: dict[str, Any]) -> None:
        role = options["role"]
        if not re.fullmatch(r"\w[\w-]*", role, re.ASCII):
            raise CommandError("a role is letters, digits, hyphens and underscores")
        self.stdout.write((PUBLIC_GRANTS if options["door"] == "public" else GRANTS).format(role=f'"{role}"'))


def _lines(file: Path | None) -> list[str]:
    try:
        return [line for line in lines_of(file) if "audit head" in line or line[:1] == "{"] if file else []
    except OSError as error:
        raise CommandError(f"{file} cannot be read ({error.strerror}); name a file of noted heads") from None


def _read(file: Path) -> tuple[list[Mapping[str, object]], Mapping[str, object] | None]:
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        *events, last = lines
        return events, last["head"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{file} cannot be read as an exported chain ({type(error).__name__})") from None
