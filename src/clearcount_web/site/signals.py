"""What other public rooms may listen to."""

from __future__ import annotations

from django.dispatch import Signal

visitor_left = Signal()
"""Sent with `request` when a visitor leaves, before the session is flushed: delete what belongs to the visit."""
