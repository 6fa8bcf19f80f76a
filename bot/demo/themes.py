"""What the sample e-mails are called and to whom they go: the showcase, single ones, and series that come again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """A kind of e-mail; names and subjects may hold {month}, {year} and {issue}."""

    name: str
    subjects: tuple[str, ...]  #: in turn, an issue each
    lists: tuple[str, ...]
    campaign: str | None = None
    team: str | None = None
    unit: str = "Europe"
    type: str = "regular"
    language: str = "en"
    workflow: str | None = None
    articles: int = 4
    weight: float = 1.0  #: size, against an ordinary e-mail
    held_out: float = 0.0  #: share of those selected who are not sent it, to see what sending brings


AMERICA = "North America"

SHOWCASE = Theme(
    "newsletter-may",
    ("Spring is here: twelve ideas for your garden 🌱",),
    ("Newsletter", "Customers NL", "Trial users"),
    campaign="Spring {year}",
    team="Growth",
    articles=9,
    weight=5.0,
)

#: Once each: the workflow's e-mails, and names and subjects that try whoever shows them.
SINGLES = (
    Theme(
        "onboarding-1-welcome",
        ("Welcome! Your first bed in ten minutes",),
        ("Trial users", "Newsletter"),
        campaign="Onboarding",
        team="Product",
        type="automated",
        workflow="Onboarding",
        weight=1.4,
    ),
    Theme(
        "sale: *last day* <!channel> & friends",
        ("Last day: 25 % off everything *with roots* <!channel> <@U012AB3CD> & `more`",),
        ("Customers BE", "VIP klanten", "Trial users"),
        campaign="Sales",
        team="Retention",
        held_out=0.1,
    ),
    Theme(
        "مرحبا – collection {year}",
        ("\u202eHello\u202c 👋🏽 مرحبا: للجميع — שלום",),
        ("Customers US & Canada",),
        unit=AMERICA,
    ),
    Theme(
        "onboarding-2-first-week",
        ("How is your first week going?",),
        ("Trial users", "Newsletter"),
        campaign="Onboarding",
        team="Product",
        type="automated",
        workflow="Onboarding",
    ),
    Theme(
        "Autumn & winter collection, second send to everybody who did not open the first one, in English only, "
        "version 7 FINAL (approved by marketing, legal and Zoë)",
        (
            (
                "A very long subject, because somebody wanted to say everything at once: new bulbs, old favourites, "
                "free delivery this week, a workshop, three recipes with pumpkin and, as promised, the answer to last "
                "month's quiz"
            ),
        ),
        ("Newsletter", "Customers US & Canada"),
        campaign="Autumn collection",
        unit=AMERICA,
    ),
    Theme(
        "onboarding-3-invite",
        ("Gardening is nicer together, {{ first_name }}",),
        ("Trial users", "Newsletter"),
        campaign="Onboarding",
        team="Product",
        type="automated",
        workflow="Onboarding",
        weight=0.7,
    ),
    Theme(
        '=HYPERLINK("https://www.example.com";"prijslijst")',
        ('<b>Prijzen</b> & "voorwaarden" <script>alert(1)</script>',),
        ("VIP klanten", "Customers BE"),
        language="nl",
        weight=0.4,
    ),
    Theme("test", ("\u200b \u00a0",), ("VIP klanten",), team="Growth", articles=1, weight=0.1),
)

#: Again and again, in turn; each name holds {issue}, so that no two are alike.
SERIES = (
    Theme(
        "nieuwsbrief-{month}-{issue}",
        ("Nieuws van {month}: dit wil je niet missen", "Tijd voor de tuin 🌷", "Vijf tips voor {month}"),
        ("Customers NL", "VIP klanten"),
        campaign="Nieuwsbrieven",
        team="Growth",
        language="nl",
        articles=6,
        weight=1.3,
    ),
    Theme(
        "newsletter-{month}-{issue}",
        ("What grows in {month}, and three offers", "Your garden in {month}", "Four things to do before it rains"),
        ("Newsletter", "Customers BE"),
        campaign="Newsletters",
        team="Growth",
        articles=7,
        weight=1.6,
    ),
    Theme(
        "product-update-{issue}",
        (
            "New in the app: plan your beds by drag and drop",
            "Three small things you asked for",
            "The planner got faster",
        ),
        ("Trial users", "Customers US & Canada"),
        campaign="Product updates",
        team="Product",
        unit=AMERICA,
    ),
    Theme(
        "blog-{issue}",
        ("This week on the blog: pruning without tears ✂️", "New on the blog: compost, and no smell"),
        ("Blog subscribers",),
        type="blog",
        articles=3,
        weight=0.7,
    ),
    Theme(
        "aanbieding-{month}-{issue}",
        ("Alleen dit weekend: 20 % korting op zaden", "Nog 24 uur ⏰", "Speciaal voor jou, vaste klant"),
        ("Customers NL", "Customers BE", "VIP klanten"),
        campaign="Aanbiedingen",
        team="Retention",
        language="nl",
        articles=3,
    ),
    Theme(
        "sale-{month}-{issue}",
        ("Free delivery until Sunday", "Bulbs: buy two, get one", "We miss you. Here is 10 %"),
        ("Customers US & Canada", "VIP klanten"),
        campaign="Sales",
        team="Retention",
        unit=AMERICA,
        articles=4,
    ),
)

MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
}
