"""What every public address tells the browser. A new address without a row here fails."""

import re
from datetime import timedelta

import pytest
from django.core.signing import get_cookie_signer
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from bookings.models import AccessLink, Draft, Practitioner
from bookings.models.access import digest
from bookings.public import access
from bookings.public.booking import drafts
from tests.factories import make_clinic, make_request

pytestmark = pytest.mark.django_db

KEY, REFERENCE = "K" * 16, "K7MB-4QX9"
"""Of the draft and the request that the browser has open."""
PUBLIC = {
    "livez": "/livez",
    "readyz": "/readyz",
    "robots.txt": "/robots.txt",
    "offline/": "/offline/",
    "sw.js": "/sw.js",
    "manifest.webmanifest": "/manifest.webmanifest",
    "sitemap.xml": "/sitemap.xml",
    "people/": "/people/",
    "people/<int:pk>-<slug:name>/": "/people/{person}-x/",
    "book/care/<slug:level>/": "/book/care/urgent/",
    "share/<int:pk>.png": "/share/1.png",
    "search/": "/search/?q=hip",
    "guides/helpful/<int:pk>/": "/guides/helpful/1/",
    "guides/missing/<int:pk>/": "/guides/missing/1/",
    "guides/read/<int:pk>/<slug:kind>/": "/guides/read/1/guide/",
    "guides/sw.js": "/guides/sw.js",
    "plan/kept/": "/plan/kept/",
    "plan/kept/<ref:reference>/": "/plan/kept/K7MB-4QX9/",
    "plan/sw.js": "/plan/sw.js",
    "media/<path:path>": "/media/none.png",
    "_util/login/": "/_util/login/",
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": (
        "/_util/authenticate_with_password/1/1/"
    ),
    r"^((?:[\w\-]+/)*)$": "/guides/iliopsoas/",
}
PERSONAL = {
    "book/": "/book/",
    "book/<key:draft>/": f"/book/{KEY}/",
    "book/<key:draft>/doctor/": f"/book/{KEY}/doctor/",
    "book/<key:draft>/time/": f"/book/{KEY}/time/",
    "book/<key:draft>/waiting/": f"/book/{KEY}/waiting/",
    "book/<key:draft>/contact/": f"/book/{KEY}/contact/",
    "book/<key:draft>/check/": f"/book/{KEY}/check/",
    "book/<key:draft>/sent/": f"/book/{KEY}/sent/",
    "book/<key:draft>/address/": f"/book/{KEY}/address/",
    "book/<key:draft>/again/": f"/book/{KEY}/again/",
    "book/<key:draft>/hold/": f"/book/{KEY}/hold/",
    "book/<key:draft>/discard/": f"/book/{KEY}/discard/",
    r"^book/(?:reason|time|other-times|contact|check|sent)/$": "/book/reason/",
    "request/": "/request/",
    "request/open/<str:token>/": "/request/open/nothing/",
    "r/<str:token>": "/r/nothing",
    "hooks/sms/<str:token>/": "/hooks/sms/nothing/",
    "request/find/": "/request/find/",
    "request/find/sent/": "/request/find/sent/",
    "request/<ref:reference>/": f"/request/{REFERENCE}/",
    "request/<ref:reference>/verify/": f"/request/{REFERENCE}/verify/",
    "request/<ref:reference>/accept/<int:pk>/": f"/request/{REFERENCE}/accept/1/",
    "request/<ref:reference>/refuse/": f"/request/{REFERENCE}/refuse/",
    "request/<ref:reference>/coming/": f"/request/{REFERENCE}/coming/",
    "request/<ref:reference>/keep/": f"/request/{REFERENCE}/keep/",
    "request/<ref:reference>/cancel/": f"/request/{REFERENCE}/cancel/",
    "request/<ref:reference>/move/": f"/request/{REFERENCE}/move/",
    "request/open/<str:token>/prove/": "/request/open/nothing/prove/",
    "request/<ref:reference>/contact/": f"/request/{REFERENCE}/contact/",
    "request/<ref:reference>/time/": f"/request/{REFERENCE}/time/",
    "request/<ref:reference>/answer/": f"/request/{REFERENCE}/answer/",
    "request/<ref:reference>/waiting-list/": f"/request/{REFERENCE}/waiting-list/",
    "request/<ref:reference>/waiting-list/leave/": f"/request/{REFERENCE}/waiting-list/leave/",
    "request/<ref:reference>/appointment.ics": f"/request/{REFERENCE}/appointment.ics",
    r"^request/(?:verify|accept/\d+|refuse|keep|cancel|move|answer|waiting-list(?:/leave)?)/$": (
        "/request/cancel/"
    ),
    "request/open/<str:token>/to/<slug:page>/": "/request/open/nothing/to/plan/",
    "request/<ref:reference>/plan/": f"/request/{REFERENCE}/plan/",
    "request/<ref:reference>/plan/keep/": f"/request/{REFERENCE}/plan/keep/",
    "request/<ref:reference>/plan/days.ics": f"/request/{REFERENCE}/plan/days.ics",
    "request/<ref:reference>/plan/plan.pdf": f"/request/{REFERENCE}/plan/plan.pdf",
    "request/<ref:reference>/plan/share/": f"/request/{REFERENCE}/plan/share/",
    "request/<ref:reference>/plan/day/": f"/request/{REFERENCE}/plan/day/",
    "request/<ref:reference>/plan/unshare/": f"/request/{REFERENCE}/plan/unshare/",
    "request/<ref:reference>/plan/reminders/": f"/request/{REFERENCE}/plan/reminders/",
    "request/<ref:reference>/plan/reminders/stop/": f"/request/{REFERENCE}/plan/reminders/stop/",
    "request/<ref:reference>/progress/": f"/request/{REFERENCE}/progress/",
    "request/close/": "/request/close/",
    "calendar/<str:token>.ics": "/calendar/nothing.ics",
    "calendar/<str:token>.json": "/calendar/nothing.json",
    "staff/stop/<str:token>/": "/staff/stop/nothing/",
    "admin/login/": "/admin/login/",
    "admin/login/code/": "/admin/login/code/",
    "admin/login/confirm/": "/admin/login/confirm/",
    "admin/login/setup/": "/admin/login/setup/",
    "admin/login/setup/code.svg": "/admin/login/setup/code.svg",
    "admin/login/again/": "/admin/login/again/",
    "admin/password_reset/": "/admin/password_reset/",
    "admin/password_reset/done/": "/admin/password_reset/done/",
    "admin/password_reset/confirm/<uidb64>/<token>/": "/admin/password_reset/confirm/MQ/x-y/",
    "admin/password_reset/complete/": "/admin/password_reset/complete/",
}
MORE = ["/", "/guides/", "/guides/iliopsoas/print/", "/no-such-page/", "/%00/"]
POSTED = [path for path in PERSONAL.values() if path != "/admin/login/setup/code.svg"]
ELSEWHERE = ("styleguide/", "admin/", "hooks/", "fhir/")
"""A trial site's own, Wagtail's (test_admin_policy), machines'."""


