"""Exercises and doses that a practitioner keeps under a name."""

from datetime import timedelta

import pytest

from plans import library, transitions
from plans.models import PlanTemplate
from tests.plans.conftest import AFTER

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.postgresql
def test_a_template_of_that_name_is_replaced(plan, make_user):
    amara, jonas = make_user("Practitioner", "amara"), make_user("Practitioner", "jonas")
    plan.exercises.update(sets=3, line="Between us.")
    for user, name in ((amara, "Sitting"), (jonas, "Sitting"), (amara, "Walking")):
        transitions.save_template(plan, name=name, user=user, now=AFTER)
    plan.exercises.exclude(key="exercise-1").delete()
    again = transitions.save_template(plan, name="Sitting", user=amara, now=AFTER + DAY)
    assert PlanTemplate.objects.count() == 3 and again.saved_at == AFTER + DAY
    dose = {"key": "exercise-1", "sets": 3, "reps": 1, "hold": 30, "side": "both", "weekdays": 127}
    assert again.exercises == [dose]
    assert [len(one.exercises) for one in PlanTemplate.objects.exclude(pk=again.pk)] == [3, 3]


@pytest.mark.postgresql
def test_a_template_starts_only_what_is_published(plan, make_user, exercises):
    plan.exercises.update(weekdays=5, side="left", sets=4)
    template = transitions.save_template(plan, name="T", user=make_user("Owner"), now=AFTER)
    exercises[1].live = False
    exercises[1].save()
    first, third = library.of_template(template, "en-gb")
    assert (first.exercise.key, third.exercise.key) == ("exercise-1", "exercise-3")
    assert (first.sets, first.hold, first.side, first.weekdays, first.line) == (
        4,
        30,
        "left",
        5,
        "",
    )
