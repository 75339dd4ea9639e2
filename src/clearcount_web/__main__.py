"""The web service's own command line, started by `clearcount serve`, `worker` and `manage`.

python -m clearcount_web serve [--demo] [--public ADDR] [--staff ADDR] [--only public|staff] [--quiet]
python -m clearcount_web door public|staff ADDR
python -m clearcount_web site --out DIR [--bundle DIR]… [--force FILE] [--exit-url URL] [--url URL] [--quiet]
python -m clearcount_web manage [--door public|staff] COMMAND …
python -m clearcount_web manage settings
python -m clearcount_web manage keep-anchors --socket PATH --file FILE

With --tied before the command, the process ends when its standard input does: so it never outlives who started it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from clearcount.edge import REFUSED, keep_quiet, say
from clearcount.frugal import leave_pandas_out
from clearcount_web.audit.anchors import AnchorFault
from clearcount_web.audit.keeper import keep
from clearcount_web.backups.unpack import fill_in
from clearcount_web.platform.environment import BOTH, Door
from clearcount_web.platform.files import UMASK
from clearcount_web.project.parent import TIED, end_with_parent
from clearcount_web.project.reference import as_markdown
from clearcount_web.project.serving import Address, ServeError, address, ensure_closed, serve
from clearcount_web.project.static_site import write_static_site

_LOOK_FIRST = {"check", "migrate", "restore", "help", "--help", "-h", "version", "--version"}
"""Commands that run where files may be open to others: they say so themselves, or touch none."""


_MAKE_KEYS = (["keys", "make"], ["seal", "make"])
_KEY_FILES = (
    "CLEARCOUNT_REPORT_KEYS_FILE",
    "CLEARCOUNT_DUTY_KEY_FILE",
    "CLEARCOUNT_SEAL_KEY_FILE",
    "CLEARCOUNT_SEAL_PUBLIC_FILE",
)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 done, 2 with a sentence on stderr, also for what nobody foresaw."""
    command = next((word for word in arguments if word != TIED), "")
    try:
        return _run(arguments)
    except ClosedDatabase as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED
    except SystemExit:
        raise
    except BaseException as error:
        return say(error, command=f"clearcount_web {command}")


class ClosedDatabase(Exception):
    """The database said no. Its own message is not shown: it may quote the values of a row."""


def _run(arguments: list[str]) -> int:
    os.umask(UMASK)
    if arguments[:1] == [TIED]:
        end_with_parent()
        arguments = arguments[1:]
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        if command == "serve":
            return _serve(rest)
        if command == "door" and len(rest) == 2 and rest[0] in BOTH:
            os.environ["DJANGO_SETTINGS_MODULE"] = f"clearcount_web.project.settings.{rest[0]}"
            return _guarded(lambda: _door(rest[1]))
        if command == "site":
            return write_static_site(rest)
        if command == "manage":
            return _manage(rest)
    except ServeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(__doc__, file=sys.stderr)
    return 2


def _door(where: str) -> None:
    from clearcount_web.project.door import run_door  # it needs the door's settings

    run_door(address(where))


def _serve(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="clearcount serve", add_help=False)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--public", default="127.0.0.1:8000")
    parser.add_argument("--staff", default="127.0.0.1:8001")
    parser.add_argument("--only", choices=BOTH)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args(arguments)
    doors: tuple[Door, ...] = (options.only,) if options.only else BOTH
    addresses: dict[Door, Address] = {door: address(getattr(options, door)) for door in doors}
    return serve(addresses, demo=options.demo, environ=os.environ, quiet=options.quiet)


def _keep_anchors(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="clearcount manage keep-anchors", add_help=False)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        keep(options.socket, options.file)
    except AnchorFault as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 2
    return 0


def _manage(arguments: list[str]) -> int:
    door: Door = "staff"
    if arguments[:1] == ["keep-anchors"]:  # it has neither settings nor databases
        return _keep_anchors(arguments[1:])
    if arguments[:1] == ["--door"] and arguments[1:2] and arguments[1] in BOTH:
        door, arguments = arguments[1], arguments[2:]
    os.environ["DJANGO_SETTINGS_MODULE"] = f"clearcount_web.project.settings.{door}"
    if arguments[:1] == ["settings"]:  # what is to be set can be read before anything is set
        print(as_markdown(), end="")
        return 0

    if arguments[:1] == ["restore"]:  # on an empty machine the files that settings name are in the backup alone
        for folder in arguments[1:]:
            fill_in(Path(folder))

    if arguments[:2] in _MAKE_KEYS:  # the settings may name already what is made now
        for name in _KEY_FILES:
            if not Path(os.environ.get(name, "")).is_file():
                os.environ.pop(name, None)

    def run() -> None:
        from django.core.management import execute_from_command_line

        command, rest = arguments[:1], arguments[1:]
        if command and not command[0].startswith("-"):
            command = [command[0].replace("-", "_")]  # Django's commands are modules
        if command and command[0] not in _LOOK_FIRST:
            ensure_closed()
        # With --traceback Django hands its refusals on instead of ending with 1, which here means "the answer is no".
        handed_on = (
            ["--traceback"] if command and command[0] not in {"help", "--help", "-h", "version", "--version"} else []
        )
        execute_from_command_line(["clearcount manage", *command, *handed_on, *rest])

    return _guarded(run)


def _guarded(run: Callable[[], None]) -> int:
    """Runs it; missing settings and refused commands become sentences with exit code 2, a failed check with 1."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError, SystemCheckError
    from django.db import DatabaseError, InterfaceError, OperationalError

    try:
        run()
    except (ImproperlyConfigured, CommandError) as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        return 1 if isinstance(error, SystemCheckError) else 2
    except (DatabaseError, InterfaceError) as error:
        if type(error) not in (DatabaseError, OperationalError, InterfaceError):
            raise
        raise ClosedDatabase(
            "the database cannot be reached, is busy, full or damaged, or lacks tables. Check its address and its "
            "disk, then run: clearcount manage migrate. Put a damaged one back from a backup"
        ) from error
    return 0


if __name__ == "__main__":
    leave_pandas_out()
    keep_quiet()
    sys.exit(main(sys.argv[1:]))
