"""What readers of a guide missed, in a few words of theirs and without who they are."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_LETTERS = 200
MOST_A_DAY = 100


class Missing(models.Model):
    """One answer to “What was missing?”: the guide, the day and the words, and nothing else."""

    page = models.ForeignKey(
        "education.GuidePage", on_delete=models.CASCADE, related_name="+", verbose_name=_("guide")
    )
    day = models.DateField(_("day"))
    text = models.CharField(_("what was missing"), max_length=MOST_LETTERS)

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["page", "day"], name="missing_of_a_day")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.day}"

    @classmethod
    def add(cls, page_id: int, text: str, *, day: date) -> None:
        """Keep the words. More than 100 a day for one guide are not readers, and are not kept."""
        if cls._default_manager.filter(page_id=page_id, day=day).count() < MOST_A_DAY:
            cls._default_manager.create(page_id=page_id, day=day, text=text)
