"""Staff come in: a second step is set up, used, and its phone lost; without and with JavaScript.

And by a passkey, which Chromium keeps in a device of its own making.
"""

import base64
from importlib import import_module

import pytest
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.apps import apps
from django.contrib.auth.models import Group
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from accounts.models import Passkey
from bookings.roles import make_roles
from tests.accounts.authenticator import Authenticator
from tests.accounts.conftest import code_of, enrol, passkeys_of

PASSWORD = "a long enough password"


def sign_in(page):
    page.goto("/admin/")
    page.get_by_label("User name").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def enter(page, code):
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()


def test_log_in_by_code_or_recovery_code(
    plain_page, new_context, check_page, check_screen, settings, django_user_model
):
    settings.SECOND_FACTOR_REQUIRED = True
    django_user_model.objects.create_superuser("olga", password=PASSWORD)

    # The way in works without JavaScript.
    sign_in(plain_page)
    plain_page.get_by_role("heading", name="Set up a second step").wait_for()
    key = plain_page.locator("strong bdi").inner_text().replace(" ", "")
    picture = plain_page.get_by_alt_text("QR code")
    plain_page.wait_for_load_state()  # pictures too
    assert picture.evaluate("image => image.naturalWidth") > 100
    enter(plain_page, code_of(key))
    plain_page.get_by_role("link", name="I have saved them").wait_for()
    expect(plain_page.locator("code")).to_have_count(10)
    codes = plain_page.locator("code").all_inner_texts()
    plain_page.get_by_role("link", name="I have saved them").click()
    plain_page.wait_for_url("**/admin/")

    # Elsewhere, with the app.
    page = new_context(viewport={"width": 390, "height": 800}).new_page()
    sign_in(page)
    page.get_by_role("heading", name="Second step").wait_for()
    check_page(page)
    enter(page, "000000")
    page.get_by_role("heading", name="There is a problem").wait_for()
    page.wait_for_load_state()
    check_page(page)
    enter(page, code_of(key, steps=1))
    page.wait_for_url("**/admin/")
    page.goto("/admin/logins/mine/")
    check_screen(page)
    page.goto("/admin/logins/")
    check_screen(page)

    # And with the phone lost.
    page.context.clear_cookies()
    sign_in(page)
    enter(page, codes[0])
    page.wait_for_url("**/admin/")


