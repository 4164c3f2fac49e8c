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
