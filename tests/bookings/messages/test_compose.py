"""What messages say: every kind, in every language, in staff's own words, and nothing unescaped."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as site
from django.utils import translation

from bookings import clock, transitions
from bookings.enums import AppointmentStatus, DeclineReason, RequestStatus
from bookings.messages import compose, queue, to_patients
from bookings.messages.defaults import KINDS
from bookings.messages.defaults_requests import ABOUT_REQUESTS
from bookings.messages.defaults_visits import ABOUT_VISITS
from bookings.messages.placeholders import BLOCKS, IN_SUBJECTS, PLACEHOLDERS, UNPROVEN, values_of
from bookings.messages.previews import preview, sample
from bookings.models import Appointment, Location, MessageTemplate, Resource
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
OURS = ABOUT_REQUESTS | ABOUT_VISITS
LANGUAGES = [code for code, _name in site.LANGUAGES]


def word(kind, *, language="en-gb", subject="S", heading="H", body):
    return MessageTemplate.objects.create(
        kind=kind, language=language, subject=subject, heading=heading, body=body, changed_at=MONDAY
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_reads_well_in_every_language(clinic, kind):
    for language in LANGUAGES:
        mail = preview(kind, language)
        assert mail["subject"] and not re.search(r"[{}]|None", mail["message"] + mail["subject"])
        assert f'lang="{language}"' in mail["html_message"]
        for text in (mail["message"], mail["html_message"]):
            assert "/request/open/example/" in text
        assert "\n\n\n" not in mail["message"]
        # Plain text has no button.
        assert not re.search(r"button|botón", mail["message"])


def test_foot_names_the_reference(clinic):
    mail = preview("question", "en-gb")
    assert "Your reference: K7MB-4QX9" in mail["message"]
    assert "K7MB-4QX9" in mail["html_message"].rsplit('class="line"', 1)[1]


def test_visit_names_its_zone(clinic):
    assert re.search(r"When: .*, London time\n", preview("confirmed", "en-gb")["message"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_booking_again_is_the_first_button(clinic, settings, language):
    settings.SITE_URL = "https://clinic.example"
    again = [kind for kind in KINDS if KINDS[kind].again]
    again.remove("plan_reminder")  # leads to the plan
    assert again == ["declined", "waiting_over", "withdrawn", "cancelled_for", "missed"]
    again.remove("declined")  # phones the clinic
    path = "/book/" if language == "en-gb" else f"/{language}/book/"
    for kind in again:
        mail = preview(kind, language)
        first = re.search(r"https?://\S+", mail["message"])
        assert first and first[0] == f"https://clinic.example{path}"
        links = BeautifulSoup(mail["html_message"], "html.parser").select("a[href^=http]")
        assert [a["href"].removeprefix("https://clinic.example") for a in links] == [
            path,
            preview("link", language)["message"].split("https://clinic.example")[1].split()[0],
            path,  # to copy: below both that can be pressed
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_staff_text_is_set_apart(clinic, kind):
    page = BeautifulSoup(preview(kind, "en-gb")["html_message"], "html.parser")
    said = page.select("table > tr > td.said")
    assert len(said) == ("message" in KINDS[kind].known)


NO_BREAK = "\N{NO-BREAK SPACE}"


def rendered(kind, **changes):
    return queue.render(kind, sample(kind) | changes, "en-gb", button_url="https://x/", words=None)


def test_html_keeps_days_names_and_postcodes_together(clinic):
    place = clinic[1]
    place.address = "12 Harbour Street\nLondon SE1 0AA"
    place.save()
    for kind in KINDS:
        mail = preview(kind, "en-gb")
        assert NO_BREAK not in mail["message"] + mail["subject"]
    html = preview("confirmed", "en-gb")["html_message"]
    assert f"SE1{NO_BREAK}0AA<" in html and f"Amara{NO_BREAK}Osei<" in html
    html = preview("offered", "en-gb")["html_message"]
    assert (
        len(re.findall(rf"\w+day \d+{NO_BREAK}\w+(?: \d+)?, \d+am, Amara{NO_BREAK}Osei<", html))
        == 2
    )


def test_html_keeps_numbers_with_their_units(clinic):
    assert f"60{NO_BREAK}minutes<" in preview("confirmed", "en-gb")["html_message"]
    assert f"24{NO_BREAK}hours beforehand" in preview("confirmed", "en-gb")["html_message"]


def test_table_names_service_time_practitioner_and_place(clinic):
    service, place, _people = clinic
    place.name, place.address = "Harbour Street", "12 Harbour Street\nLondon SE1 0AA"
    place.save()
    for kind in ("confirmed", "moved", "kept", "reminder"):
        mail = preview(kind, "en-gb")
        assert f"\nConsultation: {service.name}, 60 minutes\nWhen: " in mail["message"]
        assert "\nWhere: 12 Harbour Street, London SE1 0AA\n" in mail["message"]
        assert "\nReference: K7MB-4QX9\n" in mail["message"]
        assert f"12 Harbour Street<br>London SE1{NO_BREAK}0AA<" in mail["html_message"]
        assert service.name not in mail["subject"]


@pytest.mark.parametrize(
    ("name", "address", "lines"),
    [
        ("Harbour Street", "12 harbour street\n\n London ", ["12 harbour street", "London"]),
        ("Main clinic", "12 Harbour Street", ["Main clinic", "12 Harbour Street"]),
        ("Bath", "3 Bathurst Road", ["Bath", "3 Bathurst Road"]),
    ],
)
def test_place_name_is_not_repeated(name, address, lines):
    assert Location(name=name, address=address).lines == lines


def test_who_has_to_confirm_reads_until_when(clinic):
    service, location, _people = clinic
    ask = make_ask(service, location, starts=[TEN])
    consultation = transitions.submit(ask, make_person(), idempotency_key="k", now=MONDAY)
    until = clock.time_label(MONDAY + timedelta(minutes=15), location.zone)
    assert f", 10am for you until {until}." in consultation.messages.get().email.message


def test_a_long_name_may_break(clinic):
    consultation = make_request(*clinic[:2])
    visit = Appointment(
        start=TEN,
        end=TEN,
        location=clinic[1],
        practitioner=Resource(name="Konstantina Papadimitriou-Smith"),
    )
    assert " " in values_of(consultation, now=MONDAY, visit=visit, wanted=())["who"]


def test_clinic_phone_number_is_a_link(clinic):
    words = KINDS["question"].default | {"body": "{message}\n\n- Or {phone}."}
    written = {"message": "Call 020 7946 0123, not 1020 7946 0123 <b>."}
    mail = queue.render(
        "question", sample("question") | written, "en-gb", button_url="", words=words
    )
    link = BeautifulSoup(mail["html_message"], "html.parser").select("a[href='tel:+442079460123']")
    assert [a.text for a in link] == ["020 7946 0123"] * 3  # the third stands below every mail
    assert "not 1020 7946 0123 &lt;b&gt;." in mail["html_message"]
    assert "Call 020 7946 0123, not" in mail["message"]


def test_no_line_breaks_a_reference(clinic):
    html = preview("received", "en-gb")["html_message"]
    assert 'nowrap;">K7MB-4QX9</span>' in html


def test_what_introduces_a_list_stands_close_to_it(clinic):
    service = clinic[0]
    service.preparation = "Wear shorts.\nCome early."
    service.save()
    page = BeautifulSoup(preview("confirmed", "en-gb")["html_message"], "html.parser")
    near = [p.text for p in page.select("p") if "0 0 8px" in p["style"]]
    assert near == ["How to prepare:"]


def test_other_reason_is_not_shown(clinic):
    values = sample("declined")
    assert "\n\nWe do not have a time that suits you.\n\n" in rendered("declined")["message"]
    consultation = make_request(*clinic[:2])
    consultation.decline_reason = DeclineReason.OTHER
    assert values["reason"] and not values_of(consultation, now=MONDAY, wanted=())["reason"]
    mail = rendered("declined", reason="")["message"]
    assert "Another reason" not in mail and "this time.\n\nYour own message" in mail


def test_waiting_patients_see_no_promised_answer(clinic):
    mail = preview("lapsed", "en-gb")["message"]
    assert "We will answer you by" in mail and "waiting list" not in mail
    assert sample("waitlisted")["waits_until"]


def test_preparation_with_several_lines_is_a_list(clinic):
    service = clinic[0]
    service.preparation = "Wear shorts.\nCome early."
    service.save()
    mail = preview("confirmed", "en-gb")
    assert "\nHow to prepare:\n\n- Wear shorts.\n- Come early.\n" in mail["message"]
    assert ">Wear shorts.</li>" in mail["html_message"]
    service.preparation = "Wear shorts."
    service.save()
    assert "\nHow to prepare:\nWear shorts.\n" in preview("confirmed", "en-gb")["message"]


@pytest.mark.postgresql
def test_preparation_needs_no_line_before_it(clinic):
    service = clinic[0]
    service.preparation = "Wear shorts.\nCome early."
    service.save()
    word("confirmed", body="{visit}\n\n{preparation}")
    mail = preview("confirmed", "en-gb")["message"]
    assert "\n\n- Wear shorts.\n- Come early.\n" in mail
    assert "How to prepare" not in mail


@pytest.mark.parametrize("kind", KINDS)
def test_every_default_could_have_been_saved(kind):
    for language in LANGUAGES:
        with translation.override(language):
            assert not any(compose.problems(kind, KINDS[kind].default).values())
    assert KINDS[kind].known <= set(PLACEHOLDERS)


def test_every_placeholder_has_a_value(clinic):
    assert set(sample("verify")) == set(PLACEHOLDERS)
    assert all(isinstance(sample("offered")[name], list) for name in BLOCKS)


def test_unproven_address_gets_nothing_typed():
    assert not {"name", "service", "message"} & (UNPROVEN | IN_SUBJECTS)
    assert KINDS["link"].known == UNPROVEN
    assert KINDS["links"].known == UNPROVEN | {"links"}
    assert KINDS["verify"].known <= UNPROVEN | {"held", "held_until", "minutes"}


def test_staffs_words_are_sent_with_their_placeholders_filled(clinic, desk):
    word("declined", subject="About {reference}", body="Dear {name},\n\n{message}\n\n- one\n- two")
    service, location, _people = clinic
    consultation = make_request(service, location)
    transitions.decline(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        reason="other",
        message="{phone} <b>",
    )
    mail = consultation.messages.get(kind="declined").email
    assert mail.subject == f"About {consultation.reference}"
    assert "Dear Maria Example,\n\n{phone} <b>\n\n- one\n- two" in mail.message
    # Put in once, never looked at again; escaped where it is HTML.
    assert "{phone} &lt;b&gt;" in mail.html_message and "<li" in mail.html_message


def test_no_text_is_ever_a_template(clinic, desk):
    service, location, _people = clinic
    consultation = make_request(service, location)
    hostile = "{% load static %}{{ clinic.email }} {clinic.__class__} %(phone)s"
    transitions.ask_question(
        consultation, actor=desk, version=consultation.version, now=MONDAY, question=hostile
    )
    assert hostile in consultation.messages.get(kind="question").email.message


def test_empty_paragraphs_are_left_out(clinic):
    service, location, _people = clinic
    verify = make_request(service, location, verified=False).messages.get()
    assert "We are holding" not in verify.email.message and "  " not in verify.email.message


def test_words_of_another_language_stay_there(clinic):
    word("received", language="es", body="Hola.")
    service, location, _people = clinic
    consultation = make_request(service, location)
    assert "Hola." not in consultation.messages.get(kind="received").email.message


def test_outdated_own_words_fall_back_to_default(clinic):
    word("received", body="Old {placeholder}.")
    service, location, _people = clinic
    consultation = make_request(service, location)
    assert (
        "Thank you. Your reference is" in consultation.messages.get(kind="received").email.message
    )


@pytest.mark.parametrize(
    ("kind", "field", "text", "reason"),
    [
        ("received", "body", "Dear {nmae}", "Did you mean {name}?"),
        ("received", "body", "Dear {}", "These can: {answer_by}"),
        ("received", "body", "Dear {name", "single brace"),
        ("received", "body", "Dear {{name}}", "single brace"),
        ("received", "body", "{name.__class__}", "cannot be used here"),
        ("received", "subject", "For {name}", "{name} cannot be used here"),
        ("offered", "body", "Times: {times}", "a line of its own"),
        ("offered", "body", "No times", "add {times}"),
        ("confirmed", "body", "Come soon", "add {visit} or {when}"),
        ("verify", "body", "Dear {name}", "cannot be used here"),
    ],
)
def test_what_is_refused_and_why(kind, field, text, reason):
    words = KINDS[kind].default | {field: text}
    found = compose.problems(kind, words)
    assert any(reason in each for each in found[field]), found


def test_in_the_patients_language_whatever_staff_read(clinic, desk):
    """The day is spelt by Django's own Spanish, so this needs no catalogue of ours."""
    service, location, _people = clinic
    consultation = make_request(service, location, start=TEN, verified=False)
    consultation.locale = "es"
    consultation.save()
    transitions.verify(consultation, now=MONDAY)
    with translation.override("en-gb"):
        transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
        assert translation.get_language() == "en-gb"
    for kind in ("received", "confirmed"):
        mail = consultation.messages.get(kind=kind).email
        assert "noviembre" in mail.message and "November" not in mail.message
        assert 'lang="es"' in mail.html_message


