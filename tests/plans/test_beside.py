"""What stands about plans beside a request: the chart, the counts, earlier plans."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from plans import transitions
from plans.models import Outcome, Plan, PlanExercise, SharedDay
from plans.staff import report
from plans.staff.beside import card, earlier, visit
from plans.staff.panels import FlaggedPanel
from plans.staff.shared import Shared
from tests.plans.conftest import AFTER, make_plan, make_visit

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
of_database = pytest.mark.django_db


@pytest.mark.postgresql
@of_database
def test_the_chart_of_shared_days(plan):
    PlanExercise.objects.update(weekdays=0b0000110)
    felt = {TODAY: 0, TODAY + 5 * DAY: 10, TODAY + 10 * DAY: None}
    transitions.share(plan, text="yes", days=felt, now=AFTER + 20 * DAY)
    shared = Shared(plan, today=TODAY + 10 * DAY)
    assert (shared.is_on, shared.done, shared.planned) == (True, 3, 4)
    assert [(dot.x, dot.y) for dot in shared.dots] == [(14, 106), (160, 14)]
    assert shared.line == "14.0,106.0 160.0,14.0" and shared.ticks == ["14.0", "160.0", "306.0"]
    assert shared.latest.discomfort == 10
    assert Shared(plan, today=TODAY + 100 * DAY).last == plan.until
    assert Shared(plan, today=TODAY + DAY)._x(TODAY + DAY) == 306
    of_first_day = Shared(plan, today=TODAY)
    assert of_first_day.ticks[0] == "14.0" and of_first_day.planned == 1
    transitions.take_back(plan, now=AFTER)
    shared = Shared(plan, today=TODAY)
    assert (shared.is_on, shared.days, shared.latest, shared.dots) == (False, [], None, [])


@of_database
def test_the_chart_is_of_one_plan(plan, clinic, exercises):
    other = make_plan(make_visit(clinic, hours=2), exercises)
    transitions.share(other, text="yes", days={TODAY: 3}, now=AFTER)
    assert not Shared(plan, today=TODAY).is_on and Shared(plan, today=TODAY).days == []
    assert SharedDay.objects.count() == 1


@of_database
def test_a_median_of_five_and_no_fewer(clinic):
    for n, (before, after) in enumerate([(1, 3), (2, 6), (5, 5), (9, 8), (None, 4)]):
        asked = make_visit(clinic, email=f"{n}@example.org", hours=n)
        baseline = {"moment": "baseline", "ability": before, "pain": 8, "answered_at": AFTER}
        later = {"moment": "first", "ability": after, "pain": 8 - n, "answered_at": AFTER}
        for answer in (baseline, later):
            Outcome.objects.create(request=asked, asked_at=AFTER, **answer)
    Outcome.objects.create(request=asked, moment="second", asked_at=AFTER)
    first, second = report.lines()
    assert (first.asked, first.answered, first.both) == (5, 5, 4)
    assert (first.ability, first.pain) == (None, -2)
    assert (second.asked, second.answered, second.both, second.pain) == (1, 0, 0, None)
    assert (str(first.label), str(second.label)) == ("some weeks after the visit", "later")


def asked_by(user):
    return SimpleNamespace(user=user, method="GET")


@of_database
def test_plans_beside_a_request(plan, clinic, visited, amara, make_user, exercises):
    Plan.objects.filter(pk=plan.pk).update(status="ended", ended_at=AFTER)
    draft = make_plan(visited, exercises, sent=False)
    transitions.answer(visited, "baseline", now=AFTER, ability=1, pain=1, line="")
    transitions.ask(visited, "first", now=AFTER)
    _template, own = card(asked_by(amara), visited)
    assert set(own["plans"]) == {plan, draft} and own["may_plan"] and own["running"] is None
    assert own["shared"] is None and own["flagged"] == [] and own["outcomes"].count() == 1
    _template, desk = card(asked_by(make_user("Front desk")), visited)
    assert desk["plans"] == [plan] and not desk["may_plan"] and "flagged" not in desk
    without = make_visit(clinic, hours=2)
    assert card(asked_by(make_user("Front desk lead")), without) is None
    assert card(asked_by(amara), without)[1]["earlier"] == [plan]
    assert earlier(AnonymousUser(), without) == []
    assert visit(asked_by(amara), visited.appointments.get())[1] == {"reference": visited.reference}
    assert visit(asked_by(make_user("Owner")), visited.appointments.get()) is None


@of_database
def test_only_ones_own_plans_are_flagged(plan, clinic, amara, exercises):
    other = make_plan(make_visit(clinic, hours=2), exercises)
    Plan.objects.filter(pk=other.pk).update(practitioner=clinic[2][1])
    exercises[0].live = False
    exercises[0].save()
    panel = FlaggedPanel().get_context_data({"request": asked_by(amara)})
    assert panel == {"flagged": [(plan, "Exercise 1", "withdrawn")]}


@of_database
def test_earlier_plans_of_the_same_address(plan, clinic, amara, exercises):
    others = [
        make_plan(make_visit(clinic, hours=n), exercises, now=AFTER + n * DAY) for n in range(1, 7)
    ]
    make_plan(make_visit(clinic, hours=-1, email="other@example.org"), exercises)
    make_plan(others[0].request, exercises, sent=False, now=AFTER + 30 * DAY)
    found = earlier(amara, plan.request)
    assert found == others[:0:-1]
