"""What the site knows about its guides, for the page on how they are written."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Sum

from education.guide import checks
from education.guide.page_lookup import in_readers_language
from education.models.counts import Answer, HelpfulCount, Kind, ReadCount
from education.models.guides import GuidePage


@dataclass(frozen=True)
class Figures:
    """One published guide; counts since it was made."""

    guide: GuidePage
    sources: int
    reading_age: int
    reads: int
    yes: int
    no: int


def every_guide() -> Iterator[Figures]:
    guides = in_readers_language(GuidePage.objects.live().public()).select_related(
        "author__credentials"
    )
    for guide in guides.order_by("title"):
        yield Figures(
            guide=guide,
            sources=len(guide.guide().references),
            reading_age=checks.measure_explaining(guide).age,
            reads=total(ReadCount.objects.filter(page=guide, kind=Kind.GUIDE)),
            yes=total(HelpfulCount.objects.filter(page=guide, answer=Answer.YES)),
            no=total(HelpfulCount.objects.filter(page=guide, answer=Answer.NO)),
        )


def total(rows: object) -> int:
    found: int | None = rows.aggregate(sum=Sum("count"))["sum"]  # type: ignore[attr-defined]
    return found or 0
