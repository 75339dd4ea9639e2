"""`site`: starts the steps that write the public part as static files. This parent imports no Django.

Without settings of the web service in the environment everything happens in a temporary folder. It gets an empty public
database, the bundles published into it, and its pages. Then the folder is removed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from clearcount.files import whole_folder
from clearcount_web.platform.declared import environment_of
from clearcount_web.platform.environment import Door
from clearcount_web.publishing.keys import settings_with_keys

HOST = "static.invalid"
"""The host that pages are asked for when nobody said where the files will stand; it never appears in them."""


def write_static_site(arguments: list[str]) -> int:
    """Write the folder, whole or not at all; return the exit code.

    Raises:
        BundleError: when the folder cannot be written.
    """
    parser = argparse.ArgumentParser(prog="clearcount site", add_help=False)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, action="append", default=[])
    parser.add_argument("--force", type=Path)
    parser.add_argument("--exit-url", default="")
    parser.add_argument("--url", default="")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="clearcount-site-") as folder:
        values = environment(os.environ, Path(folder), force=options.force, exit_url=options.exit_url)
        steps: list[tuple[Door, list[str]]] = [
            ("staff", ["migrate", "--verbosity", "0"]),
            ("staff", ["collectstatic", "--noinput", "--verbosity", "0"]),
            *(("staff", ["publish", str(bundle)]) for bundle in options.bundle),
        ]
        for door, step in steps:
            if done := _manage(door, step, values):
                return done
        with contextlib.suppress(_Ended), whole_folder(options.out, replace=True) as fresh:
            if done := _manage("public", ["write_site", "--out", str(fresh), "--url", options.url], values):
                raise _Ended
            files = sum(path.is_file() for path in fresh.rglob("*"))
    if not done and not options.quiet:
        print(f"{files} files in {options.out}; open {options.out / 'index.html'}")
    return done


class _Ended(Exception):
    """A step ended with another exit code than 0: nothing is put in place."""


def environment(given: Mapping[str, str], folder: Path, *, force: Path | None, exit_url: str) -> dict[str, str]:
    """Return the settings of the steps: the web service's own where it is set up, else throw-away ones in `folder`."""
    values = dict(given)
    if "CLEARCOUNT_PUBLIC_SECRET_KEY" not in given:
        names = ("PUBLIC_SECRET_KEY", "STAFF_SECRET_KEY", "AUDIT_KEY", "PUBLIC_AUDIT_KEY")
        values.update({f"CLEARCOUNT_{name}": secrets.token_urlsafe(50) for name in names})
        values["CLEARCOUNT_WEB_DIR"] = str(folder)
        values["CLEARCOUNT_STAFF_HOSTS"] = HOST
        values.update(settings_with_keys(folder / "keys"))
    if force is not None:
        values["CLEARCOUNT_FORCE_FILE"] = str(force)
    elif "CLEARCOUNT_FORCE_FILE" not in values:
        (folder / "force.toml").write_text('[force]\nname = "Police force"\n', encoding="utf-8")
        values["CLEARCOUNT_FORCE_FILE"] = str(folder / "force.toml")
    if exit_url:
        values["CLEARCOUNT_EXIT_URL"] = exit_url
    values.setdefault("CLEARCOUNT_LOG_LEVEL", "ERROR")
    values["CLEARCOUNT_PUBLIC_HOSTS"] = "*"
    values["CLEARCOUNT_HTTPS"] = "no"  # pages are asked for inside this process; nothing listens
    return values


def _manage(door: Door, step: list[str], values: Mapping[str, str]) -> int:
    command = [sys.executable, "-m", "clearcount_web", "manage", "--door", door, *step]
    done = subprocess.run(  # noqa: S603 - our own module
        command, env=environment_of(door, values), stdout=subprocess.DEVNULL, check=False
    )
    return done.returncode
