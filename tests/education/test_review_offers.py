"""What the editor's page of a guide, an exercise and safety questions offers to each role."""

import re

import pytest
from bs4 import BeautifulSoup
from wagtail.admin.admin_url_finder import AdminURLFinder

from bookings.roles import make_roles
from education.models import Exercise, GuidePage
from tests.education.review import person
from tests.factories import make_clinic

ROLES = {
    "editor": "Editor",
    "reviewer": "Clinical reviewer",
    "desk": "Front desk",
    "practitioner": "Practitioner",
    "owner": "",
}
VERBS = ("Save draft", "Submit", "Approve", "Request changes", "Publish", "Unpublish")
VERBS += ("Copy", "Move", "Delete", "Set schedule")
EDITS = {"Save draft", "Submit"}
OFFERED = {
    ("editor", "guide"): EDITS | {"Copy", "Set schedule"},
    ("editor", "exercise"): EDITS | {"Copy"},
    ("editor", "questions"): EDITS | {"Copy"},
    ("reviewer", "guide"): EDITS | {"Unpublish", "Set schedule", "Copy", "Move", "Delete"},
    ("reviewer", "exercise"): EDITS | {"Unpublish"},
    ("reviewer", "questions"): EDITS | {"Unpublish"},
    ("owner", "guide"): {*VERBS} - {"Approve", "Request changes"},
    ("owner", "exercise"): EDITS | {"Publish", "Unpublish", "Copy", "Delete"},
    ("owner", "questions"): EDITS | {"Publish", "Unpublish", "Copy", "Delete"},
}


@pytest.fixture
def things(seeded):
    make_roles()
    return {
        "guide": GuidePage.objects.get(slug="iliopsoas"),
        "exercise": Exercise.objects.get(key="lying-stretch"),
        "questions": make_clinic()[0].questions,
    }


@pytest.fixture
def owner(things):
    return person("olga", owner=True)


def offered(response) -> set[str]:
    """What the buttons and links of the page say, those of its menus as well."""
    page = BeautifulSoup(response.content, "html.parser")
    places = page.select("footer, header, [data-side-panel=status], .w-dropdown__content")
    said = " ".join(
        button.get_text(" ") for place in places for button in place.select("button, a")
    )
    return {verb for verb in VERBS if re.search(rf"\b{verb}\b", said)}


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_is_offered(things, owner, client, role):
    client.force_login(owner if role == "owner" else person(role, ROLES[role]))
    for kind, thing in things.items():
        response = client.get(AdminURLFinder(owner).get_edit_url(thing), follow=True)
        if (role, kind) in OFFERED:
            assert offered(response) == OFFERED[role, kind], kind
        else:  # not theirs: back to their own first screen, with the reason
            assert response.redirect_chain[-1][0] == "/admin/", kind
            assert "permission" in response.content.decode()


def test_what_wagtail_offers_a_reviewer_all_the_same(things, client):
    guide = things["guide"]
    client.force_login(person("rita", "Clinical reviewer"))

    deleting = client.get(f"/admin/pages/{guide.pk}/delete/", follow=True)
    assert "Unpublish it instead" in deleting.content.decode()

    values = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": guide.get_parent().pk}
    copying = client.post(f"/admin/pages/{guide.pk}/copy/", values)
    assert "do not have permission to copy" in copying.content.decode()
    assert not GuidePage.objects.filter(slug="copy").exists()
