"""Where each button of a practitioner's page leads, and what it says; from what a plan begins."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings.models import Appointment, ConsultationRequest, Event
from plans import sheet
from plans.models import FollowUp, Plan, PlanTemplate
from tests.hostile.bodies import forms_on
from tests.plans.conftest import AFTER, make_exercise, make_plan, make_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after")]
DAY = timedelta(days=1)


@pytest.fixture
def desk(client, amara):
    client.force_login(amara)
    return client


def write_url(plan):
    return reverse("plans:write", args=[plan.request.reference, plan.pk])


def press(client, plan, do, **typed):
    page = client.get(write_url(plan))
    form = next(f for f in forms_on(page.content, write_url(plan)) if "until" in f.shown)
    sent = {name: values for name, values in form.shown.items() if values}
    return client.post(write_url(plan), sent | typed | {"do": do}, follow=True)


@pytest.fixture
def draft(visited, exercises):
    return make_plan(visited, exercises, sent=False)


@pytest.mark.parametrize(
    ("do", "typed", "where", "said"),
    [
        ("save", {}, "", ""),
        ("add", {"add": ["new"]}, "#exercises", ""),
        ("up:{0}", {}, "#exercises", ""),
        ("down:{0}", {}, "#exercises", ""),
        ("remove:{0}", {}, "#exercises", ""),
        ("renew:{0}", {}, "", ""),
        ("template", {"template": "Sitting"}, "", "Saved as a template."),
        ("send", {}, "", "A mail with the link is on its way."),
        ("discard", {}, "card", "Thrown away."),
    ],
)
def test_where_a_button_leads(desk, draft, do, typed, where, said):
    make_exercise("new")
    first = draft.exercises.first()
    page = press(desk, draft, do.format(first.pk), **typed)
    card = reverse("desk:request", args=[draft.request.reference])
    to = card if where == "card" else write_url(draft) + where
    assert page.redirect_chain[0] == (to, 302) and page.status_code == 200
    assert said in page.text
    assert ("is on its way" in page.text) is (do == "send")


def test_ending_leads_to_the_card(desk, plan):
    page = press(desk, plan, "end")
    assert page.redirect_chain[0][0] == reverse("desk:request", args=[plan.request.reference])
    assert "The plan has ended." in page.text
    plan.refresh_from_db()
    assert plan.status == "ended"


def test_without_an_address_it_is_printed(desk, draft):
    ConsultationRequest.objects.update(email="", phone="+442079460999", contact_by="phone")
    page = press(desk, draft, "send")
    assert "print it for them" in page.text and "on its way" not in page.text
    draft.refresh_from_db()
    assert draft.status == "sent"


@pytest.mark.parametrize(
    ("do", "typed", "said"),
    [
        ("template", {}, "Give the template a name."),
        ("renew:0", {}, "no longer published"),
        ("save", {"until": ""}, "look at what is marked"),
        ("save", {"until": "2026-01-01"}, "today or later"),
        ("save", {"until": "1800-01-01"}, "Enter a day of this century."),
        ("send", {"version": "99"}, "just changed this plan"),
        ("end", {"version": "99"}, "just changed this plan"),
        ("end", {"version": "x"}, "just changed this plan"),
        ("end", {"version": "9" * 10}, "just changed this plan"),
    ],
)
def test_what_a_refused_button_says(desk, draft, do, typed, said):
    page = press(desk, draft, do, **typed)
    assert page.status_code == 409 and said in page.text
    draft.refresh_from_db()
    assert draft.status == "draft" and not PlanTemplate.objects.exists()


def test_the_page_says_what_is_there(desk, plan):
    make_exercise("strong", kind="strengthen")
    page = desk.get(write_url(plan)).context
    groups = {str(label): [one.key for one in found] for label, found in page["groups"]}
    assert "strong" in groups["Strengthen"] and "exercise-1" not in groups["Stretch"]
    assert page["unsigned"] and page["shared"] is not None and page["refused"] == []
    assert [event.verb for event in page["events"]] == ["make", "send"]
    assert [row["state"] for row in page["rows"]] == ["", "", ""] and page["ticked"] == set()
    assert [crumb["label"] for crumb in page["breadcrumbs_items"]][1:] == [
        plan.request.reference,
        "Plan",
    ]


def test_what_was_ticked_stays_ticked(desk, draft):
    make_exercise("new")
    page = press(desk, draft, "save", add=["new"], until="")
    assert page.context["ticked"] == {"new"} and page.context["shared"] is None
    assert len(page.context["refused"]) > 1


def start(client, asked, source):
    url = reverse("plans:start", args=[asked.reference])
    return client.post(url, {"start": source}, follow=True)


@pytest.mark.parametrize(
    "source", ["guide:0", "guide:x", "template:999", "plan:999", "guide:" + "9" * 19, "guide:²"]
)
def test_nothing_starts_from_nowhere(desk, visited, source):
    assert start(desk, visited, source).status_code == 404 and not Plan.objects.exists()


@pytest.mark.parametrize("typed", [{}, {"start": ""}, {"start": "empty"}, {"start": "other:1"}])
def test_an_empty_plan_of_ones_own_visit(desk, visited, typed):
    desk.post(reverse("plans:start", args=[visited.reference]), typed)
    plan = Plan.objects.get()
    assert plan.guide is None and plan.visit == visited.appointments.get()
    assert plan.practitioner == plan.visit.practitioner and plan.made_at == AFTER


def test_the_guide_that_was_read_goes_along(desk, visited, guide):
    visited.source_path = guide.url
    visited.save()
    start(desk, visited, "empty")
    assert Plan.objects.get().guide == guide.pk


@pytest.mark.postgresql
def test_a_plan_takes_its_guide_along(desk, clinic, plan):
    Plan.objects.update(guide=77)
    other = make_visit(clinic, hours=2)
    start(desk, other, f"plan:{plan.pk}")
    assert other.plans.get().guide == 77


@pytest.mark.postgresql
def test_a_colleagues_templates_and_plans_are_not_ones_own(
    desk, clinic, make_user, plan, exercises
):
    other = make_visit(clinic, hours=2)
    Appointment.objects.filter(request=plan.request).update(practitioner=clinic[2][1])
    assert start(desk, other, f"plan:{plan.pk}").redirect_chain
    template = PlanTemplate.objects.create(user=make_user("Owner"), name="T", saved_at=AFTER)
    assert start(desk, other, f"template:{template.pk}").status_code == 404
    url = reverse("plans:forget_template", args=[other.reference, template.pk])
    assert desk.post(url).status_code == 404
    assert PlanTemplate.objects.exists() and not other.plans.exists()


def test_the_owner_plans_for_the_last_visit(client, clinic, make_user, visited):
    client.force_login(make_user("Owner"))
    start(client, visited, "empty")
    plan = Plan.objects.get()
    assert plan.visit == visited.appointments.get() and plan.practitioner
    plan.delete()
    Appointment.objects.update(status="cancelled")
    start(client, visited, "empty")
    assert Plan.objects.get().visit is None


def test_what_a_plan_can_start_from(desk, amara, make_user, clinic, plan, exercises):
    Plan.objects.update(status="ended", ended_at=AFTER)
    draft = make_plan(plan.request, exercises, sent=False, now=AFTER + DAY)
    before = make_plan(make_visit(clinic, hours=2), exercises)
    template = PlanTemplate.objects.create(user=amara, name="T", saved_at=AFTER)
    PlanTemplate.objects.create(user=make_user("Owner"), name="T", saved_at=AFTER)
    page = desk.get(reverse("plans:start", args=[plan.request.reference]))
    assert page.context["draft"] == draft and set(page.context["plans"]) == {plan, draft}
    assert page.context["before"] == [plan, before]
    assert list(page.context["templates"]) == [template]


@pytest.mark.postgresql
def test_ones_own_template_is_deleted(desk, amara, visited):
    mine = PlanTemplate.objects.create(user=amara, name="A", saved_at=AFTER)
    other = PlanTemplate.objects.create(user=amara, name="B", saved_at=AFTER)
    url = reverse("plans:forget_template", args=[visited.reference, mine.pk])
    page = desk.post(url, follow=True)
    assert "The template is deleted." in page.text and list(PlanTemplate.objects.all()) == [other]


@pytest.mark.postgresql
def test_looking_is_recorded_and_writing_is_not(desk, draft):
    desk.get(write_url(draft))
    Event.objects.all().delete()
    desk.post(write_url(draft), {"do": "save"})
    assert not Event.objects.filter(verb="look").exists()


def test_the_paper_for_the_practitioner(desk, plan):
    url = reverse("plans:sheet", args=[plan.request.reference, plan.pk])
    small, large = desk.get(url), desk.get(url, {"size": "large"})
    for made in (small, large):
        assert made["Content-Disposition"] == 'inline; filename="plan.pdf"'
        assert made["Cache-Control"].startswith("no-store") and made.content.startswith(b"%PDF")
    sizes = [len(sheet.pdf(plan, large=large)) for large in (False, True)]
    assert [len(small.content), len(large.content)] == sizes and sizes[0] != sizes[1]


def test_weeks_of_each_service_alone(client, make_user, clinic):
    from tests.factories import ServiceFactory

    other, third = ServiceFactory(), ServiceFactory()
    FollowUp.objects.create(service=other, first_weeks=1, second_weeks=2)
    client.force_login(make_user("Owner"))
    url, mine = reverse("plans:follow_up"), clinic[0]
    page = client.get(url)
    shown = {service: form.initial for service, form in page.context["lines"]}
    assert page.status_code == 200
    assert shown == {other: {"first_weeks": 1, "second_weeks": 2}, mine: {}, third: {}}
    typed = {f"{mine.pk}-first_weeks": "3", f"{mine.pk}-second_weeks": "8"}
    typed |= {f"{third.pk}-first_weeks": "4", f"{third.pk}-second_weeks": "5"}
    page = client.post(url, typed, follow=True)
    assert "Saved." in page.text
    rows = FollowUp.objects.order_by("service")
    assert list(rows.values_list("service", "first_weeks", "second_weeks")) == [
        (mine.pk, 3, 8),
        (third.pk, 4, 5),
    ]
    assert client.post(url, {f"{mine.pk}-first_weeks": "3"}).status_code == 409


def test_the_report_is_for_whoever_reads_reports(client, make_user):
    client.force_login(make_user("Front desk lead"))
    page = client.get(reverse("plans:report"))
    assert page.context["fewest"] == 5 and not page.context["may_choose"]
    assert "Did it help?" in client.get("/admin/").text
    client.force_login(make_user("Owner"))
    assert client.get(reverse("plans:report")).context["may_choose"]


@pytest.mark.parametrize("status", ["sent", "ended"])
def test_the_first_screen_names_what_is_flagged(desk, plan, exercises, status):
    exercises[0].live = False
    exercises[0].save()
    if status == "ended":
        Plan.objects.update(status="ended", ended_at=AFTER)
    assert ("Plans to look at" in desk.get("/admin/").text) is (status == "sent")
    if status == "sent":
        ConsultationRequest.objects.update(erased_at=AFTER)
        assert "Plans to look at" not in desk.get("/admin/").text
