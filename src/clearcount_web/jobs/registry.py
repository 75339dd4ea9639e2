"""The kinds of work there are. An app registers its own in `tasks.py`; the worker imports those modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.utils.module_loading import autodiscover_modules


class Run(Protocol):
    """What a task is handed: its payload, and where to say how far it is."""

    payload: dict[str, object]
    attempt: int

    def progress(self, done: int, total: int) -> None:
        """Note how far the work is; raises `Cancelled` when somebody asked to stop it."""


Task = Callable[[Run], None]


@dataclass(frozen=True)
class Kind:
    """A registered task; with `every`, the worker starts it itself after so many seconds."""

    name: str
    task: Task
    every: int | None = None


_kinds: dict[str, Kind] = {}


def task(name: str, *, every: int | None = None) -> Callable[[Task], Task]:
    """Register a function as the task `name`. It must be safe to run again after being killed half way."""

    def register(function: Task) -> Task:
        if name in _kinds and _kinds[name].task.__module__ != function.__module__:
            raise ValueError(f"two tasks are called {name}")
        _kinds[name] = Kind(name, function, every)
        return function

    return register


def kinds() -> dict[str, Kind]:
    """Return every registered task by name."""
    autodiscover_modules("tasks")
    return dict(_kinds)
