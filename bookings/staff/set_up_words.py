"""What the fields of the clinic's set-up are called and mean, where the model's own name is too short."""

from typing import Any

from django.utils.translation import gettext_lazy as _

SERVICE: dict[str, tuple[Any, Any]] = {
    "slug": (_("Name in addresses"), _("Small letters and hyphens. Links to it use this name.")),
    "duration_minutes": (_("Minutes of a visit"), ""),
    "buffer_before_minutes": (_("Minutes kept free before"), _("Patients do not see them.")),
    "buffer_after_minutes": (_("Minutes kept free after"), _("For notes and cleaning up.")),
    "step_minutes": (
        _("Minutes between offered starts"),
        _("30: a visit can begin at 9:00, 9:30, 10:00 and so on."),
    ),
    "minimum_notice_hours": (
        _("Hours of notice"),
        _("How long before a visit patients can still ask for it. Staff may book later."),
    ),
    "cancel_notice_hours": (
        _("Hours of notice to cancel"),
        _("What patients are asked for. Nobody is stopped from cancelling later."),
    ),
    "horizon_days": (_("Days ahead"), _("How far into the future times are shown.")),
    "active": (_("Can be asked for"), _("Off: no longer offered; what is booked stays.")),
}
LABELS = {name: label for name, (label, _help) in SERVICE.items()}
HELP_TEXTS = {name: text for name, (_label, text) in SERVICE.items() if text}
