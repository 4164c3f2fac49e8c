"""Every fact of the guide is on the page that patients read, and nothing contradicts it."""

import re

import html5lib
import pytest

FACTS = {
    "title": "The Iliopsoas",
    "headline": "hip muscle no one talks about",
    "why and how": "why it matters and how to keep it happy",
    "advice only": "do not replace your own good judgement, or a visit to a doctor",
    "a group of two": "a group of two main muscles, the psoas and the iliacus",
    "psoas starts": "psoas starts at the lumbar spine, in your low back",
    "iliacus starts": "iliacus starts at your hip bone",
    "merge": "the two merge",
    "attach": "Together they attach to the femur",
    "main flexor": "main muscle that bends your hip",
    "outward rotation": "turns your thigh outwards",
    "flexes the trunk": "pulls your trunk forward at the hip",
    "side bend by psoas alone": "one thing without the iliacus, which is to bend your trunk to the side",
    "normal curve": "stand normally, it helps to keep the natural curve of your low back",
    "opposite": "works directly against the gluteus maximus",
    "hamstrings": "the hamstrings, at the back of your thigh",
    "sitting": "Most of us sit a lot",
    "tightness": "make it tight",
    "back of the hip": "affect the muscles at the back of your hip",
    "hip and knee": "problems at the hip and the knee",
    "keep it loose": "keeping this muscle from getting too tight",
    "seated": "Lift one knee, so that your thigh leaves the chair",
    "brace": "Brace your core",
    "protects the back": "This protects your back",
    "15 each leg": "15 times with each leg",
    "breathing": "breathe all the way through",
    "lying": "Keep the other knee straight",
    "45 degrees": "about 45 degrees",
    "then stretch": "Then stretch",
    "opposite to stretch": "the opposite of what it does",
    "extension": "your thigh goes behind you and your trunk stays tall or leans back a little (extension)",
    "several ways": "You can kneel, or lie on your back",
    "hold": "30 seconds to one minute",
    "call": "Call us for a stretching consultation, for this muscle or any other",
    # The further facts, with sources.
    "levels": "from T12 to L5",
    "discs": "bones and discs",
    "iliac fossa": "iliac fossa",
    "lesser trochanter": "lesser trochanter",
    "nerves": "Branches of L1 and L2, and the femoral nerve (L2 to L4)",
    "helps support": "helps support",
    "small moments": "bends the spine only weakly",
    "large compression": "press the bones of the spine together with a large force",
    "6.1 degrees": "could on average be moved 6.1 degrees further back",
    "linked": "linked with",
    "most adults": "10 to 30 seconds",
    "older adults": "Older adults may gain more from 30 to 60 seconds",
    "days": "at least 2 or 3 days a week",
    "discomfort": "slight discomfort",
    "strength days": "work your main muscles on at least 2 days a week",
    "repeats": "2 to 4 times",
    "both guidelines": "Two holds of 30 seconds fit both guidelines",
    "pictures": "the dark leg with the dashed line is the one to exercise",
    "60 s in all": "about 60 seconds in all for each stretch",
    "pelvis tuck": "Tuck your pelvis under",
    "plain lunge": "A plain lunge did not",
    "sensitivity": "sensitivity 32%",
    "specificity": "specificity 57%",
    "no self-test": "We do not give you a test to do at home",
    "hip replacement": "do not do these exercises until you have asked your surgeon",
    "any approach": "depends on how your operation was done",
    "back pain": "the seated knee lift is the safer one",
    "pregnant": "Ask us first if you are pregnant",
    "under 16": "do not do these exercises, and ask us",
    "older study": "measured with the very test that we call misleading",
    "load, not support": "how much load it puts on the spine, not how much it holds it up",
    "stop": "Stop, and call 999",
    "fracture": "cannot lift or move your leg, or put weight on it",
    "shorter": "shorter than the other, or turned out",
    "numb": "numb around your genitals or your back passage",
    "bladder": "new trouble with your bladder or bowels",
    "hot joint": "hot, swollen, red or a changed colour",
    "no fever needed": "with or without a fever",
    "clot": "newly swollen, or throbbing, or warm and sore",
    "lung": "newly short of breath, have chest pain",
    "both legs": "weakness or numbness in both legs",
    "cancer": "have or had cancer",
    "fall": "began after any other fall",
    "worse": "getting worse",
    "weight": "losing weight without trying",
    "abscess": "pain in your back, side (flank), groin or hip",
    "limp": "a fever and a limp",
    "times": "within 2 weeks",
}
SOURCES = [
    "NBK531508",
    "10.1016/0268-0033(92)90024-X",
    "10.1016/j.msksp.2020.102282",
    "11th edition",
    "10.1249/MSS.0b013e318213fefb",
    "10.1186/s12891-024-07988-9",
    "10.7717/peerj.2325",
]


@pytest.fixture
def page(client, guide):
    html = client.get(guide.url).content.decode()
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    words = " ".join("".join(tree.find(".//main").itertext()).split())
    return html, words


def test_every_fact_is_on_the_page(page):
    _, words = page
    missing = [name for name, said in FACTS.items() if said.lower() not in words.lower()]

    assert missing == []


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_is_named(page, source):
    assert source in page[0]


def test_claims_are_labelled(page):
    _, words = page

    for label in (
        "Textbook knowledge",
        "Expert guideline",
        "Tested in a trial",
        "Measured in a study",
        "A link only: cause not shown",
        "Our clinic’s view",
    ):
        assert label in words


def test_chain_to_the_knee_is_our_view(page):
    _, words = page
    chain = words[words.index("In our view this can lead") :]

    assert chain.index("Our clinic’s view") < chain.index("Before you start")
    assert "although studies have not shown that one causes the other" in chain


def test_the_disclaimer_comes_before_the_first_section(page):
    _, words = page

    assert words.index("do not replace your own good judgement") < words.index("a group of two")


def test_warnings_come_before_the_exercises(page):
    _, words = page
    first = words.index("Sit tall on a firm chair")

    for said in ("do not do these exercises until", "Get emergency help now", "Get help today"):
        assert words.index(said) < first


def test_reference_numbers_lead_to_the_list(page):
    html, _ = page

    for number in set(re.findall(r'href="#source-(\d+)"', html)):
        assert f'id="source-{number}"' in html


def test_links_inside_the_page_lead_somewhere(page):
    html, _ = page
    ids = set(re.findall(r'\bid="([^"]+)"', html))

    assert set(re.findall(r'href="#([^"]+)"', html)) <= ids


def test_glossary_words_are_explained_once(page):
    html, _ = page

    for key in ("psoas", "iliacus", "femur", "lumbar-spine", "gluteus-maximus"):
        assert html.count(f'popovertarget="term-{key}"') == 1
        assert html.count(f'id="term-{key}"') == 1
