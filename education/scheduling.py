"""Pages and library entries that an editor planned to appear, or to end, at a certain time."""

from datetime import datetime

from django.core.management import call_command


def publish_due(*, now: datetime) -> None:
    """Wagtail's own command; it goes by the computer's clock."""
    call_command("publish_scheduled", verbosity=0)
