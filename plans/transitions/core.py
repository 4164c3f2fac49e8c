"""What every change of a plan does: check version and status, write, record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings.errors import InvalidTransition, StaleVersion
from bookings.transitions.core import Actor
from plans.enums import PlanStatus, PlanVerb
from plans.models import Plan, PlanEvent

CHANGED = _("Someone else has just changed this plan. Please look again.")
OVER = _("This plan has ended.")


def record(plan: Plan, verb: PlanVerb, *, actor: Actor, now: datetime) -> PlanEvent:
    return PlanEvent.objects.create(
        plan=plan, verb=verb, actor_kind=actor.kind, actor=actor.user, at=now
    )


def check(plan: Plan, version: int) -> None:
    """Raises `InvalidTransition` for a plan that has ended, `StaleVersion` if the page was an older one."""
    if plan.status == PlanStatus.ENDED:
        raise InvalidTransition(OVER)
    if plan.version != version:
        raise StaleVersion(CHANGED)


def write(plan: Plan, version: int, **changes: Any) -> None:
    """Write the changes and the next version. Raises `StaleVersion` if somebody was faster."""
    changes["version"] = version + 1
    rows = Plan.objects.filter(pk=plan.pk, version=version, status=plan.status)
    if not rows.update(**changes):
        raise StaleVersion(CHANGED)
    for name, value in changes.items():
        setattr(plan, name, value)
