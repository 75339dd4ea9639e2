"""`clearcount pack`."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import echo_json, fresh_output, json_option, quiet_option
from clearcount.workflow.packing import write_pack

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("request_file", metavar="REQUEST", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="The pack to write.")
@click.option("--key", type=_FILE, help="The signing key, made at first use (default: in the folder of settings).")
@click.option("--codes", type=_FILE, help="The force's additions to the offence codes.")
@click.option("--replace", is_flag=True, help="Replace what is at OUT.")
@json_option
@quiet_option
def pack(
    request_file: Path, out: Path, key: Path | None, codes: Path | None, replace: bool, as_json: bool, quiet: bool
) -> None:
    """Write a request as one signed file that every force runs unchanged.

    The file holds the request, its codes with their words and times, and how it counts. It holds no record.
    A force runs it in place of a request: clearcount count PACK. A file that was changed is refused.

    Example: clearcount pack request.toml --out ai-images.pack
    """
    fresh_output(out, replace=replace)
    made = write_pack(request_file, out, key=key, codes=codes)
    if as_json:
        echo_json(
            {
                "out": str(out),
                "fingerprint": made.fingerprint,
                "digest": made.digest,
                "codes": [each.code for each in made.codes],
                "account": list(made.account),
            }
        )
    elif not quiet:
        click.echo(f"pack       {out}")
        click.echo(f"signed by  {made.fingerprint}")
        for line in made.account:
            click.echo(f"    {line}")
