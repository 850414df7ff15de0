"""Run the commands of an exercise; read what it is about from their results."""

import os
import shlex
from pathlib import Path

from base.paths import ROOT
from comparison import scores
from conftest import kill, start_script
from results import records
from saved_runs import row_of

PUBLISHED = "figures"


class Runs(dict):
    """The saved results of one experiment, by the label of their command."""

    def rows(self, model, label, *quantities, to=PUBLISHED, beside=None):
        """Return lines that `make compare` prints of a model in two runs.

        Args:
            model: of the run with this label.
            label: of the second run.
            quantities: the names of the lines.
            to: the label of the first run.
            beside: the model of the first run, if it is another.
        """
        first = scores.select(self[to], {model: beside or model})
        found = scores.rows(first, scores.select(self[label], {model: model}))
        return [row_of(found, quantity) for quantity in quantities]

    def epochs(self, label, model):
        return self[label].record["models"][model]["runs"][0]["epochs"]

    def weights(self, label, model):
        return self[label].record["models"][model]["parameters"]


def now_and_published(*rows):
    """Return the means of each line, of the second run before that of the first."""
    return [mean for row in rows for mean in (row.second.mean, row.first.mean)]


def train(commands, folder, data_dir):
    """Run an exercise's commands; return its results, the published ones among them."""
    runs = Runs()
    for words in map(shlex.split, commands):
        if words[0] != "python":
            continue
        script, place = Path(words[1]), words.index("--label")
        label = words[place + 1]
        words[place : place + 2] = ["--out", str(folder / label)]
        cache = os.environ.get("TRAINING_CACHE") or str(folder / "cache")
        options = [*words[2:], "--data", "real", "--data-dir", str(data_dir)]
        process = start_script(script.name, *options, home=folder, TRAINING_CACHE=cache)
        try:
            _, errors = process.communicate()
        finally:
            kill(process)
        assert process.returncode in (0, 1), errors
        runs[PUBLISHED] = records.read(ROOT / PUBLISHED / script.stem)
        runs[label] = records.read(folder / label / script.stem)
        assert process.returncode == bool(runs[label].failures), errors
    return runs
