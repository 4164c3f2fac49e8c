"""Which actions the list of pages offers for all that are ticked."""

from typing import Any

from django import template
from django.template import Context
from wagtail.admin.templatetags.wagtailadmin_tags import bulk_action_choices

register = template.Library()


@register.inclusion_tag("wagtailadmin/shared/buttons.html", takes_context=True)
def bulk_actions_offered(context: Context, app_label: str, model_name: str) -> dict[str, Any]:
    """Wagtail's, without "Publish" for whoever it would be refused: see `clinic.review.guards`."""
    found: dict[str, Any] = bulk_action_choices(context, app_label, model_name)
    if not context["request"].user.is_superuser:
        buttons = [
            one for one in found["buttons"] if "/publish/" not in (getattr(one, "url", "") or "")
        ]
        found["buttons"] = buttons
    return found
