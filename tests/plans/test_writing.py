"""A practitioner writes a plan: every button, and what the patient's snapshot does meanwhile."""

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.urls import reverse

from bookings.models import Message
from education.models import Exercise
from plans.models import Plan, PlanExercise, PlanTemplate
from plans.staff.writing import Page
from tests.hostile.bodies import forms_on
from tests.plans.conftest import AFTER, make_exercise, make_plan, make_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after")]


@pytest.fixture
def desk_of_amara(client, amara):
    client.force_login(amara)
    return client


def start(client, asked, source="empty"):
    url = reverse("plans:start", args=[asked.reference])
    return client.post(url, {"start": source}, follow=True)


def press(client, page, do, **typed):
    """Fill in the page's form and press one of its buttons."""
    path = page.request["PATH_INFO"]
    form = next(form for form in forms_on(page.content, path) if "until" in form.shown)
    sent = {name: values for name, values in form.shown.items() if values}
    return client.post(path, sent | typed | {"do": do}, follow=True)


def names(plan):
    return list(plan.exercises.values_list("key", flat=True))


def test_from_nothing_to_the_patient(desk_of_amara, visited, exercises):
    page = start(desk_of_amara, visited)
    page = press(desk_of_amara, page, "add", add=["exercise-1", "exercise-2"])
    plan = Plan.objects.get()
    first = plan.exercises.get(key="exercise-1")
    typed = {f"{first.pk}-hold": "20", f"{first.pk}-side": "left", f"{first.pk}-line": "Slowly."}
    page = press(desk_of_amara, page, "save", **typed, **{f"{first.pk}-weekdays": ["0", "2"]})
    page = press(desk_of_amara, page, f"down:{first.pk}")
    assert names(plan) == ["exercise-2", "exercise-1"]
    page = press(desk_of_amara, page, "send")

    plan.refresh_from_db()
    first.refresh_from_db()
    assert (first.hold, first.side, first.days, first.line) == (20, "left", [0, 2], "Slowly.")
    assert plan.status == "sent" and plan.practitioner == visited.appointments.get().practitioner
    mail = Message.objects.get(kind="plan").email
    assert "/to/plan/" in mail.message and "exercise" not in mail.subject.lower()
    assert visited.reference in mail.subject and "on its way" in page.text
    verbs = list(plan.events.values_list("verb", flat=True))
    assert verbs == ["make", "change", "change", "change", "send"]


def test_it_starts_from_a_guide(desk_of_amara, visited, guide):
    page = start(desk_of_amara, visited, f"guide:{guide.pk}")
    plan = Plan.objects.get()
    routine = [item["exercise"].key for item in guide.guide().practice]
    assert names(plan) == list(dict.fromkeys(routine)) and plan.guide == guide.pk
    assert "No clinician has signed" in page.text


def test_it_starts_from_a_template_or_a_plan(desk_of_amara, clinic, visited, exercises):
    page = start(desk_of_amara, visited)
    page = press(desk_of_amara, page, "add", add=["exercise-3", "exercise-1"])
    page = press(desk_of_amara, page, "template", template="After sitting")
    press(desk_of_amara, page, "send")
    template = PlanTemplate.objects.get()
    assert [dose["key"] for dose in template.exercises] == ["exercise-1", "exercise-3"]
    Exercise.objects.filter(key="exercise-3").update(live=False)

    again = make_visit(clinic, hours=2)
    start(desk_of_amara, again, f"template:{template.pk}")
    assert names(again.plans.get()) == ["exercise-1"]
    third = make_visit(clinic, hours=4)
    start(desk_of_amara, third, f"plan:{visited.plans.get().pk}")
    assert names(third.plans.get()) == ["exercise-1"]


def test_what_was_typed_is_not_lost(desk_of_amara, visited, exercises):
    plan = make_plan(visited, exercises, sent=False)
    page = desk_of_amara.get(reverse("plans:write", args=[visited.reference, plan.pk]))
    row = plan.exercises.first()
    wrong = press(
        desk_of_amara, page, "save", **{f"{row.pk}-hold": "999", f"{row.pk}-line": "Mind!"}
    )
    assert wrong.status_code == 409 and 'value="999"' in wrong.text and "Mind!" in wrong.text
    row.refresh_from_db()
    assert row.hold == 30 and row.line == ""


def test_an_older_page_changes_nothing(desk_of_amara, visited, exercises):
    plan = make_plan(visited, exercises, sent=False)
    page = desk_of_amara.get(reverse("plans:write", args=[visited.reference, plan.pk]))
    row = plan.exercises.first()
    press(desk_of_amara, page, "save", **{f"{row.pk}-hold": "45"})
    late = press(desk_of_amara, page, "send", **{f"{row.pk}-hold": "10"})
    row.refresh_from_db()
    plan.refresh_from_db()
    assert late.status_code == 409 and "just changed this plan" in late.text
    assert row.hold == 45 and plan.status == "draft" and not Message.objects.filter(kind="plan")


