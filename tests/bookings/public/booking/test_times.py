"""The steps about times: which are offered, and what becomes of the one that somebody chose."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import ConsultationRequest, Draft, WeeklyHours
from bookings.public.booking.time_forms import parse_start
from tests.bookings.public.conftest import ends_at
from tests.factories import make_request

pytestmark = pytest.mark.django_db


def shown(visitor):
    """The times on the page as a browser gets it."""
    return re.findall(r'name="times" value="(20[^"]+)"', visitor.get("time").text)


def test_a_taken_time_offers_the_nearest(visitor, clinic, django_user_model):
    service, location, _people = clinic
    first, _page = visitor.up_to_check()
    for n in range(2):  # two practitioners, so two visits fill the time
        make_request(
            service,
            location,
            start=parse_start(first),
            now=timezone.now(),
            email=f"{n}@example.org",
        )
    page = visitor.send()
    ends_at(page, "/book/time/")
    assert "has just been taken" in page.content.decode()
    assert first not in visitor.offered()
    ends_at(visitor.time(), "/book/contact/")
    assert "maria@example.org" in visitor.get("check").content.decode()
    ends_at(visitor.send(), "/book/sent/")


@pytest.mark.parametrize(("weeks", "offered"), [(3, True), (26, False)])
def test_a_taken_time_in_a_full_diary(visitor, clinic, weeks, offered):
    """The week of the lost time is full: the first free days, or what can be done where there is none."""
    visitor.up_to_check()
    today = clinic[1].today(timezone.now())
    first_free = today + timedelta(weeks=weeks, days=-today.weekday())  # a Monday
    WeeklyHours.objects.update(valid_from=first_free)
    page = visitor.send()
    ends_at(page, "/book/time/")
    text = page.content.decode()
    assert "has just been taken" in text
    assert "These are the nearest free times" not in text
    assert (f'name="times" value="{first_free}' in text) is offered
    assert ('rel="next"' in text) is offered
    assert ("Continue" in text) is offered
    assert "Put me on the waiting list" in text


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30T10:00Z",
        "2020-01-01T10:00Z",
        "x",
        "\x00",
        "9" * 10_000,
        "2099-01-01T10:07Z",
        "2026-11-24T09:00:01Z",
    ],
)
def test_a_start_that_was_never_offered(visitor, value):
    visitor.about()
    page = visitor.time(value)
    assert page.status_code == 200
    assert not page.redirect_chain
    assert "That time is not free" in page.content.decode()


def test_any_time_holds_nothing(visitor):
    visitor.about()
    page = visitor.post("time", instead="any", parts=["morning", "evening"])
    ends_at(page, "/book/contact/")
    visitor.contact()
    visitor.send()
    consultation = ConsultationRequest.objects.get()
    assert [p.part for p in consultation.preferences.all()] == ["morning", "evening"]
    assert not consultation.appointments.exists()


def test_three_choices_are_ranked(visitor):
    visitor.about()
    one, two, three = visitor.offered()[:3]
    visitor.time(one, three, two)
    visitor.contact()
    visitor.send()
    kept = ConsultationRequest.objects.get().preferences.values_list("start", flat=True)
    assert list(kept) == [parse_start(v) for v in (one, three, two)]


def test_without_a_script_the_earliest_is_first(visitor):
    visitor.about()
    one, two = visitor.offered()[:2]
    visitor.time(two, one, order="")
    visitor.contact()
    visitor.send()
    kept = ConsultationRequest.objects.get().preferences.values_list("start", flat=True)
    assert list(kept) == [parse_start(one), parse_start(two)]


def test_one_time_in_two_spellings_is_one(visitor):
    visitor.about()
    # Today's first may be later than nine.
    first = next(time for time in visitor.offered() if "T09" in time)
    visitor.time(first, first.replace("T0", "T"))
    assert Draft.objects.get().answers["other-times"]["second"] == ""


def test_four_times_are_too_many(visitor):
    visitor.about()
    page = visitor.time(*visitor.offered()[:4])
    assert "Choose three times at most." in page.text and page.text.count(" checked") == 4


def test_no_time_at_all_is_asked_again(visitor):
    visitor.about()
    assert "Choose a time, or press" in visitor.post("time").text


def test_a_choice_of_another_page_stays(visitor):
    visitor.about()
    first = visitor.offered()[0]
    late = visitor.client.get(f"{visitor.at('time')}?from={first[:10]}").context["listing"].later
    far = visitor.client.get(f"{visitor.at('time')}?from={late}").context["form"]
    far = far.fields["times"].choices[0][1][0][0]
    visitor.time(first, far)

    page = visitor.get("time").text

    assert "Chosen on other days" in page and re.search(rf'value="{far}"[^>]* checked', page)


def test_later_days_open_by_a_tap(visitor):
    visitor.about()
    page = visitor.get("time").text
    assert page.count('class="nhsuk-fieldset day" id=') == 3
    assert re.search(r'<details class="day-more" id="id_times_day_4"><summary>', page)
    assert "free times</span></summary>" in page


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "from=0001-01-01",
        "from=9999-12-31",
        "with=x",
        "taken=x",
        "taken=0001-01-01T00:00Z",
        "taken=9999-12-31T23:59Z",
    ],
)
def test_odd_addresses_of_the_time_page(visitor, query):
    visitor.about()
    assert visitor.client.get(f"{visitor.at('time')}?{query}").status_code == 200


@pytest.mark.parametrize("start", ["2020-01-01T10:00Z", "2099-01-01T10:00Z", "9999-12-31T23:59Z"])
def test_an_impossible_time_shows_free_ones(visitor, start):
    visitor.about(start=start)
    assert visitor.offered()


def test_each_free_day_has_a_link(visitor):
    visitor.about()
    page = visitor.get("time").content.decode()
    ways = re.findall(r'href="#(id_times_day_\d+)"', page)
    assert len(ways) > 5
    assert ways == re.findall(r' id="(id_times_day_\d+)"', page)


def test_no_link_leads_before_the_first_day(visitor, clinic):
    service, location, _people = clinic
    service.minimum_notice_hours = 72
    service.save()
    visitor.about()
    soonest = location.today(timezone.now() + timedelta(hours=72))
    for first, earlier in ((soonest, None), (soonest + timedelta(days=4), soonest)):
        page = visitor.client.get(f"{visitor.at('time')}?from={first}")
        assert page.context["listing"].earlier == earlier
        assert ('rel="prev"' in page.content.decode()) is bool(earlier)


@pytest.mark.postgresql
def test_before_the_first_free_time_lies_nothing(visitor, clinic):
    _service, location, people = clinic
    next_week = location.today(timezone.now()) + timedelta(days=8)
    for person in people:
        person.weekly_hours.update(valid_from=next_week)
    visitor.about()

    page = visitor.get("time")

    assert (
        page.context["listing"].first_day >= next_week and page.context["listing"].earlier is None
    )


def test_a_taken_time_is_offered_no_more(caching, visitor, clinic):
    service, location, people = clinic
    visitor.about()
    first, second = shown(visitor)[:2]
    for number, _person in enumerate(people):
        assert first in shown(visitor)
        make_request(
            service,
            location,
            start=parse_start(first),
            email=f"{number}@example.org",
            now=timezone.now(),
        )
    assert first not in shown(visitor) and second in shown(visitor)
    visitor.time(second)
    assert re.search(rf'value="{second}"[^>]* checked', visitor.get("time").text)
