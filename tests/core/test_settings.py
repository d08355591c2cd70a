"""Settings: read from the environment, forgiving in form, silent about secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from core.errors import InvalidInput, Unavailable
from core.settings import (
    ROOT,
    Settings,
    database_url,
    embedded_database_url_file,
    for_demonstration,
    settings,
)

SECRET = "hunter2-hunter2"


@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"]
)
def test_every_form_of_a_postgresql_address_means_our_driver(scheme: str) -> None:
    url = Settings(database_url=SecretStr(f"{scheme}://u:p@h:5/d?x=1")).database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql+psycopg://u:p@h:5/d?x=1"


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://h/d", "h/d", "://"])
def test_another_database_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValidationError, match="must begin with postgresql://"):
        Settings(database_url=SecretStr(url))


def test_printing_the_settings_shows_no_secret() -> None:
    made = Settings(
        database_url=SecretStr(f"postgresql://u:{SECRET}@h/d"),
        master_key=SecretStr(SECRET),
        cookie_secret=SecretStr(SECRET),
    )
    assert SECRET not in repr(made) + str(made)


def test_a_refused_address_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"mysql://u:{SECRET}@h/d")
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert SECRET not in str(refusal.value)


def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_PORT", "high")
    monkeypatch.setenv("SKINCARE_PHOTO_MAX_MB", "-1")
    settings.cache_clear()
    with pytest.raises(InvalidInput) as refusal:
        settings()
    assert "SKINCARE_PORT: Input should be a valid integer" in str(refusal.value)
    assert "SKINCARE_PHOTO_MAX_MB: Input should be greater than 0" in str(refusal.value)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "JWT_SECRET_KEY",
            "canary" + "x" * 25,
            "JWT_SECRET_KEY: needs at least 32 bytes for HS256",
        ),
        ("JWT_ALGORITHM", "none", "JWT_ALGORITHM: "),
        ("JWT_ALGORITHM", "RS256", "JWT_ALGORITHM: "),
        ("JWT_EXPIRATION_HOURS", "0", "JWT_EXPIRATION_HOURS: "),
        ("REDIS_URL", "http://user:canary@localhost", "REDIS_URL: must begin with redis://"),
        ("SKINCARE_METRICS_ALLOW", "everybody", "SKINCARE_METRICS_ALLOW: must be networks"),
        ("SKINCARE_API_UPLOADS_PER_MINUTE", "0", "SKINCARE_API_UPLOADS_PER_MINUTE: "),
    ],
)
def test_settings_of_the_api_that_cannot_be_used_are_named_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(InvalidInput) as refused:
        settings()
    monkeypatch.undo()
    settings.cache_clear()
    assert words in str(refused.value)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(("algorithm", "least"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_key_is_as_long_as_its_algorithm_asks_for(algorithm: str, least: int) -> None:
    from_environment = {"JWT_ALGORITHM": algorithm}
    with pytest.raises(ValidationError, match=f"at least {least} bytes"):
        Settings(_env_file=None, **from_environment, JWT_SECRET_KEY="k" * (least - 1))  # type: ignore[arg-type]
    known = Settings(_env_file=None, **from_environment, JWT_SECRET_KEY="k" * least)  # type: ignore[arg-type]
    assert "kkk" not in repr(known)


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_PORT", "")
    monkeypatch.setenv("DATABASE_URL", "")
    assert (Settings().port, Settings().database_url) == (8501, None)


def test_hosts_are_given_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_ALLOWED_HOSTS", " a.example , b.example,")
    assert Settings().allowed_hosts == ("a.example", "b.example")


def test_a_relative_folder_is_the_projects_wherever_the_program_was_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKINCARE_VAR", "elsewhere")
    assert Settings().var == ROOT / "elsewhere"


def test_photos_are_in_the_var_folder_until_told_otherwise(var: Path) -> None:
    assert settings().photo_store == f"file://{var}/photos"


def test_a_file_of_settings_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "env").write_text("SKINCARE_PHOTOS_PER_DAY=7\nUNRELATED=1\n")
    monkeypatch.setenv("SKINCARE_ENV_FILE", str(tmp_path / "env"))
    settings.cache_clear()
    assert settings().photos_per_day == 7
    monkeypatch.undo()
    settings.cache_clear()


def test_without_a_database_the_way_to_start_one_is_said(var: Path) -> None:
    with pytest.raises(Unavailable, match=r"run\.py"):
        database_url()


def test_the_embedded_servers_address_is_found(var: Path) -> None:
    file = embedded_database_url_file(var)
    file.parent.mkdir()
    file.write_text("postgresql+psycopg://here\n")
    assert database_url() == "postgresql+psycopg://here"


@pytest.mark.parametrize("store", ["", "s3://bucket/photos"])
def test_the_demonstration_shares_nothing_with_the_real_product(
    store: str, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKINCARE_DEMONSTRATION", "")  # so that it is put back after the test
    monkeypatch.setenv("SKINCARE_PHOTO_STORE", store)
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@h/skin?sslmode=require")
    settings.cache_clear()
    real = for_demonstration()
    demonstration = settings()
    assert demonstration.demonstration
    assert demonstration.var != real.var
    assert demonstration.photo_store not in (real.photo_store, "")
    assert database_url() == "postgresql+psycopg://u@h/skin_demo?sslmode=require"
