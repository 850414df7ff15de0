"""What `make setup` does on other machines: stand-ins for python3, uv and uname, no network."""

import shutil
import subprocess

import pytest

from base.paths import ROOT

TOOLS = "cat cp find ls mkdir mktemp rm sed sh touch uname".split()
VENV_CASES = """
"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
"-m pip"*)
  echo "Collecting tensorflow==2.21.0 (from -r requirements.lock (line 1))"
  echo "  Downloading tensorflow-2.21.0-cp313.whl (620.7 MB)"
  echo "  Downloading six-1.17.0.whl (11 kB)"
  echo "Installing collected packages: six, tensorflow" ;;
"""
UV_CASES = """
venv*) for last; do :; done; mkdir -p "$last/bin" ;;
"pip sync"*) echo "Downloading tensorflow (546.3MiB)"; echo " + six==1.17.0" ;;
"""
WRONG = "-V) echo Python {} ;; -c*) exit 1 ;;"
# pip --target DIR brings the uv beside the stand-ins, under another name there.
PIP_TARGET = """
"-m pip install"*--target*) for last; do :; done; mkdir -p "$last/bin"; cp "{uv}" "$last/bin/uv" ;;
"""
PIP_IN_VENV = """
"-m pip install"*--target*) exit 1 ;;
"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
"-m pip install"*) cp "{uv}" "${{0%/*}}/uv" ;;
"""


