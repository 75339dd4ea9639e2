"""The names that `import clearcount` promises are there, and loading them is put off until they are used."""

from __future__ import annotations

import subprocess
import sys

import clearcount


def test_every_public_name_is_there() -> None:
    for name in clearcount.__all__:
        assert getattr(clearcount, name) is not None


def test_importing_loads_nothing_heavy() -> None:
    script = (
        "import clearcount, sys; print([m for m in ('pyarrow', 'duckdb', 'deltalake', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
