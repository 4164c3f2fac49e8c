"""The table of all screens that `make screenshots` looks at, and the steps that lead to them.

A row has the kind, the screen's name and the steps to it. A step is an address, in which a word in braces
is one of the site's references (screen_site.py), or the name of a function below with what it gets.
A row with a word in pointed brackets stands for one row for each member of that list.
"""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from typing import Any

from browser import settle
from screen_site import PAST, STATES, Site, close_a_visit_s_day, unusual

LISTS = {
    "about": ("about", "privacy", "accessibility", "how-we-write", "contact"),
    "question": ("about", "time", "contact", "check", "sent"),
    "form": ("about", "time", "contact"),
    "care": ("emergency", "urgent", "soon"),
    "state": STATES,
    "shown": STATES + PAST,
    "role": (
        "owner",
        "front-desk",
        "front-desk-lead",
        "practitioner",
        "editor",
        "clinical-reviewer",
    ),
    "verb": ("offer", "decline", "note"),
    "error": ("400", "403", "403_csrf", "404", "405", "410", "429", "500", "offline"),
    "edge": (
        "forced",
        "scriptless",
        "large",
        "rtl",
        "palette-sea",
        "palette-plum",
        "palette-slate",
    ),
}
BROWSER = {
    "forced": {"forced_colors": "active"},
    "scriptless": {"java_script_enabled": False},
}
# A phone whose letters are set to twice their size has room for half as many. Small pictures: the guide
# in large ones would be higher than a JPEG can be.
LARGE = (160, 195)
TABLE = """
public home                 /
public guides               /guides/
public guide                /guides/iliopsoas/
public routine              /guides/iliopsoas/routine/
public handout              /guides/iliopsoas/print/
public search               /search/?q=hip
public search-empty         /search/?q=xylophone
public people               /people/
public person               /people/1-amara-osei/
public page-<about>         /<about>/
public spanish-home         /es/
public spanish-guide        /es/guides/iliopsoas/
public spanish-book         /es/book/
public styleguide           /styleguide/
public error-<error>        /styleguide/<error>/
public book-<question>      book:<question>
public book-<form>-wrong    book:<form> send
public book-waiting         book:time wait_instead
public care-<care>          /book/care/<care>/
public link-<shown>         link:<shown>
public plan                 link:planned
public plan-reminders       link:planned below:reminders/
public plan-reminders-wrong link:planned below:reminders/ send
public plan-copy            link:planned below:keep/
public plan-none-kept       /plan/kept/
public progress             link:confirmed below:progress/
public progress-wrong       link:confirmed below:progress/ send
public <edge>-plan          link:planned edge:<edge>
public link-unknown         /request/open/nothing-like-a-token/
public find-request         /request/find/
public find-request-wrong   /request/find/ send
public find-request-sent    /request/find/sent/
public ask-move             link:confirmed below:move/
public ask-move-wrong       link:confirmed below:move/ send
public ask-cancel           link:confirmed below:cancel/
public ask-answer           link:question below:answer/
public ask-answer-wrong     link:question below:answer/ send
public ask-join-waiting-list   link:submitted below:waiting-list/
public ask-leave-waiting-list  link:waitlisted below:waiting-list/leave/
public none-people          while:no_practitioners /people/
public none-guides          while:no_guides /guides/
public none-home            while:no_guides /
public none-times           while:no_free_time book:time
public none-booking         while:no_service /book/
public <edge>-home          / edge:<edge>
public <edge>-guide         /guides/iliopsoas/ edge:<edge>
public <edge>-routine       /guides/iliopsoas/routine/ edge:<edge>
public <edge>-person        /people/1-amara-osei/ edge:<edge>
public <edge>-about         book:about send edge:<edge>
public <edge>-time          book:time edge:<edge>
public <edge>-check         book:check edge:<edge>
public <edge>-confirmed     link:confirmed edge:<edge>
public long-home            while:long_names /
public long-guides          while:long_names /guides/
public long-guide           while:long_names /guides/iliopsoas/
public long-handout         while:long_names /guides/iliopsoas/print/
public long-people          while:long_names /people/
public long-person          while:long_names /people/1-x/
public long-time            while:long_names book:time
public long-check           while:long_names book:check
public long-confirmed       while:long_names link:confirmed
public long-offered         while:long_names link:offered
admin  long-inbox           while:long_names /admin/requests/?queue=answer
admin  long-diary           while:long_names /admin/diary/
admin  long-request         while:long_names /admin/requests/{confirmed}/
admin  home                 /admin/
admin  home-<role>          log_in_as:<role> /admin/
admin  inbox                /admin/requests/?queue=answer
admin  inbox-all            /admin/requests/?queue=all
admin  inbox-search         /admin/requests/ search:offered
admin  request-<state>      /admin/requests/{<state>}/
admin  request-<verb>       /admin/requests/{submitted}/ answer:<verb>
admin  request-too-late     /admin/requests/{submitted}/ answer:decline too_late
admin  request-keys         /admin/requests/{submitted}/ keys
admin  request-next         /admin/requests/{confirmed}/next/
admin  request-cancel-for   /admin/requests/{confirmed}/ answer:cancel_for
admin  request-erase        /admin/requests/{confirmed}/erase/
admin  request-copy         /admin/requests/{confirmed}/disclose/
admin  plan-start           /admin/requests/{confirmed}/plan/
admin  plan-write           {plan}
admin  plan-card            /admin/requests/{planned}/
admin  plan-report          /admin/plans/report/
admin  plan-follow-up       /admin/plans/follow-up/
admin  diary-day            /admin/diary/
admin  diary-week           /admin/diary/?span=week
admin  diary-calendar       /admin/diary/calendar/?day={visit_day} drawn:.desk-grid[data-drawn]
admin  diary-calendar-week  /admin/diary/calendar/?day={visit_day}&span=week drawn:.desk-grid[data-drawn]
admin  leaving              /admin/diary/leaving/1/
admin  own-calendars        {calendars}
admin  diary-busy           /admin/diary/?day={visit_day}
admin  merge                /admin/clinic/merge/1/?other=2
admin  hours-week           /admin/clinic/week/
admin  book-for             /admin/diary/new/
admin  waiting-list         /admin/waiting/
admin  closures             /admin/clinic/closures/
admin  closures-new         /admin/clinic/closures/new/
admin  holidays             /admin/public-holidays/
admin  hours                /admin/clinic/hours/
admin  hours-new            /admin/clinic/hours/new/
admin  people               /admin/clinic/people/
admin  people-edit          /admin/clinic/people/edit/1/
admin  rooms                /admin/clinic/rooms/
admin  services-edit        /admin/clinic/services/edit/1/
admin  locations-edit       /admin/clinic/locations/edit/1/
admin  message              {message}
admin  messages             /admin/messages/
admin  wordings             /admin/messages/wording/
admin  wording              /admin/messages/wording/confirmed/en-gb/
admin  reports              /admin/reports/requests/
admin  reports-looks        /admin/reports/looks/
admin  reports-to-check     /admin/reports/to-check/
admin  reports-reviews      /admin/reports/guide-reviews/
admin  reports-read         /admin/reports/guide-readers/
admin  guide-edit           {guide}
admin  exercises            /admin/snippets/education/exercise/
admin  exercise-edit        {exercise}
admin  logins               /admin/logins/
admin  logins-own           /admin/logins/mine/
admin  account              /admin/account/
admin  settings             /admin/settings/clinic/clinicsettings/
admin  webhooks             /admin/webhooks/
admin  webhook              /admin/webhooks/1/
admin  webhook-secret       /admin/webhooks/1/ new_secret
admin  closure              closure
"""


