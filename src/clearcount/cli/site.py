"""`site`: the public part as static files, for a force that keeps its own site. The library never imports Django."""

from __future__ import annotations

from pathlib import Path

import click

from clearcount.cli.common import fresh_output, quiet_option
from clearcount.cli.web import start_web

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--out", required=True, type=_FOLDER, help="The folder to write.")
@click.option(
    "--bundle",
    "bundles",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A release bundle to show on the disclosure log; may be given again.",
)
@click.option(
    "--force", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The force's own file, force.toml."
)
@click.option("--exit-url", default="", metavar="URL", help="Where 'Leave this site' goes.")
@click.option("--url", default="", metavar="URL", help="Where the files will stand; adds feeds and a sitemap.")
@click.option("--replace", is_flag=True, help="Replace what is at OUT.")
@quiet_option
@click.pass_context
def site(
    context: click.Context,
    out: Path,
    bundles: tuple[Path, ...],
    force: Path | None,
    exit_url: str,
    url: str,
    replace: bool,
    quiet: bool,
) -> None:
    """Write the public part as static files: advice, the way out, cookies, the disclosure log.

    Forms are left out: they need the web service. Without settings of the web service in the environment the disclosure
    log holds the bundles named here. With them it holds what is published, and these bundles besides.

    Example: clearcount site --out public --bundle answer --force force.toml
    """
    fresh_output(out, replace=replace)
    arguments = ["--out", str(out.resolve())]
    for bundle in bundles:
        arguments += ["--bundle", str(bundle.resolve())]
    arguments += ["--force", str(force.resolve())] if force else []
    arguments += ["--exit-url", exit_url] if exit_url else []
    arguments += ["--url", url] if url else []
    arguments += ["--quiet"] if quiet else []
    context.exit(start_web("site", arguments))
