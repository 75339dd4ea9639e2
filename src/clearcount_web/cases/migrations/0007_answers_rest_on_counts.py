from typing import Any

from django.db import migrations


def rest_on_their_count(apps: Any, schema_editor: Any) -> None:
    """Note on each published answer the count of its case."""
    for answer in apps.get_model("cases", "Answer").objects.exclude(slug="").select_related("case"):
        answer.run_id = answer.case.run_id
        answer.save(update_fields=["run"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_samples_and_corrections")]

    operations = [migrations.RunPython(rest_on_their_count, migrations.RunPython.noop)]
