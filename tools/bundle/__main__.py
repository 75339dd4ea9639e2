"""Makes dist/clearcount-VERSION-offline.zip: wheels for Linux and Windows, digests, a list of parts, install scripts.

    python -m tools.bundle [--python 3.11]... [--out dist]

Each wheel is one that requirements/install.lock names by digest, but for clearcount's own. What a system needs is then
resolved a second time, by uv, from the folder of wheels alone; the two must agree. Equal inputs give equal bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools.bundle.wheels import Target, fetch, locked, resolved, targets, version_of

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "install.lock"
TOOLS = ROOT / "requirements" / "bundle-tools.lock"
EXTRAS = "fast,reading,collate,postgres,mssql,web"
"""The extras that tools/lock.sh puts into the lock. Spark and Oracle are left out."""
SHIPPED = ("install.py", "install.sh", "install.cmd")
README = """clearcount {version}, to be installed without an index

Linux:    sh install.sh TARGET
Windows:  install.cmd TARGET

TARGET is a new folder. Python {pythons} must be on the machine. The scripts check every file first.
SHA256SUMS has the digest of every file, parts.cdx.json lists the parts (CycloneDX 1.6).
The page docs/how-to/install-offline.md of the project says more.
"""
UV = str(Path(sys.executable).with_name("uv"))


def main() -> int:
    """Make the zip and its digest beside it; print both."""
    parser = argparse.ArgumentParser(prog="python -m tools.bundle", description=__doc__)
    parser.add_argument("--python", action="append", dest="pythons", metavar="VERSION")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    arguments = parser.parse_args()
    pythons = arguments.pythons or [f"{sys.version_info[0]}.{sys.version_info[1]}"]
    with tempfile.TemporaryDirectory() as name:
        made = make(Path(name), targets(pythons), arguments.out)
    print(f"{made} {made.stat().st_size / 1e6:,.0f} MB")
    print(made.with_name(made.name + ".sha256").read_text(encoding="utf-8").split()[0])
    return 0


def make(work: Path, wanted: list[Target], out: Path) -> Path:
    """Make the zip in `out` from a folder `work` for what comes between; return its path."""
    folder = work / "bundle"
    wheels, lists = folder / "wheels", folder / "requirements"
    wheels.mkdir(parents=True)
    lists.mkdir()
    tools = tool_environment(work / "tools")
    own = own_wheel(wheels)
    name, version = version_of(own)
    for target in wanted:
        lines = locked(LOCK, target)
        fetch(lines, target, wheels, lists / f"{target.name}.txt")
        lines[name] = f"{name}=={version} --hash=sha256:{hashlib.sha256(own.read_bytes()).hexdigest()}"
        agree(lines, resolved(f"{name}[{EXTRAS}]=={version}\n", target, wheels), target)
        text = "".join(f"{line}\n" for _, line in sorted(lines.items()))
        (lists / f"{target.name}.txt").write_text(text, encoding="utf-8", newline="\n")
    subprocess.run(
        [tools, str(Path(__file__).with_name("parts.py")), version, wheels, folder / "parts.cdx.json"], check=True
    )
    for each in SHIPPED:
        shutil.copyfile(Path(__file__).with_name(each), folder / each)
    pythons = " or ".join(dict.fromkeys(target.python for target in wanted))
    (folder / "README.txt").write_text(
        README.format(version=version, pythons=pythons), encoding="utf-8", newline="\r\n"
    )
    sums = [(digest_of(file), file.relative_to(folder).as_posix()) for file in files_of(folder)]
    (folder / "SHA256SUMS").write_text("".join(f"{each}  {at}\n" for each, at in sums), encoding="utf-8", newline="\n")
    return packed(folder, out / f"{name}-{version}-offline.zip")


def tool_environment(place: Path) -> str:
    """Return the Python of a fresh environment with what makes a bundle and is no part of it."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    python = str(place / "bin" / "python")
    command = [UV, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", str(TOOLS)]
    subprocess.run(command, check=True)
    return python


def own_wheel(folder: Path) -> Path:
    """Build clearcount's wheel into `folder`, with the build's own parts held against their lock."""
    command = [UV, "build", "--quiet", "--wheel", "--build-constraints", str(TOOLS), "--require-hashes"]
    subprocess.run([*command, "--out-dir", str(folder), str(ROOT)], check=True)
    (folder / ".gitignore").unlink(missing_ok=True)  # uv puts one beside what it builds
    (own,) = folder.glob("clearcount-*.whl")
    return own


def agree(lines: dict[str, str], found: dict[str, str], target: Target) -> None:
    """Stop unless the list of the lock and what uv resolved from the wheels name the same versions, pip apart."""
    ours = {name: line.split(" ")[0].partition("==")[2] for name, line in lines.items() if name != "pip"}
    if ours != found:
        differ = sorted(name for name in ours.keys() | found.keys() if ours.get(name) != found.get(name))
        sys.exit(f"{target.name}: the lock and the wheels differ over {', '.join(differ)}; run make lock")


def files_of(folder: Path) -> list[Path]:
    """Return every file below `folder`, in order of the names."""
    return sorted(file for file in folder.rglob("*") if file.is_file())


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def packed(folder: Path, target: Path) -> Path:
    """Write `folder` to the zip `target`, with its digest beside it; wheels are packed already and are stored."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".new-{target.name}")
    top = target.name.removesuffix(".zip")
    with zipfile.ZipFile(beside, "w") as archive:
        for file in files_of(folder):
            info = zipfile.ZipInfo(f"{top}/{file.relative_to(folder).as_posix()}", (1980, 1, 1, 0, 0, 0))
            info.external_attr = (0o755 if file.suffix == ".sh" else 0o644) << 16
            info.compress_type = zipfile.ZIP_STORED if file.suffix == ".whl" else zipfile.ZIP_DEFLATED
            archive.writestr(info, file.read_bytes())
    beside.replace(target)
    target.with_name(target.name + ".sha256").write_text(f"{digest_of(target)}  {target.name}\n", encoding="utf-8")
    return target


if __name__ == "__main__":
    sys.exit(main())
