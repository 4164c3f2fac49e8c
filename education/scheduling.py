"""Publishes and expires pages and library entries at the times that editors set."""

import logging
from datetime import datetime

from django.core.management import call_command
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision

from education.guide.media import without_words

logger = logging.getLogger(__name__)


def publish_due(*, now: datetime) -> None:
    """Run Wagtail's own command, which uses the system clock and not `now`."""
    hold_back()
    call_command("publish_scheduled", verbosity=0)


def hold_back() -> None:
    """What lacks the words of a picture or film by now stays a draft, and keeps no other waiting."""
    for revision in Revision.objects.filter(approved_go_live_at__lte=timezone.now()):
        thing = revision.as_object()
        if not without_words(thing):
            continue
        revision.approved_go_live_at = None
        revision.save(update_fields=["approved_go_live_at"])
        log(instance=thing, action="wagtail.schedule.cancel", revision=revision)
        logger.warning(
            "Not published, a picture or film lacks its words: %s %s", thing._meta.label, thing.pk
        )
