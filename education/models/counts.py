"""Counts per day of what readers did with a guide, and nothing about who."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

MOST_A_DAY = 1000


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")


class Kind(models.TextChoices):
    """Which page of a guide was read."""

    GUIDE = "guide"
    ROUTINE = "routine"
    PRINT = "print"


class DayCount(models.Model):
    """How often something happened with one guide on one day (the clinic's local day)."""

    page = models.ForeignKey("education.GuidePage", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @classmethod
    def add(cls, page_id: int, *, day: date, **what: Any) -> None:
        """Count one more. More than 1,000 a day are not people and are not counted."""
        row, _made = cls._default_manager.get_or_create(page_id=page_id, day=day, **what)
        below_limit = cls._default_manager.filter(pk=row.pk, count__lt=MOST_A_DAY)
        below_limit.update(count=F("count") + 1)


class HelpfulCount(DayCount):
    """“Was this helpful?”: how often one answer was given."""

    answer = models.CharField(max_length=3, choices=Answer)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["page", "day", "answer"], name="helpful_once_a_day_and_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.answer}: {self.count}"


class ReadCount(DayCount):
    """How often a guide, its practice page or its handout was read (not just opened)."""

    kind = models.CharField(max_length=7, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "day", "kind"], name="read_once_a_day_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}: {self.count}"
