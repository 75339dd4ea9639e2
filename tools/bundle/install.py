"""Installs clearcount from this folder into a new one, and asks no package index.

    python install.py TARGET

TARGET is a folder that does not exist or is empty. Every file here is held against SHA256SUMS first, and pip holds each
wheel against the digest of the lock. The script needs Python alone: no pip, no network and no administrator.
"""

import hashlib
import os
import platform
import shutil
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUMS = "SHA256SUMS"
WINDOWS = os.name == "nt"
OLDEST_GLIBC = (2, 28)


class Refused(Exception):
    """Nothing was installed; the words say why and what to do."""


def main(arguments):
    """Install, print where, and return the exit code: 0 done, 2 refused with a sentence."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    try:
        command = install(Path(arguments[0]).absolute())
    except Refused as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"installed; run: {command} --help")
    return 0


def install(target):
    """Make a virtual environment at `target` with the wheels for this machine; return the path of its command."""
    listed = list_for_this_python()
    check_files()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(f"{target} holds something; name a new or an empty folder")
    made = not target.exists()
    try:
        fill(target, listed)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        if not made:
            target.mkdir(exist_ok=True)
        raise
    return target / ("Scripts/clearcount.exe" if WINDOWS else "bin/clearcount")


def list_for_this_python():
    """Return the file that lists the wheels for this Python and system; refuse another machine in a sentence."""
    system = "windows" if WINDOWS else "linux"
    held = sorted(file.stem for file in (HERE / "requirements").glob("*.txt"))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if f"{system}-{version}" not in held:
        pythons = ", ".join(name.split("-")[1] for name in held if name.startswith(system))
        raise Refused(
            f"this bundle is for Python {pythons or 'on other systems'}, and this is {version} ({sys.executable}); "
            "run install.py with one of those"
        )
    machine = platform.machine().lower()
    if machine not in ("x86_64", "amd64") or struct.calcsize("P") != 8 or sys.platform not in ("linux", "win32"):
        raise Refused(f"this bundle is for 64-bit Linux and Windows on x86, and this is {sys.platform} {machine}")
    if not WINDOWS:
        library, found = platform.libc_ver()
        if library != "glibc" or tuple(map(int, found.split(".")[:2])) < OLDEST_GLIBC:
            raise Refused(
                f"this bundle needs glibc {'.'.join(map(str, OLDEST_GLIBC))} or later (Debian 10, Red Hat 8); "
                f"this system has {library or 'another C library'} {found}".strip()
            )
    return HERE / "requirements" / f"{system}-{version}.txt"


def check_files():
    """Refuse a bundle of which a file is missing, changed or unknown."""
    wanted = {}
    for line in (HERE / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        wanted[name] = digest
    there = {file.relative_to(HERE).as_posix() for file in HERE.rglob("*") if file.is_file()} - {SUMS}
    again = "unpack the bundle again, into an empty folder"
    for name in sorted(there ^ wanted.keys()):
        raise Refused(f"{name} is {'missing' if name in wanted else 'no part of the bundle'}; {again}")
    for name, digest in wanted.items():
        found = hashlib.sha256()
        with (HERE / name).open("rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                found.update(chunk)
        if found.hexdigest() != digest:
            raise Refused(f"{name} is not what was packed; {again}")


def fill(target, listed):
    """Make the environment, let the bundle's own pip install the list into it, and ask the command for its version."""
    import venv  # here, so that a Python without it is refused in a sentence of ours

    venv.EnvBuilder(with_pip=False).create(str(target))
    python = str(target / ("Scripts/python.exe" if WINDOWS else "bin/python"))
    (pip,) = (HERE / "wheels").glob("pip-*.whl")
    alone = ["--isolated", "--disable-pip-version-check", "--quiet"]
    install = ["install", "--no-index", "--find-links", str(HERE / "wheels"), "--only-binary", ":all:", "--no-deps"]
    listing = ["--no-cache-dir", "--require-hashes", "--requirement", str(listed)]
    command = [python, str(pip / "pip"), *alone, *install, *listing]
    run(command, "pip could not install the wheels of this bundle")
    run([python, "-m", "pip", *alone, "check"], "the parts do not fit together")
    run([python, "-m", "clearcount", "--version"], "clearcount does not start")


def run(command, otherwise):
    """Run one command without settings of pip or Python from outside; raise Refused with what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    environment = dict(kept, PIP_CONFIG_FILE=os.devnull, PYTHONDONTWRITEBYTECODE="1", PYTHONUTF8="1")
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace").strip()
        raise Refused(f"{otherwise}; it printed:\n{said}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
