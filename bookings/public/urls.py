"""What visitors and patients reach. A step of asking below /book/, one's own request below /request/."""

from django.urls import path

from bookings.public import asking, choosing, feeds, managing, people, sending

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<int:pk>-<slug:name>/", people.person, name="person"),
    path("book/", asking.book, name="book"),
    path("book/care/<slug:level>/", asking.care, name="book-care"),
    path("book/reason/", asking.reason, name="book-reason"),
    path("book/time/", choosing.times, name="book-time"),
    path("book/other-times/", choosing.other_times, name="book-other-times"),
    path("book/contact/", asking.contact, name="book-contact"),
    path("book/check/", sending.check, name="book-check"),
    path("book/sent/", sending.sent, name="book-sent"),
    path("request/", managing.manage, name="manage"),
    path("request/open/<str:token>/", managing.open_request, name="open-request"),
    path("request/find/", managing.find_request, name="find-request"),
    path("request/find/sent/", managing.find_request_sent, name="find-request-sent"),
    path("request/verify/", managing.verify, name="verify-request"),
    path("request/accept/<int:pk>/", managing.accept, name="accept-offer"),
    path("request/refuse/", managing.refuse, name="refuse-offer"),
    path("request/keep/", managing.keep, name="keep-appointment"),
    path("request/cancel/", managing.withdraw, name="withdraw-request"),
    path("request/move/", managing.ask_to_move, name="move-request"),
    path("request/answer/", managing.answer, name="answer-request"),
    path("request/waiting-list/", managing.join_waiting_list, name="join-waiting-list"),
    path("request/waiting-list/leave/", managing.leave_waiting_list, name="leave-waiting-list"),
    path("calendar/<str:token>.ics", feeds.calendar_feed, name="calendar-feed"),
    path("request/appointment.ics", managing.calendar_file, name="calendar-file"),
]
