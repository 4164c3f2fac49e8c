"""The default words of the messages about a booked visit. See `defaults`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bookings.messages.kinds import (
    AGAIN_BUTTON,
    CALENDAR,
    CANNOT_COME,
    DIRECTIONS,
    NOT_BY_CALENDAR,
    PREPARE,
    REPLY_BY,
    SEE_BUTTON,
    THE_VISIT,
    Kind,
)
from bookings.messages.placeholders import ALWAYS, VISIT

ABOUT_VISITS: dict[str, Kind] = {
    "confirmed": Kind(
        label=_("The visit is booked"),
        subject=_("Your appointment {reference} is booked"),
        heading=_("Your appointment is booked"),
        preheader=("{when}.", _("Add it to your calendar, or move or cancel it here.")),
        body=("{visit}", PREPARE, DIRECTIONS, CALENDAR, NOT_BY_CALENDAR, CANNOT_COME),
        known=VISIT,
        needs=THE_VISIT,
        button=SEE_BUTTON,
        undo=True,
    ),
    "booked_several": Kind(
        label=_("Several visits are booked"),
        subject=_("Your appointments are booked ({reference} and more)"),
        heading=_("Your appointments are booked"),
        preheader=(_("The first is on {when}."), _("Add them to your calendar here.")),
        body=(
            "{visits}",
            _("Each is at {where}."),
            PREPARE,
            _("Open the attached file to add all of them to your calendar."),
            _("Each can be moved or cancelled by itself: the link below leads to all of them."),
            CANNOT_COME,
        ),
        known=VISIT | {"visits"},
        needs=(frozenset({"visits"}),),
        button=_("See my appointments"),
        undo=True,
    ),
    "moved": Kind(
        label=_("The visit has a new time"),
        subject=_("Your appointment {reference} has a new time"),
        heading=_("Your appointment has a new time"),
        preheader=("{when}.", _("This replaces your earlier time.")),
        body=(
            "{instead}",
            "{visit}",
            PREPARE,
            DIRECTIONS,
            _("Open the attached file to replace the earlier time in your calendar."),
            NOT_BY_CALENDAR,
            CANNOT_COME,
        ),
        known=VISIT | {"instead"},
        needs=THE_VISIT,
        button=SEE_BUTTON,
        undo=True,
    ),
    "reminder": Kind(
        label=_("A reminder"),
        subject=_("Your appointment {reference} is coming up"),
        heading=_("Your appointment is coming up"),
        preheader=("{when}.", _("If you cannot come, please tell us now.")),
        body=(
            "{visit}",
            PREPARE,
            DIRECTIONS,
            _(
                "If you cannot come, please tell us now, so that we can offer the time to someone else."
            ),
        ),
        known=VISIT,
        needs=THE_VISIT,
        button=SEE_BUTTON,
    ),
    "updated": Kind(
        label=_("The place or its time zone has changed"),
        subject=_("A change to your appointment {reference}"),
        heading=_("A change to your appointment"),
        preheader=("{when}.", _("Please read what is new.")),
        body=(
            "{change}",
            "{visit}",
            _("Open the attached file to update your calendar."),
            NOT_BY_CALENDAR,
            CANNOT_COME,
        ),
        known=VISIT | {"change"},
        needs=THE_VISIT,
        button=SEE_BUTTON,
        undo=True,
    ),
    "move_asked": Kind(
        label=_("The patient asks for another time"),
        subject=_("You asked for another time for {reference}"),
        heading=_("We are looking for another time"),
        preheader=(_("Your appointment on {when} stays booked until then."), REPLY_BY),
        body=(
            _("Your appointment on {when} stays booked until we agree on another time."),
            REPLY_BY,
        ),
        known=VISIT | {"answer_by"},
        button=SEE_BUTTON,
    ),
    "kept": Kind(
        label=_("The patient keeps the visit"),
        subject=_("Your appointment {reference} is unchanged"),
        heading=_("Your appointment is unchanged"),
        preheader=("{when}.", _("Move or cancel it here.")),
        body=(
            _("You no longer need another time, so your appointment stays as it is:"),
            "{visit}",
            CANNOT_COME,
        ),
        known=VISIT,
        needs=THE_VISIT,
        button=SEE_BUTTON,
    ),
    "cancelled": Kind(
        label=_("The clinic cancelled"),
        subject=_("Your appointment {reference} is cancelled"),
        heading=_("We have had to cancel your appointment"),
        preheader=("{when}.", _("Please do not come. We will offer you another time.")),
        body=(
            _("We are very sorry: we have had to cancel your appointment on {when}."),
            "{message}",
            _("We will offer you another time as soon as we can."),
        ),
        known=ALWAYS | {"when", "who", "message"},
        needs=(frozenset({"when"}),),
        undo=True,
    ),
    "missed": Kind(
        label=_("The patient did not come"),
        subject=_("Sorry we missed you ({reference})"),
        heading=_("Sorry we missed you"),
        preheader=(_("Call us on {phone}, or book a new time."),),
        body=(
            _("We expected you on {when}. We hope that you are well."),
            _("If you would still like to come, call us on {phone} or book a new time."),
        ),
        known=ALWAYS | {"when", "who"},
        again=AGAIN_BUTTON,
        undo=True,
    ),
}
