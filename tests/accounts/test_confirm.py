"""A stolen login does not become the account: whoever changes one says again that it is they."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from accounts import user_screens
from tests.accounts.conftest import (
    ADD,
    CONFIRM,
    OWN,
    PASSWORD,
    actions,
    add,
    come_in,
    confirm,
    enrol,
    is_in,
    sign_in,
)

pytestmark = pytest.mark.django_db
NEW = "green hip bone"
PASSWORD_PAGE, EMAIL_PAGE = f"{OWN}password/", f"{OWN}email/"


def user_form(user, **changes):
    values = {"username": user.username, "email": user.email, "first_name": "A", "last_name": "B"}
    return values | {"is_active": "on"} | changes


def changes_of(owner, ruth):
    """Every screen on which somebody's password, address, second step or rights change."""
    new = {"password1": NEW, "password2": NEW}
    lead = Group.objects.get(name="Front desk lead")
    return {
        f"{OWN}codes/": {},
        ADD: {"name": "Mine", "credential": "{}"},
        "/admin/login/setup/": {"code": "000000"},
        PASSWORD_PAGE: {"new_password1": NEW, "new_password2": NEW},
        EMAIL_PAGE: {"email": "thief@example.org"},
        "/admin/users/new/": user_form(owner, username="new") | new,
        f"/admin/users/edit/{owner.pk}/": user_form(owner, email="thief@example.org") | new,
        f"/admin/users/edit/{ruth.pk}/": user_form(ruth, groups=[lead.pk]) | new,
        f"/admin/users/delete/{ruth.pk}/": {},
        f"/admin/logins/{ruth.pk}/reset/": {},
        f"/admin/bulk/auth/user/assign_role/?id={ruth.pk}": {"role": lead.pk},
        f"/admin/bulk/auth/user/set_active_state/?id={ruth.pk}": {"mark_as_active": "False"},
        f"/admin/bulk/auth/user/delete/?id={ruth.pk}": {},
    }


def everything(user):
    """Whatever of an account somebody could take or give."""
    return [
        (u.password, u.email, u.is_active, u.is_superuser, list(u.groups.values_list("name")))
        for u in type(user).objects.order_by("pk")
    ]


@pytest.mark.postgresql
def test_fresh_login_changes_nothing_unconfirmed(client, owner, ruth):
    enrol(ruth)
    sign_in(client, "olga")
    before = everything(owner)
    for path, data in changes_of(owner, ruth).items():
        for response in (client.get(path), client.post(path, data)):
            assert response.status_code == 302 and response.url.startswith(CONFIRM), path
    assert everything(owner) == before


def test_each_change_works_once_confirmed(client, owner, ruth):
    enrol(owner)
    for path in changes_of(owner, ruth):
        client.logout()
        come_in(client, owner)
        assert client.get(path).url.startswith(CONFIRM)
        assert confirm(client).url == "/admin/"
        assert client.get(path).status_code == 200, path


