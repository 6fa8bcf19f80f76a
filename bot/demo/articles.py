"""What the sample e-mails write about: titles, a sentence each, and the page that they lead to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """One item of a newsletter; `page` is an absolute URL without a query."""

    title: str
    text: str
    page: str
    button: str


_SHOP = "https://shop.example.com"
_BLOG = "https://blog.example.org"
_APP = "https://app.example.net"
_SITE = "https://www.example.com"

ARTICLES = {
    "en": (
        Article(
            "Twelve ideas for a small garden",
            "A balcony, a doorstep or four square metres: there is always room.",
            f"{_BLOG}/ideas/small-gardens",
            "See all twelve",
        ),
        Article(
            "The sowing calendar",
            "What goes into the ground this month, and what had better wait.",
            f"{_SITE}/calendar/sowing",
            "Open the calendar",
        ),
        Article(
            "Raised beds, now 20 % off",
            "Larch, oiled, and put together in half an hour.",
            f"{_SHOP}/beds/raised",
            "Shop raised beds",
        ),
        Article(
            "Reader's balcony: Amelia, fourth floor",
            "Tomatoes above the tram line, and not a snail in sight.",
            f"{_BLOG}/readers/amelia-fourth-floor",
            "Visit Amelia",
        ),
        Article(
            "Ask an expert",
            "Why are the leaves yellow? Grace answers five questions a week.",
            f"{_BLOG}/ask/yellow-leaves",
            "Read the answers",
        ),
        Article(
            "Watering less, growing more",
            "A clay pot, a wick and a holiday without worries.",
            f"{_BLOG}/how-to/watering-less",
            "Learn how",
        ),
        Article(
            "Seeds that children like",
            "Radishes in three weeks, sunflowers taller than they are.",
            f"{_SHOP}/seeds/children",
            "Shop seeds",
        ),
        Article(
            "Plan your beds by drag and drop",
            "New in the app: neighbours that get on are drawn in green.",
            f"{_APP}/planner",
            "Try the planner",
        ),
        Article(
            "Compost without the smell",
            "Three layers, one fork, ten minutes on Sunday.",
            f"{_BLOG}/how-to/compost",
            "Start composting",
        ),
        Article(
            "Open workshop on Saturday", "Bring secateurs; coffee is on us.", f"{_SITE}/events/workshop", "Save a place"
        ),
        Article(
            "Tools for life",
            "Forged in Sheffield, sharpened for free for as long as you have them.",
            f"{_SHOP}/tools/forged",
            "Shop tools",
        ),
        Article(
            "Your rewards",
            "Leaves you collected can now be turned into vouchers.",
            f"{_APP}/rewards",
            "Look at your rewards",
        ),
        Article(
            "Pruning without tears",
            "Where to cut, when to stop, and what to do with the branches.",
            f"{_BLOG}/how-to/pruning",
            "Read on",
        ),
        Article("Gift cards", "For someone who has everything but basil.", f"{_SHOP}/gift-cards", "Give a card"),
    ),
    "nl": (
        Article(
            "Twaalf ideeën voor een kleine tuin",
            "Een balkon, een stoepje of vier vierkante meter: er is altijd plek.",
            f"{_BLOG}/nl/kleine-tuinen",
            "Bekijk alle twaalf",
        ),
        Article(
            "De zaaikalender",
            "Wat deze maand de grond in gaat, en wat beter nog even wacht.",
            f"{_SITE}/nl/zaaikalender",
            "Open de kalender",
        ),
        Article(
            "Verhoogde bakken, nu 20 % korting",
            "Van lariks, geolied, in een half uur in elkaar.",
            f"{_SHOP}/nl/bakken",
            "Bekijk de bakken",
        ),
        Article(
            "De tuin van lezer Daan",
            "Een geveltuin van dertig centimeter diep, en toch druiven.",
            f"{_BLOG}/nl/lezers/daan",
            "Kijk bij Daan",
        ),
        Article(
            "Vraag het Noor",
            "Waarom worden de blaadjes geel? Elke week vijf antwoorden.",
            f"{_BLOG}/nl/vraag/gele-blaadjes",
            "Lees de antwoorden",
        ),
        Article(
            "Minder water, meer oogst",
            "Een kleipot, een lont en een vakantie zonder zorgen.",
            f"{_BLOG}/nl/minder-water",
            "Zo werkt het",
        ),
        Article(
            "Workshop op zaterdag",
            "Neem een snoeischaar mee; de koffie staat klaar.",
            f"{_SITE}/nl/agenda/workshop",
            "Reserveer een plek",
        ),
        Article(
            "Cadeaubonnen", "Voor wie alles al heeft, behalve basilicum.", f"{_SHOP}/nl/cadeaubonnen", "Geef een bon"
        ),
        Article(
            "Gereedschap voor het leven",
            "Gesmeed, en gratis geslepen zolang je het hebt.",
            f"{_SHOP}/nl/gereedschap",
            "Bekijk het gereedschap",
        ),
        Article(
            "Je spaarpunten",
            "Gespaarde blaadjes zijn nu in te wisselen voor waardebonnen.",
            f"{_APP}/nl/punten",
            "Bekijk je punten",
        ),
    ),
}
