"""Run the seven experiments one after the other; end with a table of their scores and the report.

Arguments go to every experiment. One that fails does not stop the others; it is named at the end,
and the exit status is 1.

Usage:
    python experiments/run_all.py
    python experiments/run_all.py --data sample --epochs 3
"""

import subprocess
import sys
import time
from pathlib import Path

from common import cli
from common.experiment import RESULTS
from pages import site
from pages.summary import print_summary

SCRIPTS = sorted(Path(__file__).parent.glob("0?_*.py"))


def main(arguments: list[str]) -> int:
    """Run all scripts; return the exit status."""
    # A mistake in the arguments is said once, before anything runs.
    cli.parse("run_all", __doc__, epochs={"all": 1500}, models=(), arguments=arguments)
    folders, seconds, failed = [], {}, []
    for script in SCRIPTS:
        print(f"\n=== {script.stem}", flush=True)
        started = time.monotonic()
        status, folder = run(script, arguments)
        seconds[script.stem] = time.monotonic() - started
        if status == 130:
            return status
        if status or folder is None:
            failed.append(f"{script.stem} (exit status {status})")
        if folder:  # with status 1: some of its trainings failed
            folders.append(folder)
    print_summary(folders, seconds)
    for parent in dict.fromkeys(folder.parent for folder in folders):
        print(f"Report: {site.write(parent)}")
    if failed:
        print(f"error: failed: {', '.join(failed)}; their messages are above.", file=sys.stderr)
    return 1 if failed else 0


def run(script: Path, arguments: list[str]) -> tuple[int, Path | None]:
    """Run a script, pass on what it prints; return its status and the folder it names."""
    folder = None
    command = [sys.executable, str(script), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            for line in process.stdout:
                print(line, end="", flush=True)
                if line.startswith(RESULTS):
                    folder = Path(line.removeprefix(RESULTS).strip())
            return process.wait(), folder
        except KeyboardInterrupt:
            process.wait()
            return 130, None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
