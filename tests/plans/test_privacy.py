"""What is kept of a plan: in the copy for the person, until it is erased or old; and never wrong."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from wagtail.models import ReferenceIndex
from wagtail.search.index import get_indexed_models

from bookings import transitions as of_requests
from bookings.messages import unsent
from bookings.models import ConsultationRequest, Message
from bookings.privacy import subject_access
from plans import privacy, transitions, worker
from plans.models import (
    FollowUp,
    Outcome,
    Plan,
    PlanEvent,
    PlanExercise,
    ShareConsent,
    SharedDay,
)
from tests.plans.conftest import AFTER, make_plan, make_visit

pytestmark = pytest.mark.django_db
OF_PATIENTS = [Plan, PlanExercise, PlanEvent, ShareConsent, SharedDay, Outcome]


@pytest.fixture
def lived(plan):
    """A plan with a line, a shared day and an answer."""
    plan.exercises.update(line="Slowly.")
    transitions.share(plan, text="I agree.", days={date(2026, 11, 24): 6}, now=AFTER)
    answer = {"ability": 4, "pain": 5, "line": "Better."}
    transitions.answer(plan.request, "baseline", now=AFTER, **answer)
    Outcome.objects.update(goal="To walk.")
    return plan


def test_the_copy_has_all_of_it(lived):
    copy = subject_access.as_html([lived.request], now=AFTER)
    words = ("Exercise 1", "Lie down.", "Slowly.", "I agree.", "Better.", "To walk.", "2026-11-24")
    for word in words:
        assert word in copy, word
    text = subject_access.as_json([lived.request], now=AFTER)
    assert lived.exercises.first().fingerprint not in text


@pytest.mark.postgresql
def test_the_copy_is_of_one_persons_plan(lived, clinic, exercises):
    other = make_plan(make_visit(clinic, hours=2), exercises)
    transitions.share(other, text="Theirs.", days={date(2026, 11, 24): 1}, now=AFTER)
    lived.exercises.exclude(key="exercise-1").delete()
    lived.exercises.update(weekdays=0b1000101)
    found = privacy.sections(lived.request)
    assert [len(section.rows) for section in found] == [1, 1, 1, 1, 3, 1]
    said = [{fact.name: fact.value for fact in section.rows[0]} for section in found]
    assert (said[1]["name"], said[1]["weekdays_chosen"]) == ("Exercise 1", "1, 3, 7")
    assert said[1]["text"].splitlines() == ["Lie down.", "Breathe.", "It hurts more."]
    assert (said[2]["text"], said[3]["discomfort"], said[5]["ability"]) == ("I agree.", "6", "4")


def test_a_draft_is_in_no_copy(visited, exercises):
    make_plan(visited, exercises, sent=False)
    assert "Exercise 1" not in subject_access.as_html([visited], now=AFTER)


@pytest.mark.postgresql
def test_erasing_leaves_another_persons_plan(lived, clinic, exercises):
    other = make_plan(make_visit(clinic, hours=2), exercises)
    asked = ConsultationRequest.objects.get(pk=lived.request_id)
    because = {"actor": of_requests.SYSTEM, "now": AFTER, "because": "asked"}
    of_requests.erase(asked, version=asked.version, **because)
    assert list(Plan.objects.all()) == [other] and not Outcome.objects.exists()
    assert PlanExercise.objects.filter(plan=other).count() == PlanExercise.objects.count() == 3


@pytest.mark.postgresql
def test_old_plans_and_answers_go(lived, settings):
    settings.RETENTION = settings.RETENTION | {"PLAN_DAYS": 10, "OUTCOME_DAYS": 100}
    assert worker.forget_due(now=AFTER + timedelta(days=99)) == 0
    transitions.end(lived, version=lived.version, actor=of_requests.SYSTEM, now=AFTER)
    worker.forget_due(now=AFTER + timedelta(days=9))
    assert Plan.objects.exists() and SharedDay.objects.exists()
    worker.forget_due(now=AFTER + timedelta(days=11))
    assert not Plan.objects.exists() and not SharedDay.objects.exists() and Outcome.objects.exists()
    worker.forget_due(now=AFTER + timedelta(days=101))
    assert not Outcome.objects.exists()


@pytest.mark.postgresql
def test_neither_search_nor_index_knows_of_it(lived):
    models = set(apps.get_app_config("plans").get_models())
    assert not models & set(get_indexed_models())
    labels = {row.base_content_type.app_label for row in ReferenceIndex.objects.all()}
    assert "plans" not in labels


@pytest.mark.postgresql
def test_a_plan_is_mailed_whatever_is_agreed_later(plan):
    unsent.drop_earlier(plan.request)
    assert not Message.objects.get(kind="plan").superseded


def test_nobody_without_confirmed_address_is_mailed(visited, exercises):
    visited.email, visited.phone, visited.contact_by = "", "+442079460999", "phone"
    visited.save()
    make_plan(visited, exercises)
    assert not Message.objects.filter(kind="plan").exists()


REFUSED = [
    lambda plan: Plan.objects.update(status="lost"),
    lambda plan: Plan.objects.update(until=date(2020, 1, 1)),
    lambda plan: Plan.objects.update(sent_at=None),
    lambda plan: Plan.objects.update(remind_hour=24),
    lambda plan: Plan.objects.create(**copied(plan)),
    lambda plan: plan.exercises.update(key="same"),
    lambda plan: plan.exercises.update(sets=0),
    lambda plan: plan.exercises.update(reps=51),
    lambda plan: plan.exercises.update(hold=301),
    lambda plan: plan.exercises.update(weekdays=0),
    lambda plan: plan.exercises.update(weekdays=128),
    lambda plan: plan.exercises.update(side="up"),
    lambda plan: ShareConsent.objects.create(plan=plan, text="again", given_at=AFTER),
    lambda plan: SharedDay.objects.update(discomfort=11),
    lambda plan: Outcome.objects.update(ability=11),
    lambda plan: Outcome.objects.update(pain=11),
    lambda plan: Outcome.objects.update(answered_at=None),
    lambda plan: Outcome.objects.update(moment="never"),
    lambda plan: FollowUp.objects.create(
        service=plan.request.service, first_weeks=6, second_weeks=6
    ),
]


def copied(plan):
    names = ("request", "status", "locale", "starts", "until", "made_at", "sent_at")
    return {name: getattr(plan, name) for name in names}


@pytest.mark.postgresql
def test_the_database_refuses_what_must_not_be(lived):
    for number, wrong in enumerate(REFUSED):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong(lived)
            pytest.fail(str(number))
