"""What may be typed into the forms of plans, at its ends."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from plans.models import Plan, PlanExercise
from plans.public.forms import DayForm, HourForm, ProgressForm, days_of
from plans.staff.forms import FollowUpForm, RowForm
from plans.staff.writing import arranged

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
of_database = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"2026-11-24": 0, "2026-11-25": 10, "2026-11-26": null}', [0, 10, None]),
        ('{"2026-11-24": -1, "2026-11-25": 11, "2026-11-26": true, "2026-11-27": "3"}', []),
        ('{"x": 1, "2026-11-24": 2}', [2]),
        ("[1]", []),
        ("nothing", []),
        ("[" * 100_000, []),
    ],
)
def test_days_that_a_browser_kept(text, found):
    assert list(days_of(text).values()) == found


def test_four_hundred_days_at_most():
    days = {(TODAY + n * DAY).isoformat(): 1 for n in range(401)}
    assert len(days_of(str(days).replace("'", '"'))) == 400


@pytest.mark.parametrize(
    ("starts", "until", "today", "first", "number"),
    [
        (TODAY, TODAY + 40 * DAY, TODAY, TODAY, 1),
        (TODAY, TODAY + 40 * DAY, TODAY + 20 * DAY, TODAY + 20 * DAY, 14),
        (TODAY, TODAY + 5 * DAY, TODAY + 20 * DAY, TODAY + 5 * DAY, 6),
    ],
)
def test_days_to_choose_from(starts, until, today, first, number):
    form = DayForm(plan=Plan(starts=starts, until=until), today=today)
    choices = [value for value, _label in form.fields["day"].choices]
    assert choices == [(first - n * DAY).isoformat() for n in range(number)]


def test_hours_to_choose_from():
    choices = HourForm().fields["hour"].choices
    assert [value for value, _label in choices] == ["", *(str(hour) for hour in range(6, 23))]
    assert choices[1][1] == "6:00"


@pytest.mark.parametrize(
    ("ability", "pain", "valid"),
    [("0", "", True), ("10", "10", True), ("11", "", False), ("", "3", False), ("3", "-1", False)],
)
def test_answers_from_nought_to_ten(ability, pain, valid):
    form = ProgressForm({"ability": ability, "pain": pain})
    assert form.is_valid() is valid
    if valid:
        assert form.cleaned_data["pain"] == (int(pain) if pain else None)


@pytest.mark.parametrize(
    ("typed", "valid", "off"),
    [
        (("", ""), True, True),
        (("1", "26"), True, False),
        (("1", ""), False, None),
        (("", "1"), False, None),
        (("2", "2"), False, None),
        (("3", "2"), False, None),
        (("0", "2"), False, None),
        (("1", "27"), False, None),
    ],
)
def test_weeks_after_a_visit(typed, valid, off):
    form = FollowUpForm(dict(zip(("first_weeks", "second_weeks"), typed, strict=True)))
    assert form.is_valid() is valid
    if valid:
        assert form.is_off is off


@pytest.mark.parametrize(
    ("name", "low", "high"), [("sets", 1, 10), ("reps", 1, 50), ("hold", 0, 300)]
)
def test_how_much_may_be_typed(name, low, high):
    row = PlanExercise(pk=7, key="bridge", sets=2, reps=3, hold=4, side="both")
    usual = {"7-sets": 1, "7-reps": 1, "7-hold": 0, "7-side": "both", "7-weekdays": ["0", "2"]}
    for value, valid in ((low - 1, False), (low, True), (high, True), (high + 1, False)):
        form = RowForm(row, usual | {f"7-{name}": value})
        assert form.is_valid() is valid and form.is_there
    form = RowForm(row, usual)
    assert form.is_valid() and form.wanted.weekdays == 5 and form.wanted.pk == 7
    assert not RowForm(row, {"8-sets": 1}).is_there
    assert form.initial["weekdays"] == list(range(7)) and form.initial["hold"] == 4


@pytest.mark.parametrize(
    ("verb", "pk", "order"),
    [
        ("up", "3", [1, 3, 2]),
        ("up", "1", [1, 2, 3]),
        ("down", "1", [2, 1, 3]),
        ("down", "3", [1, 2, 3]),
        ("remove", "2", [1, 3]),
        ("renew", "2", [1, 2, 3]),
        ("up", "9", [1, 2, 3]),
        ("save", "3", [1, 2, 3]),
    ],
)
def test_rows_after_a_button(verb, pk, order):
    forms = [SimpleNamespace(row=SimpleNamespace(pk=n)) for n in (1, 2, 3)]
    assert [form.row.pk for form in arranged(forms, verb, pk)] == order
