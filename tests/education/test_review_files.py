"""A picture belongs to the text that was signed, and stays as long as something shows it."""

from importlib import import_module
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db.models import ProtectedError
from django.urls import reverse
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image

from clinic.review import files, sign_offs
from education.models import Exercise, GuidePage
from tests.education.review import person, sign

pytestmark = pytest.mark.usefixtures("seeded")


def file(colour):
    data = BytesIO()
    Picture.new("RGB", (8, 8), colour).save(data, "PNG")
    return ContentFile(data.getvalue(), name=f"{colour}.png")


@pytest.fixture
def image(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Image.objects.create(title="Hip", file=file("red"))


def replace(client, image):
    """As the edit page does."""
    client.force_login(person("olga", owner=True))
    url = reverse("wagtailimages:edit", args=[image.pk])
    data = {"title": "Hip", "file": file("blue"), "collection": image.collection_id}
    assert client.post(url, data).status_code == 302


def shown_in(guide, image):
    """The guide with the picture in its first section, as it is live."""
    value = {"drawing": "", "image": image.pk, "alt": "A hip", "caption": "", "labels": []}
    block = {"type": "figure", "value": value, "id": "figure-of-a-hip"}
    raw = guide.body.raw_data
    raw[0]["value"]["content"].append(block)
    guide.save()
    return GuidePage.objects.get(pk=guide.pk)


def test_another_file_ends_the_claim(client, guide, image):
    guide = shown_in(guide, image)
    sign(guide, person("rita"))
    assert sign_offs.claim(guide)
    revision = guide.save_revision()
    assert guide.may_publish(person("edith"), revision)

    replace(client, image)

    assert sign_offs.claim(guide) is None
    assert not guide.may_publish(person("ernest"), revision)


def test_another_file_in_an_exercise_is_marked(client, guide, image):
    exercise = Exercise.objects.get(key="lying-stretch")
    exercise.start_image, exercise.start_alt = image, "Lying"
    exercise.save()
    sign(exercise, person("rita"))
    sign(guide, person("rosa"))
    sign_offs.read_for([guide])
    assert sign_offs.claim(guide).is_whole

    replace(client, image)

    assert sign_offs.claim(exercise) is None
    sign_offs.read_for([guide])
    assert sign_offs.claim(guide).changed_names == "Lying stretch"


@pytest.mark.postgresql
def test_sign_offs_of_before_take_todays_files(client, guide, image):
    guide = shown_in(guide, image)
    guide.save_revision()
    old = sign(guide, person("rita"))
    sign_offs.SignOff.objects.update(files=None)
    assert sign_offs.claim(guide)

    import_module("education.migrations.0014_files_that_were_signed").look_at_files(apps, None)

    expected, old.files = old.files, None
    old.refresh_from_db()
    assert old.files == expected and list(expected) == [f"wagtailimages.image:{image.pk}"]
    replace(client, image)
    assert sign_offs.claim(guide) is None


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer", "owner"])
def test_nobody_deletes_what_is_shown(client, guide, image, role):
    guide = shown_in(guide, image)
    client.force_login(person("robin", role, owner=role == "owner"))

    page = client.post(reverse("wagtailimages:delete", args=[image.pk]), follow=True)
    bulk = reverse("wagtail_bulk_action", args=["wagtailimages", "image", "delete"])
    pages = client.post(f"{bulk}?id={image.pk}", follow=True)

    assert Image.objects.filter(pk=image.pk).exists()
    if role == "owner":
        said = "“Hip” is used in “The Iliopsoas”. Take it out there first."
        assert said in page.content.decode() and said in pages.content.decode()
    with pytest.raises(ProtectedError):
        image.delete()


@pytest.mark.postgresql
def test_what_was_signed_last_keeps_its_picture(guide, image):
    before = guide.body.raw_data[:]
    guide = shown_in(guide, image)
    sign(guide, person("rita"))
    guide.body = before
    guide.live = False
    guide.save()
    with pytest.raises(ProtectedError):
        image.delete()


@pytest.mark.postgresql
def test_what_was_signed_before_frees_its_picture(guide, image):
    exercise = Exercise.objects.get(key="lying-stretch")
    for picture in (image, None):
        exercise.start_image, exercise.start_alt = picture, "Lying"
        exercise.save()
        sign(exercise, person(f"rita-{picture}"))
    sign(guide, person("rosa"))
    assert files.in_use(image) == ""


@pytest.mark.postgresql
def test_what_is_gone_keeps_no_picture(image):
    made = {"kind": "stretch", "position": "lying", "steps": "Lie."}
    exercise = Exercise.objects.create(key="new", name="New", start_image=image, **made)
    sign(exercise, person("rita"))
    assert files.in_use(image) == "“Hip” is used in “New”. Take it out there first."
    exercise.delete()
    assert files.in_use(image) == ""


@pytest.mark.postgresql
def test_the_hash_of_one_file(image, settings, tmp_path):
    other = Image.objects.create(title="Knee", file=file("green"))
    name = f"wagtailimages.image:{image.pk}"
    hashed = files.hashes([name])
    assert set(hashed) == {name} and len(hashed[name]) == 40
    Image.objects.update(file_hash="")
    assert files.hashes([name]) == hashed and not Image.objects.exclude(file_hash="").exists()
    Image.objects.filter(pk=image.pk).update(file_hash="as stored")
    assert files.hashes([name]) == {name: "as stored"}
    other.file.storage.delete(other.file.name)
    assert files.hash_of(Image.objects.get(pk=other.pk)) == ""


@pytest.mark.postgresql
def test_an_unused_file_is_deleted(client, image):
    document = Document.objects.create(title="Plan", file=ContentFile(b"x", name="plan.txt"))
    client.force_login(person("olga", owner=True))
    client.post(reverse("wagtailimages:delete", args=[image.pk]))
    client.post(reverse("wagtaildocs:delete", args=[document.pk]))
    assert not Image.objects.exists() and not Document.objects.exists()
