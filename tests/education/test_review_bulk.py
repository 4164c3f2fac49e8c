"""What may be done to many pages, exercises or files at once, and why not."""

from io import BytesIO

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image as Picture
from wagtail.images.models import Image

from clinic.review import guards
from education.models import ClinicalReviewTask, Exercise, GuidePage, HomePage
from tests.education.review import new_guide, person, sign

pytestmark = pytest.mark.usefixtures("seeded")
REVIEW, HOME = "This is published by clinical review", "The home page stays where it is"
HISTORY, USED = "Its history and its sign-offs", "“Hip” is used in “Lying stretch”"


@pytest.fixture
def things(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    data = BytesIO()
    Picture.new("RGB", (8, 8), "red").save(data, "PNG")
    hip, knee = (
        Image.objects.create(title=title, file=ContentFile(data.getvalue(), name=f"{title}.png"))
        for title in ("Hip", "Knee")
    )
    exercise = Exercise.objects.get(key="lying-stretch")
    exercise.start_image, exercise.start_alt = hip, "A hip"
    exercise.save()
    return {
        "hip": hip,
        "knee": knee,
        "home": HomePage.objects.get(),
        "guide": GuidePage.objects.get(slug="iliopsoas"),
        "draft": new_guide(person("anna", "Editor")),
    }


@pytest.mark.parametrize(
    ("who", "action", "names", "typed", "said"),
    [
        ("reviewer", "publish", "draft", {}, REVIEW),
        ("reviewer", "publish", "guide draft", {}, REVIEW),
        ("owner", "publish", "guide draft", {}, None),
        ("reviewer", "publish", "home", {}, None),
        ("reviewer", "publish", "home", {"include_descendants": "on"}, REVIEW),
        ("owner", "publish", "home", {"include_descendants": "on"}, None),
        ("reviewer", "unpublish", "guide draft", {}, None),
        ("owner", "unpublish", "guide home", {}, HOME),
        ("owner", "delete", "home", {}, HOME),
        ("owner", "move", "home", {}, HOME),
        ("owner", "set_parent", "home", {}, None),
        ("reviewer", "delete", "draft", {}, None),
        ("reviewer", "delete", "draft guide", {}, HISTORY),
        ("owner", "delete", "draft guide", {}, None),
        ("owner", "delete", "hip", {}, USED),
        ("owner", "delete", "knee hip", {}, USED),
        ("owner", "delete", "knee", {}, None),
        ("owner", "add_tags", "hip", {}, None),
    ],
)
def test_what_is_done_to_many(rf, things, who, action, names, typed, said):
    request = rf.post("/", typed)
    request.user = person("robin", "Clinical reviewer", owner=who == "owner")
    request._messages = CookieStorage(request)
    chosen = [things[name] for name in names.split()]
    response = guards.bulk_through_review(request, action, chosen, None)
    messages = [str(message) for message in request._messages]
    if said is None:
        assert response is None and messages == []
    else:
        assert response.status_code == 302 and len(messages) == 1
        assert messages[0].startswith(said)
        files = f"/admin/images/usage/{things['hip'].pk}/"
        assert response.url == (files if said == USED else "/admin/pages/")


def test_a_used_exercise_says_where(rf, things):
    request = rf.post("/")
    request.user, request._messages = person("olga", owner=True), CookieStorage(request)
    used = Exercise.objects.get(key="lying-stretch")
    response = guards.keep_what_is_used(request, [used])
    assert response.url.endswith(f"/edit/{used.pk}/")
    assert [str(message) for message in request._messages] == [
        "“Lying stretch” is used in “The Iliopsoas”. Take it out there first."
    ]
    assert guards.keep_what_is_used(request, []) is None


def test_the_editor_shows_who_stands_behind_it(client, things):
    used = Exercise.objects.get(key="lying-stretch")
    sign(used, person("rita"))
    client.force_login(person("olga", owner=True))
    views = used.snippet_viewset
    page = client.get(reverse(views.get_url_name("edit"), args=[used.pk])).text
    assert "Who stands behind it" in page and "Rita Example" in page
    assert "Who stands behind it" not in client.get(reverse(views.get_url_name("add"))).text


def test_the_task_says_who_approves():
    assert "did not write it" in str(ClinicalReviewTask.get_description())
