"""Measure training side by side: ours, stock Keras, PyTorch, Keras on JAX and scikit-learn.

Every contender has a process of its own and the same data, batches, epochs and number of threads:
one, and for the larger models, once more, as many as there are cores. They take turns, five rounds,
so that a drift of the machine meets all of them; medians are shown. PyTorch and JAX take part where
they are installed. Then follow

- equality: how far ours and stock Keras are apart on all of the data;
- scripts: whole scripts of ours, with imports and compilation, against the time that stock Keras
  takes for their epochs alone;
- growth: time and memory of ours by number of seeds, epochs and rows.

Usage:
    python tests/benchmarks/bench.py
    python tests/benchmarks/bench.py --workloads "01 mlp,05 cnn" --threads 2 --out elsewhere
"""

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "experiments"))

import charts
import numpy as np
import pandas as pd
from workloads import WORKLOADS

from base import errors, files
from common import plotting
from common.encoding import MultiHot
from pages import speed_tables
from tutorials import boston_regression

ROUNDS = 5
LARGER = ("05 mlp", "05 cnn", "05 deep_cnn", "07 second")  # enough work for several threads
# Scripts of small models: their tutorial's models, and the workload whose epochs stand for theirs.
CHECKS = "check_already_seen,check_fresh,check_fresh_without_id"
SCRIPTS = {
    "01_random_binary": ("perceptron,mlp,deep_mlp", "01 {model}"),
    "04_boston_regression": (",".join(boston_regression.PUBLISHED), "04 64-64-1"),
    "06_thoracic_surgery": (f"small,large,{CHECKS},one_hot_bce,one_hot_cce", "06 60-30-1"),
}


