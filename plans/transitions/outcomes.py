"""Ask how well it goes, and keep the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bookings.errors import InvalidTransition
from bookings.messages import queue
from bookings.models import ConsultationRequest
from plans.enums import Moment
from plans.models import Outcome

UNSURE = "unsure"


def goal_of(consultation: ConsultationRequest) -> str:
    """What they named as their goal, in the words that they read; empty where they were not sure."""
    return "" if consultation.goal == UNSURE else consultation.goal_label[:100]


@transaction.atomic
def ask(consultation: ConsultationRequest, moment: Moment, *, now: datetime) -> bool:
    """Mail the question, once. Whether it was written: not to somebody without a confirmed address."""
    if not consultation.gets_mail or consultation.outcomes.filter(moment=moment).exists():
        return False
    if not queue.write(consultation, "outcome", now=now, dedupe=str(moment)):
        return False
    goal = goal_of(consultation)
    Outcome.objects.create(request=consultation, moment=moment, goal=goal, asked_at=now)
    return True


@transaction.atomic
def answer(
    consultation: ConsultationRequest, moment: Moment, *, now: datetime, **given: Any
) -> Outcome:
    """Keep the answer, or the corrected one. `given`: ability, pain and line.

    Raises `InvalidTransition` where nobody asked; before the visit the page itself asks.
    """
    row = consultation.outcomes.select_for_update().filter(moment=moment).first()
    if row is None and moment != Moment.BASELINE:
        raise InvalidTransition(_("We have not asked you this."))
    if row is None:
        row = Outcome(request=consultation, moment=moment, asked_at=now)
        row.goal = goal_of(consultation)
    for name, value in given.items():
        setattr(row, name, value)
    row.answered_at = now
    row.save()
    return row
