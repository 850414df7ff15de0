"""Every interval of every published claim, computed once more: by SciPy, from the files alone."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from base.paths import ROOT

FIGURES = ROOT / "figures"
STEMS = sorted(path.parent.name for path in FIGURES.glob("[0-9]*/record.json"))


class Run:
    """The files of a lesson, with those of its ablations."""

    def __init__(self, stem):
        folders = [FIGURES / stem, FIGURES / stem / "ablations"]
        folders = [folder for folder in folders if folder.exists()]
        self.record = json.loads((folders[0] / "record.json").read_text())
        self.history = pd.concat([pd.read_csv(folder / "history.csv") for folder in folders])
        self.arrays = dict(np.load(folders[0] / "predictions.npz"))
        self.right = {
            name.removesuffix(".right"): array.astype(float)
            for name, array in self.arrays.items()
            if name.endswith(".right")
        }

    def curves(self, model, metric):
        """Return a metric of a model, epochs x seeds; of folds their mean."""
        rows = self.history[self.history["model"] == model]
        return rows.groupby(["epoch", "seed"])[metric].mean().unstack()

    def folds(self, model):
        """Return the validation MAE, epochs x seeds x folds, and the epochs."""
        rows = self.history[(self.history["model"] == model) & self.history["fold"].notna()]
        table = rows.pivot(index="epoch", columns=["seed", "fold"], values="val_mae")
        shape = len(table), *(level.size for level in table.columns.levels)
        return table.to_numpy().reshape(shape), table.index.to_numpy()

    def tested(self, model, metric):
        runs = self.record["models"][model]["runs"]
        return np.array([run["test"][metric] for run in runs if run["fold"] is None])


def mean(values):
    return tuple(stats.ttest_1samp(values, 0).confidence_interval())


def welch(first, second):
    return tuple(stats.ttest_ind(first, second, equal_var=False).confidence_interval())


def share(runs, level=0.95):
    return tuple(stats.binomtest(int(np.sum(runs)), np.size(runs)).proportion_ci(level, "wilson"))


def with_rows(first, second):
    """Widen Welch's interval by the noise of the rows, which both models share."""
    noise = of_rows(first.mean(0) - second.mean(0), first, second)
    return widened(welch(first.mean(1), second.mean(1)), noise)


def of_rows(by_row, *models):
    of_seeds = sum(model.var(0, ddof=1).mean() / len(model) for model in models)
    return np.sqrt(max(by_row.var(ddof=1) - of_seeds, 0) / len(by_row))


def widened(interval, noise):
    middle, half = np.mean(interval), np.ptp(interval) / 2
    half = np.hypot(half, stats.norm.ppf(0.975) * noise)
    return middle - half, middle + half


def corrected(values, test_share):
    """Nadeau and Bengio's interval."""
    scale = np.sqrt(values.var(ddof=1) * (1 / len(values) + test_share))
    return stats.t.interval(0.95, len(values) - 1, values.mean(), scale)


def left_out(array):
    """Return the mean over all other columns, for each column."""
    return (array.sum(axis=1, keepdims=True) - array) / (array.shape[1] - 1)


def above_best(array, place):
    """Return how much a row is above the best one, which the other columns choose."""
    best = left_out(array).argmin(axis=0)
    return array[place] / array[best, range(array.shape[1])] - 1


def around(array):
    """Return the mean over 50 epochs around each, of each fifth epoch; at the ends of fewer."""
    return np.array([array[max(0, i - 5) : i + 6].mean(axis=0) for i in range(len(array))])


def theil_sen(table):
    last = table.iloc[-15:]
    return np.array([1e3 * stats.theilslopes(last[seed], last.index)[0] for seed in last])


def lowest(run, model, metric="val_loss"):
    return run.curves(model, metric).idxmin().to_numpy()


def of_01(run):
    models = "perceptron", "mlp", "deep_mlp"
    reached = [run.curves(model, "accuracy").iloc[-1] for model in models]
    settled = []
    for model in models:
        loss = run.curves(model, "loss").rolling(10, min_periods=1).mean()
        settled.append((loss < 0.1 * loss.iloc[0] + 0.9 * loss.iloc[-1]).idxmax().to_numpy())
    correlations = np.abs(run.arrays["correlations"])
    rows = len(run.arrays["features"])
    border = np.tanh(stats.norm.ppf(0.975) / np.sqrt(rows - 3))
    chance = []
    for model in models:
        right = run.tested(model, "accuracy_5000_rows")
        trials = 5000 * len(right)
        found = stats.binomtest(round(right.mean() * trials), trials)
        chance.append(tuple(found.proportion_ci(1 - 0.05 / 3, "wilson")))
    return {
        "01a1": [mean(reached[0] - reached[1]), mean(reached[1] - reached[2])],
        "01a2": [mean(settled[1] - settled[0]), mean(settled[2] - settled[1])],
        "01b": chance,
        "01c": [share(correlations > border)],
    }


