"""A service's questions: what they hold, who reviews them, and which of them visitors get."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Site, WorkflowContentType

from bookings.enums import CareLevel, most_pressing
from bookings.models import SafetyQuestions, questions_of
from bookings.public.booking.draft_request import offerings
from clinic.models import ClinicSettings
from education.models import SeedRecord
from education.seed.roles import join_new_texts
from tests.bookings.questions import group, hip_questions, make_questions
from tests.education.review import approve, person, sign, submit
from tests.factories import make_clinic

pytestmark = pytest.mark.django_db


def errors_of(questions):
    """What the editor would be told on saving it."""
    with pytest.raises(ValidationError) as found:
        for name in ("groups", "reasons", "goals", "short_questions"):
            SafetyQuestions._meta.get_field(name).formfield().clean(getattr(questions, name))
        questions.full_clean()
    return getattr(found.value, "message_dict", None) or [str(found.value)]


@pytest.mark.postgresql
def test_the_first_questions_are_valid_in_both_languages():
    original = hip_questions()
    original.full_clean()
    for row in (original, original.translations.get(language="es")):
        assert row.problems == []
        assert len(row.as_shown().groups) + 1 <= 8


def test_the_most_pressing_level_counts():
    assert most_pressing(["hold", "urgent", "soon"]) == CareLevel.URGENT
    assert most_pressing(["soon", "emergency"]) == CareLevel.EMERGENCY
    assert most_pressing([]) == CareLevel.CONTINUE


def test_at_most_eight_choices_with_none():
    seven = [group(f"g{n}", "emergency") for n in range(7)]
    make_questions(*seven).full_clean()
    errors_of(make_questions(*seven, group("g8"), name="Eight"))


@pytest.mark.postgresql
def test_an_emergency_must_lead_to_a_number():
    site = Site.objects.get(is_default_site=True)
    ClinicSettings.objects.update_or_create(site=site, defaults={"urgent_number": ""})
    assert "number to call" in str(errors_of(make_questions()))
    ClinicSettings.objects.update(emergency_number=" ", urgent_number="111")
    assert "number to call" in str(errors_of(make_questions(name="Other")))


def test_questions_without_an_emergency_are_refused():
    assert "emergency" in str(errors_of(make_questions(group())))


@pytest.mark.parametrize(
    "wrong",
    [
        group("soon", "soon"),  # without days
        group("none"),
        group("Not a key"),
        group("cannot-stand"),  # twice
        group("knee", "continue"),
    ],
    ids=lambda wrong: wrong["key"] + wrong["level"],
)
def test_a_group_that_misleads_is_refused(wrong):
    errors_of(make_questions(group("cannot-stand", "emergency"), wrong))


@pytest.mark.postgresql
def test_a_translation_that_asks_less_is_not_shown():
    original = make_questions()
    spanish = make_questions(language="es", translation_of=original, name="Rodilla")
    assert questions_of(original.pk, "es").language == "es"
    SafetyQuestions.objects.filter(pk=spanish.pk).update(live=False)
    assert questions_of(original.pk, "es").language == "en-gb"
    less = [group("cannot-stand", "urgent"), group()]
    spanish.groups, spanish.live = [("group", one) for one in less], True
    spanish.save()
    assert questions_of(original.pk, "es").language == "en-gb"
    assert "does not ask what the original asks" in str(spanish.problems)


@pytest.mark.postgresql
def test_unpublished_questions_close_the_service():
    service, _location, _people = make_clinic()
    assert len(offerings()) == 1 and not service.why_closed
    hip_questions().unpublish()
    service.refresh_from_db()
    assert offerings() == [] and "unpublished" in service.why_closed
    service.questions = None
    service.save()
    assert offerings() == [] and "no safety questions" in service.why_closed


@pytest.fixture
def people(seeded):
    return person("edith", "Editor"), person("rita", "Clinical reviewer")


def test_somebody_else_signs_and_publishes_them(people):
    editor, reviewer = people
    questions = hip_questions()
    questions.groups[0].value["question"] = "A leg that cannot be moved"
    questions.save_revision(user=editor)
    submit(questions, editor)
    assert not hip_questions().as_shown().is_signed

    approve(questions, reviewer)

    shown = hip_questions().as_shown()
    assert shown.is_signed and shown.groups[0].question == "A leg that cannot be moved"
    assert questions.claim.sign_off.next_review > questions.claim.sign_off.signed_on


@pytest.mark.postgresql
def test_a_signature_ends_with_the_text_it_signed(people):
    questions = hip_questions()
    sign(questions, people[1])
    assert hip_questions().as_shown().is_signed
    questions.groups[0].value["level"] = "urgent"
    questions.save()
    assert not hip_questions().as_shown().is_signed
    spanish = questions.translations.get()
    assert not spanish.as_shown().is_signed  # for itself


@pytest.mark.postgresql
def test_editors_and_reviewers_find_them_in_the_menu(client, people):
    for user in people:
        client.force_login(user)
        assert "Safety questions" in client.get("/admin/").content.decode()
        page = client.get(reverse("wagtailsnippets_bookings_safetyquestions:list"))
        assert "Nobody has signed this text" in page.content.decode()
        edit = reverse("wagtailsnippets_bookings_safetyquestions:edit", args=[hip_questions().pk])
        assert "action-publish" not in client.get(edit).content.decode()


def test_the_dashboard_names_what_nobody_signed(client, people):
    client.force_login(people[1])
    page = client.get("/admin/").content.decode()
    assert "To be checked by a clinician" in page
    for one in SafetyQuestions.objects.all():
        sign(one, people[0])
    page = client.get("/admin/").content.decode()
    assert "Hip and low back" not in page


@pytest.mark.postgresql
def test_an_upgraded_site_reviews_them_too(people):
    kind = ContentType.objects.get_for_model(SafetyQuestions)
    WorkflowContentType.objects.filter(content_type=kind).delete()
    SeedRecord.objects.filter(key="review:bookings.safetyquestions").delete()
    assert not hip_questions().get_workflow()
    join_new_texts(apps.get_app_config("bookings"), using="default")
    assert hip_questions().get_workflow().name == "Clinical review"


def test_the_preview_shows_every_sign_with_its_source(rf):
    request = rf.get("/")
    page = hip_questions().make_preview_request(original_request=request).render()
    html = page.content.decode()
    assert "one leg suddenly hurts and is cold, pale or numb" in html
    assert "Limb ischaemia, NPSA 2011" in html


@pytest.mark.postgresql
def test_questions_in_use_cannot_be_deleted(client, admin_user):
    make_clinic()
    client.force_login(admin_user)
    questions = hip_questions()
    delete = reverse("wagtailsnippets_bookings_safetyquestions:delete", args=[questions.pk])
    client.post(delete, follow=True)
    assert hip_questions() == questions


@pytest.mark.postgresql
def test_the_list_of_services_says_who_checked(client, admin_user, django_user_model):
    make_clinic()
    client.force_login(admin_user)
    unsigned = client.get(reverse("services:index")).content.decode()
    assert "no clinician has checked its safety questions" in unsigned
    sign(hip_questions(), admin_user)
    page = client.get(reverse("services:index")).content.decode()
    assert "no clinician has checked" not in page
    hip_questions().unpublish()
    assert (
        "its safety questions are unpublished"
        in client.get(reverse("services:index")).content.decode()
    )


@pytest.mark.postgresql
def test_a_service_opens_only_with_published_questions(client, admin_user):
    service, _location, people = make_clinic()
    draft = make_questions(live=False)
    client.force_login(admin_user)
    values = {
        "name": "Knee",
        "slug": "knee",
        "duration_minutes": 60,
        "step_minutes": 60,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
        "minimum_notice_hours": 24,
        "cancel_notice_hours": 24,
        "horizon_days": 60,
        "kind_of_visit": "clinic",
        "practitioners": [people[0].pk],
    }
    url = reverse("services:edit", args=[service.pk])
    for chosen in ("", draft.pk):
        answer = client.post(url, values | {"active": "on", "questions": chosen})
        assert "Choose safety questions that are published" in answer.content.decode()
    assert client.post(url, values | {"questions": draft.pk}).status_code == 302  # switched off