@pytest.fixture
def secure(client, settings):
    """GETs as through HTTPS in production."""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = False
    return client


@pytest.fixture
def patient(secure):
    """A browser with an open link and a draft."""
    service, location, _people = make_clinic()
    now = timezone.now()
    asked = make_request(service, location)
    asked.reference = REFERENCE
    asked.save()
    link = AccessLink.objects.create(
        request=asked, digest="x", created_at=now, expires_at=now + timedelta(days=1)
    )
    cookie = access.COOKIE + REFERENCE
    secure.cookies[cookie] = get_cookie_signer(salt=cookie + access.SALT).sign(str(link.pk))
    until = {"created_at": now, "expires_at": now + timedelta(hours=1)}
    found = digest(f"{KEY}.secret")
    Draft.objects.create(digest=found, idempotency_key="x", answers={}, **until)
    secure.cookies[drafts.COOKIE + KEY] = "secret"
    return secure


def check(response, path):
    csp = dict(
        part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";")
    )
    assert csp["default-src"] == csp["base-uri"] == csp["frame-ancestors"] == "'none'", path
    assert "unsafe" not in str(csp) and csp["form-action"] == "'self'", path
    assert not re.search(r"https?:|\*|data:", str(csp)), path
    assert response["X-Content-Type-Options"] == "nosniff", path
    assert response["X-Frame-Options"] == "DENY", path
    assert response["Referrer-Policy"] in {"same-origin", "no-referrer"}, path
    assert response["Cross-Origin-Opener-Policy"] == "same-origin", path
    assert response["Cross-Origin-Resource-Policy"] == "same-origin", path
    assert "camera=()" in response["Permissions-Policy"], path
    hsts = response["Strict-Transport-Security"]
    assert hsts == "max-age=31536000", path
    assert "Server" not in response and "X-Powered-By" not in response, path
    for cookie in response.cookies.values():
        if cookie["max-age"] == 0:
            continue  # taken back
        assert cookie["httponly"] and cookie["samesite"] in {"Lax", "Strict"}, (path, cookie.key)


