"""Sessions are kept under a hash of their key from here on. Those that hold their key are ended."""

from __future__ import annotations

from django.db import migrations


def end(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Deletes every session."""
    apps.get_model("sessions", "Session").objects.using(schema_editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("site", "0002_complaint_closed"), ("sessions", "0001_initial")]
    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
