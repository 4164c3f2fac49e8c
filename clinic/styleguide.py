"""Every component, form state, block and mail on one page, for whoever builds or checks the look.

Only where the site is tried out or developed: never in production.
"""

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.utils.module_loading import import_string
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from clinic import error_page_context

ICONS = [
    "phone",
    "calendar",
    "clock",
    "pin",
    "mail",
    "tick",
    "alert",
    "info",
    "chat",
    "person",
    "print",
    "cross",
    "check",
    "play",
]
ERROR_PAGES = ("400", "403", "403_csrf", "404", "405", "410", "429", "500", "offline")


class ExampleForm(forms.Form):
    """One field of each kind. In the styleguide and in the template pack's tests, nowhere else."""

    name = forms.CharField(
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    email = forms.EmailField(
        label="Email address",
        help_text="We only use it for this request.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Enter your email address"},
    )
    phone = forms.CharField(
        label="Phone number",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    about = forms.CharField(
        label="What should we know?",
        help_text="A line or two is enough.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Tell us in a few words"},
    )
    who = forms.ChoiceField(
        label="Who would you like to see?",
        choices=[("", "Anyone who is free"), ("1", "Amara Okafor"), ("2", "Jonas Lindqvist")],
        required=False,
    )
    where = forms.ChoiceField(
        label="Where does it feel tight?",
        help_text="Choose what bothers you most.",
        choices=[("hip", "Front of the hip"), ("back", "Low back"), ("other", "Somewhere else")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where it feels tight"},
    )
    signs = forms.MultipleChoiceField(
        label="Have you noticed any of these?",
        choices=[("night", "Pain at night"), ("fall", "A fall"), ("none", "None of these")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one answer"},
    )
    time = forms.ChoiceField(
        label="Choose a time",
        widget=forms.RadioSelect(attrs={"class": "chips"}),
        error_messages={"required": "Choose a time"},
        choices=[
            ((day, part), [(f"{day} {time}", time) for time in times])
            for day in ("Tuesday 24 November", "Wednesday 25 November")
            for part, times in (
                ("Morning", ["9am", "9:40am", "10:20am", "11am", "11:40am"]),
                ("Afternoon", ["1:20pm", "2pm", "2:40pm", "4pm"]),
            )
        ],
    )
    consent = forms.BooleanField(
        label="I agree that the clinic keeps these answers to plan my visit",
        error_messages={"required": "Tick the box to go on"},
    )


FILLED = {
    "filled-name": "Sam Okafor",
    "filled-email": "sam@example.org",
    "filled-phone": "020 7946 0100",
    "filled-about": "It pulls when I stand up after a long drive.",
    "filled-who": "2",
    "filled-where": "hip",
    "filled-signs": ["night", "fall"],
    "filled-time": "Tuesday 24 November 9:40am",
    "filled-consent": "on",
}


def of_the_apps(name: str, **wanted: str) -> list[Any]:
    """What each app shows under a name of `settings.STYLEGUIDE`."""
    return [import_string(path)(**wanted) for path in settings.STYLEGUIDE[name]]


def mails(kind: str = "") -> dict[str, dict[str, str]]:
    """Label, subject, text and HTML (empty where it has none) of every mail, or of one kind."""
    return {one: mail for found in of_the_apps("mails", kind=kind) for one, mail in found.items()}


def example_context() -> dict[str, object]:
    """What the components on the page show."""
    return {
        "form": ExampleForm(prefix="empty"),
        "filled": ExampleForm(FILLED, prefix="filled"),
        "failed": ExampleForm({}, prefix="failed"),
        "crumbs": [{"title": "Home", "url": "/"}, {"title": "Guides", "url": "/guides/"}],
        "rows": [
            {"key": "What for", "value": "Tight hip", "url": "#", "change": "what it is for"},
            {"key": "Time", "value": "Tuesday 24 November, 9am", "url": "#"},
            {"key": "Email", "value": "someone.with.a.long.address@example.org", "url": "#"},
        ],
        "guides": [
            {
                "title": "The Iliopsoas",
                "url": "/guides/iliopsoas/",
                "text": "The hip muscle no one talks about: why it matters and how to care for it.",
                "tag": "6 minutes",
                "image_url": static("education/illustrations/seated-knee-lift-end.svg"),
            },
            {
                "title": "A guide whose name is much longer than anyone planned for",
                "url": "/guides/long/",
                "text": "Cards in one row keep the same height.",
            },
        ],
        "ten_guides": [
            {
                "title": f"Guide {n}",
                "url": "#",
                "text": "Its headline, in a line or two.",
                "image_url": static("education/illustrations/bridge-end.svg"),
            }
            for n in range(1, 11)
        ],
        "people": [
            {"name": "Amara Okafor", "initials": "AO", "role": "Physiotherapist", "about": "Hips."},
            {"name": "Jonas Lindqvist", "initials": "JL", "role": "Stretching and strength"},
        ],
        "error_pages": ERROR_PAGES,
        "icons": ICONS,
    }


@csp_update({"frame-src": SELF})
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """All components, blocks and mails."""
    for level in (messages.SUCCESS, messages.INFO, messages.WARNING, messages.ERROR):
        messages.add_message(request, level, f"A message of level {level}.")
    blocks = [block for found in of_the_apps("blocks") for block in found]
    context = example_context() | {"blocks": blocks, "mails": mails()}
    return render(request, "clinic/styleguide.html", context)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home page's parts, with example content."""
    return render(request, "clinic/styleguide_home.html", example_context())


@xframe_options_sameorigin
@csp_update({"style-src": UNSAFE_INLINE})
@csp_replace({"frame-ancestors": SELF})  # type: ignore[arg-type]  # of views without arguments
@require_safe
def mail(request: HttpRequest, kind: str) -> HttpResponse:
    """One mail as it leaves. Mails carry their style inline, so this page's policy allows that."""
    shown = mails(kind).get(kind)
    if not shown or not shown["html_message"]:
        raise Http404
    return HttpResponse(shown["html_message"])


@require_safe
def error(request: HttpRequest, name: str) -> HttpResponse:
    """One of the error pages, with a plain status so that it can be looked at."""
    return render(request, f"{name}.html", error_page_context.context())


urlpatterns = (
    []
    if settings.PRODUCTION
    else [
        path("styleguide/", components, name="styleguide"),
        path("styleguide/mail/<slug:kind>/", mail, name="styleguide-mail"),
        path("styleguide/home/", home, name="styleguide-home"),
        *(
            path(f"styleguide/{name}/", error, {"name": name}, name=f"styleguide-{name}")
            for name in ERROR_PAGES
        ),
    ]
)
