"""Nothing is published while a picture or film in it lacks its words, whichever way publication comes."""

import datetime as dt
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.fields import StreamField
from wagtail.images.models import Image
from wagtail.models import Revision, RevisionMixin

from bookings.models import SafetyQuestions
from clinic.review import sign_offs
from education.blocks import FigureBlock, FilmBlock
from education.guide.media import WithoutWords, without_words
from education.models import Exercise, GuidePage, HomePage, StandardPage
from education.scheduling import publish_due
from tests.education.review import approve, new_guide, person, submit

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture
def image(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    data = BytesIO()
    Picture.new("RGB", (8, 8), "red").save(data, "PNG")
    return Image.objects.create(title="Hip", file=ContentFile(data.getvalue(), name="hip.png"))


@pytest.fixture
def owner():
    return person("olga", owner=True)


def figure(image, alt="", purpose=""):
    value = {"drawing": "", "image": image.pk, "alt": alt, "caption": "", "labels": []}
    return "figure", FigureBlock().to_python(value | {"purpose": purpose})


def film(transcript="Sit tall.", captions="lift.vtt"):
    def document(name):
        return Document.objects.create(title=name, file=ContentFile(b"WEBVTT", name=name)).pk

    value = {"title": "The lift", "film": document("lift.mp4"), "transcript": transcript}
    files = {"captions": document(captions) if captions else None, "still": None}
    return "film", FilmBlock().to_python(value | files)


def with_block(page, block):
    page.body[0].value["content"].append(block)
    return page


def wordless_exercise(image):
    exercise = Exercise.objects.get(key="seated-knee-lift")
    exercise.start_image, exercise.start_alt = image, ""
    return exercise


WORDLESS = {
    "picture": lambda image: with_block(GuidePage.objects.get(slug="iliopsoas"), figure(image)),
    "blank": lambda image: with_block(GuidePage.objects.get(slug="iliopsoas"), figure(image, "  ")),
    "ordinary page": lambda image: with_block(
        StandardPage.objects.get(slug="about"), figure(image)
    ),
    "captions": lambda image: with_block(
        GuidePage.objects.get(slug="iliopsoas"), film(captions=None)
    ),
    "transcript": lambda image: with_block(
        GuidePage.objects.get(slug="iliopsoas"), film(transcript="")
    ),
    "exercise": wordless_exercise,
}


@pytest.mark.parametrize("lacking", WORDLESS)
def test_publishing_raises_and_changes_nothing(lacking, image):
    thing = WORDLESS[lacking](image)
    before = type(thing).objects.get(pk=thing.pk).live_revision_id

    with pytest.raises(WithoutWords):
        thing.save_revision().publish()

    after = type(thing).objects.get(pk=thing.pk)
    assert after.live and after.live_revision_id == before
    assert without_words(after) == []


@pytest.mark.parametrize(
    "block",
    [
        lambda image: figure(image, "A hip"),
        lambda image: figure(image, purpose="decoration"),
        lambda image: film(),
    ],
)
def test_with_its_words_it_goes_live(block, image, guide):
    with_block(guide, block(image)).save_revision().publish()

    assert GuidePage.objects.get(pk=guide.pk).body[0].value["content"][-1].value


def test_readers_of_screens_skip_a_decoration(client, image, guide):
    with_block(guide, figure(image, "Not read out", "decoration")).save_revision().publish()

    page = BeautifulSoup(client.get(guide.url).content, "html.parser")

    assert page.select_one("figure.figure img[src*='/media/']")["alt"] == ""


def test_an_older_wordless_text_does_not_return(image, guide):
    guide = with_block(guide, figure(image))
    old = guide.save_revision()
    guide.body = []
    guide.save_revision().publish()

    with pytest.raises(WithoutWords):
        old.publish(previous_revision=guide.live_revision)

    assert len(GuidePage.objects.get(pk=guide.pk).body) == 0


def test_nobody_approves_what_lacks_words(image):
    editor, reviewer = person("edith", "Editor"), person("rita", "Clinical reviewer")
    guide = new_guide(editor, body=GuidePage.objects.get(slug="iliopsoas").body)
    with_block(guide, figure(image)).save_revision(user=editor)
    submit(guide, editor)
    task = guide.current_workflow_task_state.task.specific

    assert "approve" not in [action[0] for action in task.get_actions(guide, reviewer)]
    with pytest.raises(WithoutWords):
        approve(guide, reviewer)

    guide.refresh_from_db()
    assert not guide.live and not sign_offs.of(guide).exists()
    draft = guide.get_latest_revision_as_object()
    draft.body[0].value["content"][-1].value["alt"] = "A hip"
    draft.save_revision(user=editor)
    approve(GuidePage.objects.get(pk=guide.pk), reviewer)
    assert GuidePage.objects.get(pk=guide.pk).live


@pytest.mark.postgresql
def test_reviewer_reads_why_nobody_approves(client, image):
    editor = person("edith", "Editor")
    guide = new_guide(editor, body=GuidePage.objects.get(slug="iliopsoas").body)
    with_block(guide, figure(image)).save_revision(user=editor)
    submit(guide, editor)
    client.force_login(person("rita", "Clinical reviewer"))

    shown = client.get(f"/admin/pages/{guide.pk}/edit/").content.decode()

    assert "It cannot be approved yet: “What it is”: say in words what the picture shows" in shown


@pytest.mark.postgresql
def test_no_wordless_text_is_scheduled(image, guide):
    guide = with_block(guide, figure(image))
    guide.go_live_at = timezone.now() + dt.timedelta(hours=1)

    with pytest.raises(WithoutWords):
        guide.save_revision().publish()

    assert not Revision.objects.exclude(approved_go_live_at=None).exists()


@pytest.mark.postgresql
def test_a_wordless_schedule_holds_up_no_other(image, guide):
    """As when the captions' file went after the film was scheduled."""
    due = timezone.now() - dt.timedelta(minutes=1)
    wordless = with_block(guide, film(captions=None)).save_revision()
    other = StandardPage.objects.get(slug="about")
    other.introduction = "On time."
    on_time = other.save_revision()
    Revision.objects.filter(pk__in=[wordless.pk, on_time.pk]).update(approved_go_live_at=due)

    publish_due(now=timezone.now())

    wordless.refresh_from_db()
    assert wordless.approved_go_live_at is None
    assert GuidePage.objects.get(pk=guide.pk).live_revision_id != wordless.pk
    assert StandardPage.objects.get(slug="about").introduction == "On time."


def edit(client, exercise, **changes):
    url = reverse(exercise.snippet_viewset.get_url_name("edit"), args=[exercise.pk])
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    kept = {n: value for n, value in values.items() if value is not None and value is not False}
    return client.post(url, kept | changes)


def test_an_exercise_waits_as_a_draft(client, image, owner):
    exercise = Exercise.objects.get(key="seated-knee-lift")
    client.force_login(owner)
    wordless = {"start_image": image.pk, "start_alt": ""}

    assert edit(client, exercise, **wordless).status_code == 302
    refused = edit(client, exercise, **wordless, **{"action-publish": "1"})
    form = refused.context["form"]

    assert form.errors["start_alt"] == ["Say in words what the picture shows."]
    assert Exercise.objects.get(pk=exercise.pk).start_image is None
    done = edit(
        client, exercise, start_image=image.pk, start_alt="A chair", **{"action-publish": "1"}
    )
    assert done.status_code == 302
    assert Exercise.objects.get(pk=exercise.pk).start_image == image


def test_a_figure_waits_as_a_draft(image):
    """Wagtail defers what a draft may lack in just this way."""
    _, value = figure(image)
    block = FigureBlock()
    block.defer_required_validation()

    assert block.clean(value)["image"] == image
    block.restore_deferred_validation()
    with pytest.raises(Exception) as refused:
        block.clean(value)
    assert list(refused.value.block_errors) == ["alt"]


def test_the_button_publish_says_what_is_missing(client, image, guide, owner):
    """The door itself, for whatever comes past the form."""
    from education.media_guards import publish_with_words

    with_block(guide, figure(image)).save_revision()
    request = client.get("/admin/login/").wsgi_request
    request.user = owner

    answer = publish_with_words(request, guide)

    assert answer.status_code == 302
    assert publish_with_words(request, StandardPage.objects.get(slug="about")) is None


def test_publishing_many_stops_at_a_wordless_one(client, image, owner):
    page = with_block(StandardPage.objects.get(slug="about"), figure(image))
    page.unpublish()
    page = with_block(StandardPage.objects.get(slug="about"), figure(image))
    page.save_revision()
    client.force_login(owner)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])

    client.post(f"{url}?id={page.pk}&next=/admin/", {"next": "/admin/"})

    assert not StandardPage.objects.get(pk=page.pk).live


@pytest.mark.postgresql
def test_bodies_of_every_shape_are_read():
    bodies = {
        model
        for model in apps.get_models()
        if issubclass(model, RevisionMixin) and model.objects.exists()
        if any(isinstance(field, StreamField) for field in model._meta.get_fields())
    }
    assert {SafetyQuestions, GuidePage, HomePage, StandardPage} <= bodies

    for model in bodies:
        for thing in model.objects.all():
            assert without_words(thing.get_latest_revision_as_object()) == []
