"""“Was this helpful?”: a count a day, and nothing about who answered."""

from django.db import models
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

MOST_A_DAY = 1000


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")


class HelpfulCount(models.Model):
    """How often one answer was given about one guide on one day (the clinic's local day)."""

    page = models.ForeignKey(
        "education.GuidePage", on_delete=models.CASCADE, related_name="helpful_counts"
    )
    day = models.DateField()
    answer = models.CharField(max_length=3, choices=Answer)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["page", "day", "answer"], name="helpful_once_a_day_and_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.answer}: {self.count}"

    @classmethod
    def add(cls, page_id: int, answer: Answer, *, day: object) -> None:
        """One more; after 1,000 on a day it is not people any more, and nothing is counted."""
        row, _made = cls.objects.get_or_create(page_id=page_id, day=day, answer=answer)
        cls.objects.filter(pk=row.pk, count__lt=MOST_A_DAY).update(count=F("count") + 1)

    @classmethod
    def totals(cls, page_id: int) -> dict[str, int]:
        rows = cls.objects.filter(page_id=page_id).values_list("answer").annotate(Sum("count"))
        return dict(rows)
