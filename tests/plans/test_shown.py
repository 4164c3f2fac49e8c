"""Which plan and which question a page shows, and the days in a calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plans import sheet, transitions
from plans.models import Plan, PlanExercise
from plans.public import calendar
from plans.public.progress import moment_of
from plans.public.shown import plan_of
from tests.hostile.public import open_
from tests.plans.conftest import AFTER, make_plan

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
of_database = pytest.mark.django_db


@of_database
@pytest.mark.parametrize(
    ("weekdays", "today", "first"),
    [
        (0b0000010, TODAY, TODAY),
        (0b0000001, TODAY, TODAY + 6 * DAY),
        (0b1111111, TODAY + 3 * DAY, TODAY + 3 * DAY),
        (0b1111111, TODAY - 3 * DAY, TODAY),
        (0b1111111, TODAY + 9 * DAY, TODAY + 9 * DAY),
        (0b1111111, TODAY + 10 * DAY, TODAY),
    ],
)
def test_the_first_day_in_the_calendar(plan, weekdays, today, first):
    Plan.objects.update(until=TODAY + 9 * DAY)
    PlanExercise.objects.update(weekdays=weekdays)
    plan.refresh_from_db()
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    text = calendar.days(plan, now=now, url="/find/").decode()
    assert f"DTSTART;VALUE=DATE:{first:%Y%m%d}" in text
    assert "UNTIL=20261203" in text and "SEQUENCE:2" in text and "TRANSP:TRANSPARENT" in text
    assert "CLASS:PRIVATE" in text and "METHOD:PUBLISH" in text and "/find/" in text
    assert "SUMMARY:Time for yourself" in text and f"UID:days-{plan.pk}@" in text
    assert "PRODID:-//clinic-site//plans//EN" in text and "VERSION:2.0" in text
    assert f"DTSTAMP:{now:%Y%m%d}T120000Z" in text


@pytest.mark.postgresql
@of_database
def test_which_plan_a_page_shows(visited, exercises):
    assert plan_of(visited) is None
    make_plan(visited, exercises, sent=False)
    assert plan_of(visited) is None
    Plan.objects.all().delete()
    plans = [make_plan(visited, exercises, now=AFTER + n * DAY) for n in range(3)]
    assert plan_of(visited) == plans[2] and plan_of(visited).request is visited
    Plan.objects.update(status="ended")
    assert plan_of(visited) == plans[2]
    Plan.objects.filter(pk=plans[0].pk).update(status="sent")
    assert plan_of(visited) == plans[0]


@of_database
@pytest.mark.parametrize(
    ("status", "visit", "follows", "moment"),
    [
        ("confirmed", "booked", True, "baseline"),
        ("confirmed", "cancelled", True, "baseline"),
        ("confirmed", "booked", False, None),
        ("confirmed", "arrived", True, None),
        ("confirmed", "fulfilled", True, None),
        ("confirmed", "noshow", True, None),
        ("withdrawn", "cancelled", True, None),
        ("declined", "cancelled", True, None),
        ("expired", "cancelled", True, None),
        ("spam", "cancelled", True, None),
    ],
)
def test_what_a_page_asks(visited, follows_up, status, visit, follows, moment):
    visited.appointments.update(status=visit)
    visited.status = status
    if not follows:
        follows_up.delete()
    assert moment_of(visited) == moment


@of_database
def test_a_page_asks_what_was_asked_last(visited, follows_up):
    transitions.answer(visited, "baseline", now=AFTER + 3 * DAY, ability=1, pain=1, line="")
    for n, asked in enumerate(("first", "second")):
        transitions.ask(visited, asked, now=AFTER + n * DAY)
        assert moment_of(visited) == asked


@pytest.fixture
def follows_up(clinic):
    from plans.models import FollowUp

    return FollowUp.objects.create(service=clinic[0])


@of_database
@pytest.mark.usefixtures("after")
def test_the_page_offers_its_days_and_both_prints(client, plan):
    open_(client, plan.request)
    transitions.share(plan, text="yes", days={}, now=AFTER)
    own = f"/request/{plan.request.reference}/plan/"
    page = client.get(own)
    days = [value for value, _label in page.context["form"].fields["day"].choices]
    assert days == ["2026-11-24"] and page.context["consent"]
    sizes = [len(client.get(f"{own}plan.pdf{size}").content) for size in ("", "?size=large")]
    assert sizes == [len(sheet.pdf(plan, large=large)) for large in (False, True)]
