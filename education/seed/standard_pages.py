"""The ordinary pages: about, privacy, accessibility, contact; and how guides are written."""

from django.conf import settings

from education.models import StandardPage
from education.seed import how_we_write
from education.seed.blocks import Block, action, section, text


def pages() -> list[StandardPage]:
    """In the order of the menu; not yet saved."""
    return [about(), contact(), how_we_write.page(), privacy(), accessibility()]


def standard(title: str, slug: str, introduction: str, *body: Block) -> StandardPage:
    return StandardPage(
        title=title,
        slug=slug,
        introduction=introduction,
        search_description=introduction[:160],
        body=list(body),
    )


def about() -> StandardPage:
    return standard(
        "About us",
        "about",
        "We are physiotherapists, and we help people whose hips and backs hurt or feel stiff.",
        section(
            "What we do",
            text(
                "<p>When you come to see us, we look at how you move and ask what you want to get "
                "back to doing. Then we show you stretches and exercises that suit you, and you "
                "practise them with us.</p>"
                "<p>We also write guides, which are free for anyone to read, to print and to share "
                "with others.</p>"
            ),
            action("booking", "Book a consultation"),
        ),
        section(
            "What we do not do",
            text(
                "<p>We are not an emergency service. Our guides cannot tell you what is wrong with "
                "you, but when something needs a doctor, we say so.</p>"
            ),
        ),
    )


def contact() -> StandardPage:
    return standard(
        "Contact",
        "contact",
        "Call us, visit us, or ask for a consultation on this site.",
        section(
            "Please do not send health details by email",
            text(
                "<p>Email is not a safe place for them, so please tell us on the phone or when we "
                "meet. If you need to change or cancel a request, use the link in our message.</p>"
            ),
        ),
        section(
            "Talk to us",
            text(
                "<p>If nobody can answer the phone, please try again later, or ask for a consultation "
                "here: we answer every request.</p>"
            ),
            action("booking", "Book a consultation"),
        ),
    )


def kept_for(name: str) -> str:
    """How long the settings keep something, in words."""
    days = settings.RETENTION[name]
    return "12 months" if days == 365 else f"{days} days"


