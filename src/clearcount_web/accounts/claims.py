"""What the sign-in service says of a person, read into roles: pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clearcount_web.accounts.roles import Role


def values_of(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return the values of one claim, whether it is a list or a single word; empty when it is missing or of another
    kind.
    """
    value = claims.get(name)
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, Sequence):
        return frozenset(item for item in value if isinstance(item, str))
    return frozenset()


def used_second_factor(id_token: Mapping[str, Any], accepted: Mapping[str, Sequence[str]]) -> bool:
    """Return whether the ID token carries one of the accepted claim values (RFC 8176 `amr`, or `acr`)."""
    return any(values_of(id_token, claim).intersection(values) for claim, values in accepted.items())


def roles_of(groups: frozenset[str], mapping: Mapping[str, Sequence[str]]) -> frozenset[Role]:
    """Return the roles that a person's groups give by the map from settings."""
    return frozenset(Role(role) for group, named in mapping.items() if group in groups for role in named)
