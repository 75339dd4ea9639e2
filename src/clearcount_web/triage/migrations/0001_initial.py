import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=16, unique=True)),
                ("channel", models.CharField(default="online", max_length=20)),
                ("duty_box", models.BinaryField()),
                ("recovery_box", models.BinaryField()),
                ("danger", models.BooleanField(default=False)),
                ("received_at", models.DateTimeField(db_index=True)),
                ("first_read_at", models.DateTimeField(blank=True, null=True)),
                ("alerted_at", models.DateTimeField(blank=True, null=True)),
                ("escalated_at", models.DateTimeField(blank=True, null=True)),
                ("likeness", models.CharField(blank=True, db_index=True, max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("occurrence", "Recorded here as an occurrence"),
                            ("force", "Recorded in the force's own system"),
                            ("not_crime", "Not a crime"),
                            ("passed", "Passed to another force"),
                            ("information", "Information only"),
                        ],
                        db_index=True,
                        max_length=12,
                    ),
                ),
                ("outcome_number", models.CharField(blank=True, max_length=40)),
                ("outcome_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-danger", "received_at"],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.BigIntegerField(unique=True)),
                ("box", models.BinaryField()),
                ("recovery_box", models.BinaryField(default=b"")),
                ("sent_at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="triage.report"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
