"""The promises of compose.yaml and docker/compose.gpu.yaml that can be read without an engine.

docker/prove.sh asserts them of the running containers.
"""

import pytest

from service.settings import Settings
from tests.docker.deployment import ROOT, compose, workdir

SERVICES = ("service", "redis")


def test_redis_syncs_every_write_and_never_evicts() -> None:
    command = compose()["services"]["redis"]["command"]
    flags = dict(zip(command[::2], command[1::2], strict=True))
    assert flags["--appendonly"] == "yes"
    assert flags["--appendfsync"] == "always"
    assert flags["--no-appendfsync-on-rewrite"] == "no"
    assert flags["--maxmemory-policy"] == "noeviction"
    assert flags["--dir"] == "/data"


def test_the_data_outlives_the_container_on_a_named_volume() -> None:
    content = compose()
    assert content["services"]["redis"]["volumes"] == ["redis-data:/data"]
    assert "redis-data" in content["volumes"]


def test_a_renamed_checkout_finds_its_volume_again() -> None:
    assert compose()["name"] == "oneshot-actions"


def test_redis_cannot_be_reached_from_outside() -> None:
    content = compose()
    assert "ports" not in content["services"]["redis"]
    assert content["services"]["redis"]["networks"] == ["store"]
    assert content["networks"]["store"]["internal"] is True


def test_the_service_is_published_on_this_machine_only_and_its_port_can_be_chosen() -> None:
    assert compose()["services"]["service"]["ports"] == ["127.0.0.1:${ONESHOT_PORT:-8000}:8000"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_cannot_write_its_root_or_gain_privileges(name: str) -> None:
    container = compose()["services"][name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]


def test_redis_runs_as_its_own_user_from_the_official_image() -> None:
    redis = compose()["services"]["redis"]
    assert redis["image"] == "redis:8-trixie"
    assert redis["user"] == "redis"


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_watched_restarted_and_given_time_to_stop(name: str) -> None:
    container = compose()["services"][name]
    assert container["healthcheck"]["test"][0] == "CMD"
    assert container["restart"] == "unless-stopped"
    assert container["stop_grace_period"] == "30s"


def test_the_service_is_healthy_only_when_it_is_ready() -> None:
    assert "/readyz" in compose()["services"]["service"]["healthcheck"]["test"][-1]


def test_the_service_starts_when_redis_answers() -> None:
    depends_on = compose()["services"]["service"]["depends_on"]
    assert depends_on == {"redis": {"condition": "service_healthy"}}


def test_the_service_is_built_and_never_pulled_by_its_name() -> None:
    service = compose()["services"]["service"]
    assert service["pull_policy"] == "build"
    assert "image" not in service


def test_every_setting_an_operator_may_choose_is_passed_on() -> None:
    environment = compose()["services"]["service"]["environment"]
    fixed = {"ONESHOT_STORE", "ONESHOT_PROVIDER"}
    # Of the container: the address and the port it listens on.
    inside = {"ONESHOT_HOST", "ONESHOT_PORT"}
    settings = {f"ONESHOT_{field.upper()}" for field in Settings.model_fields}
    assert set(environment) - fixed == settings - fixed - inside
    assert {name for name, value in environment.items() if value is not None} == fixed


def test_files_of_the_operators_own_have_the_same_path_inside_as_in_the_checkout() -> None:
    (mount,) = compose()["services"]["service"]["volumes"]
    assert mount["source"] == "./docker/own"
    assert mount["target"] == workdir() + "/docker/own"
    assert mount["read_only"] is True
    # There in every clone, by the one file that is not ignored: else the engine would make it, as
    # root.
    ignored = (ROOT / "docker" / "own" / ".gitignore").read_text().splitlines()
    assert ignored[-2:] == ["*", "!.gitignore"]


def test_a_machine_without_a_gpu_is_asked_for_none() -> None:
    service = compose()["services"]["service"]
    assert "deploy" not in service
    assert service["environment"]["ONESHOT_PROVIDER"] == "cpu"


def test_the_gpu_file_builds_with_cuda_reserves_a_device_and_never_falls_back() -> None:
    service = compose("docker/compose.gpu.yaml")["services"]["service"]
    assert service["build"]["args"] == {"EXTRAS": "gpu"}
    assert service["environment"] == {"ONESHOT_PROVIDER": "cuda"}
    (device,) = service["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
