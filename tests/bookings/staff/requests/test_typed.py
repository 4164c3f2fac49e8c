"""Nothing typed is lost: what was refused and has no form any more comes back as text."""

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.enums import DeclineReason, RequestStatus
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
WORDS = "First see <your> doctor.\nThen call us."
MESSAGE = ("Message to the patient", WORDS)

ANSWERS = {
    "decline": (
        {"reason": "see-doctor", "message": WORDS},
        [("Reason", DeclineReason.SEE_DOCTOR.label), MESSAGE],
    ),
    "ask_question": ({"question": WORDS}, [("Question to the patient", WORDS)]),
    "offer": (
        {"start_1": "2026-11-25T10:00", "start_2": "soon", "message": WORDS},
        [("Time", "2026-11-25 10:00"), ("With", "{who}"), ("Time", "soon"), MESSAGE],
    ),
    "confirm": (
        {"start": "2026-11-25T10:00"},
        [("Start", "2026-11-25 10:00"), ("With", "{who}")],
    ),
    "cancel": ({"message": WORDS}, [MESSAGE]),
    "correct": ({"why": "A slip."}, [("Why", "A slip.")]),
    "move": ({"start": "2026-11-25T10:00"}, [("Start", "2026-11-25 10:00"), ("With", "{who}")]),
    "reopen": ({"why": "A slip."}, [("Why", "A slip.")]),
}


@pytest.fixture
def anna(make_user):
    return transitions.staff(make_user("Front desk", "anna"))


@pytest.fixture
def answer(desk_client, clinic):
    """What the browser sends for a card that is no longer as it was on screen."""
    who = clinic[2][0]

    def post(verb, asked, **data):
        known = {"practitioner": who.pk, "practitioner_1": who.pk, "version": 1}
        known["visit"] = asked.appointments.first().pk
        return desk_client.post(reverse(f"desk:{verb}", args=[asked.reference]), known | data)

    return post


@pytest.mark.parametrize("verb", ANSWERS)
def test_what_was_written_stands_beside_the_reason(answer, asked, anna, clinic, verb):
    if verb == "reopen":
        transitions.assign(asked, actor=anna, to=None, version=asked.version, now=MONDAY)
    else:
        transitions.mark_spam(asked, actor=anna, version=asked.version, now=MONDAY)
    data, typed = ANSWERS[verb]
    response = answer(verb, asked, **data)
    assert response.status_code in {409, 422} and not response.context["can"][verb]
    assert response.context["refused"]
    name = clinic[2][0].name
    assert response.context["typed"] == [(label, text.format(who=name)) for label, text in typed]
    for _label, text in typed:
        shown = text.format(who=name).replace("<your>", "&lt;your&gt;").replace("\n", "<br>")
        assert f'<dd class="desk-quote">{shown}</dd>' in response.text


def test_what_still_has_its_form_stands_there_alone(answer, asked, anna):
    transitions.assign(asked, actor=anna, to=None, version=asked.version, now=MONDAY)
    response = answer("ask_question", asked, question="Which hip is it?")
    assert response.status_code == 409
    assert response.text.count("Which hip is it?") == 1 and not response.context["typed"]


def test_without_typed_text_only_the_reason_shows(answer, asked, anna):
    transitions.mark_spam(asked, actor=anna, version=asked.version, now=MONDAY)
    response = answer("ask_question", asked, question="  ")
    assert response.context["refused"] and "What you had written" not in response.text
    assert RequestStatus(asked.status) == RequestStatus.SPAM
