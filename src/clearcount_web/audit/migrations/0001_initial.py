from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=32)),
                ("actor", models.CharField(max_length=150)),
                ("verb", models.CharField(db_index=True, max_length=60)),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(db_index=True, max_length=100)),
                ("changes", models.TextField()),
                ("reason", models.CharField(max_length=2000)),
                ("mac", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                ("mac", models.CharField(max_length=64)),
                ("seal", models.CharField(max_length=64)),
            ],
        ),
    ]