@dataclass
class Screen:
    """`browser`: further settings of the browser, as Playwright names them; `widths`: in CSS pixels,
    where the usual ones of its kind are not meant; `anew`: a script chooses once how the page looks at
    this width, so each width is walked to by itself."""

    kind: str
    name: str
    steps: list[str]
    browser: dict[str, Any]
    widths: tuple[int, ...]
    anew: bool


def screens(site: Site) -> list[Screen]:
    found = [screen(*row.split()) for line in TABLE.strip().splitlines() for row in rows(line)]
    for kind in site.texts:
        found += [screen("mail", kind, f"mail:{kind}")] * (kind in site.mails)
        found.append(screen("mail", f"{kind}-plain", f"plain_mail:{kind}"))
    return found


def rows(line: str) -> list[str]:
    word = re.search(r"<(\w+)>", line)
    return [line.replace(word[0], member) for member in LISTS[word[1]]] if word else [line]


def screen(kind: str, name: str, *steps: str) -> Screen:
    edge = steps[-1].partition("edge:")[2]
    widths = LARGE if edge == "large" else ()
    anew = steps[-1].startswith("drawn:")
    return Screen(kind, name, list(steps), BROWSER.get(edge, {}), widths, anew)


def walk(page: Any, site: Site, steps: list[str]) -> None:
    with ExitStack() as changed:
        for step in steps:
            name, _, value = step.partition(":")
            if step[0] in "/{":
                page.goto(step.format(**site.references))
            elif name == "while":  # the rows have other values while the walk lasts
                changed.enter_context(unusual(value))
            else:
                STEPS[name](page, site, value)


def send(page: Any, site: Site, _: str) -> None:
    page.locator("main form button[type=submit]").first.click()


