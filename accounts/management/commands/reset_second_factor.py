"""`manage.py reset_second_factor USER`: for the owner whose phone and recovery codes are lost."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from wagtail.log_actions import log

from accounts import second_factor, sessions


class Command(BaseCommand):
    help = "Takes a user's second step away and logs them out; they set up a new one at next login."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        users = get_user_model().objects
        user = users.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username!r}.")
        second_factor.reset(user)
        ended = sessions.end(sessions.logins(now=timezone.now(), user=user.pk))
        log(instance=user, action="accounts.reset_second_step")
        self.stdout.write(f"Done; {ended} open logins ended. The next login sets up a new one.")
