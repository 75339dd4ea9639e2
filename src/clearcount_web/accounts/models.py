"""Staff and their roles."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property

from clearcount_web.accounts.roles import Role


class UserManager(BaseUserManager["User"]):
    """Makes users and finds them by their sign-in name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user who signs in as `username`."""
        return self.get(username__iexact=username)

    def create_user(self, username: str, *, name: str = "", email: str = "", password: str | None = None) -> User:
        """Return a new active user; without a password the account can only sign in through the force's own service."""
        user = self.model(username=username, name=name or username, email=email)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of staff. `may_use_password` marks the demo accounts and the one break-glass account."""

    username = models.CharField("sign-in name", max_length=150, unique=True)
    name = models.CharField("name", max_length=150)
    email = models.EmailField("e-mail", blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    is_break_glass = models.BooleanField("break-glass account", default=False)
    dark = models.BooleanField("dark scheme", default=False)
    single_keys = models.BooleanField("single-key shortcuts", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["is_break_glass"], condition=models.Q(is_break_glass=True), name="one_break_glass_account"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """Return the name shown beside what this person did."""
        return self.name

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles held now; read once for each request."""
        return frozenset(Role(grant.role) for grant in self.grants.all())

    @property
    def role_labels(self) -> str:
        """The names of the roles held now, in the order of the list of roles."""
        return ", ".join(str(role.label) for role in Role if role in self.roles)

    def has_role(self, *roles: Role) -> bool:
        """Return whether the user is active and holds one of `roles`."""
        return self.is_active and not self.roles.isdisjoint(roles)


class RoleGrant(models.Model):
    """One role of one user. Grants from the sign-in service are replaced at each sign-in; local ones are not."""

    class Source(models.TextChoices):
        """Where a grant came from."""

        OIDC = "oidc", "sign-in service"
        LOCAL = "local", "administrator"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "role"], name="one_grant_per_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.source})"
