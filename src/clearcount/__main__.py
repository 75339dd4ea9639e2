"""`python -m clearcount` and the `clearcount` script."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys

from clearcount.edge import keep_quiet, say
from clearcount.frugal import be_frugal, leave_pandas_out


def main() -> None:
    """Run the command line; the exit code is 0 done, 1 the answer is no, 2 wrong use or bad input."""
    keep_quiet()
    try:
        be_frugal()
        leave_pandas_out()
        from clearcount.cli import cli  # here, so that a library that cannot be loaded ends in a sentence

        cli(prog_name="clearcount")
    except SystemExit as end:
        _leave(end.code)
    except BaseException as error:
        _leave(say(error))


def _leave(code: str | int | None) -> None:
    """Ends the process at once, after Python's own exit work.

    The engines below keep native threads. When one is still starting while the interpreter is taken down, the C++
    runtime aborts with code 134 and the promised exit code is lost; so nothing native is taken down here.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # the reader of our output may have gone
            stream.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    main()
