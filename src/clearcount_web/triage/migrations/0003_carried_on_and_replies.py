import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("triage", "0002_message_alerted_at_message_read_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="carried_on_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("box", models.BinaryField()),
                ("recovery_box", models.BinaryField()),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.CharField(max_length=150)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="triage.report"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
