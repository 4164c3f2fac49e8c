"""What a first visit to the guide sends over the wire: all pictures, and all that is kept offline."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

TEXT = {".css", ".js", ".svg", ".html"}
ADDRESS = re.compile(r'\b(?:src|href|poster|srcset|action|data)="([^"]+)"')
MOST_BYTES = 150_000
MOST_SCRIPT_BYTES = 20_000


def packed(text: bytes) -> int:
    """As the web server sends it, but for brotli, which makes it smaller still."""
    return len(gzip.compress(text, compresslevel=9))


def file_bytes(url: str) -> int:
    path = Path(finders.find(url.removeprefix("/static/")))
    return packed(path.read_bytes()) if path.suffix in TEXT else path.stat().st_size


def static_files(html: str) -> set[str]:
    found = {url.partition("#")[0] for url in ADDRESS.findall(html)}
    files = {url for url in found if url.startswith("/static/")}
    for style in [url for url in files if url.endswith(".css")]:
        text = Path(finders.find(style.removeprefix("/static/"))).read_text()
        inside = re.findall(r"url\(\"?([^)\"]+)\"?\)", text)
        files |= {f"{style.rpartition('/')[0]}/{name}" for name in inside}
    return files


@pytest.fixture
def visit(client, guide):
    """Every page that a first visit fetches, and every file of those pages."""
    first = client.get(guide.url).content
    kept = re.search(r'data-keep="([^"]+)"', first.decode())[1].split()
    pages = [first, *(client.get(url).content for url in kept if url.startswith("/guides/"))]
    workers = [client.get(url).content for url in ("/guides/sw.js", "/sw.js")]
    others = [client.get(url).content for url in ("/offline/", "/manifest.webmanifest")]
    files = set().union(*(static_files(page.decode()) for page in pages))
    return pages + others, workers, files | {url for url in kept if url.startswith("/static/")}


def test_the_whole_first_visit_is_light(visit):
    pages, workers, files = visit
    sent = sum(map(packed, [*pages, *workers])) + sum(map(file_bytes, files))
    script = sum(map(packed, workers)) + sum(file_bytes(f) for f in files if f.endswith(".js"))

    assert len([url for url in files if "illustrations" in url]) == 10
    assert sent <= MOST_BYTES
    assert script <= MOST_SCRIPT_BYTES


def test_nothing_comes_from_anywhere_else(visit):
    """Links lead elsewhere; nothing that a browser fetches by itself does."""
    pages, _, _ = visit
    for page in pages:
        loads = re.findall(r"<(?:img|script|iframe|source|video|use|form)\b[^>]*>", page.decode())
        loads += [
            tag for tag in re.findall(r"<link\b[^>]*>", page.decode()) if "canonical" not in tag
        ]
        for tag in loads:
            for url in ADDRESS.findall(tag):
                assert url.startswith(("/", "#")) and not url.startswith("//"), tag


def test_a_kept_page_has_its_files_offline(client, guide):
    """As the guide's own script says: what the guide loads, and what it names."""
    first = client.get(guide.url).content.decode()
    named = re.search(r'data-keep="([^"]+)"', first)[1].split()
    wanted = set().union(
        *(loaded(client.get(url).content.decode()) for url in named if url.startswith("/guides/"))
    )
    assert wanted <= loaded(first) | set(named)


def loaded(html: str) -> set[str]:
    """Scripts, style sheets and pictures that a browser fetches by itself."""
    tags = re.findall(r"<(?:script|img|link rel=\"?stylesheet\"?)\b[^>]*>", html)
    return {url for tag in tags for url in ADDRESS.findall(tag) if url.startswith("/static/")}