def test_every_kind_has_its_function():
    functions = set(vars(to_patients))
    assert {*OURS} - {"moved"} <= functions


SAID = {
    RequestStatus.UNVERIFIED: {"verify"},
    RequestStatus.SUBMITTED: {"received"},
    RequestStatus.IN_REVIEW: {"refused", "answered", "move_asked", "lapsed", "reopened"},
    RequestStatus.INFO_NEEDED: {"question"},
    RequestStatus.WAITLISTED: {"waitlisted"},
    RequestStatus.OFFERED: {"offered"},
    RequestStatus.CONFIRMED: {"confirmed", "kept"},
    RequestStatus.DECLINED: {"declined"},
    RequestStatus.WITHDRAWN: {"withdrawn", "cancelled_for"},
    RequestStatus.EXPIRED: {"waiting_over"},  # and nothing where nobody proved the address
    RequestStatus.SPAM: set(),
    AppointmentStatus.PROPOSED: {"verify", "received"},
    AppointmentStatus.PENDING: {"offered"},
    AppointmentStatus.BOOKED: {"booked_several", "confirmed", "moved", "reminder", "updated"},
    AppointmentStatus.ARRIVED: set(),  # they stand at the desk
    AppointmentStatus.FULFILLED: set(),
    AppointmentStatus.CANCELLED: {
        "cancelled",
        "cancelled_for",
        "withdrawn",
        "hold_lapsed",
        "unanswered",
    },
    AppointmentStatus.NOSHOW: {"missed"},
    AppointmentStatus.ENTERED_IN_ERROR: set(),
}


def test_links_speak_the_language_and_show_in_dark():
    html = preview("links", "es")["html_message"]
    links = BeautifulSoup(html, "html.parser").find_all("a", string="Abrir esta solicitud")
    assert len(links) == 2 and all("color" in link["style"] for link in links)
    several = preview("booked_several", "es")["html_message"]
    keys = [row.td.text for row in BeautifulSoup(several, "html.parser").select(".facts tr")]
    assert keys and "\N{NO-BREAK SPACE}" not in "".join(keys)


def test_every_status_has_a_message_or_none_deliberately():
    assert set(SAID) == {*RequestStatus, *AppointmentStatus}
    assert set().union(*SAID.values()) == set(OURS) - {"link", "links", "new_address"}
