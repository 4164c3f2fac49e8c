"""What `make screenshots` looks at: the walk to each screen. The site itself is in screen_site.py."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from admin_screens import DRAWN, WALKS
from edge_screens import (
    in_palette,
    long_names,
    no_free_time,
    no_guides,
    no_practitioners,
    no_service,
    right_to_left,
    while_,
)
from screen_site import PAST, STATES, Site

STANDARD = ("about", "privacy", "accessibility", "how-we-review", "contact")
PALETTES = ("sea", "plum", "slate")
ERRORS = ("400", "403", "403_csrf", "404", "405", "429", "500", "offline")


@dataclass
class Screen:
    """`browser`: further settings of the browser, as Playwright names them; `widths`: in CSS pixels,
    where the usual ones of its kind are not meant; `anew`: a script chooses once how the page looks at
    this width, so each width is walked to by itself."""

    kind: str
    name: str
    walk: Callable[[Any, Site], object]
    browser: dict[str, Any] = field(default_factory=dict)
    widths: tuple[int, ...] = ()
    anew: bool = False


def at(path: str) -> Callable[[Any, Site], object]:
    return lambda page, site: page.goto(path.format(**site.references))


def go_on(page: Any) -> None:
    page.locator("main form button[type=submit]").first.click()


def book(step: str, *, wrong: bool = False) -> Callable[[Any, Site], None]:
    """The question pages up to one of them; `wrong` sends it empty."""

    def walk(page: Any, site: Site) -> None:
        page.goto("/book/")
        for name, fill in STEPS.items():
            if name == step:
                break
            fill(page)
            go_on(page)
        if wrong:
            go_on(page)

    return walk


def fill_reason(page: Any) -> None:
    for name in ("reason", "side", "goal"):
        page.locator(f"input[name={name}]").first.check()


def fill_contact(page: Any) -> None:
    page.get_by_label("Your full name").fill("Maria Example")
    page.get_by_label("Email", exact=True).check()
    page.get_by_label("Email address").fill("maria@example.org")
    page.get_by_label("I agree").check()


STEPS: dict[str, Callable[[Any], object]] = {
    "safety": lambda page: page.get_by_label("None of these").check(),
    "reason": fill_reason,
    "time": lambda page: page.locator("input[name=first]").first.check(force=True),
    "other-times": lambda page: None,
    "contact": fill_contact,
    "check": lambda page: None,
    "sent": lambda page: None,
}


def link_page(state: str) -> Callable[[Any, Site], None]:
    """The page behind the link of the newest mail about a request in that state."""

    def walk(page: Any, site: Site) -> None:
        from post_office.models import Email

        to = f"{state}@example.org"
        text = Email.objects.filter(to=to).order_by("-pk").values_list("message", flat=True)[0]
        page.goto(re.search(r"https?://\S+/request/open/\S+", text)[0])

    return walk


def from_link(state: str, path: str) -> Callable[[Any, Site], object]:
    """A page that only who came by the link may see."""
    return lambda page, site: (link_page(state)(page, site), page.goto(path))


def wait_instead(page: Any, site: Site) -> None:
    book("time")(page, site)
    page.locator("input[value=waiting]").check(force=True)
    go_on(page)


def empty_form(path: str) -> Callable[[Any, Site], object]:
    return lambda page, site: (page.goto(path), go_on(page))


def sent_empty(state: str, path: str) -> Callable[[Any, Site], object]:
    return lambda page, site: (from_link(state, path)(page, site), go_on(page))


def plain_mail(kind: str) -> Callable[[Any, Site], None]:
    """A mail's other half, as a program that shows no HTML has it."""
    page_of = "<style>:root{color-scheme:light dark}</style><pre style='%s'>%s"
    pre = "white-space:pre-wrap;overflow-wrap:break-word;font:1rem/1.4 monospace"
    return lambda page, site: page.set_content(page_of % (pre, escape(site.texts[kind])))


def mail(kind: str) -> Callable[[Any, Site], None]:
    return lambda page, site: page.set_content(site.mails[kind])


def same(walk: Callable[[Any, Site], object]) -> Callable[[Any, Site], object]:
    return walk