def book(page: Any, site: Site, until: str) -> None:
    """The question pages up to one of them."""
    page.goto("/book/")
    for question in LISTS["question"][: LISTS["question"].index(until)]:
        if question == "about":
            page.get_by_label("None of these").check()
            for name in ("whom", "reason", "side", "goal"):
                page.locator(f"input[name={name}]").first.check()
        elif question == "time":
            page.locator("input[name=times]").first.check(force=True)
        elif question == "contact":
            page.get_by_label("Your full name").fill("Maria Example")
            page.get_by_label("Email", exact=True).check()
            page.get_by_label("Email address").fill("maria@example.org")
            page.get_by_label("I agree").check()
        send(page, site, "")


def wait_instead(page: Any, site: Site, _: str) -> None:
    page.get_by_role("button", name="Put me on the waiting list").click()


def link(page: Any, site: Site, state: str) -> None:
    """The page behind the link of the newest mail about a request in that state."""
    from post_office.models import Email

    text = Email.objects.filter(to=f"{state}@example.org").latest("pk").message
    page.goto(re.search(r"https?://\S+/request/open/\S+", text)[0])


def log_in_as(page: Any, site: Site, role: str) -> None:
    """Somebody who has this role alone; the first practitioner is one."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.test import Client

    from bookings.models import Practitioner

    user, _made = get_user_model().objects.get_or_create(username=role, first_name="Robin")
    user.groups.set([Group.objects.get(name=role.replace("-", " ").capitalize())])
    if role == "practitioner":
        Practitioner.objects.filter(pk=1).update(user=user)
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": site.url}])


def below(page: Any, site: Site, path: str) -> None:
    """A page below the one that is open."""
    page.goto(page.url + path)


def edge(page: Any, site: Site, name: str) -> None:
    if name == "rtl":
        page.evaluate("document.documentElement.dir = 'rtl'")
    elif name.startswith("palette-"):
        palette = name.removeprefix("palette-")
        page.evaluate("name => document.documentElement.dataset.palette = name", palette)


def search(page: Any, site: Site, words: str) -> None:
    box = page.get_by_placeholder("Reference, name, email or phone")
    box.fill(words)
    box.press("Enter")
    settle(page)


def answer(page: Any, site: Site, verb: str) -> None:
    """A request with one of its answers open."""
    page.locator(f"#action-{verb} summary").click()


def too_late(page: Any, site: Site, _: str) -> None:
    """The patient was faster: the form is gone, and what was written stands beside the reason.

    The form of a request that is open goes to one that was withdrawn meanwhile, so to say.
    """
    form = page.locator("#action-decline")
    form.get_by_label("Message to the patient").fill(
        "This needs a doctor first.\nPlease call us once you have seen one."
    )
    withdrawn = [site.references[name] for name in ("withdrawn", "withdrawn_version")]
    form.locator("form").evaluate(
        "(form, [reference, version]) => { form.elements.version.value = version;"
        " form.action = `/admin/requests/${reference}/decline/`; }",
        withdrawn,
    )
    form.get_by_role("button").click()
    page.get_by_text("What you had written").wait_for()


def keys(page: Any, site: Site, _: str) -> None:
    settle(page)
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keyboard shortcuts").wait_for()


def new_secret(page: Any, site: Site, _: str) -> None:
    page.get_by_role("button", name="Make a new secret").click()
    page.get_by_label("Secret").wait_for()


def closure(page: Any, site: Site, _: str) -> None:
    page.goto(f"/admin/diary/closures/{close_a_visit_s_day()}/")


def drawn(page: Any, site: Site, selector: str) -> None:
    page.locator(selector).first.wait_for()


def scroll(page: Any, site: Site, selector: str) -> None:
    page.locator(selector).first.evaluate("it => it.scrollIntoView()")
    page.wait_for_timeout(500)


def choose_time(page: Any, site: Site, _: str) -> None:
    """A time of the third day, with that day in sight."""
    page.locator(".day").nth(2).locator("input").nth(4).check(force=True)
    page.locator(".days-strip a").nth(2).click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)


def mail(page: Any, site: Site, kind: str) -> None:
    page.set_content(site.mails[kind])


def plain_mail(page: Any, site: Site, kind: str) -> None:
    """A mail's other half, as a program that shows no HTML has it."""
    page_of = "<style>:root{color-scheme:light dark}</style><pre style='%s'>%s"
    pre = "white-space:pre-wrap;overflow-wrap:break-word;font:1rem/1.4 monospace"
    page.set_content(page_of % (pre, escape(site.texts[kind])))


FUNCTIONS = [
    send,
    book,
    wait_instead,
    link,
    below,
    edge,
    search,
    answer,
    too_late,
    new_secret,
    keys,
    closure,
    drawn,
]
FUNCTIONS += [log_in_as, scroll, choose_time, mail, plain_mail]
STEPS = {function.__name__: function for function in FUNCTIONS}
