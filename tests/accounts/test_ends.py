"""Where each limit of a login ends, to the second; and what its small parts make of odd values."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts import (
    adapters,
    challenges,
    confirm,
    known_browsers,
    limits,
    overview,
    passkeys,
    second_factor,
    sessions,
)
from tests.accounts.conftest import code_of, come_in, enrol, sign_in, web_request

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
of_database = pytest.mark.django_db


def at(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("began", "seen", "over"),
    [
        (0, 0, False),
        (-3600, -1800, False),
        (-3600, -1801, True),
        (-36000, 0, False),
        (-36001, 0, True),
        (None, -1801, True),
        (-36001, None, True),
        (None, None, False),
    ],
)
def test_when_a_login_is_over(settings, began, seen, over):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 30, 10
    session = {}
    for name, seconds in (("began", began), ("seen", seen)):
        if seconds is not None:
            session[name] = int(at(seconds).timestamp())
    assert sessions.is_over(session, now=NOW) is over


def test_a_login_begins_now():
    session = {}
    sessions.begin(session, now=NOW)
    assert session == {"began": int(NOW.timestamp()), "seen": int(NOW.timestamp())}


@pytest.mark.postgresql
@of_database
def test_somebody_is_noted_once_a_minute(ruth):
    request = web_request(user=ruth)
    request.session.save()
    sessions.begin(request.session, now=NOW)
    for seconds, noted in ((59, 0), (60, 60), (119, 60), (120, 120)):
        sessions.note(request, ruth, now=at(seconds))
        assert request.session["seen"] == int(at(noted).timestamp())
    assert request.session["began"] == int(NOW.timestamp())
    assert UserSession.objects.get().user == ruth
    del request.session["began"], request.session["seen"]
    sessions.note(request, ruth, now=at(500))
    assert request.session["began"] == request.session["seen"] == int(at(500).timestamp())


@pytest.mark.postgresql
@of_database
def test_logins_of_whoever_may_still_come(client, ruth, owner):
    other = client.__class__()
    sign_in(client)
    sign_in(other, "olga")
    rows = {row.user.username: row for row in UserSession.objects.all()}
    now = timezone.now()
    UserSession.objects.filter(user=ruth).update(last_seen_at=now + SECOND)
    UserSession.objects.filter(user=owner).update(created_at=now - timedelta(minutes=5))
    UserSession.objects.filter(user=owner).update(last_seen_at=now - timedelta(minutes=5))
    found = sessions.logins(now=now)
    assert [(str(one), one.fresh, one.in_use) for one in found] == [
        (str(rows["ruth"].pk), True, True),
        (str(rows["olga"].pk), False, False),
    ]
    assert [one.row for one in sessions.logins(now=now, user=owner.pk)] == [rows["olga"]]
    User.objects.filter(pk=owner.pk).update(is_active=False)
    left = sessions.logins(now=now)
    assert [one.row for one in left] == [rows["ruth"]]
    assert sessions.end(left) == 1 and sessions.logins(now=now) == []


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("12345", ""),
        ("1234567", ""),
        ("12345a", ""),
        ("١٢٣٤٥٦", ""),
    ],
)
def test_what_counts_as_digits(code, digits):
    assert second_factor.digits(code) == digits


@pytest.mark.postgresql
@of_database
def test_a_code_of_the_half_minutes_around(ruth, clock):
    app, _codes = enrol(ruth)
    secret = app.data["secret"]
    step = second_factor.matching_step(secret, code_of(secret))
    found = [second_factor.matching_step(secret, code_of(secret, steps=n)) for n in (-2, -1, 1, 2)]
    assert found == [None, step - 1, step + 1, None]
    assert second_factor.matching_step(secret, code_of(secret), after=step) is None
    assert second_factor.matching_step(secret, code_of(secret), after=step - 1) == step
    assert second_factor.used_app(ruth, code_of(secret, steps=1)).data["last_step"] == step + 1
    app.refresh_from_db()
    assert app.data["last_step"] == step + 1
    assert second_factor.used_app(ruth, code_of(secret)) is None


@pytest.mark.postgresql
@of_database
def test_ten_recovery_codes_and_what_is_left(ruth, owner):
    assert second_factor.recovery_codes_left(ruth) == 0
    codes = second_factor.new_recovery_codes(ruth)
    assert len(set(codes)) == 10 and {tuple(map(len, c.split("-"))) for c in codes} == {(4, 4, 4)}
    assert set("".join(codes)) <= set("23456789bcdfghjkmnpqrstvwxyz-")
    assert second_factor.used_recovery_code(ruth, codes[0].upper().replace("-", " "))
    assert second_factor.used_recovery_code(ruth, codes[0]) is None
    assert second_factor.used_recovery_code(owner, codes[1]) is None
    assert second_factor.recovery_codes_left(ruth) == 9
    assert {len(stored) for stored in Authenticator.objects.get().data["migrated_codes"]} == {16}


@pytest.mark.postgresql
@of_database
def test_an_app_is_ones_own(ruth, owner):
    enrol(ruth)
    first, _codes = enrol(owner)
    again, _codes = enrol(owner)
    assert first.pk != again.pk
    kinds = second_factor.Type
    assert second_factor.of(owner, kinds.TOTP, kinds.RECOVERY_CODES).count() == 2
    assert set(second_factor.all_there()) == {ruth.pk, owner.pk}
    assert second_factor.all_there()[owner.pk][again.pk] == kinds.TOTP
    second_factor.reset(owner)
    assert second_factor.has_one(ruth) and not second_factor.has_one(owner)
    assert second_factor.set_up(owner, again.data["secret"], "000000") is None


@pytest.mark.parametrize("required", [True, False])
def test_whom_a_login_lets_in(settings, required):
    settings.SECOND_FACTOR_REQUIRED = required
    session = {"account_authentication_methods": [{"method": "password"}, {"id": 7}]}
    assert second_factor.opens(session, {7, 8}) and not second_factor.opens(session, {8})
    assert second_factor.opens(session, set()) is second_factor.opens({}, set()) is not required


@of_database
def test_what_a_qr_code_says(ruth):
    said = second_factor.address(ruth, "SECRET", clinic="Hip: & Spine")
    assert said == "otpauth://totp/Hip%20%26%20Spine%3Aruth?secret=SECRET&issuer=Hip%20%26%20Spine"


@pytest.mark.postgresql
@of_database
def test_only_the_last_wrong_try_is_logged(ruth, settings):
    settings.LIMITS = settings.LIMITS | {"login-code": "2/10"}
    request, logged = web_request(), []
    for _ in range(2):
        assert limits.allows(request, ruth, now=NOW)
        limits.count(request, ruth, now=NOW)
        logged.append(ModelLogEntry.objects.filter(action="accounts.refuse_code").count())
    assert logged == [0, 1] and not limits.allows(request, ruth, now=NOW)
    limits.forgive(request, ruth)
    assert limits.allows(request, ruth, now=NOW)


@of_database
@pytest.mark.parametrize(("seconds", "waits"), [(0, True), (300, True), (301, False)])
def test_a_challenge_waits_five_minutes(seconds, waits):
    session = SessionStore()
    session[challenges.STATE_SESSION_KEY] = {"challenge": "x"}
    challenges.laid(session, now=NOW)
    session.save()
    with challenges.taken(session, now=at(seconds)) as found:
        assert found is waits and (challenges.STATE_SESSION_KEY in session) is waits
    assert challenges.STATE_SESSION_KEY not in session
    for nothing_there in (session, SessionStore()):
        with challenges.taken(nothing_there, now=NOW) as again:
            assert again is False


def test_a_known_browser_is_one_persons():
    response = known_browsers.remember(HttpResponse(), " Ruth ")
    cookie = response.cookies["known-browser"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")
    assert cookie["max-age"] == 180 * 24 * 60 * 60 and not cookie["secure"]
    request = RequestFactory().get("/admin/")
    assert known_browsers.mark(request, "ruth") == ""
    request.COOKIES["known-browser"] = cookie.value
    mark = known_browsers.mark(request, "ruth")
    assert mark and known_browsers.mark(request, "olga") == ""
    assert known_browsers.account_key(request, "RUTH ") == f"ruth|{mark}"
    assert known_browsers.account_key(None, " Olga") == "olga"


@of_database
@pytest.mark.parametrize("who", ["root", "olga", "ruth", "idle"])
def test_who_resets_whom(ruth, owner, django_user_model, who):
    root = django_user_model.objects.create_superuser("root")
    idle = django_user_model.objects.create_superuser("idle", is_active=False)
    users = {"root": root, "olga": owner, "ruth": ruth, "idle": idle}
    helped = {name for name, other in users.items() if overview.may_reset(users[who], other)}
    assert (
        helped
        == {
            "root": {"olga", "ruth", "idle"},
            "olga": {"ruth"},
            "ruth": set(),
            "idle": set(),
        }[who]
    )
    assert overview.may_help_others(users[who]) is (who in {"root", "olga"})


def test_a_confirmation_is_forgotten_alone():
    request = web_request()
    methods = [{"method": "password", "at": 1}, {"method": "password", "reauthenticated": True}]
    request.session["account_authentication_methods"] = methods
    confirm.forget(request)
    left = request.session["account_authentication_methods"]
    assert left == [{"method": "password", "at": 1}, {"method": "password"}]


@pytest.mark.parametrize(
    ("status", "kind", "again"),
    [(200, "text/html", True), (302, "text/html", False), (200, "application/json", False)],
)
def test_which_answer_is_the_form_again(status, kind, again):
    assert confirm.is_form_again(HttpResponse(status=status, content_type=kind)) is again


@of_database
def test_what_allauth_is_told(ruth):
    told = adapters.AccountAdapter()
    assert told.is_open_for_signup(web_request()) is False
    assert told.get_login_stages()[-1] == "accounts.stages.SetUpStage"
    assert told.get_reauthentication_methods(ruth)[0]["url"] == "/admin/login/confirm/"
    entity = adapters.MfaAdapter().get_public_key_credential_user_entity(ruth)
    assert (entity["name"], entity["display_name"], len(entity["id"])) == ("ruth", "ruth", 32)


@pytest.mark.postgresql
@of_database
def test_each_change_of_ones_own_is_said(client, ruth):
    enrol(ruth)
    come_in(client, ruth)
    new = {"email": "new@example.org", "new_password1": "quite another one", "old_password": ""}
    new["new_password2"] = new["new_password1"]
    for address, said in (("email", "address is changed"), ("password", "password is changed")):
        client.post("/admin/login/confirm/", {"password": "a long enough password"})
        page = client.post(f"/admin/logins/mine/{address}/", new, follow=True)
        assert said in page.text, address
    edits = ModelLogEntry.objects.filter(action="wagtail.edit")
    assert edits.count() == 2 and {row.user for row in edits} == {ruth}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ('{"id": "a", "rawId": "a", "type": "public-key", "response": {"x": "1"}}', None),
        ('{"id": "a", "rawId": "b", "type": "public-key", "response": {"x": "1"}}', ValueError),
        ('{"id": "a", "rawId": "a", "type": "other", "response": {"x": "1"}}', ValueError),
        ('{"id": 1, "rawId": 1, "type": "public-key", "response": {"x": "1"}}', TypeError),
        ('{"id": "a", "rawId": "a", "type": "public-key", "response": {"x": 1}}', TypeError),
        ('{"id": "a", "rawId": "a", "type": "public-key", "response": {}}', KeyError),
    ],
)
def test_what_a_browser_answered(given, error):
    if error:
        with pytest.raises(error):
            passkeys.read(given, "x")
    else:
        read = passkeys.read(given, "x")
        assert read["response"] == {"x": "1"} and read["clientExtensionResults"] == {}
