"""What a patient's own page says about plans, what each button answers, and the question how it goes."""

from datetime import date, timedelta

import pytest

from bookings.models import ConsultationRequest
from plans import transitions
from plans.models import FollowUp, Outcome, Plan, ShareConsent
from plans.public.beside import own_page, own_page_last
from plans.public.own import consent_text
from tests.bookings.public.conftest import link_in
from tests.factories import ServiceFactory
from tests.hostile.public import open_
from tests.plans.conftest import AFTER, make_plan, make_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after")]
DAY = timedelta(days=1)
ANSWER = {"ability": 1, "pain": 1, "line": ""}


@pytest.fixture
def follows(clinic):
    return FollowUp.objects.create(service=clinic[0])


@pytest.fixture
def opened(client, visited):
    open_(client, visited)
    return client


def page_of(asked, name=""):
    return f"/request/{asked.reference}/plan/{name}"


@pytest.mark.parametrize(
    ("status", "late", "asks"),
    [
        ("confirmed", False, True),
        ("confirmed", True, True),
        ("submitted", False, True),
        ("submitted", True, False),
        ("in_review", True, False),
        ("offered", False, False),
        ("info_needed", False, False),
        ("declined", False, False),
    ],
)
def test_when_the_page_asks_how_it_goes(visited, follows, status, late, asks):
    visited.appointments.all().delete()
    visited.status, visited.respond_by = status, AFTER if late else AFTER + DAY
    part = own_page_last(None, visited)
    assert (part is not None) is asks
    if asks:
        assert part[1]["moment"] == "baseline" and part[1]["answered"] is False
    visited.respond_by = None
    assert (own_page_last(None, visited) is not None) is (asks or late)


@pytest.mark.postgresql
def test_the_question_is_known_as_answered(visited, follows):
    transitions.answer(visited, "baseline", now=AFTER, **ANSWER)
    transitions.ask(visited, "first", now=AFTER)
    assert own_page_last(None, visited)[1]["answered"] is False
    transitions.answer(visited, "first", now=AFTER, **ANSWER)
    assert own_page_last(None, visited)[1]["answered"] is True


def test_the_way_to_a_plan_that_is_there(visited, exercises):
    assert own_page(None, visited) is None
    make_plan(visited, exercises)
    template, context = own_page(None, visited)
    assert template == "plans/public/_own_page.html" and context == {"consultation": visited}


def test_who_sees_what_is_shared(plan):
    assert "I agree that Practitioner" in consent_text(plan)
    assert plan.practitioner.name in consent_text(plan)
    plan.practitioner = None
    assert "I agree that Hip & Spine Clinic" in consent_text(plan)


BUTTONS = [
    ("share/", {}, "Your days are shared from now on."),
    ("day/", {"day": "2026-11-24", "discomfort": "3"}, "This day is shared."),
    ("unshare/", {}, "You no longer share your days."),
    ("reminders/", {"hour": "18"}, "We will remind you on the days of your plan, at 18:00."),
    ("reminders/stop/", {}, "There are no more reminders."),
]


def prepared(plan, name):
    """As the page is on which the button stands."""
    if name in {"day/", "unshare/"}:
        transitions.share(plan, text="yes", days={}, now=AFTER)
    if name == "reminders/stop/":
        transitions.remind(plan, hour=8, now=AFTER)


@pytest.mark.parametrize(("name", "typed", "said"), BUTTONS)
def test_what_each_button_answers(opened, plan, name, typed, said):
    prepared(plan, name)
    page = opened.post(page_of(plan.request, name), typed | {"plan": plan.pk}, follow=True)
    assert page.redirect_chain == [(page_of(plan.request), 302)] and said in page.text


@pytest.mark.parametrize(("name", "typed", "said"), BUTTONS)
def test_an_older_pages_buttons_do_nothing(opened, plan, exercises, name, typed, said):
    new = make_plan(plan.request, exercises[:1])
    prepared(new, name)
    before = list(Plan.objects.values()), list(ShareConsent.objects.values())
    page = opened.post(page_of(plan.request, name), typed | {"plan": plan.pk}, follow=True)
    back = page_of(plan.request, "reminders/" if name == "reminders/" else "")
    assert page.redirect_chain == [(back, 302)]
    assert "You have another plan since" in page.text and said not in page.text
    assert before == (list(Plan.objects.values()), list(ShareConsent.objects.values()))


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("day/", {"day": "2026-11-30", "discomfort": "3"}, "Select a valid choice"),
        ("day/", {"discomfort": "3"}, "Choose a day."),
        ("reminders/", {"hour": "5"}, "Select a valid choice"),
        ("reminders/", {"hour": ""}, "Choose a time."),
    ],
)
def test_what_was_typed_comes_back(opened, plan, name, typed, said):
    prepared(plan, name)
    page = opened.post(page_of(plan.request, name), typed | {"plan": plan.pk})
    assert page.status_code == 200 and said in page.text
    assert page.context["form"]["discomfort" if name == "day/" else "hour"].value() in {
        "3",
        "5",
        "",
    }
    plan.refresh_from_db()
    assert plan.remind_hour is None and not plan.share_consents.filter(days__isnull=False).exists()


