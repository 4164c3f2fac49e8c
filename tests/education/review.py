"""People and steps of a clinical review, for tests."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from clinic.review import sign_offs
from education.models import GuideIndexPage, GuidePage


def person(name, *groups, owner=False):
    user = get_user_model().objects.create_user(
        name,
        f"{name}@example.org",
        "x",
        first_name=name.title(),
        last_name="Example",
        is_superuser=owner,
    )
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def new_guide(author, **fields):
    page = GuidePage(title="Calf", slug="calf", introduction="The calf.", author=author, live=False)
    for name, value in fields.items():
        setattr(page, name, value)
    GuideIndexPage.objects.get(locale__language_code="en-gb").add_child(instance=page)
    page.save_revision(user=author)
    return page


def submit(thing, user):
    return thing.get_workflow().start(thing, user)


def approve(thing, user, **data):
    state = thing.current_workflow_task_state
    state.task.specific.on_action(state, user, "approve", **data)
    thing.refresh_from_db()


def sign(thing, user, **options):
    """As if the user had approved what is live."""
    found = sign_offs.sign(thing, user, **options)
    thing.__dict__.pop("claim", None)
    return found
