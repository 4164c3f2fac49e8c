"""Staff come in: a second step is set up, used, and its phone lost; without and with JavaScript."""

import base64

from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests.accounts.conftest import code_of

PASSWORD = "a long enough password"


def sign_in(page):
    page.goto("/admin/")
    page.get_by_label("User name").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def enter(page, code):
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()


def test_enrol_then_come_in_by_code_and_by_recovery_code(
    plain_page, new_context, check_page, check_screen, settings, django_user_model
):
    settings.SECOND_FACTOR_REQUIRED = True
    django_user_model.objects.create_superuser("olga", password=PASSWORD)

    # The way in works without JavaScript.
    sign_in(plain_page)
    plain_page.get_by_role("heading", name="Set up a second step").wait_for()
    plain_page.get_by_role("button", name="Continue").click()
    key = plain_page.locator("strong bdi").inner_text().replace(" ", "")
    device = TOTPDevice.objects.get()
    assert base64.b32decode(key) == device.bin_key
    picture = plain_page.get_by_alt_text("QR code")
    plain_page.wait_for_load_state()  # pictures too
    assert picture.evaluate("image => image.naturalWidth") > 100
    enter(plain_page, code_of(device))
    plain_page.get_by_role("link", name="I have kept them").wait_for()
    expect(plain_page.locator("code")).to_have_count(10)
    codes = plain_page.locator("code").all_inner_texts()
    plain_page.get_by_role("link", name="I have kept them").click()
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
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    enter(page, code_of(device, steps=1))
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
