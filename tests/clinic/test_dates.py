"""A date does not break between its day and its month in HTML; elsewhere it has plain spaces."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from bookings import clock
from bookings.templatetags.clinic_time import day_at, moment_at
from bookings.templatetags.desk import short_at
from clinic.dates import unbroken
from tests.factories import MONDAY, LocationFactory

TEN = datetime(2026, 11, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "on_a_page"),
    [
        ("Friday 27 November, 2:30pm", "Friday 27~November, 2:30pm"),
        ("27 November 2026", "27~November 2026"),
        ("Fri 27 Nov", "Fri 27~Nov"),
        ("viernes 27 de noviembre de 2026, 14:30", "viernes 27~de~noviembre de 2026, 14:30"),
        ("lunes 7 de diciembre a las 10:00", "lunes 7~de~diciembre a las~10:00"),
        ("2:30pm, Lord Howe time", "2:30pm, Lord Howe time"),
        ("", ""),
    ],
)
def test_day_and_month_stay_together(words, on_a_page):
    assert unbroken(words) == on_a_page.replace("~", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize("language", ["en-gb", "es"])
def test_pages_have_it_and_labels_do_not(language, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    place = LocationFactory.build()
    with translation.override(language):
        label = clock.moment_label(TEN, ZoneInfo(place.time_zone), now=MONDAY)
        page = [
            moment_at(TEN, place),
            day_at(TEN.date(), place),
            short_at(TEN, place),
            clock.near_day_label(TEN, place.zone),
        ]
    assert page[0].replace("\xa0", " ") == label and "\xa0" not in label
    assert all("27\xa0" in words for words in page)
