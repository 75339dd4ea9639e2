"""`manage add_staff`: a local account, for the first administrator and the break-glass account."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clearcount_web.accounts.actions import add_local_user
from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role


class Command(BaseCommand):
    """Adds a local account; the password is asked for, or read as one line from standard input."""

    help = "Adds a local account. The password is asked for, or read as one line when input is not a terminal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("username", help="the sign-in name")
        parser.add_argument("--name", required=True, help="the name shown beside what this person does")
        parser.add_argument("--role", action="append", choices=[role.value for role in Role], default=[])
        parser.add_argument("--break-glass", action="store_true", help="the one local account that works beside OIDC")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account, or says what is wrong."""
        username = options["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise CommandError("somebody has this sign-in name already; choose another")
        if options["break_glass"] and User.objects.filter(is_break_glass=True).exists():
            raise CommandError("there is a break-glass account already; there can be only one")
        terminal = sys.stdin.isatty()
        password = getpass.getpass("Password: ") if terminal else sys.stdin.readline().rstrip("\n")
        if terminal and getpass.getpass("Again: ") != password:
            raise CommandError("the two passwords differ; nothing was changed")
        try:
            validate_password(password, User(username=username, name=options["name"]))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        add_local_user(
            username,
            name=options["name"],
            password=password,
            roles=[Role(role) for role in options["role"]],
            break_glass=options["break_glass"],
            by="command",
        )
        self.stdout.write("The account is there. Its second step is set up at the first sign-in.")
