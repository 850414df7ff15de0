"""What the Boston housing tutorial prints and concludes (04)."""

from itertools import pairwise

import numpy as np

from results.model_card import Use
from results.saved import Saved
from results.statistics import (
    difference_interval,
    difference_on_test_set,
    fold_interval,
    mean_interval,
)
from tutorials.catalogue import About
from tutorials.evidence import Part, as_good_as_the_best, claim, lowest_epochs, needs
from tutorials.numbers import facts_beside, scores_beside

MODELS = {
    "all_features_3_folds": "all 13 features, 3 folds",
    "without_b_3_folds": "without B, 3 folds",
    "without_b_4_folds": "without B, 4 folds",
    "one_hot_chas_4_folds": "without B, CHAS one-hot, 4 folds",
    "all_features_4_folds": "all 13 features, 4 folds",
    "leaky_4_folds": "standardised before the split, 4 folds",
    "rows_100": "100 training rows",
    "rows_200": "200 training rows",
    "rows_404": "all 404 training rows",
}
SHOWN = "without_b_4_folds"
PAIR = SHOWN, "all_features_4_folds"  # without B and with it
ABOUT = About(
    title="Boston housing",
    question="what is a house worth, and does the price need the feature B?",
    models=MODELS,
    cover="all_variants_validation_mae",
    score=(SHOWN, "test", "mae"),
    networks=(SHOWN, *(name for name in MODELS if name not in (SHOWN, "leaky_4_folds"))),
    published=PAIR,
    input="row",
    minutes=3.4,
)
PUBLISHED = tuple(MODELS)[:4]
ROWS = {"rows_100": 100, "rows_200": 200, "rows_404": 404}
NUMBERS = {
    "without_b_3_folds": {"test": {"loss": 12.2827, "mae": 2.6088}},
    "without_b_4_folds": {"test": {"loss": 16.2812, "mae": 2.4741}},
    "one_hot_chas_4_folds": {"test": {"loss": 11.8552, "mae": 2.2617}},
}
FACTS = {
    "training districts": 404,
    "test districts": 102,
    "first three prices": [15.2, 42.3, 50.0],
    "last three prices": [19.4, 19.4, 29.1],
}
# Source: Harrison and Rubinfeld, Journal of Environmental Economics and Management 5 (1978).
FEATURES = {
    "CRIM": "crimes per head",
    "ZN": "share of residential land in large lots, percent",
    "INDUS": "share of business land other than retail, percent",
    "CHAS": "on the Charles River: 1, else 0",
    "NOX": "nitric oxides in the air, parts in 10 million",
    "RM": "rooms of a home, the mean",
    "AGE": "share of owners' homes from before 1940, percent",
    "DIS": "distance to five centres of employment, weighted",
    "RAD": "access to motorways, an index",
    "TAX": "property tax, dollars per 10,000",
    "PTRATIO": "pupils for each teacher",
    "B": "1000 (share of Black residents - 0.63)^2",
    "LSTAT": "share of residents of lower status, percent",
}
TENTH = 0.25  # about a tenth of the error, in 1,000 dollars: less is of little use
NO_MATTER = 0.05  # of the error, in 1,000 dollars: a leak that changes it by less is none
SMOOTH = 50  # epochs over which an error is averaged to see where it is lowest
DOSES = (2, 4, 8)  # by what the best epochs are divided
LONGER = (50, 100, 200)  # epochs, none of which overfits
LATER = ("one_hot_chas_4_folds", "all_features_4_folds", SHOWN)
PAIRS = {
    "without B - all features (3 folds)": ("without_b_3_folds", "all_features_3_folds"),
    "without B - all features (4 folds)": ("without_b_4_folds", "all_features_4_folds"),
    "one-hot CHAS - without B (4 folds)": ("one_hot_chas_4_folds", "without_b_4_folds"),
    "one-hot CHAS - all features (4 folds)": ("one_hot_chas_4_folds", "all_features_4_folds"),
    "leaky - without B (4 folds)": ("leaky_4_folds", "without_b_4_folds"),
}


def numbers(saved: Saved):
    """Return the tutorial's numbers beside ours."""
    return [*scores_beside(saved, NUMBERS), *facts_beside(saved, FACTS)]


def facts(prices, test_prices):
    """Return what the tutorial prints of the data."""
    first, last = ([round(float(p), 1) for p in part] for part in (prices[:3], prices[-3:]))
    return dict(zip(FACTS, (len(prices), len(test_prices), first, last), strict=True))


@needs(*PAIR)
def finding(saved: Saved) -> str:
    """Say in a sentence what was found."""
    without, with_b = (saved.mean(name, "test", "mae").mean for name in PAIR)
    gap, _ = difference_on_rows(saved, *PAIR)
    chance = ", which may be chance" if gap.low < 0 < gap.high else ""
    return (
        f"Without the feature B the network misses prices by {without:.2f} thousand dollars, with"
        f" it by {with_b:.2f}: a difference of {gap.text(2)}{chance}. Ridge regression misses them"
        f" by {saved.record['baselines']['ridge']['mae']:.2f}."
    )


