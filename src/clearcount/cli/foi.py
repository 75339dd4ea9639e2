"""`clearcount deadline`, `cost` and `calendar`: the law's clock and the cost limit."""

from __future__ import annotations

import os
from pathlib import Path

import click

from clearcount.cli.common import Command, Group, echo_json, json_option, quiet_option
from clearcount.foi import cost as cost_of
from clearcount.workflow import foi as workflow


def _own_calendar() -> Path:
    """Where `calendar update` keeps the table: the user's folder for settings."""
    home = os.environ.get("APPDATA") if os.name == "nt" else os.environ.get("XDG_CONFIG_HOME")
    return Path(home or Path.home() / ".config") / "clearcount" / "bank-holidays.json"


def _calendar_option(command: Command) -> Command:
    return click.option(
        "--calendar",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="CLEARCOUNT_CALENDAR",
        help="The table of bank holidays kept by 'calendar update' (default: in your settings folder).",
    )(command)


@click.command()
@click.option("--received", required=True, metavar="WHEN", help="A date, or a time with its zone (read in London).")
@click.option(
    "--event", "events", multiple=True, metavar="EVENT", help="clarify:ASKED/ANSWERED, fee:NOTICE/PAID, pit:N …"
)
@click.option("--answered", metavar="DAY", help="The day of the answer: adds the days for reviews and complaints.")
@click.option("--review", default="", metavar="ASKED[/ANSWERED]", help="When a review was asked for, and answered.")
@click.option(
    "--regime",
    type=click.Choice(list(workflow.REGIMES)),
    default="foia",
    show_default=True,
    help="The law of the request. Only foia has its clock here; the others are refused.",
)
@_calendar_option
@json_option
@quiet_option
def deadline(
    received: str,
    events: tuple[str, ...],
    answered: str | None,
    review: str,
    regime: str,
    calendar: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say when a request is due under section 10 of the Act, and why each day counts or does not.

    Example: clearcount deadline --received 2025-09-03

    Example: clearcount deadline --received 2025-07-22T23:30+01:00 --event clarify:2025-07-25/2025-08-04

    Example: clearcount deadline --received 2025-06-02 --answered 2025-06-30 --review 2025-07-14
    """
    workflow.check_regime(regime)
    if review and not answered:
        raise click.UsageError("--review needs --answered DAY, the day of the answer that is reviewed")
    table = calendar or _own_calendar()
    found = workflow.deadline(received, events, table)
    after = workflow.after_answer(answered, review, table) if answered else None
    if after and after.answered < found.received:
        raise click.UsageError(f"--answered {after.answered} comes before the receipt on {found.received}")
    if as_json:
        echo_json(
            {
                "due": found.due,
                "received": found.received,
                "trace": [{"date": day.date, "counted": day.counted, "why": day.why} for day in found.trace],
                "calendar": found.calendar,
                **({"warnings": found.warnings} if found.warnings else {}),
                **({"after": after.as_dict()} if after else {}),
            }
        )
        return
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=quiet)
    if found.due is None:
        click.echo("no due date: the clock does not run until the answer or the fee has come")
    else:
        click.echo(f"due {found.due:%A} {found.due.day} {found.due:%B %Y}" if not quiet else str(found.due))
    if not quiet:
        for day in found.trace:
            click.echo(f"{day.date} {day.date:%a}  {'' if day.counted is None else day.counted:>3}  {day.why}")
        for line in after.lines() if after else ():
            click.echo(line)
        click.echo(found.calendar)


@click.command()
@click.option("--records", type=click.IntRange(min=0), help="How many records must be read.")
@click.option("--minutes", type=float, help="Minutes a record, best taken from a timed sample.")
@click.option(
    "--other-hours", type=float, default=0.0, help="Hours for finding out whether it is held, locating, retrieving."
)
@click.option("--window", nargs=2, metavar="FIRST SECOND", help="Two days of receipt: within sixty working days?")
@_calendar_option
@json_option
@quiet_option
def cost(
    records: int | None,
    minutes: float | None,
    other_hours: float,
    window: tuple[str, str] | None,
    calendar: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Estimate the cost against the limit of section 12, or say whether two requests may be added together.

    Example: clearcount cost --records 360 --minutes 3

    Example: clearcount cost --window 2025-06-02 2025-08-25
    """
    if window is not None:
        if records is not None or minutes is not None or other_hours:
            raise click.UsageError("--window goes alone; ask for the cost in a second command")
        _print_window(workflow.within_window(*window, calendar or _own_calendar()), as_json=as_json, quiet=quiet)
        return
    if records is None or minutes is None:
        raise click.UsageError("name --records and --minutes, or --window FIRST SECOND")
    found = cost_of(records, minutes, other_hours)
    if as_json:
        echo_json(found.as_dict())
    elif quiet:
        click.echo("exceeds" if found.exceeds else "within")
    else:
        values = found.as_dict()
        click.echo(f"{values['hours']:g} hours at £{found.limit.rate} an hour: £{values['cost']:.2f}")
        click.echo(
            f"{'above' if found.exceeds else 'within'} the limit of £{found.limit.pounds} "
            f"({values['limit_hours']:g} hours), SI 2004/3244"
        )


def _print_window(together: bool, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        echo_json({"aggregate": together, "within_sixty_working_days": together})
    elif quiet:
        click.echo("yes" if together else "no")
    else:
        within = "within" if together else "not within"
        click.echo(f"received {within} sixty consecutive working days (SI 2004/3244 regulation 5)")
        if together:
            click.echo("whether they come from one person or in concert, and are alike, is for the officer to judge")


@click.group(cls=Group)
def calendar() -> None:
    """Show the bank holidays that deadlines are counted with.

    Example: clearcount calendar update bank-holidays.json
    """


@calendar.command("update")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_calendar_option
@quiet_option
def calendar_update(file: Path, calendar: Path | None, quiet: bool) -> None:
    """Take the bank holidays of FILE, which is https://www.gov.uk/bank-holidays.json as you saved it.

    The years in FILE replace those of the table; days proclaimed too late for GOV.UK's copies are kept.

    Example: clearcount calendar update bank-holidays.json
    """
    done = workflow.update_calendar(file, calendar or _own_calendar())
    if quiet:
        return
    for sign, days in (("+", done.added), ("-", done.dropped)):
        for day, title in days:
            click.echo(f"{sign} {day} {title}")
    click.echo(f"{len(done.added)} added, {len(done.dropped)} dropped; kept in {done.path}")
    click.echo(done.calendar.snapshot)
