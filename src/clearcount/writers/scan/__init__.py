"""Finds what a reader would not see in a released file: hidden parts, left-over data, active content.

Spreadsheets released with hidden sheets, columns and pivot caches have exposed thousands of people. The scan therefore
says everything that a plain answer has no need of, in bundles made here and elsewhere. Source: Information
Commissioner's Office, Disclosing documents to the public securely: hidden personal information (2025).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from clearcount.errors import BundleError
from clearcount.writers.scan.finding import LARGEST, NOT_TO_BE_PARSED, Finding
from clearcount.writers.scan.markup import scan_html, scan_svg
from clearcount.writers.scan.office import scan_package
from clearcount.writers.scan.pdf import scan_pdf
from clearcount.writers.scan.text import scan_csv, scan_json

SCANNERS: dict[str, Callable[[str, bytes], Iterator[Finding]]] = {
    ".csv": scan_csv,
    ".html": scan_html,
    ".svg": scan_svg,
    ".json": scan_json,
    ".xlsx": scan_package,
    ".ods": scan_package,
    ".docx": scan_package,
    ".pdf": scan_pdf,
}

__all__ = ["NOT_TO_BE_PARSED", "Finding", "is_plain", "scan", "scan_file"]


def is_plain(path: Path) -> bool:
    """Return whether `path` is a file that can be read: no link, folder, pipe or device, and no larger than an
    answer.
    """
    try:
        return not path.is_symlink() and path.is_file() and path.stat().st_size <= LARGEST
    except OSError:
        return False


def scan_file(path: Path) -> tuple[Finding, ...]:
    """Return everything hidden or out of place in one file. A kind of file that no scanner knows is itself a finding.

    Raises:
        BundleError: when the file cannot be read or is too large to be an answer.
    """
    if path.is_symlink():
        return (Finding(path.name, "link to another file", "the file itself"),)
    if path.exists() and not path.is_file():
        return (Finding(path.name, "pipe or device instead of a file", "the file itself"),)
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise BundleError(f"{path.name}: {error.strerror}; check the file and its owner") from None
    if size > LARGEST:
        raise BundleError(
            f"{path.name}: more than {LARGEST // 1_000_000} MB, too large for an answer; look at it by hand"
        )
    scanner = SCANNERS.get(path.suffix.lower())
    if scanner is None:
        return (Finding(path.name, "kind of file that cannot be scanned", "the file itself"),)
    return tuple(dict.fromkeys(scanner(path.name, content)))


def scan(folder: Path) -> tuple[Finding, ...]:
    """Return everything hidden or out of place in the files of `folder`, by file name; folders inside it are
    findings.
    """
    found: list[Finding] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            found.append(Finding(path.name, "folder inside the bundle", "the bundle"))
        else:
            found += scan_file(path)
        if path.name.startswith("."):
            found.append(Finding(path.name, "hidden file", "the bundle"))
    return tuple(found)
