"""The styleguide in a real browser: every component, block and mail of it is sound, in both themes."""

import pytest


@pytest.mark.thorough
def test_every_specimen_is_sound(new_context, check_page, check_fits, check_dark):
    page = new_context(viewport={"width": 390, "height": 900}).new_page()
    page.goto("/styleguide/")
    check_fits(page)
    check_page(page)
    check_dark(page)
    frame = page.frame_locator("#mail-confirmed iframe")
    page.locator("#mail-confirmed iframe").scroll_into_view_if_needed()
    frame.get_by_role("heading", level=1).wait_for()
