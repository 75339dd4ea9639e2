import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=64, unique=True)),
                ("box", models.BinaryField()),
                ("started_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="SealedReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=64, unique=True)),
                ("reference", models.CharField(max_length=16, unique=True)),
                ("duty_box", models.BinaryField()),
                ("recovery_box", models.BinaryField()),
                ("danger", models.BooleanField()),
                ("received_at", models.DateTimeField(db_index=True)),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                ("reply_key", models.BinaryField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SealedMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_visitor", models.BooleanField()),
                ("box", models.BinaryField()),
                ("recovery_box", models.BinaryField(default=b"")),
                ("sent_at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="reporting.sealedreport",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
