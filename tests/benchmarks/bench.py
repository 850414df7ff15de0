"""Measure training side by side: ours, stock Keras, PyTorch and scikit-learn.

Every contender has a process of its own and the same data, batches, epochs and number of threads.
They take turns, five rounds, so that a drift of the machine meets all of them; medians are shown.

Time and memory of ours are shown by number of seeds, epochs and rows as well.

Usage:
    python tests/benchmarks/bench.py
    python tests/benchmarks/bench.py --workloads "01 mlp,05 cnn" --threads 2 --out elsewhere
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "experiments"))

import numpy as np
import pandas as pd
from workloads import WORKLOADS

from common import plotting, records

ROUNDS = 5
CONTENDERS = ("ours", "keras", "pytorch", "scikit-learn")


class Process:
    """A contender in its process; asked for epochs, it answers with seconds."""

    def __init__(self, contender, workload, threads, path):
        script = Path(__file__).with_name("contender.py")
        command = [sys.executable, str(script), contender, workload, str(threads), str(path)]
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


def measure(name, threads, folder):
    """Return a row for each contender of a workload."""
    workload, path = WORKLOADS[name], folder / "arrays.npz"
    Process("save", name, threads, path).process.wait()
    with np.load(path) as arrays:
        shape = (int(arrays["dimension"]),) if "dimension" in arrays else arrays["x"].shape[1:]
        rows = len(arrays["x"]), len(arrays["x_val"]) if "x_val" in arrays else 0
    flops = workload.flops(shape, *rows)
    running, first = {}, {}
    for contender in CONTENDERS:
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
        result.append(
            {
                "workload": name,
                "contender": contender,
                "threads": threads,
                "ms_per_epoch": 1e3 * epoch,
                "lowest": 1e3 * min(times[contender]),
                "highest": 1e3 * max(times[contender]),
                "ours_is_faster_by": epoch / float(np.median(times["ours"])),
                "compile_s": max(0.0, first[contender] - epoch),
                "gflops": flops / epoch / 1e9,
                "peak_rss_mib": process.end(),
            }
        )
    return result


def growth(threads, folder):
    """Return how seconds and memory of ours grow with seeds, epochs (01, whole script) and rows."""
    rows = []
    for option, numbers in (("--seeds", (1, 3, 10, 30)), ("--epochs", (250, 500, 1000, 2000))):
        for number in numbers:
            out = folder / f"{option}{number}"
            script = ROOT / "experiments" / "01_random_binary.py"
            options = [option, str(number), "--jobs", "1", "--threads", str(threads), "--out", out]
            command = [sys.executable, script, *options]
            subprocess.run(
                command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            timing = json.loads((out / "01_random_binary" / "timing.json").read_bytes())
            rows.append((option.strip("-"), number, timing["wall"], timing["peak_rss_mib"]))
    path, cut = folder / "arrays.npz", folder / "cut.npz"
    Process("save", "05 mlp", threads, path).process.wait()
    with np.load(path) as arrays:
        for number in (5_000, 10_000, 20_000, 40_000):
            np.savez(cut, x=arrays["x"][:number], y=arrays["y"][:number])
            process = Process("ours", "05 mlp", threads, cut)
            process.answer()
            rows.append(("rows", number, process.seconds(2) / 2, process.end()))
    return pd.DataFrame(rows, columns=["of", "number", "seconds", "peak_rss_mib"])


def growth_chart(table):
    """Draw seconds and memory by number of seeds, epochs and rows."""
    figure, axes = plotting.new(2, 3, size=(9.2, 5))
    titles = {
        "seeds": "01, whole script",
        "epochs": "01, whole script",
        "rows": "05 mlp, one epoch",
    }
    for column, (of, title) in zip(axes.T, titles.items(), strict=True):
        rows = table[table["of"] == of]
        for cell, name in zip(column, ("seconds", "peak_rss_mib"), strict=True):
            cell.plot(rows["number"], rows[name], "o-")
            cell.set(xlabel=of, ylabel=name.replace("peak_rss_mib", "peak memory, MiB"))
            cell.set_ylim(0, None)
        column[0].set_title(title)
    return figure


def chart(table):
    """Draw how many times faster ours is than each other contender."""
    others = [name for name in CONTENDERS[1:] if name in set(table["contender"])]
    workloads = list(dict.fromkeys(table["workload"]))
    figure, axes = plotting.new(size=(8, 0.62 * len(workloads) + 1.4))
    height = 0.8 / len(others)
    for i, contender in enumerate(others):
        rows = table[table["contender"] == contender].set_index("workload")
        ratios = rows["ours_is_faster_by"].reindex(workloads)
        places = np.arange(len(workloads)) + (i - (len(others) - 1) / 2) * height
        bars = axes.barh(places, ratios, height, label=f"than {contender}")
        labels = ["" if np.isnan(ratio) else f" {ratio:.1f}" for ratio in ratios]
        axes.bar_label(bars, labels, fontsize=8)
    axes.axvline(1, color="black", linewidth=1)
    axes.set(xscale="log", xlabel="times faster, one epoch, without compilation")
    axes.set_title(f"Training with ours, {table['threads'].iloc[0]} thread: how many times faster")
    axes.set_yticks(range(len(workloads)), workloads)
    axes.invert_yaxis()
    axes.legend(loc="lower right")
    return figure


def main():
    """Measure the workloads and write the table and the chart."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="names, by commas")
    parser.add_argument("--threads", type=int, default=1, help="threads of each contender")
    parser.add_argument("--out", type=Path, default=ROOT / "figures", help="folder for the results")
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in given.workloads.split(","):
            peak = Process("peak", name, given.threads, folder).answer() / 1e9
            measured = measure(name, given.threads, Path(folder))
            rows += [row | {"share_of_peak": row["gflops"] / peak} for row in measured]
            print(pd.DataFrame(measured).drop(columns="threads").round(2).to_string(), flush=True)
        grown = growth(given.threads, Path(folder))
    for name, result, drawn in (
        ("benchmark", pd.DataFrame(rows), chart),
        ("benchmark_growth", grown, growth_chart),
    ):
        with records.replacing(given.out / f"{name}.csv") as file:
            result.to_csv(file, index=False, float_format="%.4g", lineterminator="\n")
        plotting.save(drawn(result), given.out / f"{name}.png")


if __name__ == "__main__":
    main()