def use(model, protocol, features) -> Use:
    """Say what a network is for, and how the features of a district become its inputs."""
    taken = tuple(one for one in features if one.name != "B" or not protocol.drop_b)
    numbers = [one for one in taken if one.name != "CHAS" or not protocol.one_hot_chas]
    columns = [(one.name, one.mean, one.deviation or 1.0) for one in numbers]
    if protocol.one_hot_chas:
        columns += [("CHAS", 1.0, -1.0), ("CHAS", 0.0, 1.0)]  # not on the river, on it
    encodes = "B, for which others stand in" if protocol.drop_b else "B, which this one takes"
    return Use(
        takes="row",
        purpose="Estimates the median price of the homes of a district of Boston in the 1970s.",
        not_for="pricing homes, today or anywhere: the data encode the race of the residents, in"
        f" {encodes}.",
        unit="thousand dollars",
        features=taken,
        columns=tuple(columns),
    )


def validation_mae(saved, variant):
    """Return the mean validation MAE of the folds: a row for each epoch, a column for each seed."""
    return saved.by_fold(variant, "val_mae").T.groupby(level="seed").mean(skipna=False).T


def smoothed(table):
    """Return the mean over so many epochs around each one."""
    rows = SMOOTH // (table.index[1] - table.index[0]) + 1
    return table.rolling(rows, center=True, min_periods=rows // 2 + 1).mean()


def lowest_errors(saved, variant):
    """Return the MAE of each fold at its seed's best epoch, (seeds, folds); NaN if one failed."""
    by_fold = saved.by_fold(variant, "val_mae")
    if by_fold.isna().any(axis=None):
        return np.full([level.size for level in by_fold.columns.levels], np.nan)
    best = validation_mae(saved, variant).idxmin()
    return np.array([by_fold.loc[epoch, seed] for seed, epoch in best.items()], float)


def difference_on_folds(saved, first, second):
    """Return the interval of the first variant's validation MAE minus the second's, its floor."""
    errors = lowest_errors(saved, first) - lowest_errors(saved, second)
    return fold_interval(errors, 1 / (errors.shape[1] - 1))


def difference_on_rows(saved, first, second):
    """Return the same of the test MAE; NaN where one is not tested."""
    names, untested = (f"{first}.errors", f"{second}.errors"), np.full((1, 1), np.nan)
    return difference_on_test_set(*(saved.predictions.get(name, untested) for name in names))


@claim("04a1", "A good model is possible without B", "without_b_4_folds", over="test rows")
def possible_without_b(saved):
    """Compare the test errors with those of ridge regression with B, in pairs by row."""
    errors = saved.predictions["without_b_4_folds.errors"].mean(axis=0)
    gap = mean_interval(errors - saved.predictions["ridge.errors"])
    ridge = saved.record["baselines"]["ridge"]["mae"]
    return [Part("the gap to ridge regression", gap, high=0, floor=gap.high - gap.mean)], (
        f"test MAE without B {errors.mean():.2f}, minus ridge regression with B ({ridge:.2f})"
        f" {gap.text(2)}, on the same 102 rows"
    )


@claim(
    "04a2",
    "B is of little use on these districts",
    *PAIR,
    over="seeds on these 102 rows, and folds",
    within=f"{TENTH} thousand dollars",
)
def b_is_of_little_use(saved):
    """Compare with and without B on the same folds and on the same test rows."""
    folds, floor = difference_on_folds(saved, *PAIR)
    rows = difference_interval(*(saved.scores(name, "test", "mae") for name in PAIR))
    new_rows, _ = difference_on_rows(saved, *PAIR)
    on_rows = Part("test rows", rows, high=TENTH)
    return [Part("folds", folds, high=TENTH, floor=floor, degrees=3), on_rows], (
        f"leaving B out changes the validation MAE by {folds.text(2)} (the same 4 folds, corrected"
        f" for their overlap) and the test MAE by {rows.text(2)} on these 102 rows,"
        f" {new_rows.text(2)} on new ones; holds if both are below {TENTH}"
    )


@claim(
    "04b1",
    "With all features it overfits near epoch 200",
    "all_features_3_folds",
    epochs=300,
    within="5% of the error",
)
def overfits_near_200(saved):
    """Test what epoch 200 loses against the best, and whether the error rises afterwards."""
    table = validation_mae(saved, "all_features_3_folds")
    best, words = as_good_as_the_best(smoothed(table), epoch=200)
    last = table.loc[table.index > table.index[-1] - SMOOTH].mean()
    rise = mean_interval(last - table.loc[175:225].mean())
    return [best, Part("the rise", rise, low=0)], (
        f"the mean validation MAE {words}; from epoch 200 to the last it rises by {rise.text(3)}"
        f" (means over {SMOOTH} epochs)"
    )


@claim("04b2", "With one-hot CHAS it overfits later", *LATER, epochs=300)
def overfits_later(saved):
    """Compare the epochs of the lowest validation error, on the same folds, in pairs by seed."""
    found = (lowest_epochs(smoothed(validation_mae(saved, name))) for name in LATER)
    one_hot, all_features, as_number = found
    later, than_all = mean_interval(one_hot - as_number), mean_interval(one_hot - all_features)
    return [Part("the epochs later", later, low=0)], (
        f"on the same 4 folds the validation MAE (means over {SMOOTH} epochs) is lowest"
        f" {later.text(0)} epochs later than with CHAS as a number, and {than_all.text(0)} later"
        " than with all features (and B); the tutorial says much later"
    )


@claim(
    "04c1",
    "Stopping early costs accuracy",
    "without_b_4_folds",
    epochs=50,
    over="seeds on these 4 folds",
)
def stopping_early_costs(saved):
    """Compare the error after a part of the best epochs with that after all; others choose them."""
    by_fold = saved.by_fold("without_b_4_folds", "val_mae")
    mae = by_fold.T.groupby(level="fold").mean().T  # over the seeds
    stops = {fold: mae.drop(columns=fold).mean(axis=1).idxmin() for fold in mae}
    parts, words = [], []
    for dose in DOSES:
        costs = []
        for fold, stop in stops.items():
            early = mae.index[np.abs(mae.index - stop / dose).argmin()]
            one = by_fold.xs(fold, axis=1, level="fold")
            costs.append((one.loc[early] - one.loc[stop]).to_numpy())
        cost = mean_interval(np.mean(costs, axis=0))
        new_folds, _ = fold_interval(np.transpose(costs), 1 / (len(costs) - 1))
        parts.append(Part(f"1/{dose} of the epochs", cost, low=0))
        words.append(f"1/{dose} of them costs {cost.text(2)}, on new folds {new_folds.text(2)}")
    return parts, (
        f"of the best epochs ({', '.join(map(str, stops.values()))}), which the other folds choose,"
        f" {'; '.join(words)} in validation MAE"
    )


@claim("04c2", "The longer a model trains without overfitting, the better it tests", "rows_404")
def longer_is_better(saved):
    """Compare the test error after more and more epochs, in pairs by seed."""
    error = saved.by_seed("rows_404", "val_mae")
    at = [error.loc[epoch - 10 : epoch + 10].mean() for epoch in LONGER]
    changes = [mean_interval(later - sooner) for sooner, later in pairwise(at)]
    steps = [f"from {sooner} to {later} epochs" for sooner, later in pairwise(LONGER)]
    parts = [Part(step, change, high=0) for step, change in zip(steps, changes, strict=True)]
    words = ", ".join(f"{part.name} {part.interval.text(3)}" for part in parts)
    return parts, f"the test MAE of the same networks changes {words} (means around each)"


@claim("04d", "Small training sets overfit more", *ROWS, epochs=100)
def small_sets_overfit(saved):
    """Compare the gap between test and training error at the end."""
    gaps = {}
    for name in ROWS:
        gap = saved.by_seed(name, "val_mae") - saved.by_seed(name, "mae")
        gaps[name] = gap.loc[gap.index > gap.index[-1] - SMOOTH].mean().to_numpy()
    steps = [difference_interval(gaps[fewer], gaps[more]) for fewer, more in pairwise(ROWS)]
    words = ", ".join(f"{ROWS[name]} rows {mean_interval(gaps[name]).text(2)}" for name in ROWS)
    names = "100 against 200 rows", "200 against 404 rows"
    return [Part(name, step, low=0) for name, step in zip(names, steps, strict=True)], (
        f"test MAE minus training MAE over the last 50 epochs: {words};"
        f" 100 minus 200 rows {steps[0].text(2)}, 200 minus 404 rows {steps[1].text(2)}"
    )


@claim(
    "04 leak",
    "Standardising before the split does not change the validation error (defect 6)",
    "leaky_4_folds",
    "without_b_4_folds",
    over="folds",
    within=f"{NO_MATTER} thousand dollars",
)
def leak_does_not_matter(saved):
    """Compare both ways to standardise on the same folds."""
    change, floor = difference_on_folds(saved, "leaky_4_folds", "without_b_4_folds")
    return [Part("the change", change, -NO_MATTER, NO_MATTER, floor, degrees=3)], (
        f"statistics of all rows change the validation MAE by {change.text(3)} (the same 4 folds)"
    )


CLAIMS = [possible_without_b, b_is_of_little_use, overfits_near_200, overfits_later]
CLAIMS += [stopping_early_costs, longer_is_better, small_sets_overfit, leak_does_not_matter]
