"""The second step: who must pass it, how it is set up, and that nothing leads around it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.core.management import CommandError, call_command
from django.urls import URLResolver, get_resolver
from wagtail.models import ModelLogEntry

from accounts import second_factor
from accounts.second_factor import Type
from tests.accounts.conftest import (
    CONFIRM,
    code_of,
    come_in,
    confirm,
    enrol,
    is_in,
    sign_in,
)

pytestmark = pytest.mark.django_db
SIGN_IN, CODE, SETUP = "/admin/login/", "/admin/login/code/", "/admin/login/setup/"


def set_up(client):
    """Through the pages, as somebody who has just been asked to; returns the last one."""
    client.get(SETUP)
    return client.post(SETUP, {"code": code_of(client.session[SECRET_SESSION_KEY])})


def apps():
    return Authenticator.objects.filter(type=Type.TOTP)


def test_on_a_trial_site_a_password_is_enough(client, ruth):
    assert sign_in(client).url == "/admin/"
    assert is_in(client)


def test_in_production_first_login_sets_it_up(client, ruth, required, mailoutbox):
    assert sign_in(client, to="/admin/account/").url == SETUP
    assert client.get(CODE).url == SIGN_IN and client.get(SIGN_IN).url == SETUP
    page = client.get(SETUP).content.decode()
    secret = client.session[SECRET_SESSION_KEY]
    assert "password alone does not open it" in page and secret[:4] in page
    picture = client.get("/admin/login/setup/code.svg")
    assert picture["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content
    assert not apps().exists() and not is_in(client)

    page = client.post(SETUP, {"code": code_of(secret)})

    assert len(page.context["codes"]) == 10 and "known-browser" in page.cookies
    assert 'href="/admin/account/"' in page.content.decode()
    assert is_in(client) and secret not in str(client.session.items())
    assert ModelLogEntry.objects.get(action="accounts.change_second_step").user == ruth
    assert [mail.to for mail in mailoutbox] == [["ruth@example.org"]]


@pytest.mark.postgresql
def test_wrong_first_code_sets_nothing_up(client, ruth, required):
    sign_in(client)
    client.get(SETUP)
    page = client.post(SETUP, {"code": "000000"})
    assert "That code is not right" in page.content.decode()
    assert not apps().exists() and not is_in(client)


def test_setup_keeps_its_secret_after_wrong_code(client, ruth, required):
    sign_in(client)
    client.get(SETUP)
    secret = client.session[SECRET_SESSION_KEY]
    client.post(SETUP, {"code": "000000"})
    assert client.post(SETUP, {"code": code_of(secret)}).context["codes"]


def test_the_seeded_owner_can_enrol(client, tmp_path, required):
    call_command("seed_clinic", first_login=tmp_path / "login", verbosity=0)
    password = (tmp_path / "login").read_text().split()[-1]
    sign_in(client, "owner", password)
    assert set_up(client).status_code == 200
    assert is_in(client)


def test_app_needs_its_code_where_nobody_must(client, ruth, with_app):
    assert sign_in(client).url == CODE
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/").url == CODE
    sign_in(client, to="/admin/account/")
    page = client.post(CODE, {"code": code_of(with_app[0])})
    assert page.url == "/admin/account/" and is_in(client)


def test_spaces_in_a_code_do_not_matter(client, ruth, with_app):
    sign_in(client)
    code = code_of(with_app[0])
    assert client.post(CODE, {"code": f" {code[:3]} {code[3:]}"}).status_code == 302


def test_a_code_works_once(client, ruth, with_app):
    code = code_of(with_app[0])
    sign_in(client)
    client.post(CODE, {"code": code})
    client.logout()
    sign_in(client)
    assert "was used before" in client.post(CODE, {"code": code}).content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("wrong", ["000000", "abcdef", "²²²²²²", "x" * 41, "", "\x00"])
def test_a_wrong_code_says_so(client, ruth, with_app, wrong):
    sign_in(client)
    page = client.post(CODE, {"code": wrong})
    assert page.status_code == 200 and page.context["form"].errors
    assert not is_in(client)


def test_a_recovery_code_lets_in_once(client, ruth, with_app):
    _device, codes = with_app
    sign_in(client)
    assert client.post(CODE, {"code": codes[0].upper()}).status_code == 302
    assert is_in(client) and second_factor.recovery_codes_left(ruth) == 9
    client.logout()
    sign_in(client)
    client.post(CODE, {"code": codes[0]})
    assert not is_in(client)


@pytest.mark.postgresql
def test_recovery_codes_are_not_kept_in_clear(ruth, with_app):
    kept = set(Authenticator.objects.get(type=Type.RECOVERY_CODES).data["migrated_codes"])
    assert len(kept) == 10 and not kept & {code.replace("-", "") for code in with_app[1]}


def test_half_way_in_nobody_replaces_the_app(client, ruth, with_app):
    sign_in(client)
    assert client.get(SETUP).url == SIGN_IN and client.post(SETUP).url == SIGN_IN
    assert client.get("/admin/login/setup/code.svg").status_code == 404
    assert apps().get() == with_app[0]


def test_another_phone_takes_the_password_again(client, ruth, with_app):
    sign_in(client)
    client.post(CODE, {"code": with_app[1][0]})
    assert client.post(SETUP, {"code": "000000"}).url.startswith(CONFIRM)
    confirm(client)
    key = client.session.session_key
    assert set_up(client).context["codes"]
    assert apps().get() != with_app[0] and is_in(client)
    assert client.session.session_key != key
    assert ModelLogEntry.objects.get(action="accounts.change_second_step").user == ruth
    assert client.get(SETUP).url.startswith(CONFIRM)


def test_another_phone_ends_logins_elsewhere(client, ruth, with_app):
    elsewhere = client.__class__()
    for browser in (client, elsewhere):
        come_in(browser, ruth)
    confirm(client)
    set_up(client)
    assert is_in(client) and not is_in(elsewhere)


@pytest.fixture
def begun(client, ruth, with_app):
    """Ruth gave her password for another phone, and went no further: the secret."""
    come_in(client, ruth)
    confirm(client)
    client.get(SETUP)
    return client.session[SECRET_SESSION_KEY]


def test_nobody_finishes_elsewhere_what_was_begun(client, ruth, with_app, begun):
    thief = client.__class__()
    come_in(thief, ruth)
    assert thief.get(SETUP).url.startswith(CONFIRM)
    assert thief.get("/admin/login/setup/code.svg").status_code == 404
    thief.post(SETUP, {"code": code_of(begun)})
    assert apps().get() == with_app[0]


def test_what_was_begun_ends_in_quarter_hour(client, begun, clock):
    assert "code" in client.get(SETUP).context["form"].fields
    clock.shift(15 * 60 + 1)
    assert client.get(SETUP).url.startswith(CONFIRM)


def test_login_on_top_of_another_ends_it(client, ruth, owner):
    come_in(client, ruth)
    enrol(owner)
    assert sign_in(client, "olga").url == CODE
    assert not is_in(client)


def test_somebody_else_can_sign_in_instead(client, ruth, with_app):
    sign_in(client)
    assert client.post("/admin/login/again/").url == SIGN_IN
    assert client.get(CODE).url == SIGN_IN


def test_a_password_waits_ten_minutes_for_its_code(client, ruth, with_app, clock):
    sign_in(client)
    clock.shift(601)
    assert client.get(CODE).url == SIGN_IN


def walk(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def filled(route: str) -> str:
    """An address for a pattern: any value will do, since whoever asks must not get that far."""
    import re

    route = re.sub(r"\(\?P<\w+>[^()]*(\([^()]*\)[^()]*)*\)", "1", route)
    route = route.replace("<reference:reference>", "K7MB-4QX9").replace("<uuid:", "<int:")
    return "/" + re.sub(r"<[^>]+>", "1", route).replace("^", "").replace("$", "").replace("\\Z", "")


# What somebody who has only a password may see below /admin/.
WAY_IN = {
    "account_login",
    "mfa_authenticate",
    "wagtailadmin_login",
    "staff-code",
    "staff-passkey",
    "staff-setup",
    "staff-setup-picture",
    "staff-start-over",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_complete",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
}


def test_no_address_of_the_admin_opens_half_way(client, ruth, with_app):
    sign_in(client)
    admin = [found for found in walk(get_resolver().url_patterns) if found[0].startswith("admin/")]
    opened = set()
    for route, pattern in admin:
        response = client.get(filled(route))
        assert response.status_code in {200, 302, 400, 404, 405}, route
        away = response.status_code == 302 and response.url.startswith(SIGN_IN)
        if not away and response.status_code != 404:
            opened.add(pattern.name)
    assert len(admin) > 200
    assert opened <= WAY_IN


def test_no_other_page_knows_a_password_alone(client, ruth, with_app):
    sign_in(client)
    for path in ("/", "/book/", "/search/", "/_util/login/"):
        response = client.get(path)
        assert not response.wsgi_request.user.is_authenticated
    assert client.get("/_util/login/").url == SIGN_IN


@pytest.mark.parametrize("to", ["any", "login", "2027-03-28"])
def test_a_word_as_the_wanted_page_breaks_nothing(client, ruth, to):
    sign_in(client)
    assert client.get(SIGN_IN, {"next": to}).status_code == 302


def test_there_is_one_view_that_takes_a_password():
    from django.contrib.auth.views import LoginView

    views = [p.callback for _route, p in walk(get_resolver().url_patterns)]
    logins = [v for v in views if issubclass(getattr(v, "view_class", object), LoginView)]
    resolved = {get_resolver().resolve(path).func for path in (SIGN_IN, "/_util/login/")}
    # Wagtail's two are still in its lists; the addresses lead to ours.
    assert {v.view_class.__module__ for v in resolved if v in logins} == {"accounts.views"}


def test_a_new_password_by_mail_lets_nobody_in(client, ruth, with_app, mailoutbox):
    from django.contrib.auth.tokens import default_token_generator
    from django.utils.encoding import force_bytes
    from django.utils.http import urlsafe_base64_encode

    uid = urlsafe_base64_encode(force_bytes(ruth.pk))
    token = default_token_generator.make_token(ruth)
    page = client.get(f"/admin/password_reset/confirm/{uid}/{token}/")
    client.post(page.url, {"new_password1": "green hip bone", "new_password2": "green hip bone"})
    assert not is_in(client)
    assert sign_in(client, password="green hip bone").url == CODE
    assert not is_in(client)


def test_the_owner_resets_a_lost_phone(client, ruth, owner, with_app):
    lost = client.__class__()
    sign_in(lost)
    lost.post(CODE, {"code": with_app[1][0]})
    assert is_in(lost)
    come_in(client, owner)
    assert "ruth" in client.get("/admin/logins/").content.decode()
    confirm(client)

    client.post(f"/admin/logins/{ruth.pk}/reset/")

    assert not second_factor.has_one(ruth) and not is_in(lost)
    entry = ModelLogEntry.objects.get(action="accounts.reset_second_step")
    assert entry.user == owner and entry.object_id == str(ruth.pk)


@pytest.mark.postgresql
def test_nobody_resets_their_own_or_a_superusers(client, ruth, owner, django_user_model):
    root = django_user_model.objects.create_superuser("root")
    client.force_login(owner)
    confirm(client)
    for user in (owner, root):
        assert client.post(f"/admin/logins/{user.pk}/reset/").status_code in {302, 403}
    client.force_login(ruth)
    confirm(client)
    client.post(f"/admin/logins/{owner.pk}/reset/")
    assert client.get("/admin/logins/").status_code in {302, 403}
    assert not ModelLogEntry.objects.exists()


@pytest.mark.postgresql
def test_the_last_owner_resets_at_the_machine(ruth, with_app):
    call_command("reset_second_factor", "ruth")
    assert not second_factor.has_one(ruth)
    assert ModelLogEntry.objects.filter(action="accounts.reset_second_step").exists()
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody")


@pytest.mark.postgresql
def test_maker_of_new_codes_stays_in(client, ruth, with_app):
    elsewhere = client.__class__()
    for browser, code in zip((client, elsewhere), with_app[1], strict=False):
        sign_in(browser)
        browser.post(CODE, {"code": code})
    confirm(client)
    client.post("/admin/logins/mine/codes/")
    assert is_in(client) and not is_in(elsewhere)


def test_new_recovery_codes_replace_the_old(client, ruth, with_app):
    sign_in(client)
    client.post(CODE, {"code": code_of(with_app[0])})
    assert "10 recovery codes are left" in client.get("/admin/logins/mine/").content.decode()
    confirm(client)
    page = client.post("/admin/logins/mine/codes/")
    assert not set(page.context["codes"]) & set(with_app[1])
    assert second_factor.recovery_codes_left(ruth) == 10
