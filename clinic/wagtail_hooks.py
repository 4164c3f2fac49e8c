"""The clinic's colours in Wagtail's admin, and a help menu for whoever works there."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.views.account import AvatarSettingsPanel
from wagtail.permissions import page_permission_policy

from clinic.models import ClinicSettings
from clinic.palettes import Palette
from clinic.pictures import AvatarForm
from clinic.review import due, file_views, guards

__all__ = ["due", "file_views", "guards"]  # they register their own hooks
# Wagtail has no setting for this form.
AvatarSettingsPanel.form_class = AvatarForm


@hooks.register("insert_global_admin_css")
def clinic_colours() -> SafeString:
    """On every admin page, and on the login page."""
    chosen = ClinicSettings.current().palette
    sheets = ["clinic/admin.css"] + ([f"clinic/admin-{chosen}.css"] * (chosen != Palette.PINE))
    return format_html_join(
        "", '<link rel="stylesheet" href="{}">', [(static(sheet),) for sheet in sheets]
    )


@hooks.register("construct_help_menu")
def help_of_use(request: HttpRequest, items: list[Any]) -> None:
    """No news of Wagtail's versions; its guide for editors only for who edits pages."""
    edits = page_permission_policy.user_has_any_permission(request.user, {"add", "change"})
    items[:] = [
        item
        for item in items
        if not item.name.startswith("whats-new") and (edits or item.name != "editor-guide")
    ]
