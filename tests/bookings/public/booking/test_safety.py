"""The safety questions on the form: where each answer leads, what clears it, and what a request keeps."""

import re

import pytest

from bookings.enums import CareLevel
from bookings.models import ConsultationRequest, Draft, SafetyQuestions
from clinic.models import ClinicSettings
from tests.bookings.public.conftest import Visitor, ends_at
from tests.bookings.questions import group, hip_questions, make_questions, ticked
from tests.education.review import sign
from tests.factories import ServiceFactory, make_clinic

pytestmark = pytest.mark.django_db
GROUPS = {
    "fracture": "emergency",
    "cauda": "emergency",
    "sudden": "emergency",
    "infection-clot": "urgent",
    "warning": "urgent",
    "soon": "soon",
    "ask-first": "hold",
}


def test_every_group_is_tried_here():
    shown = hip_questions().as_shown()
    assert {group.key: group.level for group in shown.groups} == GROUPS


@pytest.mark.parametrize("flag", [key for key, level in GROUPS.items() if level == "emergency"])
def test_an_emergency_leads_to_its_number(visitor, flag):
    page = visitor.about(flags=[flag, "soon"], cleared="on")
    ends_at(page, "/book/care/emergency/")
    assert 'href="tel:999"' in page.text and "Each of these is an emergency" in page.text
    assert "<form" not in page.text
    assert not Draft.objects.exists()


@pytest.mark.parametrize("flag", [key for key, level in GROUPS.items() if level == "urgent"])
def test_what_is_urgent_leads_to_its_number(visitor, flag):
    page = visitor.about(flags=[flag, "soon", "ask-first"], cleared="on")
    ends_at(page, "/book/care/urgent/")
    assert 'href="tel:111"' in page.text and "Each of these needs help today" in page.text
    assert "<form" not in page.text
    assert not Draft.objects.exists()


@pytest.mark.postgresql
@pytest.mark.parametrize("level", ["emergency", "urgent"])
def test_the_numbers_are_the_clinics(client, clinic, level):
    site = ClinicSettings.as_written().site
    values = {"emergency_number": "112", "urgent_number": "116117"}
    words = {"emergency_wording": "Call 112.", "urgent_wording": "Call 116117."}
    ClinicSettings.objects.update_or_create(site=site, defaults=values | words)
    page = client.get(f"/book/care/{level}/").content.decode()
    assert "999" not in page and 'href="tel:111"' not in page


@pytest.mark.postgresql
@pytest.mark.parametrize("flag", ["fracture", "infection-clot"])
def test_no_tick_clears_what_cannot_wait(visitor, flag):
    visitor.about(flags=["soon"])
    answers = Draft.objects.get().answers
    Draft.objects.update(answers=answers | {"safety": ticked(flag)})
    visitor.post("doctor", cleared="on")
    assert visitor.get("time").url == f"/book/{visitor.draft}/"
    Draft.objects.update(answers=answers | {"safety": ticked(flag, cleared=True)})
    assert visitor.get("time").url == f"/book/{visitor.draft}/"


@pytest.mark.parametrize(
    ("flag", "words"), [("soon", "within 2 days"), ("ask-first", "Do none of our exercises")]
)
def test_some_answers_ask_for_a_doctor(visitor, flag, words):
    page = visitor.about(flags=[flag])
    ends_at(page, "/book/doctor/")
    assert words in page.text and "has looked at this" in page.text
    assert visitor.get("time").url == visitor.at("doctor")
    assert "Tick the box if a doctor has said so" in visitor.post("doctor").text


def test_each_sign_has_its_own_time(visitor):
    page = visitor.about(flags=["soon"]).text
    for text, time in {
        "Something tore at the front of the hip": "within 2 days",
        "Hip or groin pain that grows, never lets up or lasts": "within 7 days",
        "Soft groin lump that goes back": "within 14 days",
    }.items():
        assert f"{text}: <strong>{time}</strong>" in page
    days = [int(days) for days in re.findall(r"<strong>within (\d+) day", page)]
    assert days == sorted(days), "the soonest first"


def test_a_request_keeps_what_was_shown_and_answered(visitor):
    questions = hip_questions()
    words = {group.key: group.words for group in questions.as_shown().groups}
    version = questions.as_shown().version
    visitor.about(flags=["ask-first"])
    ends_at(visitor.post("doctor", cleared="on"), "/book/time/")
    visitor.time()
    assert "has looked at this and agrees" in visitor.contact().text
    visitor.send()
    asked = ConsultationRequest.objects.get()

    questions.groups[6].value["question"] = "Something else entirely"
    questions.reasons[0].value["text"] = "Other words"
    questions.save()

    rows = {row.question: row for row in asked.answers.all()}
    assert {row.version for row in rows.values()} == {version}
    told = rows[words["ask-first"]]
    assert (told.answer, told.level) == ("Yes", CareLevel.HOLD)
    assert rows[words["fracture"]].level == CareLevel.CONTINUE
    cleared = next(row for text, row in rows.items() if "has looked at this" in text)
    assert words["ask-first"] in cleared.question and cleared.answer == "Yes"
    assert asked.reason_label == "The hip or the front of the thigh feels tight"
    assert asked.goal_label == "Sit with less stiffness"


def test_requests_from_before_say_what_for(clinic):
    asked = ConsultationRequest(reason="sport", goal="learn")
    assert asked.reason_label == "Getting ready for sport, or going back to it"
    assert asked.goal_label == "Learn a routine for home"
    assert ConsultationRequest(reason="knee").reason_label == "knee"


