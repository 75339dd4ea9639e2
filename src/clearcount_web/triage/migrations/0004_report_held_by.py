from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("triage", "0003_carried_on_and_replies"),
    ]

    operations = [
        migrations.AddField(model_name="report", name="held_by", field=models.CharField(blank=True, max_length=150)),
        migrations.AddField(model_name="report", name="held_at", field=models.DateTimeField(blank=True, null=True)),
    ]
