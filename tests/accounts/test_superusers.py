"""Only a superuser touches superusers; Wagtail's own groups are gone."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tests.accounts.conftest import PASSWORD, confirm

pytestmark = [pytest.mark.django_db]
USERS, BULK = "/admin/users/", "/admin/bulk/auth/user/"
migration = import_module("accounts.migrations.0002_stock_groups")


@pytest.fixture
def root(django_user_model):
    return django_user_model.objects.create_superuser("root", "root@example.org", PASSWORD)


@pytest.fixture
def by_owner(client, owner):
    client.force_login(owner)
    confirm(client)
    return client


def user_form(**changes):
    values = {
        "username": "new",
        "email": "new@example.org",
        "first_name": "New",
        "last_name": "Name",
        "is_active": "on",
        "password1": "green hip bone",
        "password2": "green hip bone",
    }
    return values | changes


def test_owner_makes_no_superuser(by_owner):
    by_owner.post(f"{USERS}new/", user_form(is_superuser="on"))
    assert not get_user_model().objects.get(username="new").is_superuser


def test_owner_gives_nobody_the_flag(by_owner, ruth):
    by_owner.post(f"{USERS}edit/{ruth.pk}/", user_form(username="ruth", is_superuser="on"))
    ruth.refresh_from_db()
    assert ruth.first_name == "New" and not ruth.is_superuser


@pytest.mark.postgresql
def test_owner_changes_no_superuser(by_owner, root):
    lead = Group.objects.get(name="Front desk lead")
    for path in (f"{USERS}edit/{root.pk}/", f"{USERS}delete/{root.pk}/"):
        assert by_owner.get(path).status_code == 302
        assert by_owner.post(path, user_form(groups=[lead.pk])).url == "/admin/"
    root.refresh_from_db()
    assert root.username == "root" and root.check_password(PASSWORD)
    assert not root.groups.exists()


@pytest.mark.postgresql
def test_owner_copies_nobody(by_owner, root):
    assert by_owner.post(f"{USERS}copy/{root.pk}/", user_form()).status_code == 404
    assert not get_user_model().objects.filter(username="new").exists()


@pytest.mark.postgresql
@pytest.mark.parametrize("action", ["assign_role", "set_active_state", "delete"])
@pytest.mark.parametrize("chosen", ["one", "all"])
def test_owner_acts_on_no_superuser_in_bulk(by_owner, owner, root, action, chosen):
    role = Group.objects.get(name="Front desk")
    chosen = root.pk if chosen == "one" else "all"
    data = {"role": role.pk, "mark_as_active": "False"}
    by_owner.post(f"{BULK}{action}/?id={chosen}", data)
    root.refresh_from_db()
    assert root.is_active and not root.groups.exists()


@pytest.mark.postgresql
def test_nobody_deletes_themselves_in_bulk(by_owner, owner, ruth):
    by_owner.post(f"{BULK}delete/?id={owner.pk}&id={ruth.pk}")
    assert list(get_user_model().objects.all()) == [owner]


@pytest.mark.postgresql
def test_owner_still_helps_everybody_else(by_owner, ruth):
    by_owner.post(f"{BULK}set_active_state/?id={ruth.pk}", {"mark_as_active": "False"})
    ruth.refresh_from_db()
    assert not ruth.is_active


def test_list_links_owner_to_no_superuser(by_owner, root, ruth):
    page = by_owner.get(USERS).content.decode()
    assert f"{USERS}edit/{ruth.pk}/" in page and f"{USERS}edit/{root.pk}/" not in page


def test_superuser_makes_another(client, root, ruth):
    client.force_login(root)
    confirm(client)
    client.post(f"{USERS}edit/{ruth.pk}/", user_form(username="ruth", is_superuser="on"))
    ruth.refresh_from_db()
    assert ruth.is_superuser and ruth.check_password("green hip bone")


@pytest.mark.postgresql
def test_wagtails_own_groups_are_gone(db):
    assert not Group.objects.filter(name__in=migration.STOCK).exists()


@pytest.mark.postgresql
def test_stock_group_with_members_stays(ruth, capsys):
    for name in migration.STOCK:
        Group.objects.create(name=name)
    ruth.groups.add(Group.objects.get(name="Editors"))

    migration.remove_empty(apps, None)

    assert list(Group.objects.filter(name__in=migration.STOCK)) == list(
        ruth.groups.filter(name="Editors")
    )
    said = capsys.readouterr().out
    assert '"Editors"' in said and "without clinical review" in said and "Moderators" not in said
