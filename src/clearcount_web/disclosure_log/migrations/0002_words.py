"""The word index, in the form that the database has."""

from typing import Any

from django.db import migrations

from clearcount_web.disclosure_log.search import CREATE


def create(apps: Any, schema_editor: Any) -> None:
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE disclosure_log_words")


class Migration(migrations.Migration):
    dependencies = [("disclosure_log", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
