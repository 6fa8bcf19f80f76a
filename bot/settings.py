"""Everything that can be set, in one typed tree, from config.toml and from EMAILSTATS_* variables.

The environment wins over the file. Nested names are joined by two underscores: EMAILSTATS_WEB__PORT sets `web.port`.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.access_settings import Access
from bot.brand_settings import Branding
from bot.export_settings import Exports
from bot.machine_settings import Machines
from bot.mail.settings import Mail
from bot.part import Part, long_enough
from bot.privacy_settings import Privacy
from bot.provider_settings import Providers, Webhooks
from bot.subscription_settings import Subscriptions

PREFIX = "EMAILSTATS_"
#: Read when no other file is named; it may be absent.
DEFAULT_PATH = Path("config.toml")


class SettingsError(Exception):
    """Says everything that is wrong with the settings, one line a key, with no secret in it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("the settings need mending:\n" + "\n".join(f"  {problem}" for problem in problems))


def _known_zone(name: str) -> str:
    zones = available_timezones()
    if name not in zones:
        found = difflib.get_close_matches(name, zones, n=1)
        raise ValueError("should be an IANA time zone" + (f", perhaps {found[0]}" if found else ""))
    return name


def _known_locale(name: str) -> str:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - tables that only this check needs

    try:
        return str(Locale.parse(name, sep="-" if "-" in name else "_"))
    except (ValueError, UnknownLocaleError):
        raise ValueError("should be a language, or a language and a country") from None


def _http_url(url: str) -> str:
    """Kept as text, always with the slash that method names are put after."""
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        raise ValueError("should be an http or https URL")
    return url if url.endswith("/") else url + "/"


def _public_url(url: str) -> str:
    """Kept without a slash at its end."""
    return _http_url(url).rstrip("/")


def _database_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("should begin with sqlite:/// or postgresql://")
    return url


def _begins_with(*prefixes: str) -> AfterValidator:
    """Slack's tokens say what they are; the wrong one in the wrong place is the commonest mistake."""

    def check(token: SecretStr) -> SecretStr:
        if not token.get_secret_value().startswith(prefixes):
            raise ValueError(f"should begin with {prefixes[0]}")
        return token

    return AfterValidator(check)


class Database(Part):
    url: Annotated[SecretStr, AfterValidator(_database_url)] = Field(
        SecretStr("sqlite:///data/emailstats.db"),
        description="Where the events are kept: a SQLite file, or a PostgreSQL 15+ database.",
        examples=["postgresql://emailstats:password@localhost/emailstats"],
    )


class Slack(Part):
    mode: Literal["off", "socket", "http"] = Field(
        "off",
        description="How Slack reaches the service: over a socket it opens itself, by HTTP requests, or not at all.",
        examples=["socket"],
    )
    bot_token: Annotated[SecretStr, _begins_with("xoxb-", "xoxe.xoxb-")] | None = Field(
        None, description="The bot user's OAuth token; needed unless the mode is off.", examples=["xoxb-…"]
    )
    app_token: Annotated[SecretStr, _begins_with("xapp-")] | None = Field(
        None, description="The app-level token with connections:write; needed in socket mode.", examples=["xapp-…"]
    )
    signing_secret: Annotated[SecretStr, AfterValidator(long_enough)] | None = Field(
        None, description="Proves that a request came from Slack; needed in http mode.", examples=["8f742231b10e8888…"]
    )
    base_url: Annotated[str, AfterValidator(_http_url)] = Field(
        "https://slack.com/api/",
        description="Slack's Web API; changed only for tests.",
        examples=["https://slack.com/api/"],
    )

    @model_validator(mode="after")
    def _complete(self) -> "Slack":
        needed = {"off": (), "socket": ("bot_token", "app_token"), "http": ("bot_token", "signing_secret")}[self.mode]
        missing = [f"slack.{name}" for name in needed if getattr(self, name) is None]
        if missing:
            raise ValueError(f'mode "{self.mode}" needs {" and ".join(missing)} as well')
        return self


class Web(Part):
    host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="The address to listen on; 0.0.0.0 in a container.",
        examples=["0.0.0.0"],  # noqa: S104 - an example, not a binding
    )
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on; 0 takes any free one.", examples=[8080])
    public_url: Annotated[str, AfterValidator(_public_url)] | None = Field(
        None,
        description="Where people reach this service from outside; links in mails and to files begin with it.",
        examples=["https://emailstats.example.com"],
    )


class Defaults(Part):
    zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC", description="The time zone of people whose own is not known.", examples=["Europe/Amsterdam"]
    )
    locale: Annotated[str, AfterValidator(_known_locale)] = Field(
        "en", description="The language and number format of people whose own are not known.", examples=["nl_NL"]
    )


class Log(Part):
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least serious event that is logged.", examples=["info"]
    )
    format: Literal["json", "text"] = Field(
        "json", description="One JSON object a line for a log store, or text for a person.", examples=["text"]
    )


class Charts(Part):
    workers: int = Field(
        2, ge=1, le=32, description="Processes that draw charts; each keeps about 100 MiB.", examples=[2]
    )
    theme: Literal["light", "dark"] = Field("light", description="The background of charts.", examples=["dark"])


