from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosure_log", "0002_words")]
    operations = [
        migrations.AddField("release", "seal", models.CharField(default="", max_length=128)),
        migrations.AddField("release", "offences_digest", models.CharField(default="", max_length=64)),
        migrations.AddField("version", "seal", models.CharField(default="", max_length=128)),
    ]
