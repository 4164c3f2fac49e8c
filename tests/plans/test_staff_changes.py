"""What each change of a plan writes, event by event, and where it ends. Without a page."""

from datetime import date, timedelta

import pytest

from bookings import transitions as of_requests
from bookings.errors import InvalidTransition, StaleVersion
from bookings.models import Message
from bookings.transitions.core import staff
from plans import library, transitions
from plans.models import Plan, PlanExercise
from plans.transitions.core import write
from tests.plans.conftest import AFTER, make_exercise, make_plan, make_visit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
BY = {"actor": of_requests.SYSTEM, "now": AFTER}


@pytest.fixture
def draft(visited, exercises):
    return make_plan(visited, exercises, sent=False)


def many(number):
    return [make_exercise(f"one-of-many-{n:02}") for n in range(number)]


def wanted(row, **changes):
    names = ("pk", "sets", "reps", "hold", "side", "weekdays", "line")
    return transitions.Wanted(**{name: getattr(row, name) for name in names} | changes)


def change(plan, rows, *, until=None):
    plan.refresh_from_db()
    until = until or plan.until
    transitions.change(plan, version=plan.version, rows=rows, until=until, **BY)


def verbs(plan):
    return list(plan.events.values_list("verb", flat=True))


def keys(plan):
    return list(plan.exercises.values_list("key", "order"))


@pytest.mark.postgresql
def test_a_plan_begins_today_for_six_weeks(visited, exercises):
    visit = visited.appointments.get()
    rows = [library.usual(one) for one in exercises]
    plan = transitions.make(visited, rows=rows, visit=visit, guide=7, **BY)
    plan.refresh_from_db()
    assert (plan.starts, plan.until) == (TODAY, date(2027, 1, 5))
    assert (plan.visit, plan.practitioner, plan.guide) == (visit, visit.practitioner, 7)
    assert (plan.made_at, plan.locale, plan.version) == (AFTER, visited.locale, 1)
    assert keys(plan) == [("exercise-1", 1), ("exercise-2", 2), ("exercise-3", 3)]
    event = plan.events.get()
    assert (event.verb, event.actor_kind, event.at) == ("make", "system", AFTER)


@pytest.mark.postgresql
def test_a_plan_needs_no_visit(visited):
    plan = transitions.make(visited, rows=[], visit=None, guide=None, **BY)
    assert plan.practitioner is None and not plan.exercises.exists()


def test_a_plan_begins_with_twenty_at_most(visited):
    plan = make_plan(visited, many(21), sent=False)
    assert plan.exercises.count() == 20


@pytest.mark.postgresql
def test_rows_are_written_as_wanted(draft):
    first, second, third = draft.exercises.all()
    changed = wanted(third, sets=2, reps=9, hold=0, side="left", weekdays=3, line="Slowly.")
    change(draft, [changed, wanted(first)], until=TODAY + DAY)
    draft.refresh_from_db()
    assert keys(draft) == [("exercise-3", 1), ("exercise-1", 2)]
    third.refresh_from_db()
    assert (third.sets, third.reps, third.hold) == (2, 9, 0)
    assert (third.side, third.days, third.line) == ("left", [0, 1], "Slowly.")
    assert (draft.until, draft.version) == (TODAY + DAY, 2) and verbs(draft) == ["make", "change"]


def test_nothing_changed_is_no_change(draft):
    change(draft, [wanted(row) for row in draft.exercises.all()])
    draft.refresh_from_db()
    assert draft.version == 1 and verbs(draft) == ["make"]


def test_another_day_alone_is_a_change(draft):
    change(draft, [wanted(row) for row in draft.exercises.all()], until=TODAY + WEEK)
    draft.refresh_from_db()
    assert draft.until == TODAY + WEEK and verbs(draft) == ["make", "change"]


def test_rows_of_another_plan_stay(draft, clinic, exercises):
    other = make_plan(make_visit(clinic, hours=2), exercises)
    theirs = other.exercises.first()
    change(draft, [wanted(theirs, sets=9)])
    theirs.refresh_from_db()
    assert theirs.sets == 1 and other.exercises.count() == 3 and not draft.exercises.exists()


def test_a_running_plan_keeps_one_exercise(plan, draft_of_another):
    with pytest.raises(InvalidTransition, match="leave one exercise"):
        change(plan, [])
    change(draft_of_another, [])
    assert plan.exercises.count() == 3 and not draft_of_another.exercises.exists()


