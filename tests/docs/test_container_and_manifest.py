"""What cannot be tried without an engine or a workspace: the image's recipe and Slack's manifest, read as text."""

import re
import shlex
from pathlib import Path

import pytest
from starlette.routing import Route

from bot.web.app import build_web
from store.engine import open_engine

ROOT = Path(__file__).parents[2]


@pytest.fixture
def recipe() -> list[str]:
    """The Dockerfile's instructions, one a line."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def test_the_image_copies_only_what_exists_and_the_builder_is_sent(recipe: list[str]) -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    sources = [
        source.removeprefix("./")
        for line in recipe
        if line.startswith("COPY") and "--from" not in line
        for source in shlex.split(line)[1:-1]
    ]
    assert "bot" in sources
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored


def test_the_image_installs_by_hash_in_a_stage_that_is_left_behind(recipe: list[str]) -> None:
    stages = [number for number, line in enumerate(recipe) if line.startswith("FROM")]
    installs = [number for number, line in enumerate(recipe) if "pip install" in line]
    assert len(stages) == 2
    assert installs and all(number < stages[1] for number in installs)
    assert all("--require-hashes" in recipe[number] or "--no-deps" in recipe[number] for number in installs)


def test_the_image_runs_as_an_ordinary_user(recipe: list[str]) -> None:
    (user,) = [line.split()[1] for line in recipe if line.startswith("USER")]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert recipe[-2:] == ['ENTRYPOINT ["emailstats"]', 'CMD ["run"]']


def test_the_image_is_asked_for_its_health_where_the_service_answers(recipe: list[str], tmp_path: Path) -> None:
    (check,) = [line for line in recipe if line.startswith("HEALTHCHECK")]
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    paths = [route.path for route in build_web(engine, None).routes if isinstance(route, Route)]
    engine.dispose()
    assert re.findall(r"'(/\w+)'", check) == ["/healthz"]
    assert "/healthz" in paths


#: What Slack's documentation asks for each method of its Web API that the bot calls.
SCOPES: dict[str, set[str]] = {
    "auth_test": set(),
    "chat_postMessage": {"chat:write", "im:write"},
    "chat_unfurl": {"links:write"},
    "chat_update": {"chat:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations_history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations_open": {"im:write"},
    "functions_completeError": set(),
    "functions_completeSuccess": set(),
    "files_info": {"files:read"},
    "files_upload_v2": {"files:write"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}


#: What Slack's documentation asks for each event that the manifest subscribes to.
EVENT_SCOPES: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "message.im": {"im:history"},
    "function_executed": set(),
    "link_shared": {"links:read"},
}


def test_the_manifest_asks_for_the_scopes_of_the_methods_that_are_called_and_no_others() -> None:
    folders = (ROOT / "bot" / "slack", ROOT / "bot" / "digests")
    code = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    called = set(re.findall(r"client\.((?:[a-z]+_)+[a-zA-Z0-9]+)[(,]", code))
    assert called == set(SCOPES)
    manifest = (ROOT / "slack-manifest.yaml").read_text()
    asked = re.findall(r"^ +- ([\w:]+) +# \S", manifest, flags=re.MULTILINE)
    assert sorted(asked) == sorted({"commands"}.union(*SCOPES.values(), *EVENT_SCOPES.values()))
    events = re.findall(r"^ +bot_events:\n((?: +- [\w.]+\n)+)", manifest, flags=re.MULTILINE)
    assert set(re.findall(r"[\w.]+", events[0])) - {"-"} == set(EVENT_SCOPES)
