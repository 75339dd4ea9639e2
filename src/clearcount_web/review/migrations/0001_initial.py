import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ReaderKeys",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(max_length=150, unique=True)),
                ("keys", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ReadingRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120)),
                ("case", models.CharField(blank=True, max_length=60)),
                ("request", models.TextField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("match", "the hits that nobody has decided"),
                            ("ranked", "the likeliest records without a hit"),
                            ("random", "a random sample of the records without a hit"),
                            ("hits", "a random sample of the hits"),
                            ("second", "a second, blind reading"),
                            ("settle", "what two readers decided differently"),
                        ],
                        max_length=10,
                    ),
                ),
                ("size", models.PositiveIntegerField(default=0)),
                ("seed", models.PositiveIntegerField(default=1)),
                ("looks", models.PositiveSmallIntegerField(default=1)),
                ("guide_version", models.CharField(blank=True, max_length=60)),
                ("guide", models.TextField(blank=True)),
                ("ask_reason", models.BooleanField(default=False)),
                ("blur", models.BooleanField(default=False)),
                ("sitting_minutes", models.PositiveSmallIntegerField(default=45)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drawing", "being drawn"),
                            ("open", "open"),
                            ("stopped", "stopped"),
                            ("closed", "closed"),
                            ("failed", "could not be drawn"),
                        ],
                        default="drawing",
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=600)),
                ("sheet_id", models.CharField(blank=True, max_length=60)),
                ("snapshot", models.PositiveIntegerField(default=0)),
                ("fields", models.JSONField(default=list)),
                ("rule", models.CharField(blank=True, max_length=20)),
                ("terms", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Sitting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(db_index=True, max_length=150)),
                ("began_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("row", models.JSONField()),
                ("occurrence_no", models.CharField(max_length=200)),
                ("offence_code", models.CharField(max_length=60)),
                ("label", models.CharField(blank=True, max_length=1100)),
                ("month", models.CharField(blank=True, max_length=7)),
                ("hits", models.JSONField(default=list)),
                ("codes", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be read"),
                            ("decided", "decided"),
                            ("gone", "not held any more as it was drawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("holder", models.CharField(blank=True, max_length=150)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cards", to="review.readinground"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Barred",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(max_length=150)),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="barred", to="review.card"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("card", "reader"), name="barred_once")],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("act", models.UUIDField(db_index=True)),
                ("reader", models.CharField(max_length=150)),
                ("code", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=30)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("kept_at", models.DateTimeField(blank=True, null=True)),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="review.card"
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="review.reading",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("card", "version"), name="decided_once_a_version")],
            },
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(fields=["round", "state", "position"], name="next_card"),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.UniqueConstraint(
                fields=("round", "occurrence_no", "offence_code"), name="card_once_in_a_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.UniqueConstraint(fields=("round", "position"), name="card_position_once"),
        ),
    ]
