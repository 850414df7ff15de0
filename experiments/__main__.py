"""List the experiments: `python -m experiments`."""

import sys
from pathlib import Path

EXPERIMENTS = Path(__file__).resolve().parent
sys.path.insert(0, str(EXPERIMENTS))

from pages.summary import describe

for script in sorted(EXPERIMENTS.glob("0?_*.py")):
    about = describe(script.stem)
    print(f"{script.stem[:2]}  {about.title}: {about.question}")
    print(f"    python experiments/{script.name}    make {script.stem[:2]}\n")
print("Each has --help. All of them: make all. Their saved scores: make report.")
