"""What a practitioner does to a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from bookings.errors import InvalidTransition
from bookings.messages import queue
from bookings.models import Appointment, ConsultationRequest
from bookings.transitions.core import Actor
from education.models import Exercise
from plans import library
from plans.enums import PlanStatus, PlanVerb
from plans.models import Plan, PlanExercise, PlanTemplate
from plans.models.plans import LONGEST_WEEKS
from plans.transitions.core import check, record, write

USUAL = timedelta(weeks=6)
MOST = 20
"""Exercises in a plan: nobody does more at home."""


@dataclass(frozen=True)
class Wanted:
    """One row of the plan as the practitioner wants it."""

    pk: int
    sets: int
    reps: int
    hold: int
    side: str
    weekdays: int
    line: str


@transaction.atomic
def make(
    consultation: ConsultationRequest,
    *,
    rows: Sequence[library.Start],
    visit: Appointment | None,
    guide: int | None,
    actor: Actor,
    now: datetime,
) -> Plan:
    """Begin a plan, for six weeks from today. Raises `InvalidTransition` where one is being written."""
    today = consultation.location.today(now)
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                request=consultation,
                visit=visit,
                practitioner=visit.practitioner if visit else None,
                guide=guide,
                status=PlanStatus.DRAFT,
                locale=consultation.locale,
                starts=today,
                until=today + USUAL,
                made_at=now,
            )
    except IntegrityError as error:
        raise InvalidTransition(_("A plan is being written already. Please look again.")) from error
    _append(plan, rows[:MOST], first=1)
    record(plan, PlanVerb.MAKE, actor=actor, now=now)
    return plan


def _append(plan: Plan, rows: Sequence[library.Start], *, first: int) -> None:
    for order, row in enumerate(rows, first):
        dose: dict[str, Any] = {
            name: getattr(row, name)
            for name in ("sets", "reps", "hold", "side", "weekdays", "line")
        }
        PlanExercise.objects.create(
            plan=plan, order=order, **library.fields_of(row.exercise), **dose
        )


@transaction.atomic
def change(
    plan: Plan,
    *,
    version: int,
    rows: Sequence[Wanted],
    until: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Write these rows in this order; rows of the plan that are missing here are taken out.

    A patient who has the plan sees it at once.
    """
    check(plan, version)
    _check_until(plan, until, now)
    before = {row.pk: row for row in plan.exercises.all()}
    wanted = [asdict(row) | {"order": order} for order, row in enumerate(rows, 1)]
    if plan.is_running and not wanted:
        raise InvalidTransition(_("The patient has this plan: leave one exercise, or end it."))
    differs = [row for row in wanted if row["pk"] in before and _differs(before[row["pk"]], row)]
    gone = set(before) - {row["pk"] for row in wanted}
    if not differs and not gone and until == plan.until:
        return
    write(plan, version, until=until)
    PlanExercise.objects.filter(pk__in=gone).delete()
    for row in differs:
        pk = row.pop("pk")
        PlanExercise.objects.filter(pk=pk).update(**row)
    record(plan, PlanVerb.CHANGE, actor=actor, now=now)


def _differs(before: PlanExercise, row: dict[str, Any]) -> bool:
    return any(getattr(before, name) != value for name, value in row.items())


def _check_until(plan: Plan, until: date, now: datetime) -> None:
    today = plan.request.location.today(now)
    if until < max(today, plan.starts):
        raise InvalidTransition(_("The last day has to be today or later."))
    if until > today + timedelta(weeks=LONGEST_WEEKS):
        raise InvalidTransition(_("A plan lasts for at most 26 weeks."))


@transaction.atomic
def add(
    plan: Plan, *, version: int, exercises: Sequence[Exercise], actor: Actor, now: datetime
) -> None:
    """Put exercises at the end, with the doses of the library; those that are there already stay."""
    check(plan, version)
    there = set(plan.exercises.values_list("key", flat=True))
    new = [library.usual(one) for one in exercises if one.live and one.key not in there]
    if not new:
        return
    if len(there) + len(new) > MOST:
        raise InvalidTransition(_("At most 20 exercises in a plan."))
    last = plan.exercises.order_by("order").values_list("order", flat=True).last() or 0
    write(plan, version)
    _append(plan, new, first=last + 1)
    record(plan, PlanVerb.CHANGE, actor=actor, now=now)


@transaction.atomic
def renew(
    plan: Plan, row: PlanExercise, *, version: int, exercise: Exercise, actor: Actor, now: datetime
) -> None:
    """The practitioner agrees to the new words of an exercise; its dose stays as agreed."""
    check(plan, version)
    if not exercise.live or exercise.key != row.key:
        raise InvalidTransition(_("This exercise is no longer published."))
    write(plan, version)
    PlanExercise.objects.filter(pk=row.pk).update(**library.fields_of(exercise))
    record(plan, PlanVerb.RENEW, actor=actor, now=now)


@transaction.atomic
def send(plan: Plan, *, version: int, actor: Actor, now: datetime) -> bool:
    """Give the plan to the patient, and mail them a link; whether there was an address to mail it to.

    A plan that they had before ends. Given once more, the same plan is mailed again. Raises
    `InvalidTransition` for a plan without exercises or with a withdrawn one, or whose time is over.
    """
    check(plan, version)
    rows, known = list(plan.exercises.all()), library.today()
    if not rows:
        raise InvalidTransition(_("Choose at least one exercise."))
    for row in rows:
        if library.state(row, known) == library.WITHDRAWN:
            name = row.words["name"]
            raise InvalidTransition(_("%(name)s was withdrawn: take it out.") % {"name": name})
    _check_until(plan, plan.until, now)
    for earlier in Plan.objects.filter(request=plan.request_id, status=PlanStatus.SENT):
        if earlier.pk != plan.pk:
            _end(earlier, earlier.version, actor=actor, now=now)
    write(plan, version, status=PlanStatus.SENT, sent_at=plan.sent_at or now)
    record(plan, PlanVerb.SEND, actor=actor, now=now)
    return queue.write(plan.request, "plan", now=now, dedupe=f"{plan.pk}:{plan.version}")


@transaction.atomic
def end(plan: Plan, *, version: int, actor: Actor, now: datetime) -> None:
    """The patient keeps the page, which says that the plan has ended. A draft is thrown away."""
    check(plan, version)
    if plan.is_draft:
        write(plan, version)
        plan.delete()
        return
    _end(plan, version, actor=actor, now=now)


def _end(plan: Plan, version: int, *, actor: Actor, now: datetime) -> None:
    write(plan, version, status=PlanStatus.ENDED, ended_at=now, remind_hour=None)
    record(plan, PlanVerb.END, actor=actor, now=now)


@transaction.atomic
def save_template(plan: Plan, *, name: str, user: Any, now: datetime) -> PlanTemplate:
    """Keep exercises and doses under a name, without the lines to the patient.

    A template of that name is replaced.
    """
    doses = [library.dose_of(row) for row in plan.exercises.all()]
    template, _made = PlanTemplate.objects.update_or_create(
        user=user, name=name, defaults={"exercises": doses, "saved_at": now}
    )
    return template
