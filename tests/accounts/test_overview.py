"""Screens of logins: one's own and everybody's, what each button says, and who is told of a change."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts import adapters, confirm, credentials, second_factor, sessions, specimens
from accounts.models import Credentials
from clinic.models import Bucket
from tests.accounts.conftest import (
    CONFIRM,
    OWN,
    SIGN_IN,
    actions,
    add,
    code_of,
    come_in,
    enrol,
    is_in,
    passkeys_of,
    sign_in,
    web_request,
)
from tests.accounts.conftest import confirm as confirm_page

pytestmark = pytest.mark.django_db
EMAIL_PAGE, CODES_PAGE = f"{OWN}email/", f"{OWN}codes/"


def said(page):
    return [str(message).strip() for message in page.context["messages"]]


def row_of(client):
    return UserSession.objects.get(session_key=client.session.session_key).pk


def test_everybody_who_may_come_in(client, owner, ruth, django_user_model):
    django_user_model.objects.create_user("gone", is_active=False)
    root = django_user_model.objects.create_superuser("root")
    enrol(ruth)
    sign_in(client, "olga")
    rows = client.get("/admin/logins/").context["rows"]
    assert [(row["user"], len(row["logins"]), *(row[name] for name in FLAGS)) for row in rows] == [
        (owner, 1, False, False, False),
        (root, 0, False, False, False),
        (ruth, 0, True, False, True),
    ]
    assert "Staff logins" in client.get("/admin/").text
    client.force_login(ruth)
    assert "Staff logins" not in client.get("/admin/").text


FLAGS = ("has_second_step", "has_passkey", "may_reset")


def test_ending_a_login_leads_back(client, owner, ruth):
    sign_in(client, "olga")
    others = [client.__class__() for _ in range(2)]
    sign_in(others[0])
    sign_in(others[1], "olga")
    for other, back in zip(others, ("/admin/logins/", OWN), strict=True):
        page = client.post(f"/admin/logins/end/{row_of(other)}/", follow=True)
        assert page.redirect_chain == [(back, 302)] and "Logged out there." in said(page)
        assert not is_in(other) and is_in(client)
    entry = ModelLogEntry.objects.get(action="accounts.end_login")
    assert (entry.user, entry.object_id) == (owner, str(ruth.pk))
    page = client.post("/admin/logins/end/999999/", follow=True)
    assert page.redirect_chain == [(OWN, 302)] and is_in(client)


def test_a_reset_says_what_follows(client, owner, ruth):
    enrol(ruth)
    client.force_login(owner)
    confirm_page(client)
    page = client.post(f"/admin/logins/{ruth.pk}/reset/", follow=True)
    assert said(page) == ["They set up a new second step at their next login."]


def test_new_codes_take_another_confirmation(client, ruth, mailoutbox):
    enrol(ruth)
    come_in(client, ruth)
    confirm_page(client)
    client.post(CODES_PAGE)
    assert client.get(EMAIL_PAGE).url.startswith(CONFIRM)
    assert actions() == ["accounts.change_second_step"]
    assert [mail.to for mail in mailoutbox] == [["ruth@example.org"]]


def test_what_changes_nothing_needs_no_other(client, ruth):
    sign_in(client)
    confirm_page(client)
    assert client.get(CODES_PAGE).url == OWN
    refused = client.post(EMAIL_PAGE, {"email": ""})
    assert refused.status_code == 200 and "Enter your email address." in refused.text
    assert client.post(EMAIL_PAGE, {"email": "new@example.org"}).url == OWN


def test_nothing_to_forget_is_no_trouble():
    request = web_request()
    confirm.forget(request)
    assert not confirm.is_confirmed(request)


def test_a_passkey_comes_and_goes(inside, device):
    add(inside, device)
    assert said(inside.get(OWN)) == ["The passkey is added."]
    confirm_page(inside)
    where = f"{OWN}passkeys/{passkeys_of().get().pk}/remove/"
    assert said(inside.post(where, follow=True)) == ["The passkey is removed."]


@pytest.mark.postgresql
def test_another_app_is_the_only_login(client, owner, ruth):
    other = client.__class__()
    sign_in(other, "olga")
    sign_in(client)
    confirm_page(client)
    client.get("/admin/login/setup/")
    secret = client.session["mfa.totp.secret"]
    codes = client.post("/admin/login/setup/", {"code": code_of(secret)}).context["codes"]
    assert codes and UserSession.objects.get(user=owner).pk == row_of(other)
    assert UserSession.objects.get(user=ruth).pk == row_of(client)


def test_a_code_that_set_up_is_used(ruth):
    app, _codes = enrol(ruth)
    secret = app.data["secret"]
    assert second_factor.used_app(ruth, code_of(secret, steps=-1)) is None
    assert second_factor.used_app(ruth, code_of(secret))


@pytest.mark.postgresql
def test_a_row_alone_is_no_login(client, ruth):
    sign_in(client)
    Session.objects.all().delete()
    assert UserSession.objects.exists() and sessions.logins(now=timezone.now()) == []


@pytest.mark.postgresql
def test_who_has_no_admin_may_log_in_anew(client, ruth):
    ruth.groups.clear()
    client.force_login(ruth)
    assert client.get(SIGN_IN).status_code == 200


def test_whoever_is_in_starts_nothing_over(client, ruth):
    sign_in(client)
    client.post("/admin/login/again/")
    assert is_in(client)


def test_the_picture_needs_its_secret(client, ruth, clock):
    picture = "/admin/login/setup/code.svg"
    sign_in(client)
    confirm_page(client)
    assert client.get(picture).status_code == 404
    page = client.get("/admin/login/setup/")
    groups = page.context["secret"].split(" ")
    assert {len(group) for group in groups} == {4}
    assert "".join(groups) == client.session["mfa.totp.secret"]
    assert client.get(picture).status_code == 200
    clock.shift(15 * 60 + 1)
    assert client.get(picture).status_code == 404


@pytest.mark.parametrize("to", ["login", "any", "javascript:alert(1)"])
def test_no_word_is_a_page(client, ruth, to):
    sign_in(client)
    data = {"password": "a long enough password", "next": to}
    assert client.post(CONFIRM, data).url == "/admin/"


def test_a_wrong_answer_is_said_as_such(inside, device):
    add(inside, device)
    page = inside.post(CONFIRM, {"credential": "{}"})
    assert "That passkey was not accepted" in "".join(said(page))
    assert "This is not your password." not in page.text
    page = inside.post(CONFIRM, {"password": "wrong"})
    assert said(page) == [] and "This is not your password." in page.text


# --- who is told -----------------------------------------------------------------------------


@pytest.mark.postgresql
def test_nothing_saved_is_nothing_told(ruth, mailoutbox):
    ruth.email = "new@example.org"
    ruth.save(update_fields=["last_login"])
    assert mailoutbox == []
    ruth.save(update_fields=["email"])
    ruth.save()
    assert [mail.to for mail in mailoutbox] == [["ruth@example.org"]]


def test_a_new_user_is_told_nothing(django_user_model, ruth, mailoutbox):
    django_user_model.objects.create_user("new", "new@example.org", "a long enough password")
    assert mailoutbox == []


def test_the_librarys_mails_are_ours(ruth, mailoutbox):
    adapters.AccountAdapter().send_notification_mail("mfa/email/totp_activated", ruth)
    (mail,) = mailoutbox
    assert mail.to == ["ruth@example.org"] and "second step" in mail.subject


def test_each_mail_has_a_specimen(db):
    every = specimens.mails()
    assert set(every) == {
        "password-reset",
        "password-changed",
        "email-changed",
        "second-step-changed",
    }
    for name, mail in every.items():
        assert mail["label"] and mail["subject"] and mail["message"] and mail["html_message"] == ""
        assert specimens.mails(name) == {name: mail}
    assert specimens.mails("reminder") == {}


# --- small rules -----------------------------------------------------------------------------


@pytest.mark.postgresql
def test_profession_is_ones_own(ruth, owner):
    Credentials.objects.create(user=owner, profession="Physiotherapist")
    panel = credentials.CredentialsPanel(web_request(user=ruth), ruth, None)
    assert panel.get_form().instance.user == ruth and not panel.get_form().is_bound
    posted = web_request(user=ruth, method="post", data={"credentials-profession": "Nurse"})
    for _time in range(2):
        credentials.CredentialsPanel(posted, ruth, None).get_form().save()
    rows = Credentials.objects.order_by("user").values_list("user", "profession")
    assert sorted(rows) == sorted([(ruth.pk, "Nurse"), (owner.pk, "Physiotherapist")])


@pytest.mark.parametrize("given", [{"username": "ruth"}, {"password": "x"}, {}])
def test_half_of_a_login_is_no_try(ruth, given):
    assert authenticate(None, **{"username": None, "password": None} | given) is None
    assert not Bucket.objects.exists()


def test_a_right_password_costs_no_network(client, ruth, settings):
    settings.LIMITS = settings.LIMITS | {"login-network": "2/60"}
    for _time in range(4):
        client.logout()
        assert sign_in(client).url == "/admin/"