SCREENS = [
    Screen("public", "home", at("/")),
    Screen("public", "guides", at("/guides/")),
    Screen("public", "guide", at("/guides/iliopsoas/")),
    Screen("public", "routine", at("/guides/iliopsoas/routine/")),
    Screen("public", "search", at("/search/?q=hip")),
    Screen("public", "search-empty", at("/search/?q=xylophone")),
    Screen("public", "people", at("/people/")),
    Screen("public", "person", at("/people/1-amara-osei/")),
    *(Screen("public", f"page-{name}", at(f"/{name}/")) for name in STANDARD),
    *(Screen("public", f"book-{step}", book(step)) for step in STEPS),
    *(
        Screen("public", f"book-{step}-wrong", book(step, wrong=True))
        for step in ("safety", "reason", "time", "contact")
    ),
    *(
        Screen("public", f"care-{level}", at(f"/book/care/{level}/"))
        for level in ("emergency", "urgent", "soon")
    ),
    *(Screen("public", f"link-{state}", link_page(state)) for state in STATES),
    Screen("public", "book-waiting", wait_instead),
    *(
        Screen("public", f"ask-{name}", from_link(state, f"/request/{path}/"))
        for name, state, path in (
            ("move", "confirmed", "move"),
            ("cancel", "confirmed", "cancel"),
            ("answer", "question", "answer"),
            ("join-waiting-list", "submitted", "waiting-list"),
            ("leave-waiting-list", "waitlisted", "waiting-list/leave"),
        )
    ),
    Screen("public", "handout", at("/guides/iliopsoas/print/")),
    Screen("public", "spanish-home", at("/es/")),
    Screen("public", "spanish-guide", at("/es/guides/iliopsoas/")),
    Screen("public", "spanish-book", at("/es/book/")),
    Screen("public", "find-request", at("/request/find/")),
    Screen("public", "link-unknown", at("/request/open/nothing-like-a-token/")),
    *(Screen("public", f"error-{name}", at(f"/styleguide/{name}/")) for name in ERRORS),
    Screen("public", "styleguide", at("/styleguide/")),
    *(Screen("public", f"link-{state}", link_page(state)) for state in PAST),
    Screen("public", "find-request-wrong", empty_form("/request/find/")),
    Screen("public", "find-request-sent", at("/request/find/sent/")),
    Screen("public", "ask-move-wrong", sent_empty("confirmed", "/request/move/")),
    Screen("public", "ask-answer-wrong", sent_empty("question", "/request/answer/")),
    Screen("public", "none-people", while_(no_practitioners, at("/people/"))),
    Screen("public", "none-guides", while_(no_guides, at("/guides/"))),
    Screen("public", "none-home", while_(no_guides, at("/"))),
    Screen("public", "none-times", while_(no_free_time, book("time"))),
    Screen("public", "none-booking", while_(no_service, at("/book/"))),
    *(
        Screen("public", f"{edge}-{name}", make(walk), browser, widths)
        for name, walk in {
            "home": at("/"),
            "guide": at("/guides/iliopsoas/"),
            "routine": at("/guides/iliopsoas/routine/"),
            "person": at("/people/1-amara-osei/"),
            "reason": book("reason", wrong=True),
            "time": book("time"),
            "check": book("check"),
            "confirmed": link_page("confirmed"),
        }.items()
        for edge, make, browser, widths in (
            ("forced", same, {"forced_colors": "active"}, ()),
            ("scriptless", same, {"java_script_enabled": False}, ()),
            # A phone whose letters are set to twice their size has room for half as many. Small
            # pictures: the guide in large ones would be higher than a JPEG can be.
            ("large", same, {}, (160, 195)),
            ("rtl", right_to_left, {}, ()),
            *((f"palette-{name}", in_palette(name), {}, ()) for name in PALETTES),
        )
    ),
    *(
        Screen("public", f"long-{name}", while_(long_names, walk))
        for name, walk in {
            "home": at("/"),
            "guides": at("/guides/"),
            "guide": at("/guides/iliopsoas/"),
            "handout": at("/guides/iliopsoas/print/"),
            "people": at("/people/"),
            "person": at("/people/1-x/"),
            "time": book("time"),
            "check": book("check"),
            "confirmed": link_page("confirmed"),
            "offered": link_page("offered"),
        }.items()
    ),
    *(
        Screen("admin", f"long-{name}", while_(long_names, walk))
        for name, walk in {
            "inbox": WALKS["inbox"],
            "diary": WALKS["diary-day"],
            "request": at("/admin/requests/{confirmed}/"),
        }.items()
    ),
    *(Screen("admin", name, walk, anew=name in DRAWN) for name, walk in WALKS.items()),
    *(Screen("admin", f"request-{state}", at(f"/admin/requests/{{{state}}}/")) for state in STATES),
]


def mail_screens(site: Site) -> list[Screen]:
    return [
        *(Screen("mail", kind, mail(kind)) for kind in site.mails),
        *(Screen("mail", f"{kind}-plain", plain_mail(kind)) for kind in site.texts),
    ]
