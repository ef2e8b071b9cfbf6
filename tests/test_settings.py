"""The environment's variables, and the base URLs they hold."""

from __future__ import annotations

import pickle

import pytest

from nemovideo.errors import UsageError
from nemovideo.settings import CLOUD_API_URL, CLOUD_WEB_URL, Settings, checked_url, config_dir, origin, state_dir


def test_nothing_set() -> None:
    assert Settings.from_environment({}) == Settings(None, CLOUD_API_URL, CLOUD_WEB_URL, None, None, "local")


def test_everything_set() -> None:
    environment = {
        "NEMO_TOKEN": " t ",
        "NEMO_API_URL": "http://host:81/base/",
        "NEMO_WEB_URL": "https://web/",
        "NEMO_CLIENT_ID": "c",
        "SKILL_SOURCE": "cursor",
        "NEMO_BACKEND": "cloud",
    }
    assert Settings.from_environment(environment) == Settings(
        "t", "http://host:81/base", "https://web", "c", "cursor", "cloud"
    )
    assert Settings.from_environment(dict.fromkeys(environment, " ")) == Settings.from_environment({})


@pytest.mark.parametrize(
    "url", ["", "host", "ftp://host", "http://", "http:// host", "https://h o", "//host", "http:///x"]
)
def test_what_is_no_base_url(url: str) -> None:
    with pytest.raises(UsageError, match="NEMO_API_URL"):
        Settings.from_environment({"NEMO_API_URL": url or "x"})


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        checked_url("https://me:geheim@host/", "base_url")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://Host/a/b?c", "https://host"),
        ("https://host:443/", "https://host"),
        ("http://host:80", "http://host"),
        ("http://host:8080/x", "http://host:8080"),
        ("HTTPS://HOST", "https://host"),
        ("https://host?x", "https://host"),
        ("https://host#x", "https://host"),
        ("https://host.evil.example", "https://host.evil.example"),
        ("https://me@evil.example", "https://me@evil.example"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_the_origin_of_a_url(url: str, found: str) -> None:
    assert origin(url) == found


def test_the_folders_are_the_users_own(world) -> None:
    assert world in config_dir().parents
    assert world in state_dir().parents
    assert not config_dir().exists()


def test_a_token_is_neither_shown_nor_pickled() -> None:
    settings = Settings.from_environment({"NEMO_TOKEN": "geheim"})
    assert "geheim" not in f"{settings!r} {settings}"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(settings)
    with pytest.raises(UsageError) as caught:
        checked_url("ftp://me:geheim@host/", "base_url")
    assert "geheim" not in str(caught.value)