def privacy() -> StandardPage:
    return standard(
        "Privacy",
        "privacy",
        "What we keep about you, why, for how long, and what you can ask of us.",
        section(
            "When you only read",
            text(
                "<p>You can read every guide without telling us who you are, and we set no cookie "
                "for that. We use no trackers, no advertising and nothing from other companies, "
                "because every picture and script on this site comes from our own server. We keep "
                "no list of who read what.</p>"
                "<p>We count how often each guide is read. If you read a guide, or tell us whether "
                "it helped, we add one to the count of that day. We do not keep who you are or "
                "your internet address with it. If your browser asks sites not to track you, we do "
                "not count that you read. If you write to us what was missing in a guide, we keep "
                f"your words for {kept_for('FEEDBACK_DAYS')}, without your name.</p>"
                "<p>If you use the practice page, your notes stay in your own browser, where you "
                "can erase them. Your browser also keeps a copy of each guide that you open, so "
                "that you can read it without a connection.</p>"
            ),
        ),
        section(
            "When you ask for a consultation",
            text(
                "<p>We keep what you type: your name, how to reach you, what you would like help "
                "with, the times that suit you, and your answers to our safety questions. We also "
                "keep which guide you came from, our messages to you, and notes that our team "
                "writes. We need this information to answer you, to find a time, and to look after "
                "you safely. We ask for your consent on the form, and keep the words that you "
                "agreed to.</p>"
                "<p>If you stop before the end, what you typed is gone after a day, or at once if "
                "you press “Delete my answers”.</p>"
                "<p>After a visit your practitioner may give you a plan of exercises for home. We "
                "keep the plan, and what you choose to share of it: the days you ticked, and how "
                "much it hurt. You can take that back at any time, and then we erase it. If we ask "
                "you some weeks later how it went, we keep your answers. Answering or not changes "
                "nothing for you.</p>"
                "<p>To stop robots and false bookings, we count how often one internet address or "
                "one person asks, or adds to a count. For this we do not keep the address, only a "
                "code made from it, which nobody can turn back into the address.</p>"
            ),
        ),
        section(
            "Who sees it",
            text(
                "<p>Our front desk and the clinic’s owner see your request. A practitioner sees it "
                "when they see you, or when it is passed to them, but the people who write our "
                "guides do not. Each change that our team makes, and each time they open your "
                "request, is recorded.</p>"
                "<p>It is kept on our own server, and we do not give it to anyone. Our emails to "
                "you pass through an email company, as all email does, so we write nothing about "
                "your health in the subject line.</p>"
            ),
        ),
        section(
            "How long we keep it",
            text(
                f"<ul><li>A request that was never answered or confirmed: "
                f"{kept_for('UNANSWERED_DAYS')}.</li>"
                f"<li>A request that is closed, or whose visit is over: "
                f"{kept_for('CLOSED_DAYS')}.</li>"
                f"<li>The text of messages we sent you: {kept_for('MESSAGE_DAYS')}.</li>"
                f"<li>A plan for home, and what you shared of it: {kept_for('PLAN_DAYS')} after it "
                f"ended.</li><li>Your answers about how it went: {kept_for('OUTCOME_DAYS')}.</li></ul>"
                "<p>After that it is erased automatically. All that stays is a count, which says "
                "that there was a visit at that time, but no longer whose it was. A few weeks "
                "later you are gone from our backups too.</p>"
            ),
        ),
        section(
            "Cookies",
            text(
                "<p>We set only those cookies that the site needs to work. When you ask for a "
                "consultation, one keeps your answers together and one protects the form until you "
                "close your browser. When you open the link in our message, one remembers it for "
                "two hours. One may carry a short note from one page to the next. They do not name "
                "you, and we do not use them for anything else. Our staff have cookies of their "
                "own to log in.</p>"
            ),
        ),
        section(
            "Your rights",
            text(
                "<p>You can:</p><ul><li>ask us for a copy of what we hold about you</li>"
                "<li>ask us to correct it</li>"
                "<li>ask us to erase it</li>"
                "<li>take back your consent: we will then cancel your request and erase it</li></ul>"
            ),
            text(
                "<p>Call us and we will do it for you. If you are not happy with our answer, you "
                "can complain to the data protection authority of your country. In the UK that is "
                "the Information Commissioner’s Office, <a "
                'href="https://ico.org.uk/">ico.org.uk</a>.</p>'
            ),
            action("tel", "Call us"),
        ),
    )


def accessibility() -> StandardPage:
    return standard(
        "Accessibility",
        "accessibility",
        "We want everyone to be able to use this site.",
        section(
            "What you can count on",
            text(
                "<p>You can:</p><ul><li>use every page with a keyboard alone, or with a screen "
                "reader</li>"
                "<li>make the text four times as large without losing anything</li>"
                "<li>read and book without JavaScript</li>"
                "<li>choose dark mode, more contrast or less motion on your device: the site "
                "follows</li>"
                "<li>print a guide, in large print if you like</li></ul>"
            ),
        ),
        section(
            "How we test",
            text(
                "<p>We aim to meet the Web Content Accessibility Guidelines 2.2 at level AA. A "
                "program checks our pages for mistakes each time the site changes, but it cannot "
                "find everything. So please tell us when something does not work for you.</p>"
            ),
        ),
        section(
            "What does not work, or not yet",
            text(
                "<ul><li>The timer and the voice on the practice page need JavaScript. Without it "
                "you will find the same steps as a list.</li>"
                "<li>People who use a screen reader every day have not yet tested this site for "
                "us. If you are one of them, we would like to hear from you.</li></ul>"
            ),
        ),
        section(
            "If you cannot use a page",
            text(
                "<p>If you call us, we can book for you on the phone, read a guide to you, or send "
                "you a large-print handout by post.</p>"
            ),
            action("tel", "Call us"),
        ),
    )
