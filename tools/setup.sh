#!/bin/sh
# What `make setup` runs: an environment with the packages of a lock file, each checked by SHA-256.
#
#   sh tools/setup.sh ENVIRONMENT LOCK MARK [PYTHON]
#
# MARK is a file in ENVIRONMENT; it says that all packages are there. A named PYTHON is used or
# refused. Without one, python3 is used; where it is not suitable, uv brings Python 3.13.
set -eu
venv=${1%/} lock=$2 mark=$3 named=${4-}
begun=$venv/begun # says that a killed set-up left this folder
needed="Python 3.11, 3.12 or 3.13 is needed"

refuse() {
  echo "error: $*" >&2
  exit 2
}

check_machine() {
  machine=$(uname -sm)
  case $lock,$machine in
    *,"Darwin x86_64")
      refuse "TensorFlow has no package for Intel Macs: expected Linux or a Mac with Apple silicon," \
        "found $machine; open the project in its dev container or in GitHub Codespaces" ;;
    *gpu*,"Linux x86_64") ;;
    *gpu*)
      refuse "GPU=1: CUDA comes for Linux on x86-64 (or WSL) alone, found $machine; use make setup" ;;
  esac
}

# Only what make has made is ever cleared.
check_environment() {
  if [ -L "$venv" ]; then
    refuse "$venv: expected a folder, found a symbolic link; remove the link (rm $venv)," \
      "or, if the packages behind it are those of $lock, keep it (touch $mark)"
  fi
  for file in "$venv"/ready "$venv"/ready-gpu "$begun"; do
    [ ! -e "$file" ] || return 0
  done
  [ ! -e "$venv" ] || [ -z "$(ls -A "$venv" 2>&1)" ] ||
    refuse "$venv: expected an environment that make has made, found other files;" \
      "remove it (rm -r $venv) or rename it, then type the same command again"
}

# Say what makes a Python unsuitable; say nothing about a suitable one.
fault_of() {
  if ! command -v "$1" >/dev/null 2>&1; then
    echo "$1: not found"
  elif ! "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    echo "$1 is $("$1" -V 2>&1 | sed 1q)"
  elif ! "$1" -c 'import ensurepip' 2>/dev/null; then
    echo "$1 has no ensurepip"
  fi
}

# Debian and Ubuntu have a part of Python in a package of its own.
refuse_python() {
  case $1 in
    *ensurepip)
      package=$("$2" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
      refuse "$1: expected it, to make an environment; on Debian and Ubuntu: sudo apt install $package" ;;
    *) refuse "$1. $needed; name one: make setup PYTHON=python3.12" ;;
  esac
}

refuse_uv() {
  case $fault in
    *ensurepip) refuse_python "$fault" python3 ;;
  esac
  refuse "$fault. $needed, and $1. Install Python 3.13, then make setup PYTHON=python3.13." \
    "Ubuntu: sudo add-apt-repository ppa:deadsnakes/ppa && sudo apt install python3.13-venv;" \
    "Fedora: sudo dnf install python3.13; macOS: brew install python@3.13"
}

# Find uv on the PATH, or get it from the package index for this once.
find_uv() {
  uv=$(command -v uv) && return
  command -v python3 >/dev/null || return 1
  echo "Getting uv, which brings Python 3.13 ..."
  get="pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv-requirements.lock"
  if python3 -m $get --target "$scratch/uv"; then
    uv=$scratch/uv/bin/uv
  elif python3 -m venv "$scratch/venv" && "$scratch/venv/bin/python" -m $get; then
    uv=$scratch/venv/bin/uv
  else
    return 1
  fi 2>/dev/null
}

# An environment that has been made before is left as it was until a Python is certain.
check_uv() {
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  trap 'exit 2' HUP INT TERM
  find_uv || refuse_uv "uv, which brings it, is not on the PATH and cannot be fetched"
  echo "$fault: taking Python 3.13 from uv ..."
  "$uv" venv --quiet --python 3.13 "$scratch/trial" 2>"$scratch/log" ||
    refuse_uv "uv cannot bring it ($(sed -n '$s/^ *[Cc]a[a-z ]*: //; $s/^ *//; $p' "$scratch/log"))"
}

begin() {
  echo "Installing the locked packages into $venv (about $size GB) ..."
  mkdir -p "$venv"
  touch "$begun"
  find "$venv" -mindepth 1 -maxdepth 1 ! -name begun -exec rm -rf {} +
}

with_uv() {
  "$uv" venv --quiet --allow-existing --seed --python 3.13 "$venv" &&
    { "$uv" pip sync --python "$venv" --require-hashes "$lock" 2>&1 && touch "$mark"; } |
    show_progress
}

with_pip() {
  "$python" -m venv "$venv" && { "$venv/bin/python" -m pip install --disable-pip-version-check \
    --progress-bar off --require-hashes -r "$lock" 2>&1 && touch "$mark"; } | show_progress
}

# Of the hundreds of lines that pip and uv print: large files, the installation, and errors.
show_progress() {
  while IFS= read -r line; do
    case ${line#"${line%%[! ]*}"} in
      Downloading*\([1-9][0-9]*" MB)" | Downloading*" GB)" | Downloading*MiB\)) printf '%s\n' "$line" ;;
      "Installing collected"*) echo "  Unpacking all packages, about a minute ..." ;;
      Collecting* | Downloading* | Using* | Processing* | Looking* | Ignoring* | Successfully*) ;;
      Attempting* | "Found existing"* | Uninstalling* | Resolved* | Downloaded* | Prepared* | "+ "*) ;;
      "WARNING: Location "*" is ignored"*) ;;
      Installed*) printf '%s\n' "$line" ;;
      *) printf '%s\n' "$line" >&2 ;;
    esac
  done
}

case $lock in *gpu*) size=7 ;; *) size=3 ;; esac
check_machine
check_environment
python=${named:-python3} uv=
fault=$(fault_of "$python")
[ -z "$fault" ] || [ -z "$named" ] || refuse_python "$fault" "$python"
[ -z "$fault" ] || check_uv
begin
if [ "$uv" ]; then with_uv; else with_pip; fi || true
[ -e "$mark" ] ||
  refuse "$lock: expected to install all its packages, found the error above; type the same command again"
rm "$begun"
