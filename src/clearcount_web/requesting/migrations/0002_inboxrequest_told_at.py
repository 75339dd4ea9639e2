from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requesting", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboxrequest",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
