import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0002_shares_and_facts"),
    ]

    operations = [
        migrations.AddField(
            model_name="card",
            name="parties",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="card",
            name="near_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="near",
                to="review.card",
            ),
        ),
        migrations.AddField(
            model_name="card",
            name="likeness",
            field=models.FloatField(default=0),
        ),
        migrations.AddField(
            model_name="reading",
            name="applied_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="applied",
                to="review.reading",
            ),
        ),
        migrations.CreateModel(
            name="SuggestedTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("term", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=20)),
                ("of", models.CharField(max_length=400)),
                ("records", models.PositiveIntegerField()),
                ("unread", models.PositiveIntegerField()),
                ("examples", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suggested",
                        to="review.readinground",
                    ),
                ),
            ],
            options={"ordering": ["position"]},
        ),
        migrations.AlterField(
            model_name="readinground",
            name="what",
            field=models.CharField(
                choices=[
                    ("match", "the hits that nobody has decided"),
                    ("ranked", "the likeliest records without a hit"),
                    ("random", "a random sample of the records without a hit"),
                    ("hits", "a random sample of the hits"),
                    ("again", "every hit once more, by a mended guide"),
                    ("second", "a second, blind reading"),
                    ("settle", "what two readers decided differently, by a third person"),
                    ("joint", "what two readers decided differently, by the two together"),
                ],
                max_length=10,
            ),
        ),
    ]