def _explained(sentences: tuple[str, ...]) -> tuple[str, ...]:
    for one in sentences:
        if not re.fullmatch(r"\s*([245]\d\d|[245]\.\d{1,3}\.\d{1,3}|[A-Z_]{3,})\s*=\s*\S.*", one):
            raise ValueError("should be a status code or a category, an equals sign and a sentence")
    return sentences


class Bounces(Part):
    sentences: Annotated[tuple[str, ...], AfterValidator(_explained)] = Field(
        (),
        description="Your own explanations of bounces, which go before ours: a status code or category, =, a sentence.",
        examples=['["5.7.1=Their filter refused us; ask IT to be let through."]'],
    )

    def by_code(self) -> dict[str, str]:
        pairs = (one.partition("=") for one in self.sentences)
        return {code.strip(): sentence.strip() for code, _equals, sentence in pairs}


class Settings(Part):
    """The whole tree. Made by `load`; a test may make its own from keyword arguments."""

    database: Database = Field(default_factory=Database)
    slack: Slack = Field(default_factory=Slack)
    web: Web = Field(default_factory=Web)
    defaults: Defaults = Field(default_factory=Defaults)
    log: Log = Field(default_factory=Log)
    charts: Charts = Field(default_factory=Charts)
    access: Access = Field(default_factory=Access)
    bounces: Bounces = Field(default_factory=Bounces)
    machines: Machines = Field(default_factory=Machines)
    privacy: Privacy = Field(default_factory=Privacy)
    subscriptions: Subscriptions = Field(default_factory=Subscriptions)
    mail: Mail = Field(default_factory=Mail)
    webhooks: Webhooks = Field(default_factory=Webhooks)
    exports: Exports = Field(default_factory=Exports)
    brand: Branding = Field(default_factory=Branding)
    providers: Providers = Field(default_factory=Providers)

    @model_validator(mode="after")
    def _leavable(self) -> "Settings":
        if self.mail.host is not None and self.web.public_url is None:
            raise ValueError(
                "mail.host needs web.public_url as well, for every mail has a link to leave by;"
                " for example: https://emailstats.example.com"
            )
        return self


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Settings from a file and the environment. Without `path`, config.toml is read if it is there.

    Raises SettingsError with everything that is wrong at once.
    """
    from_environment = _read_environment(environ)
    try:
        return Settings.model_validate(_over(_read_file(path), from_environment))
    except ValidationError as error:
        raise SettingsError([_sentence(problem, from_environment) for problem in error.errors()]) from None


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """One tree over another, key by key."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def leaves(part: type[Part] | None = None, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting: its dotted key and its field, in the order of the file."""
    for name, field in (part or Settings).model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Part):
            yield from leaves(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, field


def variable(key: str) -> str:
    """The environment variable that sets a key."""
    return PREFIX + key.upper().replace(".", "__")


def _read_file(path: Path | None) -> dict[str, Any]:
    try:
        with (path or DEFAULT_PATH).open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        if path is None:
            return {}
        raise SettingsError([f"{path}: there is no such file; config.example.toml is one to start from"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path or DEFAULT_PATH}: cannot be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"{path or DEFAULT_PATH}: is not TOML: {error}"]) from None


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX):
            continue
        *parts, leaf = name.removeprefix(PREFIX).lower().split("__")
        branch: Any = tree
        for part in parts:
            branch = branch.setdefault(part, {}) if isinstance(branch, dict) else None
        if isinstance(branch, dict):
            branch[leaf] = value
    return tree


def _sentence(problem: ErrorDetails, from_environment: Mapping[str, Any]) -> str:
    """One line: the key, what is wrong with its value, and an example; a secret's value is not repeated."""
    known = dict(leaves())
    key = _key(problem, known)
    name = f"{key} ({variable(key)})" if _is_in(from_environment, key) else key
    if problem["type"] == "extra_forbidden":
        found = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        return f"{name} is not a setting" + (f"; did you mean {found[0]}?" if found else "")
    fault = str(problem["ctx"]["error"]) if problem["type"] == "value_error" else problem["msg"]
    if key not in known:  # a whole table is wrong, or does not go together
        is_table = problem["type"] == "value_error"
        if not key:  # two tables do not go together
            return fault
        return f"{key}: {fault}" if is_table else f"{key} should be a table: [{key}], or {variable(key)}__… variables"
    field = known[key]
    given = "" if is_secret(field) else f" is {_shown(problem['input'])}, but"
    return f"{name}{given} {fault.removeprefix('Input ')}; for example: {(field.examples or [''])[0]}"


def _key(problem: ErrorDetails, known: Mapping[str, FieldInfo]) -> str:
    """The setting that a problem is about: below a setting that is a list, a problem names the item."""
    steps = [str(step) for step in problem["loc"]]
    lengths = (length for length in range(1, len(steps)) if ".".join(steps[:length]) in known)
    return ".".join(steps[: next(lengths, len(steps))])


def _is_in(tree: Mapping[str, Any], key: str) -> bool:
    """Whether a tree sets a key to a value, and not to a table."""
    first, _, rest = key.partition(".")
    value = tree.get(first)
    return _is_in(value, rest) if isinstance(value, dict) and rest else first in tree and not isinstance(value, dict)


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting's value is never shown."""
    return "SecretStr" in str(field.annotation)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
