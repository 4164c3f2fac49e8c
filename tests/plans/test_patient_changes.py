"""What a patient's buttons write: days, consent, reminders, answers. Without a page."""

from datetime import date, timedelta

import pytest

from bookings import transitions as of_requests
from bookings.errors import InvalidTransition
from bookings.models import Message
from plans import transitions
from plans.enums import Moment
from plans.models import Outcome, Plan, ShareConsent, SharedDay
from tests.plans.conftest import AFTER, make_plan, make_visit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture
def other(clinic, exercises):
    """Somebody else's plan, shared and with reminders."""
    plan = make_plan(make_visit(clinic, hours=2), exercises)
    transitions.share(plan, text="yes", days={TODAY: 3}, now=AFTER)
    transitions.remind(plan, hour=6, now=AFTER)
    return plan


def days(plan):
    rows = SharedDay.objects.filter(consent__plan=plan)
    return list(rows.values_list("day", "discomfort"))


def verbs(plan):
    return list(plan.events.values_list("verb", flat=True))[2:]


@pytest.mark.postgresql
def test_only_days_of_the_plan_that_have_come(plan):
    later = AFTER + 3 * DAY
    every = {TODAY + n * DAY: n % 11 for n in range(-2, 9)}
    transitions.share(plan, text="I agree.", days=every, now=later)
    assert days(plan) == [(TODAY + n * DAY, n) for n in range(4)]
    consent = ShareConsent.objects.get()
    assert (consent.text, consent.given_at, consent.taken_back_at) == ("I agree.", later, None)
    Plan.objects.update(until=TODAY + 5 * DAY)
    transitions.share_days(plan, days=every, now=AFTER + 30 * DAY)
    assert days(plan)[-1] == (TODAY + 5 * DAY, 5) and verbs(plan) == ["share", "share_days"]


@pytest.mark.postgresql
def test_a_day_is_corrected_not_doubled(plan):
    transitions.share(plan, text="yes", days={TODAY: 3}, now=AFTER)
    transitions.share_days(plan, days={TODAY: None}, now=AFTER + DAY)
    row = SharedDay.objects.get()
    assert (row.discomfort, row.shared_at) == (None, AFTER + DAY)


def test_agreeing_twice_is_one_consent(plan):
    for text in ("first", "second"):
        transitions.share(plan, text=text, days={}, now=AFTER)
    assert ShareConsent.objects.get().text == "first" and verbs(plan) == ["share"]


def test_days_that_do_not_count_are_no_event(plan):
    transitions.share(plan, text="yes", days={}, now=AFTER)
    transitions.share_days(plan, days={TODAY + DAY: 1}, now=AFTER)
    assert days(plan) == [] and verbs(plan) == ["share"]


@pytest.mark.postgresql
def test_taking_back_deletes_ones_own(plan, other):
    transitions.share(plan, text="yes", days={TODAY: 5}, now=AFTER)
    transitions.take_back(plan, now=AFTER + DAY)
    transitions.take_back(plan, now=AFTER + 2 * DAY)
    assert ShareConsent.objects.get(plan=plan).taken_back_at == AFTER + DAY
    assert days(plan) == [] and days(other) == [(TODAY, 3)]
    assert transitions.consent_of(other) and not transitions.consent_of(plan)
    assert verbs(plan) == ["share", "take_back"]
    with pytest.raises(InvalidTransition, match="nothing was sent"):
        transitions.share_days(plan, days={TODAY: 5}, now=AFTER)
    transitions.share(plan, text="again", days={TODAY: 2}, now=AFTER + 3 * DAY)
    assert ShareConsent.objects.filter(plan=plan).count() == 2 and days(plan) == [(TODAY, 2)]


def test_reminders_are_ones_own(plan, other):
    transitions.stop_reminding(plan, now=AFTER)
    transitions.remind(plan, hour=9, now=AFTER)
    transitions.remind(plan, hour=9, now=AFTER)
    transitions.remind(plan, hour=10, now=AFTER)
    assert Plan.objects.get(pk=plan.pk).remind_hour == 10
    transitions.stop_reminding(plan, now=AFTER)
    transitions.stop_reminding(plan, now=AFTER)
    assert Plan.objects.get(pk=plan.pk).remind_hour is None
    assert Plan.objects.get(pk=other.pk).remind_hour == 6
    assert verbs(plan) == ["remind", "remind", "stop_reminding"]


@pytest.mark.postgresql
@pytest.mark.parametrize("gone", [False, True])
def test_nothing_is_shared_of_an_ended_plan(plan, gone):
    transitions.share(plan, text="yes", days={}, now=AFTER)
    if gone:
        Plan.objects.filter(pk=plan.pk).delete()
    else:
        transitions.end(plan, version=plan.version, actor=of_requests.SYSTEM, now=AFTER)
    for late in (
        lambda: transitions.share(plan, text="yes", days={TODAY: 1}, now=AFTER),
        lambda: transitions.share_days(plan, days={TODAY: 1}, now=AFTER),
        lambda: transitions.remind(plan, hour=9, now=AFTER),
    ):
        with pytest.raises(InvalidTransition, match="has ended"):
            late()
    assert not SharedDay.objects.exists() and not Plan.objects.exclude(remind_hour=None).exists()


@pytest.mark.postgresql
def test_the_question_is_mailed_once_a_moment(visited):
    asked = [transitions.ask(visited, one, now=AFTER) for one in ("first", "first", "second")]
    assert asked == [True, False, True]
    assert Message.objects.filter(kind="outcome").count() == 2
    assert list(Outcome.objects.values_list("moment", "asked_at")) == [
        ("first", AFTER),
        ("second", AFTER),
    ]


def test_nobody_without_an_address_is_asked(visited):
    visited.email = ""
    assert transitions.ask(visited, Moment.FIRST, now=AFTER) is False
    assert not Outcome.objects.exists() and not Message.objects.filter(kind="outcome").exists()


@pytest.mark.postgresql
def test_a_question_written_before_is_not_asked_again(visited):
    transitions.ask(visited, Moment.FIRST, now=AFTER)
    Outcome.objects.all().delete()
    assert transitions.ask(visited, Moment.FIRST, now=AFTER + DAY) is False
    assert not Outcome.objects.exists()


@pytest.mark.postgresql
def test_an_answer_needs_its_question(visited):
    given = {"ability": 4, "pain": None, "line": "Better."}
    with pytest.raises(InvalidTransition, match="not asked"):
        transitions.answer(visited, Moment.FIRST, now=AFTER, **given)
    transitions.ask(visited, Moment.FIRST, now=AFTER)
    transitions.answer(visited, Moment.FIRST, now=AFTER + DAY, **given)
    row = transitions.answer(visited, Moment.FIRST, now=AFTER + 2 * DAY, **given | {"ability": 5})
    assert row == Outcome.objects.get()
    row.refresh_from_db()
    assert (row.ability, row.pain, row.line) == (5, None, "Better.")
    assert (row.asked_at, row.answered_at) == (AFTER, AFTER + 2 * DAY)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("goal", "text", "kept"),
    [("unsure", "", ""), ("", "Climb stairs", "Climb stairs"), ("", "x" * 101, "x" * 100)],
)
def test_the_goal_in_their_words(visited, goal, text, kept):
    visited.goal, visited.goal_text = goal, text
    transitions.ask(visited, Moment.FIRST, now=AFTER)
    transitions.answer(visited, Moment.BASELINE, now=AFTER, ability=1, pain=1, line="")
    assert [row.goal for row in Outcome.objects.all()] == [kept, kept]
