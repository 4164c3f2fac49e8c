"""The clinic's colours in Wagtail's admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def clinic_colours() -> SafeString:
    """On every admin page, and on the login page."""
    return format_html('<link rel="stylesheet" href="{}">', static("clinic/admin.css"))
