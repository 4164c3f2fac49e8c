"""Makes the first pages at their places in the tree."""

from collections.abc import Callable
from typing import Any

from wagtail.models import Page

from education.models import GuideIndexPage, HomePage
from education.seed import gluteus_maximus, hamstrings, iliopsoas, standard_pages, template_guide
from education.seed.records import draft, once, publish

DRAFTS = (gluteus_maximus, hamstrings, template_guide)


def make_pages() -> int:
    """Returns how many pages were new. A page without its parent is not made."""
    home = HomePage.objects.order_by("depth", "path").first()
    if home is None:
        return 0
    made = int(once("page:home", fill_home, home))
    made += once("page:guides", add, home, index())
    for page in standard_pages.pages():
        made += once(f"page:{page.slug}", add, home, page)
    guides = GuideIndexPage.objects.child_of(home).first()
    if guides:
        made += once("guide:iliopsoas", add, guides, iliopsoas.page())
        for module in DRAFTS:
            made += once(f"guide:{module.KEY}", add_draft, guides, module.page)
    return made


def add(parent: Page, page: Page) -> Any:
    """Add and publish a page, unless staff already use its address."""
    if parent.get_children().filter(slug=page.slug).exists():
        return None
    parent.refresh_from_db()
    parent.add_child(instance=page)
    return publish(page)


def add_draft(parent: Page, make: Callable[[], Page]) -> None:
    """Add a page as a draft, unless staff already use its address."""
    page = make()
    if parent.get_children().filter(slug=page.slug).exists():
        return
    parent.refresh_from_db()
    page.live = False
    parent.add_child(instance=page)
    draft(page)


def fill_home(home: HomePage) -> None:
    """Write the first text of the home page."""
    home.heading = "Feel at home in your hips again"
    home.introduction = (
        "Read our guides, try the exercises at home, or come and see us. We will show you "
        "stretches that suit you."
    )
    home.search_description = (
        "A physiotherapy clinic for hips and backs: plain guides, exercises, and stretching "
        "consultations you can ask for online."
    )
    home.save()
    publish(home)


def index() -> GuideIndexPage:
    return GuideIndexPage(
        title="Guides",
        slug="guides",
        introduction=(
            "What a muscle does, why it can hurt, and exercises to try at home. In plain words, "
            "with our sources."
        ),
        search_description="Plain guides to muscles, with exercises to try at home.",
        show_in_menus=True,
    )
