from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("site", "0003_end_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
