"""`serve`, `worker`, `manage`: start the web service in a process of its own. The library never imports it."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys

import click

from clearcount.cli.common import quiet_option
from clearcount.edge import REFUSED
from clearcount.errors import EngineUnavailable


@click.command()
@click.option("--demo", is_flag=True, help="A made-up force, staff and content; needs no other set-up.")
@click.option(
    "--public", default="127.0.0.1:8000", show_default=True, metavar="ADDR", help="Where the public door listens."
)
@click.option(
    "--staff", default="127.0.0.1:8001", show_default=True, metavar="ADDR", help="Where the staff door listens."
)
@click.option("--only", type=click.Choice(["public", "staff"]), help="Start one door: each may run on its own machine.")
@quiet_option
@click.pass_context
def serve(context: click.Context, demo: bool, public: str, staff: str, only: str | None, quiet: bool) -> None:
    """Start the public and the staff door of the web service.

    Example: clearcount serve --demo
    """
    arguments = ["--public", public, "--staff", staff]
    arguments += ["--demo"] if demo else []
    arguments += ["--only", only] if only else []
    arguments += ["--quiet"] if quiet else []
    context.exit(start_web("serve", arguments, tied=True))


@click.command()
@click.option("--once", is_flag=True, help="Run what is due, then end.")
@click.pass_context
def worker(context: click.Context, once: bool) -> None:
    """Run background work of the web service until it is told to stop.

    A second worker stands by until the first is gone.

    Example: clearcount worker
    """
    context.exit(start_web("manage", ["worker", *(["--once"] if once else [])], tied=True))


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def manage(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Run a management command of the web service with the staff door's settings (--door public: the public door's).

    Example: clearcount manage migrate
    """
    context.exit(start_web("manage", list(arguments)))


def start_web(command: str, arguments: list[str], *, tied: bool = False) -> int:
    """Run one command of the web service in a process of its own and returns its exit code.

    `tied`: the command reads nothing from standard input and ends when this process is gone, also when that was killed.

    Raises:
        EngineUnavailable: when the web service is not installed, or this is Windows.
    """
    if sys.platform == "win32":
        raise EngineUnavailable("the web service does not run on Windows; run this command on Linux")
    if importlib.util.find_spec("django") is None:
        raise EngineUnavailable("the web service is not installed; install it with: pip install 'clearcount[web]'")
    words = ["--tied", command, *arguments] if tied else [command, *arguments]
    pipe = subprocess.PIPE if tied else None  # nothing is written to it: it closes with this process
    child = subprocess.Popen([sys.executable, "-m", "clearcount_web", *words], stdin=pipe)  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            return _code_of(child.wait())
        except KeyboardInterrupt:  # the terminal sent it to the child as well, which ends in its own time
            continue


def _code_of(ended: int) -> int:
    """Return the exit code of a process that ended with `ended`; a signal (below 0) is said, and is code 2."""
    if ended >= 0:
        return ended
    if ended != -signal.SIGTERM:
        click.echo(f"error: the web service was ended by signal {-ended}; a full memory is the usual reason", err=True)
    return REFUSED