class Process:
    """A process that works on a workload; a contender, asked for epochs, answers with seconds."""

    def __init__(self, work, workload, threads, path):
        script = Path(__file__).with_name("contender.py")
        command = [sys.executable, str(script), work, workload, str(threads), str(path)]
        limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | limits,
        )

    def answer(self):
        """Return the next answer."""
        return json.loads(self.process.stdout.readline())

    def seconds(self, epochs):
        """Return the seconds that so many epochs take."""
        self.process.stdin.write(f"{epochs}\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        """End the process; return its peak memory in MiB."""
        self.process.stdin.close()
        peak = self.answer()
        self.process.wait()
        return peak


def save(name, threads, folder):
    """Write a workload's arrays where its contenders read them; return the path and the arrays."""
    path = folder / "arrays.pickle"
    if Process("save", name, threads, path).process.wait():
        raise SystemExit(f"error: {name}: its data could not be saved; see above.")
    return path, pickle.loads(path.read_bytes())


def race(name, threads, folder):
    """Return a row for each contender of a workload."""
    workload = WORKLOADS[name]
    peak = Process("peak", name, threads, folder).answer()
    path, (x, _, x_val, _) = save(name, threads, folder)
    dense = workload.flops(x.shape[1:], len(x), 0 if x_val is None else len(x_val))
    running, first = {}, {}
    for contender in ("ours", *speed_tables.CONTENDERS):
        process = Process(contender, name, threads, path)
        first[contender] = process.answer()
        if isinstance(first[contender], str):
            process.process.kill()
        else:
            running[contender] = process
    times = {contender: [] for contender in running}
    for _ in range(ROUNDS):
        for contender, process in running.items():
            times[contender].append(process.seconds(workload.epochs) / workload.epochs)
    result = []
    for contender, process in running.items():
        epoch = float(np.median(times[contender]))
        # Ours adds up words where the others multiply dense rows.
        adds_words = contender == "ours" and isinstance(x, MultiHot)
        flops = np.nan if adds_words else dense
        result.append(
            {
                "workload": name,
                "contender": contender,
                "threads": threads,
                "ms_per_epoch": 1e3 * epoch,
                "lowest": 1e3 * min(times[contender]),
                "highest": 1e3 * max(times[contender]),
                "ours_is_faster_by": epoch / float(np.median(times["ours"])),
                "compile_s": max(0.0, first[contender] - workload.epochs * epoch),
                "gflops": flops / epoch / 1e9,
                "share_of_peak": flops / epoch / peak,
                "peak_rss_mib": process.end(),
            }
        )
    return result


def equality(name, threads, folder):
    """Return rows on how far ours, and stock Keras with XLA, are from stock Keras without."""
    path, _ = save(name, threads, folder)
    found = Process("deviations", name, threads, path).answer()
    return [{"workload": name, "of": of, **off} for of, off in found.items()]


def run_script(stem, out, threads, *options):
    """Run a script of ours; return its folder of results and its seconds from start to end."""
    script = ROOT / "experiments" / f"{stem}.py"
    options = [*options, "--jobs", "1", "--threads", str(threads), "--out", out]
    started = time.monotonic()
    subprocess.run([sys.executable, script, *options], check=True, capture_output=True)
    return out / stem, time.monotonic() - started


def whole_scripts(threads, folder, raced):
    """Return rows on whole scripts: their seconds, and stock Keras's for the same epochs alone."""
    stock = {
        row["workload"]: row["ms_per_epoch"]
        for row in raced
        if (row["contender"], row["threads"]) == ("keras", threads)
    }
    rows = []
    for stem, (models, workload) in SCRIPTS.items():
        options = "--seeds", "1", "--models", models
        results, seconds = run_script(stem, folder / "whole", threads, *options)
        epochs = pd.read_csv(results / "history.csv")["model"].value_counts()
        stock_ms = sum(
            number * stock.get(workload.format(model=model), np.nan)
            for model, number in epochs.items()
        )
        row = {"script": stem, "epochs": epochs.sum(), "seconds": seconds}
        rows.append(row | {"keras_s": stock_ms / 1e3, "faster_by": stock_ms / 1e3 / seconds})
    return rows


def growth(threads, folder):
    """Return rows on seconds and memory of ours by seeds, epochs (01, whole script) and rows."""
    result = []

    def add(of, number, seconds, peak):
        result.append({"of": of, "number": number, "seconds": seconds, "peak_rss_mib": peak})

    for of, numbers in (("seeds", (1, 3, 10, 30)), ("epochs", (250, 500, 1000, 2000))):
        for number in numbers:
            options = {"--seeds": 1} | {f"--{of}": number}
            words = [str(word) for option in options.items() for word in option]
            results, _ = run_script("01_random_binary", folder / of / str(number), threads, *words)
            timing = json.loads((results / "timing.json").read_bytes())
            add(of, number, timing["wall"], timing["peak_rss_mib"])
    path, (x, y, _, _) = save("05 mlp", threads, folder)
    for number in (5_000, 10_000, 20_000, 40_000):
        path.write_bytes(pickle.dumps((x[:number], y[:number], None, None)))
        process = Process("ours", "05 mlp", threads, path)
        process.answer()
        add("rows", number, process.seconds(2) / 2, process.end())
    return result


def main():
    """Measure the workloads and write the tables and the charts."""
    errors.prepare_program()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="names, by commas")
    parser.add_argument("--threads", type=int, help="threads of each contender (default: as above)")
    parser.add_argument("--out", type=Path, default=ROOT / "figures", help="folder for the results")
    given = parser.parse_args()
    names = given.workloads.split(",")

    def write(name, rows, chart=None):
        table = pd.DataFrame(rows)
        print(f"\n{name}\n{table.to_string(float_format='{:.4g}'.format)}", flush=True)
        with files.replacing(given.out / f"{name}.csv") as file:
            table.to_csv(file, index=False, float_format="%.4g", lineterminator="\n")
        if chart:
            plotting.save(chart(table), given.out / f"{name}.png")

    threads = given.threads or 1
    cores = len(os.sched_getaffinity(0))
    all_cores = given.threads is None and cores > 1
    races = [
        (name, number)
        for name in names
        for number in ((threads, cores) if all_cores and name in LARGER else (threads,))
    ]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        raced = [row for race_of in races for row in race(*race_of, place)]
        write("benchmark", raced, charts.ratios)
        write("benchmark_scripts", whole_scripts(threads, place, raced))
        write("benchmark_growth", growth(threads, place), charts.growth)
        found = [row for name in names for row in equality(name, threads, place)]
        write("benchmark_equality", found)


if __name__ == "__main__":
    main()
