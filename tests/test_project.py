"""The project around the code: Makefile, lock file, what is committed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib

import pytest
import yaml

from base.paths import ROOT
from commands import data
from datasets import fetching


def make(*arguments):
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_table_of_faults_is_that_of_the_tests():
    """Each row names its test, with an asterisk if it is long; each test has its row."""
    text = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    for section in text.split("\n### ")[1:]:
        code = (ROOT / "tests" / re.search(r"`(faults/test_\w+\.py)`", section)[1]).read_text()
        named = re.findall(r"`(test_\w+)`(\*?)", section)
        written = re.findall(
            r"^(@pytest\.mark\.long\n(?:@.*\n)*)?def (test_\w+)", code, re.MULTILINE
        )
        assert sorted(named) == sorted((name, "*" if long else "") for long, name in written)


def test_help_is_the_default_and_names_every_target():
    printed = make().stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    for target in phony.replace("$(LESSONS)", "01").split():
        assert re.search(rf"^  {target}\b", printed, re.MULTILINE), target


@pytest.mark.parametrize("version", [None, "3.9", "3.14"])
def test_a_wrong_python_is_named_with_the_remedy(tmp_path, version):
    python = tmp_path / "python"
    if version:
        python.write_text(f"#!/bin/sh\ncase $1 in -V) echo Python {version};; *) exit 1;; esac\n")
        python.chmod(0o755)
    done = make("setup", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}")
    assert not (tmp_path / "venv").exists()
    assert done.returncode == 2
    assert "3.11, 3.12 or 3.13" in done.stderr
    assert "PYTHON=python3.12" in done.stderr
    assert (version or str(python)) in done.stderr


@pytest.mark.parametrize(
    ("fresh", "passed_on"),
    [([], False), (["FRESH="], False), (["FRESH=0"], False), (["FRESH=1"], True)],
)
def test_fresh_is_passed_on_if_it_is_1(fresh, passed_on):
    done = make("--dry-run", "--old-file=.venv/ready", "01", *fresh)
    assert "experiments/01_*.py" in done.stdout
    assert ("--fresh" in done.stdout) is passed_on


def test_mirror_needs_a_destination():
    done = make("mirror", "--old-file=.venv/ready")
    assert done.returncode == 2
    assert "DEST" in done.stderr


def test_a_shell_reads_the_line_for_a_mirror(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fetching, "registry", dict)
    assert data.main(["--mirror", str(tmp_path / "é x; ls")]) == 0
    line = capsys.readouterr().out.rpartition("export ")[2]
    assert shlex.split(line) == [f"DATA_MIRROR={tmp_path}/é x; ls"]


def test_check_outside_git_is_one_line(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    nowhere = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    done = subprocess.run(
        ["make", "check", "--old-file=.venv/ready"],
        cwd=tmp_path,
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    line, _ = done.stderr.splitlines()  # and that of make
    assert line.startswith("error: make check: expected a git checkout, found none")


def test_the_lock_has_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text()
    assert "tensorflow==2.21" in lock
    assert "://" not in lock
    packages = re.findall(r"^\S+==\S+", lock, re.MULTILINE)
    assert len(re.findall(r"^\S+==.*\\\n    --hash=sha256:", lock, re.MULTILINE)) == len(packages)


def locked(name):
    text = (ROOT / name).read_text()
    return set(re.findall(r"^([a-z0-9-]+==[^\s;]+)", text, re.MULTILINE))


def test_the_lock_for_gpus_adds_cuda_alone():
    both, with_cuda = locked("requirements.lock"), locked("requirements-gpu.lock")
    assert both < with_cuda
    assert all(name.startswith("nvidia-") for name in with_cuda - both)


def test_the_lock_of_uv_has_the_same_versions_and_no_other_index():
    text = (ROOT / "uv.lock").read_text()
    assert set(re.findall(r'registry = "([^"]+)"', text)) == {"https://pypi.org/simple"}
    assert set(re.findall(r"https?://([^/\"]+)/", text)) == {"pypi.org", "files.pythonhosted.org"}
    by_uv = {
        (package["name"], package.get("version")) for package in tomllib.loads(text)["package"]
    }
    fits = r"^(?!.*python_full_version >= '3\.14')([a-z0-9-]+)==([^\s;]+)"
    lock = (ROOT / "requirements-gpu.lock").read_text()
    by_pip = set(re.findall(fits, lock, re.MULTILINE))
    names = {name for name, _ in by_uv} & {name for name, _ in by_pip}
    assert len(names) > 100
    for name in names:
        found, expected = ({v for n, v in both if n == name} for both in (by_uv, by_pip))
        assert found == expected, f"uv lock --upgrade-package {name}=={max(expected)}"


def test_the_dev_container_has_a_python_that_fits_and_sets_up():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert container["image"].endswith(":3.13")
    assert container["postCreateCommand"] == "make setup"


@pytest.mark.parametrize(
    ("gpu", "ready", "lock"),
    [
        ([], "ready", "requirements.lock"),
        (["GPU=1"], "ready", "requirements-gpu.lock"),
        ([], "ready-gpu", "requirements-gpu.lock"),
        (["GPU=0"], "ready-gpu", "requirements.lock"),
    ],
)
def test_an_environment_keeps_its_cuda_until_told_otherwise(gpu, ready, lock, tmp_path):
    (tmp_path / ready).touch()
    done = make("--dry-run", "--always-make", "setup", f"VENV={tmp_path}", *gpu)
    assert f" {lock} " in done.stdout


@pytest.mark.parametrize("name", ["GPU", "FRESH"])
def test_gpu_and_fresh_are_0_or_1(name):
    done = make("help", f"{name}=yes")
    assert done.returncode == 2
    assert f"{name}: expected 0 or 1, found yes" in done.stderr


def test_pages_about_the_project_agree_on_versions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == project["version"]
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert tested == ["3.11", "3.12", "3.13"]
