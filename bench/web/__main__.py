"""Runs every measurement of this package; exit code 1 when one misses its bound."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

import bench.web


def main() -> int:
    """Runs the measurements named (default: all)."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.web.__path__) if module.name.endswith("_bench"))
    parser = argparse.ArgumentParser(prog="python -m bench.web")
    parser.add_argument("names", nargs="*", help=f"which ones (default: {' '.join(names)})")
    parser.add_argument("--full", action="store_true", help="ten minutes of load instead of twenty seconds")
    arguments = parser.parse_args()
    held = [importlib.import_module(f"bench.web.{name}").run(full=arguments.full) for name in arguments.names or names]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