class Machine:
    """A PATH with a few tools and stand-ins, which note how they were called."""

    def __init__(self, folder):
        self.bin, self.calls, self.venv = folder / "bin", folder / "calls", folder / "venv"
        self.bin.mkdir()
        self.calls.touch()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))

    def has(self, program, cases):
        path = self.bin / program
        path.unlink(missing_ok=True)
        note = f'echo "{program} $*" >>"{self.calls}"'
        path.write_text(f'#!/bin/sh\n{note}\ncase "$*" in\n{cases}\n*) ;;\nesac\n')
        path.chmod(0o755)
        return path

    def setup(self, *arguments):
        return subprocess.run(
            [shutil.which("make"), "setup", f"VENV={self.venv}", *arguments],
            cwd=ROOT,
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def refuses(self, *arguments):
        """Return the one line that says why; nothing has been made."""
        before = sorted(self.venv.rglob("*"))
        done = self.setup(*arguments)
        assert done.returncode == 2
        line, by_make = done.stderr.splitlines()
        assert line.startswith("error: ")
        assert by_make.startswith("make: ***")
        assert sorted(self.venv.rglob("*")) == before
        return line

    def called(self, text):
        return [call for call in self.calls.read_text().splitlines() if text in call]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_a_suitable_python3_is_used_and_shows_progress(machine):
    machine.has("python3", VENV_CASES)
    machine.has("uv", UV_CASES)
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert (machine.venv / "ready").exists()
    assert not machine.called("uv ")
    assert machine.called("--require-hashes -r requirements.lock")
    printed = done.stdout.splitlines()
    assert len(printed) == 3, printed
    assert "3 GB" in printed[0]
    assert "tensorflow" in printed[1]
    assert machine.setup().stdout.startswith("make: Nothing to be done")


@pytest.mark.parametrize("version", [None, "3.10.12", "3.14.0"])
def test_uv_brings_a_python_where_python3_is_not_suitable(machine, version):
    if version:
        machine.has("python3", WRONG.format(version))
    machine.has("uv", UV_CASES)
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert (version or "not found") in done.stdout
    assert machine.called("--python 3.13")[-1].startswith("uv venv ")
    (sync,) = machine.called("uv pip sync ")
    assert sync.endswith("--require-hashes requirements.lock")
    assert f"--python {machine.venv}" in sync  # never into another environment that is active
    assert (machine.venv / "ready").exists()
    assert "six" not in done.stdout


@pytest.mark.parametrize("way", [PIP_TARGET, PIP_IN_VENV], ids=["pip", "venv"])
def test_uv_is_fetched_with_its_hash_if_it_is_not_there(machine, way):
    uv = machine.has("uv", UV_CASES)
    uv = uv.rename(uv.with_name("another-uv"))
    machine.has("python3", WRONG.format("3.14.0") + way.format(uv=uv))
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert all("--require-hashes" in call for call in machine.called("pip install"))
    assert machine.called("uv pip sync ")


@pytest.mark.parametrize("version", [None, "3.10.12", "3.14.0"])
def test_without_uv_one_line_says_what_to_type(machine, version):
    if version:
        machine.has("python3", WRONG.format(version) + '"-m "*) echo No module >&2; exit 1 ;;')
    line = machine.refuses()
    assert (version or "python3: not found") in line
    for text in ("3.11, 3.12 or 3.13", "Ubuntu: sudo ", "Fedora: sudo ", "macOS: brew "):
        assert text in line
    assert "make setup PYTHON=python3.13" in line


def test_a_uv_that_brings_no_python_says_why_and_the_old_environment_stays(machine):
    machine.has("uv", 'venv*) printf "error: failed\\n  cause: no network\\n" >&2; exit 2 ;;')
    (machine.venv / "bin").mkdir(parents=True)
    (machine.venv / "ready-gpu").touch()
    line = machine.refuses("GPU=0")
    assert "uv cannot bring it (no network)" in line
    assert "Ubuntu: sudo " in line


def test_a_named_python_is_used_or_refused(machine):
    machine.has("python3", VENV_CASES)
    machine.has("uv", UV_CASES)
    machine.has("python3.14", WRONG.format("3.14.0"))
    assert "PYTHON=python3.12" in machine.refuses("PYTHON=python3.14")
    assert not machine.called("uv ")


def test_a_python_without_ensurepip_names_the_package_of_ubuntu(machine):
    machine.has(
        "python3", "*ensurepip*) exit 1 ;; *print*) echo python3.12-venv ;; '-m '*) exit 1 ;;"
    )
    assert "sudo apt install python3.12-venv" in machine.refuses()
    assert "sudo apt install python3.12-venv" in machine.refuses("PYTHON=python3")
    machine.has("uv", UV_CASES)
    assert machine.setup().returncode == 0


def test_an_intel_mac_is_told_before_anything_is_fetched(machine):
    machine.has("python3", VENV_CASES)
    machine.has("uv", UV_CASES)
    machine.has("uname", "-sm) echo Darwin x86_64 ;;")
    line = machine.refuses()
    assert "Intel Macs" in line
    assert "Darwin x86_64" in line
    assert not machine.called("python3")
    assert not machine.called("uv")


def test_cuda_is_for_linux_on_x86(machine):
    machine.has("uname", "-sm) echo Linux aarch64 ;;")
    assert "found Linux aarch64; use make setup" in machine.refuses("GPU=1")


def test_a_failed_installation_is_not_ready_and_is_repeated(machine):
    broken = VENV_CASES.replace(
        '"-m pip"*)', '"-m pip"*) echo ERROR: no network; exit 1 ;;\nnever)'
    )
    machine.has("python3", broken)
    done = machine.setup()
    assert done.returncode == 2
    assert "ERROR: no network\nerror: requirements.lock: expected to install" in done.stderr
    assert not (machine.venv / "ready").exists()
    machine.has("python3", VENV_CASES)
    assert machine.setup().returncode == 0


def test_an_environment_behind_a_link_is_left_alone(machine, tmp_path):
    machine.has("python3", VENV_CASES)
    behind = tmp_path / "behind"
    behind.mkdir()
    for name in ("ready", "precious"):
        (behind / name).touch()
    machine.venv.symlink_to(behind)
    line = machine.refuses("--always-make")
    assert "symbolic link" in line
    assert f"rm {machine.venv}" in line
    assert (behind / "precious").exists()
    assert not machine.called("python3")


def test_an_environment_that_make_has_not_made_is_never_cleared(machine):
    machine.has("python3", VENV_CASES)
    machine.venv.mkdir()
    (machine.venv / "pyvenv.cfg").touch()
    assert f"rm -r {machine.venv}" in machine.refuses()


@pytest.mark.parametrize("mark", [None, "begun", "ready", "ready-gpu"])
def test_what_make_has_made_is_made_anew(machine, mark):
    """A killed set-up, a complete one, and an empty folder."""
    machine.has("python3", VENV_CASES)
    machine.venv.mkdir()
    if mark:
        (machine.venv / mark).touch()
        (machine.venv / "old").touch()
    done = machine.setup("--always-make", "GPU=0")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in machine.venv.iterdir()) == ["bin", "ready"]
