"""Did it help? Counts and medians over all patients, never one person's answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem

from bookings.permissions import can_read_reports
from plans.enums import Moment
from plans.models import Outcome

FEWEST = 5
"""Of fewer people nothing is said, so that nobody can be recognised."""


@dataclass(frozen=True)
class Line:
    """One moment: how many were asked and answered, and the median change against before the visit.

    A change is None where too few answered both times.
    """

    label: str
    asked: int
    answered: int
    both: int
    ability: float | None
    pain: float | None


def lines() -> list[Line]:
    """After the first weeks and after the second, in one query."""
    answers: dict[int, dict[str, Outcome]] = defaultdict(dict)
    rows = Outcome.objects.order_by()
    for row in rows.only("request", "moment", "ability", "pain", "answered_at"):
        answers[row.request_id][row.moment] = row
    return [_line(moment, answers) for moment in (Moment.FIRST, Moment.SECOND)]


def _line(moment: Moment, answers: dict[int, dict[str, Outcome]]) -> Line:
    found = [one for one in answers.values() if moment in one]
    pairs = [(one[Moment.BASELINE], one[moment]) for one in found if Moment.BASELINE in one]
    ability = _changes((before.ability, after.ability) for before, after in pairs)
    pain = _changes((before.pain, after.pain) for before, after in pairs)
    answered = sum(one[moment].answered_at is not None for one in found)
    return Line(str(moment.label), len(found), answered, len(ability), _of(ability), _of(pain))


def _changes(pairs: Iterable[tuple[int | None, int | None]]) -> list[int]:
    return [after - before for before, after in pairs if before is not None and after is not None]


def _of(changes: list[int]) -> float | None:
    return median(changes) if len(changes) >= FEWEST else None


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if not can_read_reports(user):
        raise PermissionDenied
    context = {
        "lines": lines(),
        "fewest": FEWEST,
        "may_choose": user.has_perm("bookings.change_service"),
        "header_title": _("Did it help?"),
        "header_icon": "table",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Did it help?")},
        ],
    }
    return render(request, "plans/staff/report.html", context)


class ReportMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return can_read_reports(request.user)
