"""Tell whoever runs the machine that a unit failed: `manage.py alert clinic-backup.service`."""

from __future__ import annotations

import json
import re
import shutil
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from bookings.worker import health
from clinic import from_outside

AGAIN = timedelta(hours=12)
"""After so long the same trouble is worth another mail."""
NOTE = "alerts.json"
LOOK_AT_SITE = ("clinic-health.service", "watch")
"""They call `health --site`: what failed may be the site as a visitor meets it, and nothing else."""


class Command(BaseCommand):
    help = (
        "Mails ALERT_EMAIL that a unit failed. Straight to the mail server, not by the outbox: the worker"
        " or the database may be what failed. The same trouble is told twice a day at most."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("unit", nargs="?", default="", help="the unit that failed")
        parser.add_argument("--test", action="store_true", help="send one now, to try it")

    def handle(self, *, unit: str, test: bool, **options: Any) -> None:
        if not settings.ALERT_EMAIL:
            raise CommandError("ALERT_EMAIL is not set: nobody is told.")
        now = timezone.now()
        lines = troubles(site=unit in LOOK_AT_SITE)
        if test:
            unit, lines = "nothing: this is a test", []
        elif told_lately(unit, lines, now=now):
            self.stdout.write("Told already.")
            return
        send(unit, lines)
        if not test:
            remember(unit, lines, now=now)
        self.stdout.write(f"Told {settings.ALERT_EMAIL}.")


def troubles(*, site: bool) -> list[str]:
    """What `health` finds wrong, or `health --site`; it never names a patient."""
    now = timezone.now()
    outside = from_outside.trouble(settings.SITE_URL, now=now) if site else ""
    lines = [f"site: {outside}"] if outside else []
    try:
        found = health.findings(now=now)
    except DatabaseError:
        return [*lines, "database: it does not answer"]
    return lines + [f"{one.name}: {one.says}" for one in found if one.technical and not one.ok]


def send(unit: str, lines: list[str]) -> None:
    """Raises what the mail server raises: the journal then has it."""
    host = socket.gethostname()
    name = unit.removesuffix(".service")
    text = [f"On {host} this has failed: {unit}", "", *lines, ""]
    logs = f"journalctl --namespace=clinic -n 50 -u {unit}"
    if not shutil.which("journalctl"):  # in a container
        logs = f"docker compose logs --tail 50 watch {name}"
    text += ["What it said:", f"    {logs}", "How everything is:", "    clinic health --site"]
    post_office: Any = settings.POST_OFFICE
    backend = post_office["BACKENDS"]["default"]
    mail = EmailMessage(f"{host}: {name} failed", "\n".join(text), to=[settings.ALERT_EMAIL])
    mail.connection = get_connection(backend)
    mail.send()


def told_lately(unit: str, lines: list[str], *, now: datetime) -> bool:
    """Whether a mail about the same of this unit left within `AGAIN`."""
    return topic(unit, lines) in notes(now=now)


def remember(unit: str, lines: list[str], *, now: datetime) -> None:
    path = Path(settings.VAR) / NOTE
    path.write_text(json.dumps(notes(now=now) | {topic(unit, lines): now.isoformat()}))


def notes(*, now: datetime) -> dict[str, str]:
    """When each topic was told, if that was within `AGAIN`."""
    try:
        found: dict[str, Any] = json.loads((Path(settings.VAR) / NOTE).read_text())
    except (OSError, ValueError):
        return {}
    # Versions before this one wrote lists.
    told = {name: at for name, at in found.items() if isinstance(at, str)}
    return {name: at for name, at in told.items() if now - datetime.fromisoformat(at) < AGAIN}


def topic(unit: str, lines: list[str]) -> str:
    """The unit and what is wrong, without what changes from minute to minute."""
    return " / ".join([unit, *sorted(kind(line) for line in lines)])


def kind(line: str) -> str:
    """A certificate that ends and a site that is away are two troubles, though both are of the site."""
    name, _, says = line.partition(": ")
    return f"{name}: {re.sub('[0-9]+', '', says.partition(':')[0])}" if name == "site" else name
