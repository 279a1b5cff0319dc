"""The promises of docker/Dockerfile and .dockerignore that can be read without an engine."""

import tomllib

from tests.docker.deployment import ROOT, copied_from_context, instructions, stages

BASE = "python:3.13-slim-trixie"


def test_the_image_stands_on_the_official_python_without_a_compiler() -> None:
    first, application, runtime = stages()
    assert first[0][1].split()[0] == BASE
    assert application[0][1].split()[0] == "dependencies"
    assert runtime[0][1] == BASE
    assert not any("apt-get" in arguments for _, arguments in instructions())


def test_both_builders_understand_every_instruction() -> None:
    text = (ROOT / "docker" / "Dockerfile").read_text()
    assert "--mount" not in text
    assert "<<" not in text


def test_a_change_of_the_code_keeps_the_installed_dependencies() -> None:
    dependencies, application, runtime = stages()
    assert copied_from_context(dependencies) == {"pyproject.toml", "LICENSE"}
    assert copied_from_context(application) == {"README.md", "skeleton", "service"}
    assert copied_from_context(runtime) == set()


def test_only_what_the_image_is_built_from_leaves_the_checkout() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*"
    allowed = {pattern[1:].rstrip("/") for pattern in patterns if pattern.startswith("!")}
    assert allowed == set().union(*map(copied_from_context, stages()))


def test_the_service_is_not_root_and_its_user_has_a_fixed_number() -> None:
    users = [arguments for name, arguments in stages()[-1] if name == "USER"]
    assert users == ["10001:10001"]


def test_nothing_is_reported_to_the_makers_of_the_runtime() -> None:
    environment = next(arguments for name, arguments in stages()[-1] if name == "ENV")
    assert "ORT_DISABLE_TELEMETRY=1" in environment.split()


def test_the_labels_name_the_projects_version_and_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = stages()[-1]
    assert ("ARG", f"VERSION={project['version']}") in runtime
    labels = next(arguments for name, arguments in runtime if name == "LABEL")
    assert f'org.opencontainers.image.licenses="{project["license"]}"' in labels
    assert 'org.opencontainers.image.version="${VERSION}"' in labels


def test_the_gpu_build_uses_an_extra_that_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert any(
        "cuda" in line and "cudnn" in line for line in project["optional-dependencies"]["gpu"]
    )
