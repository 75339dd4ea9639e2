from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("occurrences", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="occurrence",
            name="report_deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(model_name="person", name="facts", field=models.JSONField(default=list)),
        migrations.AddField(model_name="person", name="danger", field=models.CharField(blank=True, max_length=8)),
        migrations.AddField(model_name="person", name="age_group", field=models.CharField(blank=True, max_length=8)),
        migrations.AddField(model_name="person", name="about", field=models.CharField(blank=True, max_length=8)),
        migrations.AddField(model_name="person", name="report", field=models.CharField(blank=True, max_length=40)),
    ]
