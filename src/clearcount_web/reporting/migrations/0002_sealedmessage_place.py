from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="sealedmessage",
            name="place",
            field=models.CharField(max_length=64, null=True, unique=True),
        ),
    ]
