from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("occurrences", "0002_wishes"),
    ]

    operations = [
        migrations.AddField(model_name="occurrence", name="message_waits", field=models.BooleanField(default=False)),
    ]
