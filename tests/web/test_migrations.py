"""The migrations are what the models are, and no two of a room come last."""

from __future__ import annotations

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_migrations_are_what_the_models_are() -> None:
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("clearcount_web.")}
    assert {label: migrations for label, migrations in changes.items() if label in own} == {}
