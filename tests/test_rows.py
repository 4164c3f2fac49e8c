"""What a transactional test leaves is as it found it, row by row."""

from django.contrib.auth.models import Group
from wagtail.models import Site

from education.models import GuidePage
from tests import rows


def test_what_was_changed_added_and_deleted_is_as_it_was(client, guide):
    kept = rows.keep()
    Site.objects.update(hostname="elsewhere.example")
    Group.objects.create(name="Visitors")
    Group.objects.get(name="Editor").permissions.clear()
    guide.delete()
    assert rows.keep() != kept

    rows.put_back({table: (columns, []) for table, (columns, _rows) in kept.items()})
    assert not GuidePage.objects.exists()
    rows.put_back(kept)

    assert rows.keep() == kept
    assert guide.url in client.get("/search/", {"q": "iliopsoas"}).content.decode()


def test_what_was_made_once_is_put_in_again_or_made_where_its_numbers_are_taken(db):
    made = []

    def make():
        made.append(Group.objects.create(name="Recorded"))

    def recorded():
        rows.recorded("a group", make, unless=Group.objects.filter(name="Recorded"))

    recorded()
    after = rows.keep()
    made[0].delete()
    recorded()
    assert rows.keep() == after and len(made) == 1

    Group.objects.filter(name="Recorded").update(name="Somebody else's")
    recorded()
    assert len(made) == 2 and Group.objects.filter(name="Recorded").exists()