@pytest.mark.parametrize(
    ("page", "leads"), [("plan", "plan/"), ("reminders", "plan/reminders/"), ("nowhere", "")]
)
def test_what_a_link_may_open(client, plan, follows, page, leads):
    link = link_in("plan", plan.request).replace("/plan/", f"/{page}/")
    response = client.get(link)
    assert response.url == f"/request/{plan.request.reference}/{leads}"
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_made_up_link_opens_nothing(client, plan):
    assert client.get("/request/open/made-up/to/plan/").status_code == 404
    assert client.get(page_of(plan.request)).url == "/request/find/"


def progress(asked):
    return f"/request/{asked.reference}/progress/"


def test_nobody_is_asked_out_of_turn(opened, visited, clinic):
    FollowUp.objects.create(service=ServiceFactory())
    assert opened.get(progress(visited)).status_code == 404
    assert opened.post(progress(visited), {"moment": "baseline", "ability": "1"}).status_code == 404


@pytest.mark.postgresql
def test_the_page_shows_its_own_question(opened, visited):
    transitions.answer(visited, "baseline", now=AFTER, ability=2, pain=9, line="Before.")
    Outcome.objects.update(goal="Swim")
    transitions.ask(visited, "first", now=AFTER)
    page = opened.get(progress(visited))
    shown = {name: page.context[name] for name in ("moment", "is_before", "goal", "answered")}
    goal = visited.outcomes.get(moment="first").goal
    assert shown == {"moment": "first", "is_before": False, "goal": goal, "answered": False}
    assert page.context["form"].initial == {"ability": None, "pain": None, "line": ""}

    refused = opened.post(progress(visited), {"moment": "first", "ability": ""})
    assert "Choose a number from 0 to 10." in refused.text
    sent = {"moment": "first", "ability": "7", "pain": "3", "line": "Better."}
    page = opened.post(progress(visited), sent, follow=True)
    assert page.redirect_chain == [(f"/request/{visited.reference}/", 302)]
    assert "Thank you for your answer." in page.text
    page = opened.get(progress(visited))
    assert page.context["answered"] is True
    assert page.context["form"].initial == {"ability": 7, "pain": 3, "line": "Better."}


@pytest.mark.postgresql
def test_before_a_visit_it_asks_for_comparison(opened, visited, follows):
    visited.appointments.update(status="booked")
    ConsultationRequest.objects.update(goal="", goal_text="Swim")
    page = opened.get(progress(visited))
    assert page.context["is_before"] is True and page.context["goal"] == "Swim"
    assert page.context["answered"] is False and page.context["form"].initial == {}
    opened.post(progress(visited), {"moment": "baseline", "ability": "4"})
    assert opened.get(progress(visited)).context["answered"] is True


@pytest.mark.postgresql
def test_another_service_asks_for_itself(visited, follows):
    follows.service = ServiceFactory()
    follows.save()
    visited.appointments.all().delete()
    assert own_page_last(None, visited) is None


def test_another_persons_visit_is_not_counted(clinic, visited, follows):
    new = make_visit(clinic, hours=2)
    new.appointments.update(status="cancelled")
    assert own_page_last(None, new)[1]["moment"] == "baseline"
    assert own_page_last(None, visited) is None


@pytest.mark.postgresql
def test_the_first_days_shared_come_last(opened, plan):
    transitions.share(plan, text="yes", days={date(2026, 11, 24): 2}, now=AFTER)
    Plan.objects.update(starts=date(2026, 11, 22))
    plan.refresh_from_db()
    transitions.share_days(plan, days={date(2026, 11, 23): 5}, now=AFTER)
    page = opened.get(page_of(plan.request))
    assert [row.day.day for row in page.context["shared"]] == [24, 23]
