"""Cleans what readers write about a guide, and erases it after its time."""

import re
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from education.models.feedback import MOST_LETTERS, Missing

PERSONAL = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\+?\d[\d\s().-]{4,}\d")
"""Addresses and long numbers: nobody should leave them here, and some will."""


def clean(text: str) -> str:
    """One line without control characters, addresses and telephone numbers, cut to its length."""
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(PERSONAL.sub("…", kept).split())[:MOST_LETTERS].strip()


def forget_due(now: datetime) -> int:
    """How many were older than `settings.RETENTION["FEEDBACK_DAYS"]`, and are erased. `now` is UTC."""
    oldest = timezone.localdate(now) - timedelta(days=settings.RETENTION["FEEDBACK_DAYS"])
    return Missing.objects.filter(day__lt=oldest).delete()[0]
