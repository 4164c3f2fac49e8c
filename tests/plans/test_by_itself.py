"""What happens to plans by itself, at the first and the last moment of each span."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bookings import transitions as of_requests
from bookings.models import Appointment, ConsultationRequest, Location, Message
from plans import transitions, worker
from plans.models import FollowUp, Outcome, Plan, PlanExercise
from tests.factories import make_clinic, make_request
from tests.plans.conftest import AFTER, TEN, make_plan, make_visit

pytestmark = pytest.mark.django_db
TODAY, PHONE = date(2026, 11, 24), "+442079460999"
DAY, WEEK, SECOND = timedelta(days=1), timedelta(weeks=1), timedelta(seconds=1)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def reminded(plan):
    Plan.objects.update(remind_hour=9)
    return plan


def remind(day=0, hour=9, minute=0):
    return worker.remind_due(now=MIDNIGHT + timedelta(days=day, hours=hour, minutes=minute))


@pytest.mark.parametrize(
    ("hour", "minute", "sent"), [(8, 59, 0), (9, 0, 1), (11, 59, 1), (12, 0, 0), (23, 0, 0)]
)
def test_a_reminder_within_three_hours(reminded, hour, minute, sent):
    assert remind(hour=hour, minute=minute) == sent
    assert Message.objects.filter(kind="plan_reminder").count() == sent
    reminded.refresh_from_db()
    assert reminded.reminded_on == (TODAY if sent else None)


def test_a_reminder_each_day_of_the_plan(reminded):
    Plan.objects.update(starts=TODAY + DAY, until=TODAY + 3 * DAY)
    assert [remind(day=n) + remind(day=n, hour=10) for n in range(6)] == [0, 1, 1, 1, 0, 0]
    mails = Message.objects.filter(kind="plan_reminder").order_by("pk")
    ends = [mail.email.expires_at for mail in mails]
    assert ends == [MIDNIGHT + n * DAY for n in (2, 3, 4)]


@pytest.mark.postgresql
def test_a_reminder_where_any_exercise_is_due(reminded):
    PlanExercise.objects.filter(key="exercise-1").update(weekdays=0b0000100)
    PlanExercise.objects.exclude(key="exercise-1").update(weekdays=0b0001000)
    assert [remind(day=n) for n in range(7)] == [0, 1, 1, 0, 0, 0, 0]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "changes",
    [{"status": "ended", "ended_at": AFTER}, {"remind_hour": None}, {"reminded_on": TODAY}],
)
def test_no_reminder_that_is_not_wanted(reminded, changes):
    Plan.objects.update(**changes)
    assert remind() == 0 and not Message.objects.filter(kind="plan_reminder").exists()


def test_reminded_yesterday_is_no_reason(reminded):
    Plan.objects.update(reminded_on=TODAY - DAY)
    assert remind() == 1


@pytest.mark.parametrize(
    "meanwhile",
    [{"remind_hour": 20}, {"reminded_on": TODAY}, {"status": "ended", "ended_at": AFTER}],
)
def test_whoever_reminds_second_does_nothing(reminded, meanwhile):
    stale = Plan.objects.get()
    Plan.objects.update(**meanwhile)
    assert worker._remind(stale, MIDNIGHT + timedelta(hours=9)) is False
    assert not Message.objects.filter(kind="plan_reminder").exists()


@pytest.mark.postgresql
def test_each_plan_has_reminders_of_its_own(reminded, clinic, exercises):
    make_plan(make_visit(clinic, hours=2), exercises)
    assert remind() == 1
    assert Plan.objects.filter(reminded_on=TODAY).count() == 1
    Plan.objects.update(remind_hour=0)
    assert [remind(day=1, hour=0), remind(day=1, hour=0)] == [2, 0]


def test_the_hour_is_that_of_the_place(reminded):
    Location.objects.update(time_zone="America/New_York")
    assert [hour for hour in range(24) if remind(hour=hour)] == [14]
    assert Message.objects.get(kind="plan_reminder").email.expires_at == MIDNIGHT + 29 * timedelta(
        hours=1
    )


@pytest.mark.parametrize(
    ("zone", "hour", "ended"),
    [("UTC", 23, 0), ("UTC", 24, 1), ("America/New_York", 28, 0), ("America/New_York", 29, 1)],
)
def test_a_plan_ends_after_its_last_day(plan, zone, hour, ended):
    Location.objects.update(time_zone=zone)
    Plan.objects.update(until=TODAY, remind_hour=5)
    now = MIDNIGHT + timedelta(hours=hour)
    assert worker.end_due(now=now) == ended
    plan.refresh_from_db()
    if ended:
        assert (plan.status, plan.ended_at, plan.remind_hour) == ("ended", now, None)
        assert plan.version == 3 and plan.events.last().verb == "end"
    else:
        assert plan.status == "sent" and plan.version == 2


def test_only_plans_that_are_over_end(plan, clinic, exercises):
    others = [make_plan(make_visit(clinic, hours=n), exercises, sent=n == 2) for n in (2, 4)]
    Plan.objects.exclude(pk=others[0].pk).update(until=TODAY)
    assert worker.end_due(now=AFTER + DAY) == 1
    assert worker.end_due(now=AFTER + DAY) == 0
    assert [Plan.objects.get(pk=one.pk).status for one in (plan, *others)] == [
        "ended",
        "sent",
        "draft",
    ]


def test_plans_that_go_on_keep_none_waiting(plan, clinic, exercises, monkeypatch):
    monkeypatch.setattr(worker, "AT_ONCE", 1)
    _running, ended = [make_plan(make_visit(clinic, hours=n), exercises) for n in (2, 4)]
    transitions.end(ended, version=ended.version, actor=of_requests.SYSTEM, now=AFTER)
    Plan.objects.filter(pk__in=[plan.pk, ended.pk]).update(until=TODAY)
    assert worker.end_due(now=AFTER + DAY) == 1
    plan.refresh_from_db()
    assert plan.status == "ended"


@pytest.fixture
def follows(clinic):
    return FollowUp.objects.create(service=clinic[0], first_weeks=2, second_weeks=6)


@pytest.mark.parametrize(
    ("late", "asked"),
    [
        (2 * WEEK - SECOND, []),
        (2 * WEEK, ["first"]),
        (3 * WEEK - SECOND, ["first"]),
        (3 * WEEK, []),
        (6 * WEEK - SECOND, []),
        (6 * WEEK, ["second"]),
        (7 * WEEK - SECOND, ["second"]),
        (7 * WEEK, []),
    ],
)
def test_a_week_in_which_to_ask(visited, follows, late, asked):
    end = visited.appointments.get().end
    assert worker.ask_due(now=end + late) == len(asked)
    assert list(Outcome.objects.values_list("moment", flat=True)) == asked


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "change",
    [
        lambda: Appointment.objects.update(status="noshow"),
        lambda: Appointment.objects.update(service=make_clinic()[0]),
        lambda: ConsultationRequest.objects.update(email="", contact_by="phone", phone=PHONE),
        lambda: ConsultationRequest.objects.update(erased_at=AFTER),
    ],
)
def test_who_is_not_asked(visited, follows, change):
    change()
    end = visited.appointments.get().end
    assert worker.ask_due(now=end + 2 * WEEK) == 0 and not Outcome.objects.exists()


def test_all_who_are_due_are_asked(clinic, follows):
    asked = [make_visit(clinic, hours=n, email=f"{n}@example.org") for n in (0, 1)]
    end = max(one.appointments.get().end for one in asked)
    make_request(clinic[0], clinic[1], start=TEN + DAY, email="before@example.org")
    assert worker.ask_due(now=end + 2 * WEEK) == 2
    assert worker.ask_due(now=end + 2 * WEEK) == 0


@pytest.mark.postgresql
def test_who_is_not_asked_keeps_none_waiting(clinic, follows, monkeypatch):
    monkeypatch.setattr(worker, "AT_ONCE", 1)
    due, asked, phones = (make_visit(clinic, hours=n, email=f"{n}@example.org") for n in range(3))
    transitions.ask(asked, "first", now=AFTER)
    ConsultationRequest.objects.filter(pk=phones.pk).update(
        email="", contact_by="phone", phone=PHONE
    )
    assert worker.ask_due(now=phones.appointments.get().end + 2 * WEEK) == 1
    assert due.outcomes.get().moment == "first" and not phones.outcomes.exists()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("status", "changes"), [("ended", {"ended_at": AFTER}), ("draft", {"sent_at": None})]
)
def test_a_plan_is_kept_for_its_days(plan, clinic, exercises, settings, status, changes):
    settings.RETENTION = settings.RETENTION | {"PLAN_DAYS": 10, "OUTCOME_DAYS": 10}
    running = make_plan(make_visit(clinic, hours=2), exercises)
    Plan.objects.filter(pk=plan.pk).update(status=status, made_at=AFTER, **changes)
    assert worker.forget_due(now=AFTER + 10 * DAY - SECOND) == 0
    assert worker.forget_due(now=AFTER + 10 * DAY) > 0
    assert list(Plan.objects.all()) == [running]


@pytest.mark.postgresql
def test_how_many_things_are_forgotten(visited, settings):
    settings.RETENTION = settings.RETENTION | {"PLAN_DAYS": 10, "OUTCOME_DAYS": 20}
    plan = make_plan(visited, [], sent=False)
    transitions.answer(visited, "baseline", now=AFTER, ability=1, pain=1, line="")
    of_plan = 1 + plan.events.count()
    assert worker.forget_due(now=AFTER + 10 * DAY) == of_plan
    assert worker.forget_due(now=AFTER + 20 * DAY - SECOND) == 0
    assert worker.forget_due(now=AFTER + 20 * DAY) == 1
