"""The migrations are what the models are, and no two of a room come last."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections, models, router
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_migrations_are_what_the_models_are() -> None:
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("clearcount_web.")}
    assert {label: migrations for label, migrations in changes.items() if label in own} == {}


def _kept(model: type[models.Model]) -> tuple[dict[str, Any], list[Any]]:
    """The rules that the database has for the table of a model: by name, and all."""
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return found, list(found.values())


def test_every_rule_of_the_models_is_kept_by_the_database(db: None) -> None:
    """What only Python asks for does not hold when two processes write at once."""
    missing, asked = [], 0
    for model in apps.get_models():
        if not model.__module__.startswith("clearcount_web."):
            continue
        by_name, rules = _kept(model)
        table = model._meta.db_table
        for constraint in (*model._meta.constraints, *model._meta.indexes):
            asked += 1
            missing += [] if constraint.name in by_name else [f"{table}: {constraint.name}"]
        for field in model._meta.local_concrete_fields:
            wanted = {
                "unique": field.unique,
                "foreign_key": field.is_relation,
                "check": isinstance(field, models.PositiveIntegerField | models.PositiveSmallIntegerField),
            }
            for kind in (kind for kind, is_wanted in wanted.items() if is_wanted):
                asked += 1
                own = [rule for rule in rules if rule["columns"] == [field.column]]
                held = any(rule[kind] or (kind == "unique" and rule["primary_key"]) for rule in own)
                missing += [] if held else [f"{table}.{field.column}: {kind}"]
    assert asked > 100
    assert missing == []
