from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="facts",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="readinground",
            name="facts",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="readinground",
            name="share",
            field=models.PositiveSmallIntegerField(default=5),
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
                    ("settle", "what two readers decided differently"),
                ],
                max_length=10,
            ),
        ),
    ]