def test_superuser_confirms_changes_of_groups(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root", password=PASSWORD))
    group = Group.objects.create(name="Cleaners")
    for path in ("new/", f"edit/{group.pk}/", f"delete/{group.pk}/"):
        assert client.post(f"/admin/groups/{path}", {"name": "Rulers"}).url.startswith(CONFIRM)
    assert Group.objects.get(pk=group.pk).name == "Cleaners"


@pytest.mark.postgresql
def test_lists_and_history_open_unconfirmed(client, owner, ruth):
    client.force_login(owner)
    for path in ("", "results/", f"history/{ruth.pk}/"):
        assert client.get(f"/admin/users/{path}").status_code == 200


def test_every_screen_of_wagtails_asks(owner):
    for viewset in (user_screens.UserViewSet("users"), user_screens.GroupViewSet("groups")):
        open_to_all = {
            p.name for p in viewset.get_urlpatterns() if not hasattr(p.callback, "__wrapped__")
        }
        assert {p.name for p in viewset.get_urlpatterns()} - user_screens.LOOKS >= {
            "add",
            "edit",
            "delete",
        }
        assert not open_to_all - user_screens.LOOKS
    for kind in ("user", "group", "permission"):
        for action in bulk_action_registry.get_bulk_actions_for_model("auth", kind):
            assert issubclass(action, user_screens.ManyUsers)


def test_wrong_password_confirms_nothing(client, owner):
    client.force_login(owner)
    assert "not your password" in confirm(client, "wrong").content.decode()
    assert client.get(PASSWORD_PAGE).url.startswith(CONFIRM)


@pytest.mark.usefixtures("real_limits")
def test_guesses_at_the_password_are_counted(client, owner):
    client.force_login(owner)
    for _time in range(5):
        confirm(client, "wrong")
    assert "Too many wrong tries" in confirm(client).content.decode()
    assert client.get(PASSWORD_PAGE).url.startswith(CONFIRM)


def test_confirmation_is_good_for_one_change(client, owner):
    client.force_login(owner)
    confirm(client)
    client.post(EMAIL_PAGE, {"email": "nonsense"})
    assert client.post(EMAIL_PAGE, {"email": "new@example.org"}).url == OWN
    assert client.get(EMAIL_PAGE).url.startswith(CONFIRM)


def test_confirmation_ends_after_quarter_of_hour(client, owner, clock):
    client.force_login(owner)
    confirm(client)
    clock.shift(timedelta(minutes=15, seconds=1))
    assert client.get(EMAIL_PAGE).url.startswith(CONFIRM)


def test_confirmation_is_of_one_login(client, owner):
    thief = client.__class__()
    client.force_login(owner)
    thief.force_login(owner)
    confirm(client)
    assert thief.get(EMAIL_PAGE).url.startswith(CONFIRM)


def test_nobody_confirms_before_second_step(client, owner):
    enrol(owner)
    sign_in(client, "olga")
    assert confirm(client).url == "/admin/login/"


def test_confirm_page_leads_back_home_only(client, owner):
    client.force_login(owner)
    page = client.get(EMAIL_PAGE).url
    assert client.post(page, {"password": PASSWORD, "next": EMAIL_PAGE}).url == EMAIL_PAGE
    away = {"password": PASSWORD, "next": "https://evil.example.com/"}
    assert client.post(CONFIRM, away).url == "/admin/"


def test_own_password_changes_and_others_leave(client, owner, mailoutbox):
    other = client.__class__()
    for browser in (client, other):
        sign_in(browser, "olga")
    confirm(client)
    assert (
        client.post(PASSWORD_PAGE, {"new_password1": "12", "new_password2": "12"}).status_code
        == 200
    )
    client.post(PASSWORD_PAGE, {"new_password1": NEW, "new_password2": NEW})
    owner.refresh_from_db()
    assert owner.check_password(NEW) and is_in(client) and not is_in(other)
    assert [mail.to for mail in mailoutbox] == [["olga@example.org"]]
    assert "password" in mailoutbox[0].subject and actions() == ["wagtail.edit"]


def test_account_page_takes_no_password_and_address(client, owner):
    client.force_login(owner)
    data = {"name_email-first_name": "A", "name_email-last_name": "B"}
    data |= {"name_email-email": "thief@example.org", "password-old_password": PASSWORD}
    data |= {"password-new_password1": NEW, "password-new_password2": NEW}
    client.post("/admin/account/", data)
    owner.refresh_from_db()
    assert owner.email == "olga@example.org" and owner.check_password(PASSWORD)


@pytest.mark.postgresql
def test_old_address_hears_of_new_one(client, owner, mailoutbox):
    client.force_login(owner)
    confirm(client)
    client.post(EMAIL_PAGE, {"email": "new@example.org"})
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["olga@example.org"], "Your email address has been changed")
    ]
    assert "new@example.org" not in mailoutbox[0].body


@pytest.mark.postgresql
def test_old_address_hears_of_owners_changes(client, owner, ruth, mailoutbox):
    client.force_login(owner)
    confirm(client)
    new = {"password1": NEW, "password2": NEW, "email": "new@example.org"}
    client.post(f"/admin/users/edit/{ruth.pk}/", user_form(ruth, **new))
    assert {tuple(mail.to) for mail in mailoutbox} == {("ruth@example.org",)}
    assert len(mailoutbox) == 2


def test_better_hash_of_password_mails_nobody(client, owner, mailoutbox, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    sign_in(client, "olga")
    owner.refresh_from_db()
    assert owner.password.startswith("pbkdf2_sha256") and not mailoutbox


def test_reset_of_second_step_is_mailed(client, owner, ruth, mailoutbox):
    enrol(ruth)
    client.force_login(owner)
    confirm(client)
    client.post(f"/admin/logins/{ruth.pk}/reset/")
    assert [mail.to for mail in mailoutbox] == [["ruth@example.org"]]
    assert "second step" in mailoutbox[0].subject


def test_passkey_confirms_too(inside, device, ruth):
    add(inside, device)
    options = inside.get(CONFIRM).context["passkey"]
    inside.post(CONFIRM, {"credential": "{}"})
    assert inside.get(PASSWORD_PAGE).url.startswith(CONFIRM)
    options = inside.get(CONFIRM).context["passkey"]
    answer = {"credential": json.dumps(device.get(options)), "next": PASSWORD_PAGE}
    assert inside.post(CONFIRM, answer).url == PASSWORD_PAGE
    assert inside.get(PASSWORD_PAGE).status_code == 200
