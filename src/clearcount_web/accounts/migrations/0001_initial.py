import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=150, unique=True, verbose_name="sign-in name")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("is_active", models.BooleanField(default=True, verbose_name="may sign in")),
                ("is_break_glass", models.BooleanField(default=False, verbose_name="break-glass account")),
                ("dark", models.BooleanField(default=False, verbose_name="dark scheme")),
                ("single_keys", models.BooleanField(default=True, verbose_name="single-key shortcuts")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_break_glass", True)),
                        fields=("is_break_glass",),
                        name="one_break_glass_account",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("foi_officer", "FOI officer"),
                            ("analyst", "Analyst"),
                            ("reader", "Reader"),
                            ("decision_maker", "Decision maker"),
                            ("publisher", "Publisher"),
                            ("contact_officer", "Contact officer"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "source",
                    models.CharField(choices=[("oidc", "sign-in service"), ("local", "administrator")], max_length=10),
                ),
                ("granted_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="grants", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "role"), name="one_grant_per_role")],
            },
        ),
    ]