def test_the_agreed_text_stays_until_agreed(desk_of_amara, plan, visited, exercises):
    exercises[0].steps = "Another way."
    exercises[0].save()
    exercises[1].live = False
    exercises[1].save()
    url = reverse("plans:write", args=[visited.reference, plan.pk])
    page = desk_of_amara.get(url)
    first, second = plan.exercises.all()[:2]
    assert first.words["steps"] == ["Lie down.", "Breathe."]
    assert "has changed since it was agreed" in page.text and "was withdrawn" in page.text
    assert "Plans to look at" in desk_of_amara.get("/admin/").text

    refused = press(desk_of_amara, page, "send")
    assert refused.status_code == 409 and "take it out" in refused.text
    page = press(desk_of_amara, desk_of_amara.get(url), f"renew:{first.pk}")
    page = press(desk_of_amara, page, f"remove:{second.pk}")
    first.refresh_from_db()
    assert first.words["steps"] == ["Another way."] and names(plan) == ["exercise-1", "exercise-3"]
    assert "Plans to look at" not in desk_of_amara.get("/admin/").text


def field(page, name):
    return BeautifulSoup(page.text, "html.parser").select_one(f"[name='{name}']")["value"]


def test_what_was_saved_is_said(desk_of_amara, visited, exercises):
    plan = make_plan(visited, exercises, sent=False)
    url, row = reverse("plans:write", args=[visited.reference, plan.pk]), plan.exercises.first()
    typed = {f"{row.pk}-hold": "45"}
    refused = press(desk_of_amara, desk_of_amara.get(url), "save", until="2026-01-01", **typed)
    assert field(refused, "until") == "2026-01-01" and field(refused, "version") == "1"
    assert plan.exercises.first().hold == 30
    saved = press(desk_of_amara, desk_of_amara.get(url), "template", **typed)
    assert "Give the template a name." in saved.text and field(saved, "version") == "2"
    assert plan.exercises.first().hold == 45


def test_a_refused_button_has_no_name(amara, visited, exercises):
    page = Page(make_plan(visited, exercises, sent=False), QueryDict("do=save&until=never"))
    assert page.act(user=amara, now=AFTER) == "" and len(page.refused) == 1


def test_the_enter_key_saves(desk_of_amara, visited, exercises):
    plan = make_plan(visited, exercises, sent=False)
    url = reverse("plans:write", args=[visited.reference, plan.pk])
    form = next(f for f in forms_on(desk_of_amara.get(url).content, url) if "until" in f.shown)
    sent = {name: values for name, values in form.shown.items() if values}
    sent.pop("do", None)
    assert desk_of_amara.post(url, sent | {"until": "2026-12-01"}).url == url
    plan.refresh_from_db()
    assert plan.until.isoformat() == "2026-12-01" and plan.status == "draft"


def test_only_its_own_words_are_renewed(desk_of_amara, visited, exercises):
    plan = make_plan(visited, exercises, sent=False)
    for one, live in ((exercises[1], True), (exercises[2], False)):
        one.steps, one.live = "Another way.", live
        one.save()
    url = reverse("plans:write", args=[visited.reference, plan.pk])
    for row in plan.exercises.all()[1:]:
        page = press(desk_of_amara, desk_of_amara.get(url), f"renew:{row.pk}")
    assert page.status_code == 409 and "no longer published" in page.text
    steps = [row.words["steps"] for row in plan.exercises.all()]
    assert steps == [["Lie down.", "Breathe."], ["Another way."], ["Lie down.", "Breathe."]]


def test_only_published_exercises_can_be_added(desk_of_amara, visited, exercises):
    make_exercise("draft", live=False)
    page = start(desk_of_amara, visited)
    shown = BeautifulSoup(page.text, "html.parser").select("input[name=add]")
    offered = {box["value"] for box in shown}
    assert "exercise-3" in offered and "draft" not in offered
    refused = press(desk_of_amara, page, "add", add=["draft"])
    assert refused.status_code == 409 and not PlanExercise.objects.exists()


def test_a_new_plan_ends_the_one_before(desk_of_amara, plan, visited, exercises):
    page = start(desk_of_amara, visited, f"plan:{plan.pk}")
    press(desk_of_amara, page, "send")
    assert sorted(visited.plans.values_list("status", flat=True)) == ["ended", "sent"]
    plan.refresh_from_db()
    assert plan.status == "ended" and plan.ended_at


@pytest.mark.postgresql
def test_two_drafts_are_refused(desk_of_amara, visited, exercises):
    start(desk_of_amara, visited)
    page = start(desk_of_amara, visited)
    assert Plan.objects.count() == 1 and "being written already" in page.text
