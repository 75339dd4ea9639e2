"""Who may change whose account. Each function returns a sentence, or None when it is allowed."""

from __future__ import annotations

from clearcount_web.accounts.models import User


def may_manage(user: User, person: User) -> str | None:
    """Return why this person may not be managed, or None.

    Administrators manage others, never themselves: nobody takes a role or keeps a lost account open.
    """
    if user.pk == person.pk:
        return "You cannot change your own account. Ask another administrator."
    return None