def turning(run, epoch):
    loss = run.curves("held_out", "val_loss")
    turns = [mean(lowest(run, "held_out")), mean(loss.iloc[-1] - loss.loc[epoch])]
    return turns, [mean(above_best(loss.to_numpy(), epoch - 1))]


def of_02(run):
    turns, regret = turning(run, 4)
    widths = [lowest(run, model) for model in ("units_4", "held_out", "units_64")]
    units = [welch(widths[0], widths[1]), welch(widths[1], widths[2])]
    return {"02a1": turns, "02a2": regret, "02 units": units}


def of_03(run):
    turns, regret = turning(run, 9)
    loss = with_rows(run.right["held_out"], run.right["width_32"])
    return {"03a": turns, "03a2": regret, "03b": [loss]}


def of_04(run):
    a = run.arrays
    with_b, without = "all_features_4_folds", "without_b_4_folds"
    at_best = {}
    for model in (with_b, without, "leaky_4_folds"):
        folds, _ = run.folds(model)
        best = folds.mean(axis=2).argmin(axis=0)
        at_best[model] = np.mean([folds[epoch, seed] for seed, epoch in enumerate(best)], axis=0)
    three, epochs = run.folds("all_features_3_folds")
    three = three.mean(axis=2)
    rise = three[epochs > 450].mean(0) - three[(epochs >= 175) & (epochs <= 225)].mean(0)
    smooth = {m: around(run.folds(m)[0].mean(axis=2)) for m in ("one_hot_chas_4_folds", without)}
    later = [epochs[table.argmin(axis=0)] for table in smooth.values()]
    folds, _ = run.folds(without)
    stops = left_out(folds.mean(axis=1)).argmin(axis=0)
    costs = []
    for dose in (2, 4, 8):
        early = [np.abs(epochs - epochs[stop] / dose).argmin() for stop in stops]
        each = zip(early, stops, strict=True)
        cost = [folds[e, :, fold] - folds[s, :, fold] for fold, (e, s) in enumerate(each)]
        costs.append(mean(np.mean(cost, axis=0)))
    tested = run.curves("rows_404", "val_mae")
    at = [tested.loc[epoch - 10 : epoch + 10].mean() for epoch in (50, 100, 200)]
    gaps = []
    for rows in (100, 200, 404):
        gap = run.curves(f"rows_{rows}", "val_mae") - run.curves(f"rows_{rows}", "mae")
        gaps.append(gap[gap.index > 450].mean())
    return {
        "04a1": [mean(a[f"{without}.errors"].mean(axis=0) - a["ridge.errors"])],
        "04a2": [
            corrected(at_best[without] - at_best[with_b], 1 / 3),
            welch(run.tested(without, "mae"), run.tested(with_b, "mae")),
        ],
        "04b1": [mean(above_best(around(three), list(epochs).index(200))), mean(rise)],
        "04b2": [mean(later[0] - later[1])],
        "04c1": costs,
        "04c2": [mean(at[1] - at[0]), mean(at[2] - at[1])],
        "04d": [welch(gaps[0], gaps[1]), welch(gaps[1], gaps[2])],
        "04 leak": [corrected(at_best["leaky_4_folds"] - at_best[without], 1 / 3)],
    }


def of_05(run):
    slopes = {}
    for model in ("mlp", "deep_cnn", "deep_cnn_without_dropout"):
        slopes[model] = theil_sen(run.curves(model, "val_loss"))
    last = {model: run.curves(model, "val_loss").iloc[-1] for model in slopes}
    with_it, without = "deep_cnn", "deep_cnn_without_dropout"
    expected = np.arange(25) != 8
    first = [run.right[model][:, :25] for model in ("mlp", "cnn")]
    as_said = [(right == expected).all(axis=1) for right in first]
    return {
        "05a": [mean(slopes["mlp"])],
        "05b": [with_rows(run.right["cnn"], run.right["mlp"])],
        "05c1": [mean(slopes[with_it])],
        "05c2": [
            mean(slopes[without]),
            welch(slopes[without], slopes[with_it]),
            welch(last[without], last[with_it]),
        ],
        "05d": [*map(share, as_said), share(run.right["deep_cnn"][:, 8])],
    }


