from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=120, unique=True)),
                ("seal", models.CharField(max_length=128)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"ordering": ["slug"]},
        ),
    ]
