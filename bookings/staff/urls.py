"""The desk, below /admin/. Each action on a request is a POST at the verb of its transition."""

from django.urls import path, register_converter

from bookings.staff import (
    answering,
    audit,
    calendar,
    closing,
    diary,
    erasing,
    exporting,
    holidays,
    listing,
    mailbox,
    moving,
    noting,
    presence,
    reaching,
    reports,
    subscribing,
    triage,
    visiting,
    waiting,
    wording,
)


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
    path("requests/", listing.RequestsView.as_view(), name="requests"),
    path(
        "requests/results/",
        listing.RequestsView.as_view(results_only=True),
        name="requests_results",
    ),
    path("requests/export/", exporting.ExportRequests.as_view(), name="export"),
    path("requests/after/", triage.after_answer, name="after_answer"),
    path("requests/<reference:reference>/", triage.request_card, name="request"),
    path("requests/<reference:reference>/assign/", answering.assign, name="assign"),
    path("requests/<reference:reference>/confirm/", answering.confirm, name="confirm"),
    path("requests/<reference:reference>/offer/", answering.offer, name="offer"),
    path("requests/<reference:reference>/decline/", answering.decline, name="decline"),
    path("requests/<reference:reference>/ask/", answering.ask, name="ask"),
    path("requests/<reference:reference>/waitlist/", answering.waitlist, name="waitlist"),
    path("requests/<reference:reference>/spam/", answering.mark_spam, name="mark_spam"),
    path("requests/<reference:reference>/reopen/", answering.reopen, name="reopen"),
    path("requests/<reference:reference>/keep/", moving.keep, name="keep"),
    path("requests/<reference:reference>/undo/", answering.undo, name="undo"),
    path("requests/<reference:reference>/phoned/", reaching.phone, name="phone"),
    path("requests/<reference:reference>/send-link/", reaching.send_link, name="send_link"),
    path("requests/<reference:reference>/note/", noting.note, name="note"),
    path("requests/<reference:reference>/presence/", presence.presence, name="presence"),
    path("requests/<reference:reference>/visit/cancel/", visiting.cancel, name="cancel"),
    path("requests/<reference:reference>/visit/arrive/", visiting.arrive, name="arrive"),
    path("requests/<reference:reference>/visit/fulfil/", visiting.fulfil, name="fulfil"),
    path("requests/<reference:reference>/visit/noshow/", visiting.noshow, name="noshow"),
    path("public-holidays/", holidays.public_holidays_list, name="public_holidays"),
    path("public-holidays/close/", holidays.close_holiday, name="close_holiday"),
    path("waiting/", waiting.waiting_list, name="waiting_list"),
    path("waiting/<reference:reference>/offer/", waiting.offer_waiting, name="offer_waiting"),
    path("requests/<reference:reference>/visit/correct/", visiting.correct, name="correct"),
    path("requests/<reference:reference>/move/", moving.move, name="move"),
    path("requests/<reference:reference>/erase/", erasing.erase, name="erase"),
    path("requests/<reference:reference>/disclose/", erasing.disclose, name="disclose"),
    path("reports/looks/", audit.AuditView.as_view(), name="audit"),
    path(
        "reports/looks/results/", audit.AuditView.as_view(results_only=True), name="audit_results"
    ),
    path("reports/requests/", reports.reports, name="reports"),
    path("diary/", diary.diary, name="diary"),
    path("diary/feed/", subscribing.calendar_feed, name="calendar_feed"),
    path("diary/calendar/", calendar.calendar, name="calendar"),
    path("diary/calendar/<int:pk>/", calendar.calendar_rows, name="calendar_rows"),
    path("diary/new/", moving.book_for, name="book_for"),
    path("diary/closures/<int:pk>/", closing.closure, name="closure"),
    path("diary/closures/<int:pk>/offer/", closing.closure_offer, name="closure_offer"),
    path("diary/closures/<int:pk>/cancel/", closing.closure_cancel, name="closure_cancel"),
    path("messages/", mailbox.MessagesView.as_view(), name="messages"),
    path(
        "messages/results/",
        mailbox.MessagesView.as_view(results_only=True),
        name="messages_results",
    ),
    path("messages/wording/", wording.wordings, name="wordings"),
    path("messages/wording/<slug:kind>/<slug:language>/", wording.wording, name="wording"),
    path(
        "messages/wording/<slug:kind>/<slug:language>/reset/",
        wording.reset_wording,
        name="reset_wording",
    ),
    path("messages/<int:pk>/", mailbox.message, name="message"),
    path("messages/<int:pk>/send-again/", reaching.send_again, name="send_again"),
    path("messages/<int:pk>/body/", mailbox.body, name="message_body"),
]
