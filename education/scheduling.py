"""Publishes and expires pages and library entries at the times that editors set."""

from datetime import datetime

from django.core.management import call_command


def publish_due(*, now: datetime) -> None:
    """Run Wagtail's own command, which uses the system clock and not `now`."""
    call_command("publish_scheduled", verbosity=0)
