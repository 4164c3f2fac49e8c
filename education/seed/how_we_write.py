"""The page that says how guides are made: the ten criteria of the PIF TICK, answered one by one.

https://piftick.org.uk. What can be counted, the page shows below from the site's own rows.
"""

from education.models import StandardPage
from education.seed.blocks import Block, action, section, text

SLUG = "how-we-write"


def page() -> StandardPage:
    """The page, not yet saved."""
    introduction = (
        "Who writes our guides, who checks them, where the facts come from, and what to do when "
        "something is wrong."
    )
    return StandardPage(
        title="How we write our guides",
        slug=SLUG,
        introduction=introduction,
        search_description=introduction[:160],
        body=[*making(), *reading(), *answering()],
    )


def making() -> list[Block]:
    """Criteria 1 to 5: process, people, need, evidence, patients."""
    return [
        section(
            "1. The same steps each time",
            text(
                "<p>One person writes a guide, and a clinician who did not write it checks it and "
                "signs it by name. The site keeps what was signed, word for word, and says "
                "“checked” only while the guide is still the same. Each exercise, source and "
                "explained word goes the same way.</p>"
                "<p>Each guide has a date for its next check, at most a year ahead. When that date "
                "has passed, the guide says so, and it also says so if nobody has signed it "
                "yet.</p>"
            ),
        ),
        section(
            "2. Who writes and who checks",
            text(
                "<p>You find their names below and at the end of each guide, with their profession "
                "and registration. They follow a written guide for editors, and before a check the "
                "site lists what is still missing or hard to read.</p>"
            ),
        ),
        section(
            "3. Why we chose these subjects",
            text(
                "<p>We write about what people ask us when they come to see us. We also count which "
                "guides are read, and which of them people ask for help with.</p>"
            ),
        ),
        section(
            "4. Where the facts come from",
            text(
                "<p>Beside a claim you will find a label that says how well the claim is "
                "supported:</p>"
                "<ul><li><b>Textbook knowledge</b>: agreed and taught.</li><li><b>Expert "
                "guideline</b>: advice that a group of experts agreed on.</li><li><b>Tested in a "
                "trial</b>: people were given one thing or another, and "
                "compared.</li><li><b>Measured in a study</b>: someone measured it.</li><li><b>A "
                "link only: cause not shown</b>: two things go together. One may not cause the "
                "other.</li><li><b>Our clinic’s view</b>: what we see in our work. It has not been "
                "proven.</li></ul><p>The numbers beside the label lead to the sources at the end "
                "of the guide. We take no money from anyone for what we write.</p>"
            ),
        ),
        section(
            "5. Patients have a say",
            text(
                "<p>Each guide asks whether it helped. Patients have not yet worked on our guides "
                "with us, so please tell us if you would like to be the first.</p>"
            ),
        ),
    ]


def reading() -> list[Block]:
    """Criteria 6 to 10: plain words, ease of use, feedback, reach, effect."""
    return [
        section(
            "6. Plain words",
            text(
                "<p>We aim for words that an 11- or 12-year-old can understand, and we measure "
                "this and show the result below. We explain each special word where it first "
                "appears.</p>"
            ),
        ),
        section(
            "7. Easy to use",
            text(
                "<p>You can read a guide on a phone, without a connection, on paper, in large "
                "print, with a keyboard alone or with a screen reader. What does not work yet is "
                "on our page about accessibility.</p>"
            ),
        ),
        section(
            "8. Tell us what you think",
            text(
                "<p>Press “Yes” or “No” at the end of a guide, tell us there what was missing, or "
                "call us, and we will read every answer.</p>"
            ),
            action("tel", "Call us"),
        ),
        section(
            "9. How people find a guide",
            text(
                "<p>Every guide is free and needs no account. You can find it with a search engine, "
                "and our practitioners hand it out on paper, with a code that leads back to it.</p>"
            ),
        ),
        section(
            "10. What we learn from it",
            text(
                "<p>We count how often a guide is read and how often it helped, but not who read it. "
                "We look at these figures at each yearly check.</p>"
            ),
        ),
    ]


def answering() -> list[Block]:
    return [
        section(
            "Complaints",
            text(
                "<p>Is something wrong, or has a guide done harm? If so, call us, and we will look "
                "at it and tell you what we did. If it is about safety, we take the guide down "
                "while we look. If you are not happy with our answer, you can complain to the "
                "register that is named beside the clinician. For physiotherapists in the UK that "
                'is the HCPC, <a href="https://www.hcpc-uk.org/">hcpc-uk.org</a>.</p>'
            ),
            action("tel", "Call us"),
        ),
        section(
            "The PIF TICK",
            text(
                "<p>These ten points are the criteria of the PIF TICK, a mark for health "
                "information that can be trusted. We have answered them ourselves, nobody has "
                "assessed us, and we do not hold the mark.</p>"
            ),
        ),
    ]
