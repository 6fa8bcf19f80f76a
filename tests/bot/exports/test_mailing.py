"""A link is mailed once to each address, tried again where a server asks for it, and never with what is too large."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.exports.exporting import Link
from bot.exports.mailing import ExportMail
from bot.exports.telling import Telling
from bot.exports.told import Told
from bot.mail.letter import Attachment
from store import exports
from store.exports import Job, Made, State, Wanted
from store.ledger import Outcome, OutcomeKind
from tests.bot.exports.bench import NOW, WEEK, Bench, fill, query, until

CONTENT = b"a file"
LATER = timedelta(minutes=6)
BOTH = ("anna@example.com", "bob@example.com")


class Post:
    """Keeps what is to be mailed; `answers` are what the server says to an address, by default that it has it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Sequence[str], Sequence[Attachment]]] = []
        self.answers: dict[str, list[OutcomeKind]] = {}

    async def notify(
        self,
        to: str,
        subject: str,
        paragraphs: Sequence[str],
        link: tuple[str, str] | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Outcome:
        self.sent.append((to, subject, paragraphs, attachments))
        waiting = self.answers.get(to)
        return Outcome(waiting.pop(0) if waiting else OutcomeKind.SENT)


@pytest.fixture
def bench(engine: Engine, tmp_path: Path) -> Bench:
    fill(engine)
    return Bench(engine, tmp_path / "files")


def _made(bench: Bench, *, reveal: bool = False) -> Job:
    """A file of which nobody knows yet."""
    wanted = Wanted("U1", query(), "csv", reveal, told=Told("", BOTH).to_json())
    exports.ask(bench.engine, wanted, NOW)
    job = exports.claim(bench.engine, "dead", NOW, timedelta(seconds=1))
    assert job is not None
    (bench.storage.workplace() / "x").write_bytes(CONTENT)
    bench.storage.put("1-1-x", bench.storage.workplace() / "x")
    made = Made("1-1-x", "may.csv", "text/csv", len(CONTENT))
    return exports.finish(bench.engine, job, "dead", made, NOW, WEEK, timedelta(seconds=1))


async def _tell(bench: Bench, post: Post, tries: int) -> list[State]:
    """What it is after each of so many tries, some minutes apart."""
    return [await _try(bench, post) for _ in range(tries)]


async def _try(bench: Bench, post: Post) -> State:
    bench.at += LATER
    before = len(post.sent)
    mail = ExportMail(bench.engine, post.notify, bench.storage)
    async with bench.open(tells=Telling(lambda token: f"https://e.example/d/{token}", mail=mail)):
        await until(lambda: len(post.sent) > before or bench.get(1).state is State.MADE)
    return bench.get(1).state


async def test_every_address_gets_one_mail(bench: Bench) -> None:
    post = Post()
    _made(bench)
    assert await _tell(bench, post, 2) == [State.MADE, State.MADE]
    assert [to for to, *_ in post.sent] == list(BOTH)
    _to, subject, paragraphs, _attached = post.sent[0]
    assert subject == "may.csv is ready"
    assert "recipients may" in paragraphs[0] and "6 bytes" in paragraphs[0]
    assert "good until Mon" in paragraphs[1] and "CEST" in paragraphs[1]


async def test_a_server_that_asks_for_patience_is_asked_again_for_that_address_alone(bench: Bench) -> None:
    post = Post()
    post.answers["anna@example.com"] = [OutcomeKind.TRANSIENT, OutcomeKind.TRANSIENT]
    _made(bench)
    assert await _tell(bench, post, 3) == [State.TELLING, State.TELLING, State.MADE]
    assert [to for to, *_ in post.sent] == ["anna@example.com", "bob@example.com", *["anna@example.com"] * 2]


@pytest.mark.parametrize("answer", [OutcomeKind.PERMANENT, OutcomeKind.UNKNOWN])
async def test_what_is_refused_or_may_have_come_is_not_sent_again(bench: Bench, answer: OutcomeKind) -> None:
    post = Post()
    post.answers["anna@example.com"] = [answer]
    _made(bench)
    assert await _tell(bench, post, 1) == [State.MADE]
    assert [to for to, *_ in post.sent] == list(BOTH)


async def test_a_server_that_never_takes_it_is_given_up(bench: Bench) -> None:
    post = Post()
    post.answers = {"anna@example.com": [OutcomeKind.TRANSIENT] * 99}
    _made(bench)
    states = await _tell(bench, post, 9)
    assert states[0] is State.TELLING and states[-1] is State.MADE
    assert [to for to, *_ in post.sent].count("anna@example.com") < 9


@pytest.mark.parametrize(("budget", "reveal", "attached"), [(6, False, 1), (5, False, 0), (0, False, 0), (6, True, 0)])
async def test_a_small_file_is_attached_where_the_settings_say_so_and_no_address_is_in_it(
    bench: Bench, budget: int, reveal: bool, attached: int
) -> None:
    post = Post()
    job = _made(bench, reveal=reveal)
    mail = ExportMail(bench.engine, post.notify, bench.storage, budget)
    mailed = await mail.send(job, Link("https://e.example/d/x", NOW + WEEK))
    assert mailed.missed == () and not mailed.again
    for _to, _subject, paragraphs, attachments in post.sent:
        assert [one.content for one in attachments] == [CONTENT] * attached
        assert ("attached" in paragraphs[-1]) is bool(attached)
    assert (await mail.send(replace(job, told=mailed.job.told), Link("https://e.example/d/y", NOW))).missed == ()
    assert len(post.sent) == 2, "who has it gets it no second time"
