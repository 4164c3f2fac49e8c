"""Is this page accessible, as far as a program can tell, and is it correct HTML?"""

import html5lib
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""All that another theme of the same page can change."""


def axe_violations(page: Page, *, within: str = "html", only: object = EVERYTHING) -> list[str]:
    """One line a finding: the rule, what it wants, and the elements that break it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)  # a script tag would break the content security policy
    options = {"resultTypes": ["violations"], "runOnly": only}
    found = page.evaluate("([place, options]) => axe.run(place, options)", [within, options])
    return [
        f"{rule['id']}: {rule['help']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in found["violations"]
    ]


def html_errors(text: str) -> list[str]:
    """What the HTML standard's parser calls an error, with line and column."""
    parser = html5lib.HTMLParser()
    parser.parse(text)
    return [f"{place}: {name} {values}" for place, name, values in parser.errors]
