"""What a patient does with their plan: share days or not, ask for reminders or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bookings.errors import InvalidTransition
from bookings.transitions.core import PATIENT
from plans.enums import PlanStatus, PlanVerb
from plans.models import Plan, ShareConsent, SharedDay
from plans.transitions.core import OVER, record

Days = Mapping[date, int | None]
"""Discomfort from 0 to 10 by the local day, None where it was not said."""


def consent_of(plan: Plan) -> ShareConsent | None:
    """While the patient shares their days."""
    return plan.share_consents.filter(taken_back_at=None).first()


@transaction.atomic
def share(plan: Plan, *, text: str, days: Days, now: datetime) -> None:
    """The patient agrees, in these words, that their practitioner sees their days."""
    row = _lock(plan)
    if row.status != PlanStatus.SENT:
        raise InvalidTransition(OVER)
    consent = consent_of(row)
    if consent is None:
        consent = ShareConsent.objects.create(plan=row, text=text, given_at=now)
        record(row, PlanVerb.SHARE, actor=PATIENT, now=now)
    _add(row, consent, days, now)


@transaction.atomic
def share_days(plan: Plan, *, days: Days, now: datetime) -> None:
    """Add days, or correct them. Raises `InvalidTransition` unless the patient shares."""
    row = _lock(plan)
    consent = consent_of(row)
    if consent is None:
        raise InvalidTransition(_("You do not share your days, so nothing was sent."))
    if row.status != PlanStatus.SENT:
        raise InvalidTransition(OVER)
    if _add(row, consent, days, now):
        record(row, PlanVerb.SHARE_DAYS, actor=PATIENT, now=now)


@transaction.atomic
def take_back(plan: Plan, *, now: datetime) -> None:
    """Stop sharing: what was shared is deleted, and that it was once agreed to stays."""
    row = _lock(plan)
    consent = consent_of(row)
    if consent is None:
        return
    consent.days.all().delete()
    ShareConsent.objects.filter(pk=consent.pk).update(taken_back_at=now)
    record(row, PlanVerb.TAKE_BACK, actor=PATIENT, now=now)


@transaction.atomic
def remind(plan: Plan, *, hour: int, now: datetime) -> None:
    """A mail on the days of the plan, at this local hour."""
    row = _lock(plan)
    if row.status != PlanStatus.SENT:
        raise InvalidTransition(OVER)
    if row.remind_hour != hour:
        Plan.objects.filter(pk=row.pk).update(remind_hour=hour)
        record(row, PlanVerb.REMIND, actor=PATIENT, now=now)


@transaction.atomic
def stop_reminding(plan: Plan, *, now: datetime) -> None:
    row = _lock(plan)
    if row.remind_hour is not None:
        Plan.objects.filter(pk=row.pk).update(remind_hour=None)
        record(row, PlanVerb.STOP_REMINDING, actor=PATIENT, now=now)


def _lock(plan: Plan) -> Plan:
    """The row, so that two tabs come one after the other."""
    row = Plan.objects.select_for_update().filter(pk=plan.pk).first()
    if row is None:
        raise InvalidTransition(OVER)
    return row


def _add(plan: Plan, consent: ShareConsent, days: Days, now: datetime) -> bool:
    """Only days of the plan that have come. Whether there was one."""
    first, last = plan.starts, min(plan.until, plan.request.location.today(now))
    wanted = {day: felt for day, felt in days.items() if first <= day <= last}
    for day, felt in wanted.items():
        SharedDay.objects.update_or_create(
            consent=consent, day=day, defaults={"discomfort": felt, "shared_at": now}
        )
    return bool(wanted)