def of_06(run):
    a = run.arrays
    accuracy = {m: run.curves(m, "accuracy").iloc[-1] for m in ("small", "large")}
    fails = [run.curves(f"one_hot_{n}", "accuracy").iloc[-1] < 0.5 for n in ("bce", "cce")]
    found = {}
    for name in [name for name in a if name.endswith(".out_of_fold")]:
        values = []
        for fold_of, outputs in zip(a["cv_folds"], a[name], strict=True):
            for fold in range(10):
                rows = fold_of == fold
                right = np.mean(a["labels"][rows] == (outputs[rows] >= 0.5))
                values.append((roc_auc_score(a["labels"][rows], outputs[rows]), right))
        found[name.removesuffix(".out_of_fold")] = np.array(values)

    def gain(first, second):
        return [corrected(found[first][:, 0] - found[second][:, 0], 1 / 9)]

    plain = found["cv_without_id"]
    return {
        "06a": [mean(accuracy["large"]), mean(accuracy["small"])],
        "06b": [share(fails[0]), share(fails[1])],
        "06c": [(a["labels"].sum(), a["labels"].sum())],
        "06d": [corrected(plain[:, 1], 1 / 9), corrected(plain[:, 0], 1 / 9)],
        "06 id": gain("cv_with_id", "cv_without_id"),
        "06 scaling": gain("cv_scaled", "cv_without_id"),
        "06 weights": gain("cv_scaled_weighted", "cv_scaled"),
    }


def of_07(run):
    a = run.arrays
    accuracy = run.curves("mnist", "val_accuracy")
    counts = a["mnist.confusions"].astype(float)
    errors = 1 - np.einsum("rii->ri", counts) / counts.sum(axis=2)
    dresses = a["first_model.confusions"][:, 3].astype(float)
    dresses[:, 3] = -1
    digits, clothes = run.right["mnist"], run.right["first_model"]
    noise = [of_rows(rows.mean(0), rows) for rows in (digits, clothes)]
    rises = []
    for model in ("first_model", "second_model"):
        loss = run.curves(model, "val_loss").to_numpy()
        best = left_out(loss).argmin(axis=0)
        rises.append(mean(loss[-1] - loss[best, range(loss.shape[1])]))
    first, second = (run.tested(f"{n}_model", "loss") for n in ("first", "second"))
    return {
        "07a": [mean(accuracy.loc[13:15].mean() - accuracy.loc[8:10].mean())],
        "07b": [share(errors.argmax(axis=1) == 5)],
        "07c": [with_rows(run.right["second_model"], run.right["first_model"])],
        "07d": [welch(second, first)],
        "07e": [widened(welch(digits.mean(1), clothes.mean(1)), np.hypot(*noise))],
        "07f": rises,
        "07g": [share(dresses.argmax(axis=1) == 4)],
    }


LESSONS = {f.__name__[-2:]: f for f in (of_01, of_02, of_03, of_04, of_05, of_06, of_07)}


@pytest.mark.parametrize("stem", STEMS)
def test_every_interval_and_verdict_of_a_claim_is_computed_once_more(stem):
    run = Run(stem)
    expected = LESSONS[stem[:2]](run)
    claims = {claim["id"]: claim for claim in run.record["claims"]}
    assert claims.keys() == expected.keys()
    for key, claim in claims.items():
        found = [(part["low"], part["high"]) for part in claim["parts"]]
        np.testing.assert_allclose(found, expected[key], atol=1e-6, rtol=1e-6, err_msg=key)
        insides, outsides = [], []
        for (low, high), part in zip(expected[key], claim["parts"], strict=True):
            bounds = (part["holds"][0], -np.inf), (part["holds"][1], np.inf)
            least, most = (none if bound is None else bound for bound, none in bounds)
            insides.append(least < low and high < most)
            outsides.append(high < least or low > most)
        verdict = claim["verdict"]
        assert (verdict in ("holds", "holds within")) == all(insides), key
        assert (verdict == "does not hold") == any(outsides), key
