"""Settings come from a file and the environment, and say everything that is wrong with them at once."""

import json
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from pkgutil import iter_modules

import pytest

import providers.webhooks
from bot.settings import Settings, SettingsError, load
from bot.sync.sources import NEEDED

SECRET = "xapp-1-this-must-never-be-shown"


def load_text(tmp_path: Path, text: str, environ: Mapping[str, str] | None = None) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load(path, environ or {})


def problems(tmp_path: Path, text: str = "", environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_text(tmp_path, text, environ)
    return caught.value.problems


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    settings = load_text(tmp_path, "")
    assert settings.slack.mode == "off"
    assert settings.web.port == 8080


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    settings = load_text(tmp_path, '[web]\nport = 9000\n[defaults]\nzone = "Europe/Amsterdam"\n')
    assert (settings.web.port, settings.web.host) == (9000, "127.0.0.1")
    assert settings.defaults.zone == "Europe/Amsterdam"


def test_the_environment_wins_over_the_file_key_by_key(tmp_path: Path) -> None:
    file = '[web]\nport = 9000\nhost = "::1"\n'
    settings = load_text(tmp_path, file, {"EMAILSTATS_WEB__PORT": "9001", "HOME": "/", "EMAILSTATSX": "no"})
    assert (settings.web.port, settings.web.host) == (9001, "::1")


def test_a_wrong_value_names_the_key_the_problem_and_an_example(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "[web]\nport = 99999\n")
    assert problem == "web.port is 99999, but should be less than or equal to 65535; for example: 8080"


def test_a_wrong_variable_is_named_as_a_variable(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, environ={"EMAILSTATS_CHARTS__WORKERS": "many"})
    assert problem.startswith("charts.workers (EMAILSTATS_CHARTS__WORKERS) is 'many', but should be a valid integer")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    told = problems(
        tmp_path, '[log]\nlevel = "loud"\n[web]\nport = -1\n[slack]\nmode = "socket"\n[defaults]\nlocale = "?"\n'
    )
    assert [line.split()[0] for line in told] == ["slack:", "web.port", "defaults.locale", "log.level"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[web]\nprot = 1\n", "web.prot is not a setting; did you mean web.port?"),
        ("[slak]\nmode = 'off'\n", "slak is not a setting; did you mean slack.mode?"),
        ("[zzz]\nqqq = 1\n", "zzz is not a setting"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(tmp_path: Path, text: str, told: str) -> None:
    assert problems(tmp_path, text) == (told,)


def test_an_unknown_variable_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, environ={"EMAILSTATS_DATABSE__URL": "postgresql://u:sesame@h/d"})
    assert problem.startswith("databse is not a setting; did you mean database.url?")
    assert "sesame" not in problem


def test_a_zone_that_does_not_exist_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "[defaults]\nzone = 'Europe/Amsterdm'\n")
    assert "perhaps Europe/Amsterdam" in problem


def test_a_mode_says_which_tokens_it_needs(tmp_path: Path) -> None:
    assert problems(tmp_path, "[slack]\nmode = 'http'\n") == (
        'slack: mode "http" needs slack.bot_token and slack.signing_secret as well',
    )
    complete = load_text(tmp_path, "[slack]\nmode = 'socket'\nbot_token = 'xoxb-1'\napp_token = 'xapp-1'\n")
    assert complete.slack.mode == "socket"


@pytest.mark.parametrize("key", ["slack.bot_token", "slack.app_token", "slack.signing_secret", "database.url"])
def test_a_secret_is_never_shown(tmp_path: Path, key: str) -> None:
    part, name = key.split(".")
    wrong = {
        "bot_token": SECRET,
        "app_token": "xoxb-" + SECRET,
        "signing_secret": SECRET[:9],
        "url": "mysql://" + SECRET,
    }
    (problem,) = problems(tmp_path, f"[{part}]\n{name} = '{wrong[name]}'\n")
    assert problem.startswith(key)
    assert SECRET[:9] not in problem
    right = {"bot_token": "xoxb-" + SECRET, "app_token": SECRET, "signing_secret": SECRET, "url": "sqlite:///" + SECRET}
    settings = load_text(tmp_path, f"[{part}]\n{name} = '{right[name]}'\n")
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()
    assert right[name] == getattr(getattr(settings, part), name).get_secret_value()


def test_a_secret_of_the_wrong_type_is_not_shown_either(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "[slack]\nbot_token = 123456789\n")
    assert "123456789" not in problem


def test_a_table_given_as_a_value_is_explained(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, environ={"EMAILSTATS_LOG": "debug"})
    assert problem == "log should be a table: [log], or EMAILSTATS_LOG__… variables"


def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "[web]\nport = \n")
    assert "config.toml: is not TOML" in problem
    assert "line 2" in problem


def test_a_named_file_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load(tmp_path / "absent.toml", {})


def test_the_base_url_gets_the_slash_that_method_names_follow(tmp_path: Path) -> None:
    settings = load_text(tmp_path, "[slack]\nbase_url = 'http://127.0.0.1:9/api'\n")
    assert settings.slack.base_url == "http://127.0.0.1:9/api/"