def device_with_passkeys(page):
    """A phone or computer that knows its owner's finger, and what asks it for its passkeys."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda: cdp.send("WebAuthn.getCredentials", made)["credentials"], cdp, made


def add_passkey(page):
    page.goto("/admin/logins/mine/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_text("The passkey is added.").wait_for()


@pytest.mark.thorough
def test_a_passkey_is_added_used_and_removed(
    new_context, check_page, check_screen, settings, django_user_model
):
    settings.SECOND_FACTOR_REQUIRED = True
    django_user_model.objects.create_superuser("olga", password=PASSWORD)
    page = new_context().new_page()
    on_the_device, cdp, made = device_with_passkeys(page)
    sign_in(page)
    page.get_by_label("Code").wait_for()
    check_page(page)
    enter(page, code_of(page.locator("strong bdi").inner_text().replace(" ", "")))
    page.get_by_role("link", name="I have saved them").click()
    page.wait_for_url("**/admin/")

    # Added, with the password once more.
    page.goto("/admin/logins/mine/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Your password").wait_for()
    check_page(page)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Make the passkey").wait_for()
    check_screen(page)
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_text("The passkey is added.").wait_for()
    page.reload()  # without Wagtail's message, which fades in
    page.get_by_text("Work laptop, added on").wait_for()
    check_screen(page)
    assert passkeys_of("olga").get().wrap().name == "Work laptop" and len(on_the_device()) == 1

    # The same device will not make a second one.
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_text("This device has a passkey for your account already.").wait_for()
    check_screen(page)

    # Out, and in by it. Somebody else's finger is no use.
    page.context.clear_cookies()
    sign_in(page)
    button = page.get_by_role("button", name="Use a passkey")
    button.wait_for()
    check_page(page)
    cdp.send("WebAuthn.setUserVerified", made | {"isUserVerified": False})
    button.click()
    page.get_by_text("The passkey gave no answer.").wait_for()
    check_page(page)
    cdp.send("WebAuthn.setUserVerified", made | {"isUserVerified": True})
    button.click()
    page.wait_for_url("**/admin/")

    # Removed by the one who came in with it, and who stays in.
    page.goto("/admin/logins/mine/")
    page.get_by_role("link", name="Remove Work laptop").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Remove").wait_for()
    check_screen(page)
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("The passkey is removed.").wait_for()
    assert not passkeys_of("olga").exists()
    page.context.clear_cookies()
    sign_in(page)
    page.get_by_label("Code").wait_for()
    assert page.get_by_role("button", name="Use a passkey").count() == 0


def test_without_javascript_the_code_page_offers_no_passkey(plain_page, django_user_model):
    olga = django_user_model.objects.create_superuser("olga", password=PASSWORD)
    enrol(olga)
    made = Authenticator().create({"rp": {"id": "localhost"}, "challenge": ""})
    WebAuthn.add(olga, "Laptop", made)
    sign_in(plain_page)
    plain_page.get_by_label("Code").wait_for()
    assert not plain_page.get_by_role("button", name="Use a passkey").is_visible()


@pytest.mark.thorough
def test_owner_confirms_by_password_and_by_passkey(
    new_context, check_page, check_screen, django_user_model
):
    make_roles()
    olga = django_user_model.objects.create_user("olga", "olga@example.org", PASSWORD)
    olga.groups.add(Group.objects.get(name="Owner"))
    ruth = django_user_model.objects.create_user(
        "ruth", "ruth@example.org", "the old password", first_name="Ruth", last_name="Moss"
    )
    app, _codes = enrol(olga)
    page = new_context().new_page()
    on_the_device, *_rest = device_with_passkeys(page)
    sign_in(page)
    enter(page, code_of(app))
    page.wait_for_url("**/admin/")
    add_passkey(page)
    assert len(on_the_device()) == 1

    # Somebody else's password, with one's own: and no superuser is made.
    page.goto(f"/admin/users/edit/{ruth.pk}/")
    page.get_by_role("heading", name="Confirm that it is you").wait_for()
    check_page(page)
    page.get_by_label("Your password").fill("a guess")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Password", exact=True).fill("green hip bone")
    page.get_by_label("Password confirmation").fill("green hip bone")
    page.get_by_role("tab", name="Roles").click()
    assert page.get_by_label("Administrator").is_disabled()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("User 'ruth' updated.").wait_for()
    ruth.refresh_from_db()
    assert ruth.check_password("green hip bone") and not ruth.is_superuser

    # One's own, with the passkey.
    page.goto("/admin/logins/mine/")
    page.get_by_role("link", name="Change your password").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.locator("#id_new_password1").fill("yellow spine bone")
    page.locator("#id_new_password2").fill("yellow spine bone")
    check_screen(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your password is changed.").wait_for()
    page.get_by_role("link", name="Change your email address").click()
    page.get_by_role("heading", name="Confirm that it is you").wait_for()
    olga.refresh_from_db()
    assert olga.check_password("yellow spine bone")


@pytest.mark.thorough
def test_passkey_made_before_allauth_still_lets_in(new_context, settings, django_user_model):
    olga = django_user_model.objects.create_superuser("olga", password=PASSWORD)
    TOTPDevice.objects.create(user=olga, name="app")
    page = new_context().new_page()
    _on_the_device, cdp, made = device_with_passkeys(page)
    key = ec.generate_private_key(ec.SECP256R1())
    old = Authenticator(id_=b"an old passkey")
    old.key = key
    Passkey.objects.create(
        user=olga,
        credential_id=old.id,
        public_key=old.cose_key(),
        created_at=timezone.now(),
    )
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    credential = {
        "credentialId": base64.b64encode(old.id).decode(),
        "isResidentCredential": False,
        "rpId": "localhost",
        "privateKey": base64.b64encode(private).decode(),
        "signCount": 1,
    }
    cdp.send("WebAuthn.addCredential", made | {"credential": credential})

    import_module("accounts.migrations.0004_second_steps_to_allauth").copy(apps, None)

    sign_in(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/")
