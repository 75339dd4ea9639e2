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