def test_the_example_file_is_the_default(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "config.example.toml"
    assert load(example, {}) == Settings()
    assert tomllib.loads(example.read_text())


def test_a_table_within_a_table_is_set_by_file_and_variable(tmp_path: Path) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:ses-events"
    settings = load_text(
        tmp_path,
        "[providers.mailgun]\nsecret = 'a long random word'\nmax_age_minutes = 5\n",
        {"EMAILSTATS_PROVIDERS__SES__TOPICS": f"{topic}, {topic}2", "EMAILSTATS_PROVIDERS__SENDGRID__EMAIL_ID": "a.b"},
    )
    assert settings.providers.mailgun.max_age_minutes == 5
    assert settings.providers.mailgun.proof() == {
        "secrets": ("a long random word",),
        "max_age": timedelta(minutes=5),
    }
    assert settings.providers.sendgrid.proof() == {}
    assert settings.providers.sendgrid.email_id == ("a.b",)
    assert settings.providers.ses.topics == (topic, topic + "2")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[providers.sengrid]\nsecret = 'x'\n", "providers.sengrid is not a setting; did you mean providers.sendgrid."),
        ("[providers.ses]\ntopics = ['mine']\n", "providers.ses.topics is ['mine'], but should be names of SNS topics"),
        ("[providers.ses]\ntopics = [5]\n", "providers.ses.topics is 5, but should be a valid string"),
        ("[providers.ses]\nemail_id = []\n", "providers.ses.email_id is [], but should name a field"),
        ("[providers.ses]\nsecret = 'short one'\n", "providers.ses.secret should have 16 characters or more"),
        ("[providers.sendgrid]\nsecret = 'MFkwEwYHKoZIzj0CAQY'\n", "providers.sendgrid.secret should be the whole"),
        ("[providers.sendgrid]\nsecret = 'short one'\n", "providers.sendgrid.secret should be the whole"),
        ("[providers.resend]\nsecret = 'short one, but long enough'\n", "providers.resend.secret should begin with"),
        ("[providers]\nses = 5\n", "providers.ses should be a table: [providers.ses], or"),
    ],
)
def test_what_is_wrong_in_a_table_within_a_table_is_named(tmp_path: Path, text: str, told: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(told)
    assert "short one" not in problem


def test_every_provider_that_calls_us_or_is_asked_has_its_table() -> None:
    calling = {module.name for module in iter_modules(providers.webhooks.__path__)}
    assert set(type(Settings().providers).model_fields) == calling | NEEDED.keys()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"token": "pat-eu1-short-secret"}, "token should be the whole access token, as HubSpot shows it; for example"),
        ({"base_url": "http://api.hubapi.com/"}, "base_url is 'http://api.hubapi.com/', but should be an https URL"),
        ({"base_url": "https://user@evil.example/"}, "should be an https URL"),
        ({"requests": 5}, "requests is 5, but should be greater than or equal to 10"),
    ],
)
def test_what_could_not_be_pulled_with_is_refused(table: dict[str, object], told: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[providers.hubspot]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items()))
    with pytest.raises(SettingsError) as error:
        load(path, {})
    assert told in str(error.value)
    assert "short-secret" not in str(error.value)


_MAIL = '[web]\npublic_url = "https://stats.example.com"\n[mail]\nhost = "smtp.example.com"\n'


def test_mail_is_set_up_with_a_server_a_sender_and_where_to_leave(tmp_path: Path) -> None:
    mail = load_text(tmp_path, _MAIL + 'sender = "Reports@EXAMPLE.com"\n').mail
    assert (mail.sender, mail.tls, mail.at_port) == ("reports@example.com", "starttls", 587)
    assert load_text(tmp_path, _MAIL + 'sender = "r@example.com"\ntls = "implicit"\n').mail.at_port == 465
    assert load_text(tmp_path, "").mail.host is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (_MAIL, "mail: mail.host needs mail.sender as well; for example: reports@example.com"),
        (
            '[mail]\nhost = "smtp.example.com"\nsender = "r@example.com"\n',
            (
                "mail.host needs web.public_url as well, for every mail has a link to leave by;"
                " for example: https://emailstats.example.com"
            ),
        ),
        (
            '[mail]\nhost = "smtp://smtp.example.com:587"\n',
            (
                "mail.host is 'smtp://smtp.example.com:587', but should be the name or IP address of a mail server,"
                " without smtp:// and without a port; for example: smtp.example.com"
            ),
        ),
        (
            '[mail]\nsender = "Us <r@example.com>"\n',
            (
                "mail.sender is 'Us <r@example.com>', but should be one mail address alone; mail.sender_name is"
                " the name beside it; for example: reports@example.com"
            ),
        ),
        (
            '[mail]\nsender_name = "a\\r\\nBcc: x@example.com"\n',
            (
                "mail.sender_name is 'a\\r\\nBcc: x@example.com', but should be a name on one line;"
                " for example: Example's e-mail figures"
            ),
        ),
        ('[mail]\nusername = "u"\n', "mail: mail.username and mail.password go together"),
        (
            _MAIL + 'sender = "r@example.com"\ntls = "none"\nusername = "u"\npassword = "secret-secret"\n',
            (
                'mail: tls "none" would send the password to smtp.example.com for everybody on the way to read;'
                ' use "starttls" or "implicit"'
            ),
        ),
        (
            '[mail]\nca_file = "/nowhere.pem"\n',
            (
                "mail.ca_file is '/nowhere.pem', but should be a file with a certificate (PEM);"
                " for example: /etc/emailstats/ca.pem"
            ),
        ),
    ],
)
def test_mail_that_is_set_up_wrongly_says_what_to_mend(tmp_path: Path, text: str, problem: str) -> None:
    (told,) = problems(tmp_path, text)
    assert told == problem
    assert "secret-secret" not in told


def test_a_file_that_is_no_certificate_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    (problem,) = problems(tmp_path, f'[mail]\nca_file = "{tmp_path / "ca.pem"}"\n')
    assert "should be a file with a certificate (PEM)" in problem


def test_a_password_may_go_in_clear_to_the_same_machine_alone(tmp_path: Path) -> None:
    rest = 'sender = "r@example.com"\ntls = "none"\nusername = "u"\npassword = "p"\n'
    for host in ("localhost", "127.0.0.1", "::1"):
        assert load_text(tmp_path, _MAIL.replace("smtp.example.com", host) + rest).mail.host == host
