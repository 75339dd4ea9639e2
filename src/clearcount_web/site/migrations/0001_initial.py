from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("contact", models.CharField(max_length=300)),
                ("text", models.TextField()),
                ("received_on", models.DateField()),
                ("acknowledged_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("received_on", models.DateField()),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PageCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("page", models.CharField(max_length=40)),
                ("shown", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["day", "page"],
                "constraints": [models.UniqueConstraint(fields=("day", "page"), name="one_count_a_day")],
            },
        ),
    ]
