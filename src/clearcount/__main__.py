"""`python -m clearcount` and the `clearcount` script."""

from __future__ import annotations

from clearcount.cli import cli


def main() -> None:
    """Runs the command line; the exit code is 0 done, 1 the answer is no, 2 wrong use or bad input."""
    cli(prog_name="clearcount")


if __name__ == "__main__":
    main()
