import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12, unique=True)),
                ("force_number", models.CharField(blank=True, db_index=True, max_length=40)),
                ("report", models.CharField(blank=True, db_index=True, max_length=40)),
                ("channel", models.CharField(default="online", max_length=20)),
                ("reported_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=150)),
                ("exported_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Marker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("on", models.BooleanField(default=True)),
                ("basis", models.CharField(max_length=60)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=150)),
                (
                    "occurrence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="markers", to="occurrences.occurrence"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("victim", "Victim"),
                            ("witness", "Witness"),
                            ("suspect", "Suspect"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                ("contact", models.TextField(blank=True)),
                ("safe_contact", models.TextField(blank=True)),
                (
                    "occurrence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="occurrences.occurrence"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(
                        choices=[("summary", "Summary"), ("mo", "MO"), ("oel", "Log entry")], max_length=8
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("entered_at", models.DateTimeField()),
                ("entered_by", models.CharField(max_length=150)),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="occurrences.entry",
                    ),
                ),
                (
                    "occurrence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="occurrences.occurrence"
                    ),
                ),
            ],
            options={
                "ordering": ["field", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("occurrence", "field", "number"), name="entry_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Offence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("crime_no", models.CharField(max_length=16, unique=True)),
                ("code", models.CharField(max_length=6)),
                ("label", models.CharField(max_length=1100)),
                ("recorded_on", models.DateField()),
                ("committed_from", models.DateField(blank=True, null=True)),
                ("committed_to", models.DateField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("recorded", "recorded"), ("cancelled", "cancelled"), ("transferred", "transferred")],
                        default="recorded",
                        max_length=12,
                    ),
                ),
                (
                    "occurrence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offences",
                        to="occurrences.occurrence",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["recorded", "cancelled", "transferred"])),
                        name="offence_status_known",
                    )
                ],
            },
        ),
    ]
