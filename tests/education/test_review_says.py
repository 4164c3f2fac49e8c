"""What an editor's, a reviewer's and an owner's buttons say, and to whom they are shown."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.urls import reverse
from django.utils import timezone

from clinic.review import guards
from education.models import Exercise, GuideIndexPage, GuidePage, HomePage
from tests.education.review import new_guide, person, submit

pytestmark = pytest.mark.usefixtures("seeded")
FORM = {"headline": "", "introduction": "The calf.", "body-count": "0"} | {
    "comments-TOTAL_FORMS": 0,
    "comments-INITIAL_FORMS": 0,
}
PUBLISH = {"action-publish": "1"}
APPROVE = {"action-workflow-action": "1", "workflow-action-name": "approve"}
CHANGED, APPROVED = "somebody else has to approve it", "You have approved"


@pytest.fixture
def owner(seeded):
    return person("olga", owner=True)


def edit(client, page, **data):
    own = {"title": page.title, "slug": page.slug, "author": page.author_id or ""}
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(url, FORM | own | data, follow=True).text


def test_an_ordinary_save_says_neither(client, draft, editor):
    client.force_login(editor)
    text = edit(client, draft, introduction="New.")
    draft.refresh_from_db()
    assert draft.has_unpublished_changes and CHANGED not in text and APPROVED not in text


@pytest.mark.parametrize("changed", [False, True])
def test_approving_a_page_says_what_it_did(client, draft, editor, reviewer, changed):
    submit(draft, editor)
    client.force_login(reviewer)
    text = edit(client, draft, **APPROVE, introduction="Other." if changed else "The calf.")
    draft.refresh_from_db()
    assert draft.live is not changed and (CHANGED in text) is changed
    assert ("signed with your name. It is published." in text) is not changed


def test_what_is_published_later_is_said(client, draft, editor, reviewer):
    draft.go_live_at = timezone.now() + dt.timedelta(days=1)
    draft.save_revision(user=editor)
    submit(draft, editor)
    client.force_login(reviewer)
    later = f"{timezone.localtime(draft.go_live_at):%Y-%m-%d %H:%M}"
    text = edit(client, draft, **APPROVE, go_live_at=later)
    assert "signed with your name. It is not published yet." in text


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"live": True, "has_unpublished_changes": False}, "It is published."),
        ({"live": True, "has_unpublished_changes": True}, "It is not published yet."),
        ({"live": False, "has_unpublished_changes": False}, "It is not published yet."),
    ],
)
def test_published_is_all_of_it(rf, draft, changes, said):
    GuidePage.objects.filter(pk=draft.pk).update(**changes)
    request = with_messages(rf.post("/", {"workflow-action-name": "approve"}))
    guards.say_what_approving_did(request, draft)
    (message,) = request._messages
    assert str(message).endswith(said)


def with_messages(request):
    request._messages = CookieStorage(request)
    return request


def test_a_refused_page_that_was_live_stays(client, guide, reviewer):
    client.force_login(reviewer)
    text = edit(client, guide, **PUBLISH)
    guide.refresh_from_db()
    assert guide.live and "published by clinical review" in text


@pytest.mark.postgresql
def test_a_new_page_that_is_refused_is_a_draft(client, owner):
    client.force_login(owner)
    index = GuideIndexPage.objects.get(locale__language_code="en-gb")
    url = reverse("wagtailadmin_pages:add", args=["education", "guidepage", index.pk])
    page = client.post(url, FORM | PUBLISH | {"title": "X", "slug": "x", "author": ""}, follow=True)
    made = GuidePage.objects.get(slug="x")
    assert (made.live, made.has_unpublished_changes) == (False, True)
    form = reverse("wagtailadmin_pages:edit", args=[made.pk])
    assert (form, 302) in page.redirect_chain and "published by clinical review" in page.text


def test_a_refusal_leads_where_one_may_be(rf, draft, reviewer, owner):
    for user, back in (
        (owner, reverse("wagtailadmin_pages:edit", args=[draft.pk])),
        (person("nobody"), "/admin/"),
    ):
        request = with_messages(rf.get("/"))
        request.user = user
        assert guards.refuse(request, draft, "No.").url == back
        assert [str(message) for message in request._messages] == ["No."]


@pytest.mark.parametrize(
    ("who", "context", "shown"),
    [
        ("owner", lambda page: {"page": page}, True),
        ("editor", lambda page: {"page": page}, False),
        ("reviewer", lambda page: {"page": page}, False),
        ("owner", lambda _page: {"page": GuidePage(title="New")}, False),
        ("owner", lambda _page: {"model": Exercise}, False),
        ("owner", lambda _page: {"instance": Exercise.objects.first()}, True),
        ("reviewer", lambda _page: {"instance": Exercise.objects.first()}, False),
        ("editor", lambda _page: {"page": HomePage.objects.get()}, True),
        ("editor", lambda _page: {"model": HomePage}, True),
        ("editor", lambda _page: {}, True),
    ],
)
def test_to_whom_publish_is_offered(request, rf, draft, who, context, shown):
    asked = rf.get("/")
    asked.user = request.getfixturevalue(who)
    items = [SimpleNamespace(name="action-publish"), SimpleNamespace(name="action-save")]
    guards.no_publish_button(items, asked, context(draft))
    assert [item.name for item in items] == ["action-publish"] * shown + ["action-save"]


def test_an_author_is_not_offered_publish(rf, owner):
    mine = new_guide(owner)
    asked = rf.get("/")
    asked.user = owner
    items = [SimpleNamespace(name="action-publish")]
    guards.no_publish_button(items, asked, {"page": mine})
    assert items == []


def test_the_list_to_check_is_in_the_menu(client, reviewer):
    client.force_login(reviewer)
    assert reverse("reviews_to_check") in client.get("/admin/").text
    client.force_login(person("ruth", "Front desk"))
    assert reverse("reviews_to_check") not in client.get("/admin/account/").text
