from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="InboxRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(unique=True)),
                ("reference", models.CharField(max_length=16, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("contact", models.CharField(max_length=400)),
                ("text", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, db_index=True, null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
