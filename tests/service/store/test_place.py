"""What of a store's URL is shown: where it is, and never a password."""

from __future__ import annotations

import pytest

from service.store import place_of


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://h/0?password=hunter2", "redis://h:6379/0"),
        ("redis://h:7000?username=me&password=hunter2#hunter2", "redis://h:7000"),
        ("redis://me:hunter2@h:7000/3", "redis://h:7000/3"),
        ("rediss://:hunter2@[::1]/0", "rediss://[::1]:6379/0"),
        ("redis://", "redis://localhost:6379"),
        ("sqlite:///var/oneshot.db", "sqlite:///var/oneshot.db"),
        ("sqlite:////var/a#b?.db", "sqlite:////var/a#b?.db"),
    ],
)
def test_a_place_is_told_without_user_password_and_options(url: str, shown: str) -> None:
    assert place_of(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "redis://:12/hunter2@h/0",
        "redis://me:hunter2@h:port/0",
        "redis://me:hunter2@[h/0",
        "redis://me:hunter2@h:99999/0",
        "postgres://me:hunter2@h/db",
        "me:hunter2@h",
        "",
    ],
)
def test_a_url_out_of_form_tells_no_password(url: str) -> None:
    assert "hunter2" not in place_of(url)
