"""`manage migrate`: brings every database of this door up to date, not only Django's default one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from clearcount_web.platform.paths import prepare


class Command(migrate.Command):
    """Django's migrate over all databases of the door; with --database, only that one."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare Django's arguments; `--database` has no default here."""
        super().add_arguments(parser)
        parser.set_defaults(database=None)

    def get_check_kwargs(self, options: Any) -> Any:
        """Check the databases that will be migrated."""
        return {**super().get_check_kwargs(options), "databases": _chosen(options["database"])}

    def execute(self, *args: Any, **options: Any) -> Any:
        """Make folders and files that only the service may read; the checks that follow refuse wider ones."""
        prepare()
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate each configured database in turn."""
        for alias in _chosen(options.pop("database")):
            super().handle(*args, database=alias, **options)


def _chosen(alias: str | None) -> list[str]:
    return [alias] if alias else [name for name, database in settings.DATABASES.items() if database.get("NAME")]
