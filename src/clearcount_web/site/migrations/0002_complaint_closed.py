from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("site", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="closed_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
