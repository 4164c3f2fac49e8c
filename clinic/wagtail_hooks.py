"""The clinic's colours in Wagtail's admin."""

from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks

from clinic.models import ClinicSettings
from clinic.palettes import Palette


@hooks.register("insert_global_admin_css")
def clinic_colours() -> SafeString:
    """On every admin page, and on the login page."""
    chosen = ClinicSettings.current().palette
    sheets = ["clinic/admin.css"] + ([f"clinic/admin-{chosen}.css"] * (chosen != Palette.PINE))
    return format_html_join(
        "", '<link rel="stylesheet" href="{}">', [(static(sheet),) for sheet in sheets]
    )
