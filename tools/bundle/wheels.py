"""Which wheels a system needs, by the lock; fetched with their digests, and resolved again without an index."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename


@dataclass(frozen=True)
class Target:
    """A system and a Python that the bundle installs on. `tags` are the platforms of wheels that run there."""

    system: str
    python: str
    tags: tuple[str, ...]
    markers: tuple[tuple[str, str], ...]
    triple: str
    """What uv calls the platform."""

    @property
    def name(self) -> str:
        """The name of its list in the bundle."""
        return f"{self.system}-{self.python}"

    def environment(self) -> dict[str, str]:
        """Return the values that markers of the lock are held against."""
        python = {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        cpython = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
        return {**{k: str(v) for k, v in default_environment().items()}, **dict(self.markers), **python, **cpython}


_GLIBC = (28, 27, 26, 24, 17, 12, 5)
"""The manylinux of Debian 10 and Red Hat 8, and those before it."""


def targets(pythons: list[str]) -> list[Target]:
    """Return Linux and Windows, 64-bit x86, for each Python, as `3.11`."""
    linux = (("os_name", "posix"), ("sys_platform", "linux"), ("platform_system", "Linux"))
    windows = (("os_name", "nt"), ("sys_platform", "win32"), ("platform_system", "Windows"))
    manylinux = (*(f"manylinux_2_{minor}_x86_64" for minor in _GLIBC), "manylinux2014_x86_64", "manylinux2010_x86_64")
    found = []
    for python in pythons:
        machine = ("platform_machine", "x86_64")
        found.append(Target("linux", python, manylinux, (*linux, machine), "x86_64-manylinux_2_28"))
        machine = ("platform_machine", "AMD64")
        found.append(Target("windows", python, ("win_amd64",), (*windows, machine), "x86_64-pc-windows-msvc"))
    return found


def locked(lock: Path, target: Target) -> dict[str, str]:
    """Return the lines of `lock` that `target` needs, `name==version` and the digests after it, by name."""
    found = {}
    for line in re.sub(r"\\\n\s*", "", lock.read_text(encoding="utf-8")).splitlines():
        text, *digests = line.split(" --hash=")
        if not text.strip() or text.startswith("#"):
            continue
        wanted = Requirement(text.strip())
        if wanted.marker is None or wanted.marker.evaluate(target.environment()):
            name = canonicalize_name(wanted.name)
            assert name not in found and digests, f"{lock.name} names {name} twice for {target.name}, or without digest"
            found[name] = " --hash=".join((f"{name}{wanted.specifier}", *(digest.strip() for digest in digests)))
    return found


def fetch(lines: dict[str, str], target: Target, folder: Path, listing: Path) -> None:
    """Put the wheels of `lines` for `target` into `folder`. A wheel that is there is not fetched again.

    Raises:
        subprocess.CalledProcessError: a wheel is not served for the target, or is another one than the lock names.
    """
    listing.write_text("".join(f"{line}\n" for line in lines.values()), encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "--implementation", "cp"]
    command += ["--python-version", target.python, "--dest", str(folder), "--find-links", str(folder)]
    for tag in target.tags:
        command += ["--platform", tag]
    subprocess.run([*command, "--requirement", str(listing)], check=True)


def resolved(wanted: str, target: Target, folder: Path) -> dict[str, str]:
    """Return the versions, by name, that uv takes from `folder` alone for what `wanted` asks on `target`.

    Raises:
        subprocess.CalledProcessError: something is lacking.
    """
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "-", "--quiet", "--no-config", "--no-index"]
    command += ["--find-links", str(folder), "--only-binary", ":all:", "--no-header", "--no-annotate"]
    command += ["--python-version", target.python, "--python-platform", target.triple]
    done = subprocess.run(command, input=wanted, check=True, stdout=subprocess.PIPE, text=True)
    lines = [Requirement(line.split(" ;")[0]) for line in done.stdout.splitlines() if line.strip()]
    return {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in lines}


def version_of(wheel: Path) -> tuple[str, str]:
    """Return (name, version) of a wheel by its file's name."""
    name, version, _, _ = parse_wheel_filename(wheel.name)
    return name, str(version)
