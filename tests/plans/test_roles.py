"""Every address of plans × every role, and every form that is posted. A new one without a row fails."""

from datetime import date

import pytest
from django.urls import reverse

from bookings.models import Event, Practitioner
from plans import transitions
from plans.models import Plan, PlanTemplate
from plans.public import urls as public_urls
from plans.staff import urls
from tests.database import undone
from tests.hostile.public import PUBLIC, sample_of
from tests.plans.conftest import AFTER, make_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after")]

OWN = {"Practitioner", "Owner", "superuser"}
ROLES = ["", "Practitioner", "Front desk", "Front desk lead", "Owner", "superuser"]
URLS = {
    "start": OWN,
    "write": OWN,
    "sheet": OWN,
    "forget_template": OWN,
    "report": {"Front desk lead", "Owner", "superuser"},
    "follow_up": {"Owner", "superuser"},
}
SECRET = "Only between us."


def test_the_table_has_every_address():
    assert {pattern.name for pattern in urls.urlpatterns} == set(URLS)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", URLS)
def test_who_may(client, make_user, plan, name):
    asked, let_in = plan.request, set()
    for role in ROLES:
        with undone():
            user = make_user(role)
            Practitioner.objects.filter(resource=plan.practitioner).update(user=user)
            if role not in OWN:  # the desk has no visits of its own
                Practitioner.objects.filter(user=user).update(user=None)
            template = PlanTemplate.objects.create(user=user, name="T", saved_at=AFTER)
            args = {"start": [asked.reference], "report": [], "follow_up": []}.get(
                name, [asked.reference, template.pk if "template" in name else plan.pk]
            )
            client.force_login(user)
            url = reverse(f"plans:{name}", args=args)
            response = client.post(url) if "template" in name else client.get(url)
            home = response.status_code == 302 and response.url.split("?")[0].rstrip("/")
            let_in |= set() if home in {"/admin", "/admin/login"} else {role}
    assert let_in == URLS[name]


def test_the_desk_sees_that_there_is_one(client, make_user, plan):
    plan.exercises.update(line=SECRET)
    client.force_login(make_user("Front desk"))
    card = client.get(reverse("desk:request", args=[plan.request.reference])).text
    assert "Plan for home" in card and "With the patient" in card
    assert "Exercise 1" not in card and SECRET not in card


def test_another_practitioner_sees_nothing(client, make_user, clinic, plan):
    other = make_user("Practitioner", "jonas")
    Practitioner.objects.filter(resource=clinic[2][1]).update(user=other)
    client.force_login(other)
    for name in ("start", "write", "sheet"):
        args = [plan.request.reference] + [plan.pk] * (name != "start")
        assert client.get(reverse(f"plans:{name}", args=args)).status_code == 404


def test_a_plan_is_found_below_its_own_request(client, amara, clinic, plan, exercises):
    other = make_visit(clinic, hours=2)
    client.force_login(amara)
    assert client.get(reverse("plans:write", args=[other.reference, plan.pk])).status_code == 404
    form = {"do": "end", "version": plan.version}
    assert (
        client.post(reverse("plans:write", args=[other.reference, plan.pk]), form).status_code
        == 404
    )
    plan.refresh_from_db()
    assert plan.status == "sent"


@pytest.mark.postgresql
def test_looking_is_recorded(client, amara, plan):
    client.force_login(amara)
    client.get(reverse("plans:write", args=[plan.request.reference, plan.pk]))
    assert Event.objects.filter(request=plan.request, verb="look", actor=amara).count() == 1


def test_what_is_shared_is_seen(client, amara, clinic, plan, exercises):
    days = {date(2026, 11, 24): 7}
    transitions.share(plan, text="yes", days=days, now=AFTER)
    client.force_login(amara)
    page = client.get(reverse("plans:write", args=[plan.request.reference, plan.pk])).text
    assert "done on 1 day of 1" in page and "<circle" in page and "<td>7</td>" in page
    following = make_visit(clinic, hours=3)
    card = client.get(reverse("desk:request", args=[following.reference])).text
    assert plan.request.reference in card and "earlier requests" in card
    transitions.take_back(plan, now=AFTER)
    page = client.get(reverse("plans:write", args=[plan.request.reference, plan.pk])).text
    assert "shares nothing" in page and "<circle" not in page


POSTED = {"plan-share", "plan-share-day", "plan-take-back", "plan-reminders", "plan-stop-reminders"}
POSTED |= {"progress"}


def test_every_post_is_in_a_table(client, clinic):
    """Each acts on its own request (test_own_plan, test_outcomes) and takes hostile input."""
    found = {
        pattern.name
        for pattern in public_urls.urlpatterns
        if client.post("/" + sample_of(str(pattern.pattern))).status_code != 405
    }
    assert found == POSTED
    hostile = {path.removeprefix("/request/…/") for path in PUBLIC if "/request/…/" in path}
    assert {"plan/share/", "plan/day/", "plan/unshare/", "progress/"} <= hostile
    assert {"plan/reminders/", "plan/reminders/stop/"} <= hostile


def test_without_the_link_nothing_happens(client, plan):
    for pattern in public_urls.urlpatterns:
        if pattern.name in POSTED:
            url = reverse(pattern.name, args=[plan.request.reference])
            before = list(Plan.objects.values())
            assert client.post(url, {"plan": plan.pk, "hour": "9"}).status_code == 403
            assert list(Plan.objects.values()) == before
