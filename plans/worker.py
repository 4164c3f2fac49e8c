"""What happens to plans by itself: reminders, their end, questions after a visit, deletion.

Periodic jobs of `settings.PERIODIC`; each may be run twice.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from bookings.enums import AppointmentStatus
from bookings.errors import StaleVersion
from bookings.messages import queue
from bookings.models import Appointment, ConsultationRequest
from bookings.schedule.local_time import DAY, instant
from bookings.transitions.core import SYSTEM
from plans import transitions
from plans.enums import Moment, PlanStatus
from plans.models import FollowUp, Outcome, Plan

AT_ONCE = 500
LATE_HOURS = 3
"""A reminder that is later than this is of no use."""
ASKED_FOR = timedelta(days=7)
"""Nobody is asked later than this after the weeks are over."""


def remind_due(*, now: datetime) -> int:
    """Mail the reminders that are due, at most one a plan and day; returns how many."""
    rows = Plan.objects.filter(status=PlanStatus.SENT, remind_hour__isnull=False)
    rows = rows.select_related("request__location", "request__service")
    return sum(_remind(plan, now) for plan in rows.prefetch_related("exercises"))


def _remind(plan: Plan, now: datetime) -> bool:
    zone = plan.request.location.zone
    local = now.astimezone(zone)
    today, hour = local.date(), plan.remind_hour or 0
    if plan.reminded_on == today or not hour <= local.hour < hour + LATE_HOURS:
        return False
    on = plan.starts <= today <= plan.until and any(
        row.is_on(today) for row in plan.exercises.all()
    )
    if not on:
        return False
    with transaction.atomic():
        mine = Plan.objects.filter(pk=plan.pk, status=PlanStatus.SENT, remind_hour=hour)
        if not mine.filter(~Q(reminded_on=today) | Q(reminded_on=None)).update(reminded_on=today):
            return False
        ends = instant(today + DAY, time.min, zone)
        key = f"{plan.pk}:{today}"
        return queue.write(plan.request, "plan_reminder", now=now, dedupe=key, expires_at=ends)


def end_due(*, now: datetime) -> int:
    """End the plans whose last day is over, on the clock of their location."""
    rows = Plan.objects.filter(status=PlanStatus.SENT, until__lte=now.date())
    done = 0
    for plan in rows.select_related("request__location")[:AT_ONCE]:
        if plan.until < plan.request.location.today(now):
            with suppress(StaleVersion):  # changed meanwhile: the next run looks again
                transitions.end(plan, version=plan.version, actor=SYSTEM, now=now)
                done += 1
    return done


def ask_due(*, now: datetime) -> int:
    """Ask the patients of services that follow up, two and six weeks after a visit, say."""
    done = 0
    for row in FollowUp.objects.all():
        for moment, weeks in ((Moment.FIRST, row.first_weeks), (Moment.SECOND, row.second_weeks)):
            last = now - timedelta(weeks=weeks)
            visits = Appointment.objects.filter(
                request=OuterRef("pk"),
                service=row.service_id,
                status=AppointmentStatus.FULFILLED,
                end__lte=last,
                end__gt=last - ASKED_FOR,
            )
            asked = Outcome.objects.filter(request=OuterRef("pk"), moment=moment)
            found = ConsultationRequest.objects.filter(Exists(visits), ~Exists(asked))
            found = found.filter(erased_at=None).exclude(email="")
            for consultation in found.select_related("location", "service")[:AT_ONCE]:
                done += transitions.ask(consultation, moment, now=now)
    return done


def forget_due(*, now: datetime) -> int:
    """Delete plans some time after their last day, drafts that nobody finished, and old answers."""
    kept = settings.RETENTION
    since = now - timedelta(days=kept["PLAN_DAYS"])
    over = Q(status=PlanStatus.ENDED, ended_at__lte=since)
    left = Q(status=PlanStatus.DRAFT, made_at__lte=since)
    gone = Plan.objects.filter(over | left).delete()[0]
    old = now - timedelta(days=kept["OUTCOME_DAYS"])
    return gone + Outcome.objects.filter(asked_at__lte=old).delete()[0]
