"""The patient's side of a plan: what is shown, shared, taken back, kept, and to whom."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings.models import Event, Message
from plans import library, sheet, transitions, worker
from plans.models import Plan, PlanExercise, ShareConsent, SharedDay
from tests.bookings.public.conftest import link_in
from tests.hostile.bodies import forms_on
from tests.hostile.public import open_
from tests.plans.conftest import AFTER, make_exercise, make_plan, make_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after")]
DAY = timedelta(days=1)


@pytest.fixture
def opened(client, plan):
    open_(client, plan.request)
    return client


def page_of(asked, *parts):
    return "/".join([f"/request/{asked.reference}/plan", *parts]) + "/"


def press(client, page, path, **typed):
    form = next(f for f in forms_on(page.content, page.request["PATH_INFO"]) if f.path == path)
    sent = {name: values for name, values in form.shown.items() if values}
    return client.post(path, sent | typed, follow=True)


def test_the_link_in_the_mail_opens_the_plan(client, plan):
    page = client.get(link_in("plan", plan.request), follow=True)
    assert page.redirect_chain[-1][0] == page_of(plan.request)
    assert page.text.index("Exercise 1") < page.text.index("Exercise 3")
    assert "Lie down." in page.text and "It hurts more." in page.text and "999" in page.text
    assert "not yet signed off by a clinician" in page.text and page["Cache-Control"] == "no-store"
    first = json.loads(
        page.text.split('id="practice-data" type="application/json">')[1].split("<")[0]
    )
    assert [one["days"] for one in first["exercises"]] == [list(range(7))] * 3


def test_a_lost_link_is_sent_again(client, plan):
    assert not plan.request.messages.filter(kind="link").exists()
    client.post(reverse("find-request"), {"email": plan.request.email})
    assert plan.request.messages.filter(kind="link").exists()


def test_a_draft_is_nobodys(client, visited, exercises):
    make_plan(visited, exercises, sent=False)
    open_(client, visited)
    assert client.get(page_of(visited)).status_code == 404
    assert "plan" not in client.get(f"/request/{visited.reference}/").text.lower()


@pytest.mark.postgresql
def test_days_are_shared_only_by_choice(opened, plan):
    asked = plan.request
    days = page_of(asked, "day")
    refused = opened.post(days, {"plan": plan.pk, "day": "2026-11-24"}, follow=True)
    assert "nothing was sent" in refused.text and not SharedDay.objects.exists()

    kept = json.dumps({"2026-11-24": 4, "2026-11-23": 3, "2027-01-01": 1, "x": 2, "2026-11-22": 99})
    page = press(opened, opened.get(page_of(asked)), page_of(asked, "share"), days=kept)
    assert list(SharedDay.objects.values_list("day", "discomfort")) == [(date(2026, 11, 24), 4)]
    assert ShareConsent.objects.get().text in page.text and "&quot;" not in page.text

    with time_machine.travel(AFTER + DAY, tick=False):
        opened.get(link_in("plan", asked))
        page = press(opened, opened.get(page_of(asked)), days, day="2026-11-25", discomfort="2")
        assert SharedDay.objects.count() == 2
        page = press(opened, page, page_of(asked, "unshare"))
    assert not SharedDay.objects.exists() and ShareConsent.objects.get().taken_back_at
    assert "deleted" in page.text
    assert not Event.objects.filter(request=asked, verb__contains="share").exists()


@pytest.mark.postgresql
def test_an_older_page_shares_nothing(opened, plan, exercises):
    page = opened.get(page_of(plan.request))
    make_plan(plan.request, exercises[:1])
    after = press(opened, page, page_of(plan.request, "share"))
    assert "another plan since" in after.text and not ShareConsent.objects.exists()


@pytest.mark.parametrize("name", ["share", "day", "unshare", "reminders", "reminders/stop"])
def test_two_links_do_not_act_on_each_other(client, clinic, exercises, name):
    """Two people at one address, both plans open in one browser."""
    plans = [make_plan(make_visit(clinic, hours=n), exercises) for n in (0, 2)]
    for plan in plans:
        open_(client, plan.request)
        if name in {"day", "unshare"}:
            transitions.share(plan, text="yes", days={date(2026, 11, 24): 1}, now=AFTER)
        if name.startswith("reminders"):
            transitions.remind(plan, hour=8, now=AFTER)
    mine, other = plans
    at = page_of(mine.request, "reminders") if "remind" in name else page_of(mine.request)
    page = client.get(at)
    client.get(page_of(other.request))
    before, untouched = stored(mine), stored(other)
    press(client, page, page_of(mine.request, name), hour="18", day="2026-11-24", discomfort="7")
    assert stored(other) == untouched and stored(mine) != before


def stored(plan):
    consents = ShareConsent.objects.filter(plan=plan)
    days = SharedDay.objects.filter(consent__plan=plan)
    return [list(rows.values()) for rows in (Plan.objects.filter(pk=plan.pk), consents, days)]


def test_reminders_only_on_their_days(opened, plan):
    PlanExercise.objects.update(weekdays=0b0000100)  # Wednesdays
    page = opened.get(page_of(plan.request, "reminders"))
    press(opened, page, page_of(plan.request, "reminders"), hour="9")
    sent = []
    for hours in range(0, 72, 1):
        now = AFTER.replace(hour=0) + timedelta(hours=hours)
        sent += [now] * worker.remind_due(now=now)
    assert sent == [AFTER.replace(day=25, hour=9)]
    mail = Message.objects.get(kind="plan_reminder").email
    assert "plan" not in mail.subject.lower() and "to/reminders/" in mail.message
    page = opened.get(
        link_in("plan_reminder", plan.request).replace("/plan/", "/reminders/"), follow=True
    )
    press(opened, page, page_of(plan.request, "reminders", "stop"))
    assert worker.remind_due(now=AFTER.replace(hour=9) + 8 * DAY) == 0
    plan.refresh_from_db()
    assert plan.remind_hour is None


def test_the_calendar_says_nothing_of_health(opened, plan):
    PlanExercise.objects.update(weekdays=0b0010101)
    file = opened.get(page_of(plan.request).rstrip("/") + "/days.ics")
    text = file.content.decode()
    assert "BYDAY=MO,WE,FR" in text and "DTSTART;VALUE=DATE:20261125" in text
    for word in ("xercise", "plan", "linic", "pain", plan.request.name):
        assert word not in text.replace("PRODID:-//clinic-site//plans//EN", "").replace(
            "@clinic", ""
        )


def test_the_paper_has_everything(opened, plan):
    sheet_of = sheet.data(plan)
    assert [one["stop_if"] for one in sheet_of["exercises"]] == [["It hurts more"]] * 3
    for size in ("", "?size=large"):
        made = opened.get(page_of(plan.request).rstrip("/") + f"/plan.pdf{size}")
        assert made["Content-Type"] == "application/pdf" and made.content.startswith(b"%PDF")
        assert made["Cache-Control"] == "no-store"


def test_the_kept_copy_can_send_nothing(opened, plan):
    page = opened.get(page_of(plan.request, "keep"))
    assert "Lie down." in page.text and forms_on(page.content, "/") == []
    assert "csrf" not in page.text
    generic = opened.get(f"/plan/kept/{plan.request.reference}/")
    assert generic.status_code == 200 and "Lie down." not in generic.text


@pytest.mark.postgresql
def test_it_speaks_the_patients_language(client, clinic, exercises):
    asked = make_visit(clinic)
    asked.locale = "es"
    asked.save()
    translated = {"translation_of": exercises[0], "written_in": "es", "name": "Elevación"}
    make_exercise("elevacion", **translated)
    known = library.by_key("es")
    assert known["exercise-1"].name == "Elevación" and known["exercise-2"].written_in == ""
    plan = make_plan(asked, [known["exercise-1"], known["exercise-2"]])
    page = client.get(f"/es{link_in('plan', asked)}", follow=True)
    assert "/es/request/open/" in asked.messages.get(kind="plan").email.message
    assert page.redirect_chain[-1][0] == f"/es{page_of(asked)}"
    assert "Su plan" in page.text and "todos los días" in page.text and plan.locale == "es"
    assert page.text.count('<ol class="exercise__steps" lang="en-gb"') == 1
    assert "Elevación" in page.text and "Exercise 1" not in page.text


@pytest.mark.postgresql
def test_an_ended_plan_says_so(opened, plan):
    plan.until = AFTER.date()
    plan.save()
    assert worker.end_due(now=AFTER) == 0
    assert worker.end_due(now=AFTER + DAY) == 1
    page = opened.get(page_of(plan.request))
    assert "This plan has ended" in page.text and "I agree: share" not in page.text