@pytest.fixture
def draft_of_another(clinic, exercises):
    return make_plan(make_visit(clinic, hours=2), exercises, sent=False)


@pytest.mark.parametrize(
    ("until", "starts", "refused"),
    [
        (TODAY, TODAY, ""),
        (TODAY - DAY, TODAY - WEEK, "today or later"),
        (TODAY + WEEK, TODAY + 2 * WEEK, "today or later"),
        (TODAY + 26 * WEEK, TODAY, ""),
        (TODAY + 26 * WEEK + DAY, TODAY, "at most 26 weeks"),
    ],
)
def test_how_long_a_plan_lasts(draft, until, starts, refused):
    Plan.objects.update(starts=starts, until=TODAY + 4 * WEEK)
    rows = [wanted(row) for row in draft.exercises.all()]
    if refused:
        with pytest.raises(InvalidTransition, match=refused):
            change(draft, rows, until=until)
    else:
        change(draft, rows, until=until)
        draft.refresh_from_db()
        assert draft.until == until


@pytest.mark.postgresql
def test_what_is_added_comes_last_and_once(draft, exercises):
    PlanExercise.objects.filter(plan=draft, key="exercise-3").update(order=7)
    new, withdrawn = make_exercise("new"), make_exercise("withdrawn", live=False)
    transitions.add(draft, version=1, exercises=[exercises[0], new, withdrawn], **BY)
    assert keys(draft)[-2:] == [("exercise-3", 7), ("new", 8)] and draft.exercises.count() == 4
    assert verbs(draft) == ["make", "change"] and draft.version == 2
    transitions.add(draft, version=2, exercises=[exercises[0], withdrawn], **BY)
    assert verbs(draft) == ["make", "change"] and draft.version == 2


def test_the_first_that_is_added_is_number_one(visited, exercises):
    plan = make_plan(visited, [], sent=False)
    transitions.add(plan, version=1, exercises=exercises[:1], **BY)
    assert keys(plan) == [("exercise-1", 1)]


def test_twenty_exercises_and_no_more(draft):
    extra = many(18)
    with pytest.raises(InvalidTransition, match="At most 20"):
        transitions.add(draft, version=1, exercises=extra, **BY)
    transitions.add(draft, version=1, exercises=extra[:17], **BY)
    assert draft.exercises.count() == 20


@pytest.mark.postgresql
def test_new_words_keep_the_dose(plan, exercises):
    row = plan.exercises.first()
    PlanExercise.objects.filter(pk=row.pk).update(hold=77)
    exercises[0].steps = "Another way."
    exercises[0].save()
    transitions.renew(plan, row, version=2, exercise=exercises[0], **BY)
    row.refresh_from_db()
    others = plan.exercises.exclude(pk=row.pk)
    assert (row.words["steps"], row.hold) == (["Another way."], 77)
    assert [other.key for other in others] == ["exercise-2", "exercise-3"]
    assert verbs(plan) == ["make", "send", "renew"] and plan.version == 3


@pytest.mark.parametrize("wrong", ["another", "withdrawn"])
def test_no_other_words_than_its_own(plan, exercises, wrong):
    exercise = exercises[0 if wrong == "withdrawn" else 1]
    exercise.live = wrong == "another"
    with pytest.raises(InvalidTransition, match="no longer published"):
        transitions.renew(plan, plan.exercises.first(), version=2, exercise=exercise, **BY)


@pytest.mark.postgresql
def test_what_cannot_be_given(draft, visited, exercises):
    Plan.objects.update(starts=TODAY - WEEK, until=TODAY - DAY)
    draft.refresh_from_db()
    with pytest.raises(InvalidTransition, match="today or later"):
        transitions.send(draft, version=1, **BY)
    Plan.objects.update(until=TODAY)
    draft.refresh_from_db()
    exercises[2].live = False
    exercises[2].save()
    with pytest.raises(InvalidTransition, match="Exercise 3 was withdrawn"):
        transitions.send(draft, version=1, **BY)
    draft.exercises.all().delete()
    with pytest.raises(InvalidTransition, match="at least one"):
        transitions.send(draft, version=1, **BY)
    draft.refresh_from_db()
    assert draft.status == "draft" and not Message.objects.filter(kind="plan").exists()


