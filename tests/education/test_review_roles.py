"""Every role tries every door to what is live, through the admin; the table says who gets through."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from bookings.roles import make_roles
from education.models import Exercise, GuideIndexPage, GuidePage, HomePage
from tests.database import undone
from tests.education.review import new_guide, person, sign, submit

ROLES = ("visitor", "desk", "editor", "reviewer", "owner")
FORM = {"headline": "", "introduction": "The calf.", "body-count": "0", "author": ""} | {
    "comments-TOTAL_FORMS": 0,
    "comments-INITIAL_FORMS": 0,
}


class World:
    """A live guide that was signed, a draft that was not, and an exercise of each kind."""

    def __init__(self, client):
        self.client = client
        self.author = person("anna", "Editor")
        self.home = HomePage.objects.get()
        self.index = GuideIndexPage.objects.get()
        self.guide = GuidePage.objects.get(slug="iliopsoas")
        self.old = self.guide.latest_revision
        self.draft = new_guide(self.author)
        self.used = Exercise.objects.get(key="lying-stretch")
        self.unused = self.exercise("unused", live=True)
        self.new = self.exercise("new", live=False)

    def exercise(self, key, *, live):
        thing = Exercise.objects.create(
            key=key, name=key, kind="stretch", position="lying", steps="Lie.", live=live
        )
        thing.save_revision(user=self.author)
        return thing

    def page(self, name, page, **data):
        return self.client.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]), data)

    def snippet(self, view, thing, **data):
        url = thing.snippet_viewset.get_url_name(view)
        return self.client.post(reverse(url, args=[thing.pk]), data)

    def bulk(self, model, action, thing, **data):
        app, name = model._meta.app_label, model._meta.model_name
        url = reverse("wagtail_bulk_action", args=[app, name, action])
        return self.client.post(f"{url}?id={thing.pk}", data)

    def edit(self, page, **data):
        own = {"title": page.title, "slug": page.slug}
        return self.page("edit", page, **(FORM | own | data))


def now(thing):
    return type(thing).objects.filter(pk=thing.pk).first()


def live(thing):
    return bool(now(thing) and now(thing).live)


def publish_draft(world):
    world.edit(world.draft, **{"action-publish": "1"})
    return live(world.draft)


def schedule_draft(world):
    later = timezone.localtime() + dt.timedelta(days=1)
    world.edit(world.draft, **{"action-publish": "1", "go_live_at": f"{later:%Y-%m-%d %H:%M}"})
    return now(world.draft).approved_schedule


def publish_new_page(world):
    url = reverse("wagtailadmin_pages:add", args=["education", "guidepage", world.index.pk])
    world.client.post(url, FORM | {"title": "X", "slug": "x", "action-publish": "1"})
    return GuidePage.objects.filter(slug="x", live=True).exists()


def bulk_publish_draft(world):
    world.bulk(Page, "publish", world.draft)
    return live(world.draft)


def bulk_publish_below_home(world):
    world.bulk(Page, "publish", world.home, include_descendants="on")
    return live(world.draft)


def revert_and_publish(world):
    guide = now(world.guide)
    guide.introduction = "Newer."
    guide.save_revision().publish()
    sign(now(guide), world.author)
    data = FORM | {"title": "T", "slug": "iliopsoas", "action-publish": "1"}
    world.page("edit", world.guide, **(data | {"revision": world.old.pk}))
    return now(world.guide).introduction != "Newer."


def unpublish_guide(world):
    world.page("unpublish", world.guide)
    return not live(world.guide)


def delete_guide(world):
    world.page("delete", world.guide)
    world.bulk(Page, "delete", world.guide)
    return now(world.guide) is None


def move_guide(world):
    destination = [world.guide.pk, world.home.pk]
    world.client.post(reverse("wagtailadmin_pages:move_confirm", args=destination))
    return now(world.guide).get_parent().pk != world.index.pk


def copied(world, **data):
    new = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": world.index.pk}
    world.page("copy", world.guide, **(new | data))
    return GuidePage.objects.filter(slug="copy").first()


def copy_guide(world):
    sign(world.guide, world.author)
    copy = copied(world)
    assert not copy or (not copy.live and copy.claim is None)
    return bool(copy)


def copy_guide_live(world):
    copy = copied(world, publish_copies="on")
    return bool(copy and copy.live)


def alias_guide(world):
    copy = copied(world, alias="on")
    return bool(copy and copy.alias_of_id)


def unpublish_home(world):
    world.page("unpublish", world.home)
    return not live(world.home)


def bulk_unpublish_home(world):
    world.bulk(Page, "unpublish", world.home)
    return not live(world.home)


def delete_home(world):
    world.page("delete", world.home, confirm_site_name="x")
    world.bulk(Page, "delete", world.home)
    return now(world.home) is None


def copy_home(world):
    new = {"new_title": "H", "new_slug": "h", "new_parent_page": world.home.get_parent().pk}
    world.page("copy", world.home, copy_subpages="on", publish_copies="on", **new)
    return HomePage.objects.count() > 1


EXERCISE = {"name": "new", "key": "new", "kind": "stretch", "position": "lying", "steps": "Lie."}
EXERCISE |= {"sets": 1, "reps": 1, "hold_from": 0, "hold_to": 0}


def publish_exercise(world):
    world.snippet("edit", world.new, **EXERCISE, **{"action-publish": "1"})
    return live(world.new)


def publish_new_exercise(world):
    url = reverse(Exercise.snippet_viewset.get_url_name("add"))
    world.client.post(url, EXERCISE | {"key": "own", "action-publish": "1"})
    return Exercise.objects.filter(key="own", live=True).exists()


def approve_draft(world):
    submit(world.draft, world.author)
    state = world.draft.current_workflow_task_state
    arguments = [world.draft.pk, "approve", state.pk]
    world.client.post(reverse("wagtailadmin_pages:workflow_action", args=arguments))
    return live(world.draft)


def unpublish_exercise(world):
    world.snippet("unpublish", world.used)
    return not live(world.used)


def delete_used_exercise(world):
    world.snippet("delete", world.used)
    world.bulk(Exercise, "delete", world.used)
    return now(world.used) is None


def delete_unused_exercise(world):
    world.snippet("delete", world.unused)
    return now(world.unused) is None


NOBODY = set()
TABLE = {
    publish_draft: {"owner"},
    schedule_draft: {"owner"},
    publish_new_page: NOBODY,
    bulk_publish_draft: {"owner"},
    bulk_publish_below_home: {"owner"},
    revert_and_publish: {"owner"},
    unpublish_guide: {"reviewer", "owner"},
    delete_guide: {"owner"},
    move_guide: NOBODY,
    copy_guide: {"editor", "owner"},
    copy_guide_live: NOBODY,
    alias_guide: NOBODY,
    unpublish_home: NOBODY,
    bulk_unpublish_home: NOBODY,
    delete_home: NOBODY,
    copy_home: NOBODY,
    approve_draft: {"reviewer", "owner"},
    publish_exercise: {"owner"},
    publish_new_exercise: NOBODY,
    unpublish_exercise: {"reviewer", "owner"},
    delete_used_exercise: NOBODY,
    delete_unused_exercise: {"owner"},
}


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("action", TABLE, ids=lambda action: action.__name__)
def test_who_gets_through(client, seeded, action):
    make_roles()
    world, through = World(client), set()
    groups = {"desk": ["Front desk"], "editor": ["Editor"], "reviewer": ["Clinical reviewer"]}
    for role in ROLES:
        with undone():
            client.logout()
            if role != "visitor":
                client.force_login(person("robin", *groups.get(role, []), owner=role == "owner"))
            if action(world):
                through.add(role)

    assert through == TABLE[action]


@pytest.mark.postgresql
def test_the_refusal_says_what_to_do(client, seeded):
    world = World(client)
    client.force_login(person("olga", owner=True))

    response = world.snippet("delete", world.used)
    assert "used in “The Iliopsoas”" in client.get(response["Location"]).content.decode()
    response = world.page("unpublish", world.home)
    assert "stays where it is" in client.get(response["Location"]).content.decode()