def change(questions):
    questions.groups[0].value["question"] = "A leg that is gone"
    questions.save()


def test_answers_to_other_words_are_asked_again(visitor):
    before = visitor.first_page()
    change(hip_questions())
    page = visitor.client.post("/book/", before)
    assert "These questions have changed" in page.content.decode()
    again = dict(before) | {"questions": page.context["form"]["questions"].value()}
    assert visitor.client.post("/book/", again).status_code == 302


def test_a_page_from_before_is_asked_again(visitor):
    page = visitor.client.post("/book/", Visitor.ABOUT)
    assert "These questions have changed" in page.content.decode()


def test_a_draft_answers_what_is_asked_now(visitor):
    visitor.up_to_check()
    assert visitor.get("check").status_code == 200
    change(hip_questions())
    assert visitor.get("check").url == f"/book/{visitor.draft}/"


def test_a_draft_may_change_its_language(visitor):
    visitor.up_to_check()
    assert visitor.client.get("/es" + visitor.at("check")).status_code == 200


def test_spanish_visitors_are_asked_in_spanish(client, clinic):
    page = client.get("/es/book/").content.decode()
    assert "Una pierna que no se puede mover ni apoyar" in page
    assert "A leg that cannot be moved" not in page


@pytest.mark.postgresql
def test_without_a_translation_the_original_is_asked(client, clinic):
    SafetyQuestions.objects.get(language="es").unpublish()
    page = client.get("/es/book/").content.decode()
    assert '<span lang="en-gb"><span class="sign">• A leg that cannot be moved' in page


def test_the_form_says_that_nobody_has_checked_it(client, clinic, admin_user):
    assert "Not yet checked by a clinician" in client.get("/book/").content.decode()
    sign(hip_questions(), admin_user)
    page = client.get("/book/").content.decode()
    assert "Not yet checked by a clinician" not in page


def test_at_most_eight_boxes_stand_on_the_form(client, clinic):
    page = client.get("/book/").content.decode()
    assert page.count('name="flags"') == len(GROUPS) + 1 <= 8


KNEEL = {"key": "kneel", "text": "Can you kneel?", "answers": "Yes, well\nNo", "required": True}


@pytest.fixture
def knee(clinic):
    """A second service, with questions of its own."""
    questions = make_questions(
        group("cannot-stand", "emergency", "Cannot stand"),
        group("locks", "urgent", "A knee that locks"),
        short_questions=[
            (
                "question",
                {
                    "key": "kneel",
                    "text": "Can you kneel?",
                    "answers": "Yes, well\nNo",
                    "required": True,
                },
            ),
            ("question", {"key": "since", "text": "Since when?", "answers": "", "required": False}),
        ],
    )
    made = ServiceFactory(name="Knee check", questions=questions, minimum_notice_hours=1)
    made.practitioners.set(clinic[2])
    return made


def test_each_service_asks_its_own_questions(client, clinic, knee):
    page = client.get("/book/?guide=/guides/iliopsoas/")
    links = [one["url"] for one in page.context["offerings"]]
    assert len(links) == 2 and all("guide=" in url for url in links)
    asked = [client.get(url).content.decode() for url in links]
    assert sorted("A knee that locks" in page for page in asked) == [False, True]
    assert sorted("A leg that cannot be moved" in page for page in asked) == [False, True]


@pytest.mark.postgresql
def test_short_questions_are_asked_and_kept(client, clinic, knee):
    visitor = Visitor(client)
    first = {
        "offering": f"{knee.pk}-{clinic[1].pk}",
        "reason": "knee",
        "goal": "kneel",
        "questions": knee.asks.version,
    }
    page = visitor.about(**first, **{"q-since": "May"})
    assert "q-kneel" in page.context["form"].errors
    visitor.about(**first, **{"q-kneel": "0", "q-since": "May"})
    visitor.time()
    visitor.contact()
    visitor.send()
    kept = dict(ConsultationRequest.objects.get().answers.values_list("question", "answer"))
    assert (kept["Can you kneel?"], kept["Since when?"]) == ("Yes, well", "May")
    assert ConsultationRequest.objects.get().reason_label == "The knee hurts"


def test_staff_see_how_pressing_an_answer_is(client, admin_user, visitor):
    visitor.about(flags=["ask-first"])
    visitor.post("doctor", cleared="on")
    visitor.time()
    visitor.contact()
    visitor.send()
    client.force_login(admin_user)
    reference = ConsultationRequest.objects.get().reference
    page = client.get(f"/admin/requests/{reference}/").content.decode()
    assert "<strong>Yes</strong>" in page and "ask first: a doctor" in page


def test_the_side_reaches_the_practitioner(client, admin_user, visitor):
    visitor.about(side="right")
    visitor.time()
    visitor.contact()
    visitor.send()
    asked = ConsultationRequest.objects.get()
    assert asked.side == "right"
    client.force_login(admin_user)
    page = client.get(f"/admin/requests/{asked.reference}/").content.decode()
    assert "(Right)" in page and "(Left)" not in page


def test_services_that_ask_the_same_share_a_page(client):
    _service, location, people = make_clinic()
    other = ServiceFactory()
    other.practitioners.set(people)
    form = client.get("/book/").context["form"]
    assert len(form.fields["offering"].choices) == 2