def test_given_again_is_mailed_again(plan):
    assert transitions.send(plan, version=2, actor=of_requests.SYSTEM, now=AFTER + DAY)
    plan.refresh_from_db()
    assert (plan.status, plan.sent_at, plan.version) == ("sent", AFTER, 3)
    assert Message.objects.filter(kind="plan").count() == 2
    assert verbs(plan) == ["make", "send", "send"]


@pytest.mark.postgresql
def test_only_the_plan_before_ends(plan, clinic, visited, exercises):
    plan.remind_hour = 8
    plan.save()
    other = make_plan(make_visit(clinic, hours=2), exercises)
    new = make_plan(visited, exercises[:1], now=AFTER + DAY)
    for one in (plan, other, new):
        one.refresh_from_db()
    assert (plan.status, plan.ended_at, plan.remind_hour) == ("ended", AFTER + DAY, None)
    assert (other.status, new.status, new.sent_at) == ("sent", "sent", AFTER + DAY)
    assert verbs(plan) == ["make", "send", "end"] and plan.version == 3


@pytest.mark.postgresql
def test_what_ended_earlier_ends_once(plan, visited, exercises):
    for day in (1, 2):
        make_plan(visited, exercises[:1], now=AFTER + day * DAY)
    rows = visited.plans.order_by("pk").values_list("status", "ended_at", "version")
    assert list(rows) == [
        ("ended", AFTER + DAY, 3),
        ("ended", AFTER + 2 * DAY, 3),
        ("sent", None, 2),
    ]


@pytest.mark.postgresql
def test_who_did_it_is_recorded(plan, make_user):
    amara = make_user("Practitioner", "amara")
    transitions.end(plan, version=2, actor=staff(amara), now=AFTER + DAY)
    event = plan.events.last()
    assert (event.actor_kind, event.actor, event.at) == ("staff", amara, AFTER + DAY)


@pytest.mark.postgresql
def test_a_draft_that_has_changed_stays(draft):
    Plan.objects.update(version=2)
    with pytest.raises(StaleVersion):
        transitions.end(draft, version=1, **BY)
    assert Plan.objects.get() == draft


def test_only_the_draft_is_thrown_away(draft, plan_of_another):
    transitions.end(draft, version=1, **BY)
    assert list(Plan.objects.all()) == [plan_of_another]
    transitions.end(plan_of_another, version=2, **BY)
    plan_of_another.refresh_from_db()
    assert plan_of_another.status == "ended" and plan_of_another.ended_at == AFTER


@pytest.fixture
def plan_of_another(clinic, exercises):
    return make_plan(make_visit(clinic, hours=2), exercises)


def test_what_has_ended_stays_so(plan, exercises):
    transitions.end(plan, version=2, **BY)
    row, about = plan.exercises.first(), {"version": plan.version, **BY}
    for late in (
        lambda: transitions.change(plan, rows=[], until=plan.until, **about),
        lambda: transitions.add(plan, exercises=[make_exercise("new")], **about),
        lambda: transitions.renew(plan, row, exercise=exercises[0], **about),
        lambda: transitions.send(plan, **about),
        lambda: transitions.end(plan, **about),
    ):
        with pytest.raises(InvalidTransition, match="has ended"):
            late()
    assert verbs(plan) == ["make", "send", "end"]


@pytest.mark.parametrize("version", [1, 3])
def test_another_version_is_refused(plan, exercises, version):
    row, about, new = plan.exercises.first(), {"version": version, **BY}, make_exercise("new")
    for stale in (
        lambda: transitions.change(plan, rows=[], until=plan.until, **about),
        lambda: transitions.add(plan, exercises=[new], **about),
        lambda: transitions.renew(plan, row, exercise=exercises[0], **about),
        lambda: transitions.send(plan, **about),
        lambda: transitions.end(plan, **about),
    ):
        with pytest.raises(StaleVersion):
            stale()
    assert verbs(plan) == ["make", "send"]


@pytest.mark.postgresql
def test_whoever_is_second_writes_nothing(plan):
    for meanwhile in ({"version": 3}, {"status": "ended", "ended_at": AFTER}):
        Plan.objects.filter(pk=plan.pk).update(version=2, status="sent")
        plan.version, plan.status = 2, "sent"
        Plan.objects.filter(pk=plan.pk).update(**meanwhile)
        with pytest.raises(StaleVersion):
            write(plan, 2, remind_hour=5)
        plan.refresh_from_db()
        assert plan.remind_hour is None
