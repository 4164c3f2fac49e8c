"""Django's `check`, which with `--database default` and `--mail` also tries whether both let us in."""

from __future__ import annotations

import smtplib
from typing import Any

import psycopg
from django.conf import settings
from django.core.mail import get_connection
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import check
from django.db import connections
from django.db.utils import DatabaseError

from clinic.backup import postgres

KINDS = {
    "password authentication failed": "user or password is wrong",
    "does not exist": "there is no such database or user",
    "Connection refused": "nobody answers at this host and port",
    "could not translate host name": "there is no such host",
    "failed to resolve host": "there is no such host",
    "timeout": "it does not answer in time",
    "unable to open database file": "the file cannot be opened or made",
    "readonly database": "the file may not be written",
}
"""Words of the drivers and what they mean. Their own messages name the user, so they are not repeated."""


class Command(check.Command):
    help = "Checks the settings; with --database default and --mail also logs in to both."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--mail", action="store_true", help="log in to the mail server")

    def handle(self, *app_labels: Any, mail: bool = False, **options: Any) -> None:
        troubles = [trouble for name in options["databases"] or [] if (trouble := database(name))]
        if mail and (trouble := mail_server()):
            troubles.append(trouble)
        for trouble in troubles:
            self.stderr.write(self.style.ERROR(trouble))
        if troubles:
            options["databases"] = None  # Django's own checks would end in a traceback
        super().handle(*app_labels, **options)
        if troubles:
            raise CommandError("Settings that do not work are named above.")


def database(name: str) -> str:
    """What is wrong with it in one line, or nothing."""
    connection = connections[name]
    try:
        if connection.vendor == "postgresql":  # the pool would try again and again, and say less
            postgres.connect(connection, connect_timeout=10).close()
        else:
            connection.ensure_connection()
    except (DatabaseError, psycopg.Error, OSError) as error:
        return f"DATABASE_URL: {meaning(error)}."
    return ""


def meaning(error: BaseException) -> str:
    said = f"{error} {error.__cause__ or ''}"
    found = next((words for part, words in KINDS.items() if part in said), "")
    return found or f"it does not let us in ({type(error).__name__})"


def mail_server() -> str:
    """As above. Logs in where EMAIL_URL has a user, and sends nothing."""
    unreadable = [name for name, _what in settings.ENVIRONMENT.problems]
    if not settings.MAIL_SERVER or "EMAIL_URL" in unreadable:
        return ""  # clinic.E004 or E010 says so
    post_office: Any = settings.POST_OFFICE
    connection = get_connection(post_office["BACKENDS"]["default"])
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        return "EMAIL_URL: user or password is wrong."
    except smtplib.SMTPNotSupportedError:
        return "EMAIL_URL: the server does not offer what is asked (TLS, or a login)."
    except (OSError, smtplib.SMTPException) as error:
        return f"EMAIL_URL: the mail server does not let us in ({type(error).__name__})."
    finally:
        connection.close()
    return ""
