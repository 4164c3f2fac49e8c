"""Is this page accessible, as far as a program can tell, and is it correct HTML?"""

import html5lib
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def axe_violations(page: Page, *, within: str = "html") -> list[str]:
    """One line a finding: the rule, what it wants, and the elements that break it."""
    page.evaluate(AXE_SCRIPT)  # a script tag would break the content security policy
    found = page.evaluate("([place, options]) => axe.run(place, options)", [within, AXE_OPTIONS])
    return [
        f"{rule['id']}: {rule['help']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in found["violations"]
    ]


def html_errors(text: str) -> list[str]:
    """What the HTML standard's parser calls an error, with line and column."""
    parser = html5lib.HTMLParser()
    parser.parse(text)
    return [f"{place}: {name} {values}" for place, name, values in parser.errors]