def test_the_table_has_every_address():
    def walk(patterns, prefix=""):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from walk(pattern.url_patterns, route)

    found = {r for r in walk(get_resolver().url_patterns) if not r.startswith(ELSEWHERE)}
    assert found == {r for r in {**PUBLIC, **PERSONAL} if not r.startswith(ELSEWHERE)}


def test_every_public_address(secure, seeded):
    make_clinic()
    person = Practitioner.objects.get().pk
    for path in [*PUBLIC.values(), *MORE]:
        path = path.format(person=person)
        response = secure.get(path, secure=True)
        check(response, path)
        assert not response.cookies, path


def test_every_personal_address_is_kept_by_nobody(patient):
    for path in PERSONAL.values():
        response = patient.get(path, secure=True)
        check(response, path)
        if response.status_code != 405:
            assert "no-store" in response.get("Cache-Control", ""), path
    opened = patient.get(PERSONAL["request/<ref:reference>/"], secure=True)
    assert opened.status_code == 200 and opened["X-Robots-Tag"] == "noindex"


def test_answers_to_forms_are_kept_by_nobody(patient):
    for path in POSTED:
        response = patient.post(path, secure=True)
        check(response, path)
        if response.status_code != 405:
            assert "no-store" in response.get("Cache-Control", ""), path


def test_a_links_secret_reaches_no_other_site(patient):
    response = patient.get("/request/open/nothing/", secure=True)
    assert response["Referrer-Policy"] == "no-referrer"


def observatory(page, cookies):
    """Mozilla HTTP Observatory's published modifiers, for what a server's answer decides."""
    csp = page["Content-Security-Policy"]
    age = int(re.search(r"max-age=(\d+)", page["Strict-Transport-Security"])[1])
    text = page.content.decode()
    outside = re.findall(r'<script[^>]+src="(?:https?:)?//', text)
    strict = "default-src 'none'" in csp and "unsafe" not in csp
    points = {
        "csp": 10 if strict else -25,
        "cookies": 5 if all(c["secure"] and c["httponly"] for c in cookies) else -20,
        "cors": -50 if "Access-Control-Allow-Origin" in page else 0,
        "hsts": 0 if age >= 15_768_000 else -10,
        "referrer": 5 if page["Referrer-Policy"] in {"same-origin", "no-referrer"} else -5,
        "scripts": -5 if outside else 0,
        "types": 0 if page["X-Content-Type-Options"] == "nosniff" else -5,
        "frames": 5 if "frame-ancestors 'none'" in csp else -20,
        "resources": 10 if page["Cross-Origin-Resource-Policy"] == "same-origin" else 0,
    }
    lost = sum(value for value in points.values() if value < 0)
    # Bonus points count only for who lost at most ten.
    return 100 + (sum(points.values()) if lost > -10 else lost)


def test_mozillas_observatory_would_give_full_marks(patient, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    for path in ("/", "/book/", "/admin/login/"):
        page = patient.get(path, secure=True)
        assert observatory(page, page.cookies.values()) >= 130, path
