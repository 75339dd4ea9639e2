"""`make bench`: runs every benchmark at a size that fits a small machine; `--full` at the sizes that the docs quote."""

from __future__ import annotations

import argparse
import os
import pkgutil
import platform
import subprocess
import sys

import bench


def main() -> int:
    """Runs the packages of `bench` that are named (default: all), one process each; 1 when one of them failed."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.ispkg)
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which ones (default: {' '.join(names)})")
    parser.add_argument("--full", action="store_true", help="the sizes that the docs quote: hours, not minutes")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(names)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    failed = 0
    for name in arguments.names or names:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"bench.{name}", *(["--full"] if arguments.full else [])]
        failed += subprocess.run(command, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
