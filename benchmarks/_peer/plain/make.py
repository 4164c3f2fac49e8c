"""Fill the plain site: two pages as long as ours (bytes), one of them with links in eight blocks.

`python -m benchmarks._peer.plain.make BYTES BLOCKS`
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

from benchmarks._peer.plain.models import PlainPage  # noqa: E402

WORDS = "The muscle bends your hip, so that you can lift your knee and walk up the stairs. "


def body(blocks: int, repeat: int, links: int, to: int) -> str:
    parts = []
    for number in range(blocks):
        if number % 5 == 0:
            parts.append({"type": "heading", "value": f"Part {number}"})
        link = f'<a linktype="page" id="{to}">read on</a>' if number < links else ""
        parts.append({"type": "paragraph", "value": f"<p>{WORDS * repeat}{link}</p>"})
    return json.dumps(parts)


def main(size: int, blocks: int) -> None:
    (settings.FOLDER / "plain_migrations").mkdir()
    (settings.FOLDER / "plain_migrations" / "__init__.py").touch()
    call_command("makemigrations", "plain", verbosity=0)
    call_command("migrate", verbosity=0)
    Page.objects.filter(depth=2).delete()
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=PlainPage(title="Home", slug="home-plain", body="[]"))
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    section = home.add_child(instance=PlainPage(title="Guides", slug="guides", body="[]"))
    repeat = max(1, round((size - 3000) / blocks / len(WORDS)))
    for slug, links in (("plain", 0), ("linked", 8)):
        text = body(blocks, repeat, links, section.pk)
        section.add_child(instance=PlainPage(title=slug, slug=slug, body=text))
        print(slug, len(Client().get(f"/guides/{slug}/").content), file=sys.stderr)


main(int(sys.argv[1]), int(sys.argv[2]))
