"""The default words of the messages about a request. See `defaults`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bookings.messages.kinds import (
    AGAIN_BUTTON,
    ANSWER_BY,
    CALL_BUTTON,
    NOTHING_TO_DO,
    REPLY_BY,
    STILL_WAITS,
    Kind,
)
from bookings.messages.placeholders import ALWAYS, TO_CONFIRM, UNPROVEN

ABOUT_REQUESTS: dict[str, Kind] = {
    "verify": Kind(
        label=_("Please confirm your email address"),
        subject=_("Please confirm your email address for {reference}"),
        heading=_("Please confirm your email address"),
        preheader=(
            _("Your time is held until {held_until}."),
            _("Please confirm your address with the link."),
        ),
        body=(
            _("Thank you for your request to {clinic}."),
            _("We are holding {held} for you until {held_until}."),
            _("Please confirm your email address now, so that we can answer you."),
            _(
                "If you did not ask for this, do nothing: we will not email you again. Unconfirmed "
                "requests close after 24 hours."
            ),
        ),
        known=TO_CONFIRM,
        button=_("Confirm my address"),
    ),
    "received": Kind(
        label=_("The request has arrived"),
        subject=_("We have your request {reference}"),
        heading=_("We have your request"),
        preheader=(REPLY_BY, NOTHING_TO_DO),
        body=(
            _("Thank you. Your reference is {reference}."),
            _("We are holding {held} for you while we look at your request."),
            REPLY_BY,
            _("Use the link below to see, change or cancel your request."),
        ),
        known=ALWAYS | {"held", "answer_by"},
    ),
    "offered": Kind(
        label=_("Other times are offered"),
        subject=_("Another time for your request {reference}"),
        heading=_("We can offer you another time"),
        preheader=(_("Please accept or decline by {until}."),),
        body=(
            _("We are holding these times for you until {until}:"),
            "{times}",
            "{message}",
            _("Use the link below to accept a time, or to tell us that none of them suits you."),
        ),
        known=ALWAYS | {"times", "until", "message"},
        needs=(frozenset({"times"}),),
        button=_("Answer"),
        undo=True,
    ),
    "declined": Kind(
        label=_("The request is declined"),
        subject=_("Our answer to your request {reference}"),
        heading=_("We cannot offer you an appointment"),
        preheader=(_("Call us on {phone} if you would like to talk about it."),),
        body=(
            _("We are sorry that we cannot help you this time."),
            "{reason}.",
            "{message}",
            _("If you would like to talk about it, call us on {phone}."),
        ),
        known=ALWAYS | {"reason", "message"},
        needs=(frozenset({"reason", "message"}),),
        again=CALL_BUTTON,
        calls=True,
        undo=True,
    ),
    "question": Kind(
        label=_("A question to the patient"),
        subject=_("A question about your request {reference}"),
        heading=_("We have a question for you"),
        preheader=(_("Please answer with the link, so that we can go on."),),
        body=(
            _("Before we can answer your request, please tell us:"),
            "{message}",
            _("Use the link below to answer."),
        ),
        known=ALWAYS | {"message"},
        needs=(frozenset({"message"}),),
        button=_("Answer"),
        undo=True,
    ),
    "waitlisted": Kind(
        label=_("On the waiting list"),
        subject=_("You are on our waiting list ({reference})"),
        heading=_("You are on our waiting list"),
        preheader=(_("You are on the list until {waits_until}."), NOTHING_TO_DO),
        body=(
            _(
                "There is no free time that suits you at the moment. We will email you when one becomes "
                "available. You can then accept or decline it."
            ),
            _(
                "You are on the list until {waits_until}. You can leave it at any time with the link "
                "below."
            ),
        ),
        known=ALWAYS | {"waits_until"},
        undo=True,
    ),
    "waiting_over": Kind(
        label=_("The wait is over"),
        subject=_("Your time on our waiting list is over ({reference})"),
        heading=_("Your time on our waiting list is over"),
        preheader=(_("Book a new time, or call us on {phone}."),),
        body=(
            _("We are sorry: no time became free while you were on the list."),
            _("You can book a new time, or call us on {phone}."),
        ),
        again=AGAIN_BUTTON,
    ),
    "reopened": Kind(
        label=_("Taken back into review"),
        subject=_("We are looking at your request {reference} again"),
        heading=_("We are looking at your request again"),
        preheader=(REPLY_BY, NOTHING_TO_DO),
        body=(_("Please ignore our earlier answer; we will reply by {answer_by}."),),
        known=ALWAYS | {"answer_by"},
        undo=True,
    ),
    "lapsed": Kind(
        label=_("The offer was not answered"),
        subject=_("We are no longer holding your time ({reference})"),
        heading=_("We are no longer holding the time we offered"),
        preheader=(REPLY_BY, NOTHING_TO_DO),
        body=(
            _(
                "We did not hear from you in time, so other people can now book the time that we "
                "offered."
            ),
            ANSWER_BY,
            STILL_WAITS,
        ),
        known=ALWAYS | {"answer_by", "waits_until"},
    ),
    "hold_lapsed": Kind(
        label=_("The first choice is no longer held"),
        subject=_("We are no longer holding your time ({reference})"),
        heading=_("We are later than we promised"),
        preheader=(_("We will answer you as soon as we can."), NOTHING_TO_DO),
        body=(
            _(
                "We are sorry: we have not answered you in time, and we are no longer holding "
                "{when} for you."
            ),
            _("We still have your request. We will answer it as soon as we can."),
        ),
        known=ALWAYS | {"when"},
    ),
    "unanswered": Kind(
        label=_("Our question is unanswered, and the first choice no longer held"),
        subject=_("We are no longer holding your time ({reference})"),
        heading=_("We still need your answer"),
        preheader=(_("Please answer with the link, so that we can go on."),),
        body=(
            _("We have no answer to our question yet, so we are no longer holding {when} for you."),
            _(
                "We still have your request. Please answer with the link below, and we will find a "
                "time."
            ),
        ),
        known=ALWAYS | {"when"},
        button=_("Answer"),
    ),
    "refused": Kind(
        label=_("The patient accepts none of the offered times"),
        subject=_("We are looking for another time for {reference}"),
        heading=_("We are looking for another time"),
        preheader=(REPLY_BY, NOTHING_TO_DO),
        body=(_("Thank you for telling us that the offered time does not suit you."), ANSWER_BY),
        known=ALWAYS | {"answer_by"},
    ),
    "answered": Kind(
        label=_("The patient answered"),
        subject=_("We have your answer about {reference}"),
        heading=_("We have your answer"),
        preheader=(REPLY_BY, NOTHING_TO_DO),
        body=(_("Thank you for your answer."), ANSWER_BY),
        known=ALWAYS | {"answer_by"},
    ),
    "withdrawn": Kind(
        label=_("The patient cancelled"),
        subject=_("You have cancelled {reference}"),
        heading=_("You have cancelled your request"),
        preheader=(NOTHING_TO_DO, _("A mistake? Call us on {phone}.")),
        body=(
            _("Your appointment on {when} is cancelled."),
            _("Your request is closed. You do not need to do anything else."),
            _("Was this a mistake? Call us on {phone}, or book a new time."),
        ),
        known=ALWAYS | {"when", "who"},
        again=AGAIN_BUTTON,
    ),
    "cancelled_for": Kind(
        label=_("The clinic cancelled as the patient asked"),
        subject=_("As you asked: {reference} is cancelled"),
        heading=_("We have cancelled your appointment, as you asked"),
        preheader=(NOTHING_TO_DO, _("A mistake? Call us on {phone}.")),
        body=(
            _("You told us that you cannot come, so your appointment on {when} is cancelled."),
            "{message}",
            _("Your request is closed. You do not need to do anything else."),
            _("Was this a mistake? Call us on {phone}, or book a new time."),
        ),
        known=ALWAYS | {"when", "who", "message"},
        again=AGAIN_BUTTON,
        undo=True,
    ),
    "link": Kind(
        label=_("A new link"),
        subject=_("Your link for {reference}"),
        heading=_("Here is your link"),
        preheader=(_("Use the link to open your request."),),
        body=(
            # The patient asked for it on the site, or the desk sent it.
            _("This is a link to your request {reference}. Your earlier links still work."),
            _("If you did not ask for this, you can ignore this message."),
        ),
        known=UNPROVEN,
    ),
    "new_address": Kind(
        label=_("Please confirm your new email address"),
        subject=_("Please confirm your new email address for {reference}"),
        heading=_("Please confirm your new email address"),
        preheader=(_("Use the link to confirm it."),),
        body=(
            _("This is to be the email address for the request {reference} at {clinic}."),
            _("Please confirm it now, so that we can write to you here."),
            _("If you do not know of this request, do nothing. You will not hear from us again."),
        ),
        known=UNPROVEN,
        button=_("Confirm my address"),
    ),
    "links": Kind(
        label=_("New links to several requests"),
        subject=_("Your links"),
        heading=_("Here are your links"),
        preheader=(_("Use a link to open one of your requests."),),
        body=(
            _("These are your open requests with us. Each link opens one of them:"),
            "{links}",
            _("Your earlier links still work. If you did not ask for this, ignore this message."),
        ),
        known=UNPROVEN | {"links"},
        needs=(frozenset({"links"}),),
        button=_("See my newest request"),
    ),
}
