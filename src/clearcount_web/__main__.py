"""`python -m clearcount_web manage …`: Django's command line with the staff door's settings.

`--door public` before the command takes the public door's settings instead.
"""

from __future__ import annotations

import os
import sys


def manage(arguments: list[str]) -> None:
    """Runs one management command."""
    door = "staff"
    if arguments[:1] == ["--door"] and arguments[1:2] in (["public"], ["staff"]):
        door, arguments = arguments[1], arguments[2:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"clearcount_web.project.settings.{door}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["clearcount manage", *arguments])


if __name__ == "__main__":
    if sys.argv[1:2] == ["manage"]:
        manage(sys.argv[2:])
    else:
        sys.exit("usage: python -m clearcount_web manage COMMAND")
