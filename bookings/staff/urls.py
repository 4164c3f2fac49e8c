"""The desk, below /admin/. Each action on a request is a POST at the verb of its transition."""

from django.urls import path, register_converter

from bookings.staff.closures import public_holidays, wizard
from bookings.staff.diary import absence, calendar, day_list, feed
from bookings.staff.messages import list as message_list
from bookings.staff.messages import texts, wording
from bookings.staff.reports import audit, views
from bookings.staff.requests import (
    answers,
    book_for,
    book_next,
    detail,
    export,
    presence,
    privacy,
    waiting_list,
)
from bookings.staff.requests import list as request_list
from bookings.staff.requests.answers import answer
from bookings.staff.setup import leaving, merging, own_calendars, webhooks, week_views
from bookings.staff.today import changes, live


class ReferenceConverter:
    """A request's reference, such as K7MB-4QX9: nothing else of a patient is ever in an address."""

    regex = "[0-9A-Z]{4}-[0-9A-Z]{4}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")

app_name = "desk"
urlpatterns = [
    path("requests/", request_list.RequestsView.as_view(), name="requests"),
    path(
        "requests/results/",
        request_list.RequestsView.as_view(results_only=True),
        name="requests_results",
    ),
    path("requests/export/", export.ExportRequests.as_view(), name="export"),
    path("requests/after/", detail.after_answer, name="after_answer"),
    path("requests/<reference:reference>/", detail.request_card, name="request"),
    path("requests/<reference:reference>/assign/", answer("assign"), name="assign"),
    path("requests/<reference:reference>/confirm/", answer("confirm"), name="confirm"),
    path("requests/<reference:reference>/offer/", answer("offer"), name="offer"),
    path("requests/<reference:reference>/decline/", answer("decline"), name="decline"),
    path("requests/<reference:reference>/ask/", answer("ask_question"), name="ask_question"),
    path("requests/<reference:reference>/waitlist/", answer("waitlist"), name="waitlist"),
    path(
        "requests/<reference:reference>/duplicate/",
        answer("close_duplicate"),
        name="close_duplicate",
    ),
    path("requests/<reference:reference>/spam/", answer("mark_spam"), name="mark_spam"),
    path("requests/<reference:reference>/reopen/", answer("reopen"), name="reopen"),
    path(
        "requests/<reference:reference>/keep/", answer("keep_appointment"), name="keep_appointment"
    ),
    path("requests/<reference:reference>/undo/", answer("undo"), name="undo"),
    path(
        "requests/<reference:reference>/contact/", answer("correct_contact"), name="correct_contact"
    ),
    path("requests/<reference:reference>/phoned/", answer("phone"), name="phone"),
    path("requests/<reference:reference>/send-link/", answer("send_link"), name="send_link"),
    path("requests/<reference:reference>/next/", book_next.book_next, name="book_next"),
    path("requests/<reference:reference>/note/", answer("note"), name="note"),
    path("requests/<reference:reference>/presence/", presence.presence, name="presence"),
    path("requests/<reference:reference>/visit/cancel/", answer("cancel"), name="cancel"),
    path("requests/<reference:reference>/cancel-for/", answer("cancel_for"), name="cancel_for"),
    path("requests/<reference:reference>/visit/arrive/", answer("arrive"), name="arrive"),
    path("requests/<reference:reference>/visit/fulfil/", answer("fulfil"), name="fulfil"),
    path("requests/<reference:reference>/visit/noshow/", answer("noshow"), name="noshow"),
    path("public-holidays/", public_holidays.public_holidays_list, name="public_holidays"),
    path("public-holidays/close/", public_holidays.close_holiday, name="close_holiday"),
    path("public-holidays/close-all/", public_holidays.close_holidays, name="close_holidays"),
    path("waiting/", waiting_list.waiting_list, name="waiting_list"),
    path("waiting/<reference:reference>/offer/", answer("offer_waiting"), name="offer_waiting"),
    path("requests/<reference:reference>/visit/correct/", answer("correct"), name="correct"),
    path("requests/<reference:reference>/move/", answer("move"), name="move"),
    path("requests/<reference:reference>/erase/", privacy.erase, name="erase"),
    path("requests/<reference:reference>/disclose/", privacy.disclose, name="disclose"),
    path("reports/looks/", audit.AuditView.as_view(), name="audit"),
    path(
        "reports/looks/results/", audit.AuditView.as_view(results_only=True), name="audit_results"
    ),
    path("reports/requests/", views.reports, name="reports"),
    path("today/seen/", changes.seen, name="seen"),
    path("today/live/", live.live, name="live"),
    path("diary/", day_list.diary, name="diary"),
    path("diary/feed/", feed.calendar_feed, name="calendar_feed"),
    path("diary/absence/", absence.absence, name="absence"),
    path("diary/own-calendars/", own_calendars.mine, name="own_calendars"),
    path("diary/own-calendars/<int:pk>/", own_calendars.of_person, name="calendars_of"),
    path("diary/leaving/<int:pk>/", leaving.leave, name="leave"),
    path("clinic/week/", week_views.week, name="week"),
    path("clinic/merge/<int:pk>/", merging.merge, name="merge"),
    path("diary/calendar/", calendar.calendar, name="calendar"),
    path("diary/new/", book_for.book_for, name="book_for"),
    path("diary/closures/<int:pk>/", wizard.closure, name="closure"),
    path("diary/closures/<int:pk>/offer/", wizard.closure_offer, name="closure_offer"),
    path("diary/closures/<int:pk>/cancel/", wizard.closure_cancel, name="closure_cancel"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("messages/", message_list.MessagesView.as_view(), name="messages"),
    path(
        "messages/results/",
        message_list.MessagesView.as_view(results_only=True),
        name="messages_results",
    ),
    path("messages/texts/", texts.texts, name="texts"),
    path("messages/wording/", wording.wordings, name="wordings"),
    path("messages/wording/<slug:kind>/<slug:language>/", wording.wording, name="wording"),
    path(
        "messages/wording/<slug:kind>/<slug:language>/reset/",
        wording.reset_wording,
        name="reset_wording",
    ),
    path("messages/<int:pk>/", message_list.message, name="message"),
    path("messages/<int:pk>/send-again/", answers.send_again, name="send_again"),
    path("messages/<int:pk>/body/", message_list.body, name="message_body"),
]
