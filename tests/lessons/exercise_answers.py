"""What the exercises' answers state, computed from what their commands give.

Each function checks what one answer says and returns the numbers in it, in their order.
"""

from itertools import chain, combinations, pairwise

import numpy as np
from exercise_runs import PUBLISHED, now_and_published

from comparison.scores import BETTER, INSIDE, LATER, WORSE
from results.statistics import difference_on_test_set, mean_interval, proportion_interval
from tutorials import thoracic_surgery as surgery
from tutorials.evidence import slopes

LAST_ACCURACY, LAST_LOSS = "last training accuracy", "last training loss"
LOWEST_LOSS, TEST_ACCURACY = "lowest validation loss", "test accuracy"
ANSWERS = {}


def answer(name):
    """Let a function compute what the answer of an exercise states."""

    def add(function):
        ANSWERS[name] = function
        return function

    return add


@answer("01.1")
def depth_or_weights(runs):
    (gain,) = runs.rows("mlp", "wide", LAST_ACCURACY)
    short, loss = runs.rows("mlp", "wide", LAST_ACCURACY, LAST_LOSS, beside="deep_mlp")
    assert gain.verdict == BETTER
    assert short.difference.low > -0.05
    assert loss.verdict == WORSE
    weights = runs.weights("wide", "mlp"), runs.weights(PUBLISHED, "deep_mlp")
    return [*now_and_published(gain), short.first.mean, *weights, *now_and_published(loss)]


@answer("01.2")
def learning_noise_by_gradient_descent(runs):
    quantities = LAST_ACCURACY, LAST_LOSS, "epoch of the lowest training loss"
    accuracy, loss, lowest = runs.rows("deep_mlp", "sgd", *quantities)
    assert accuracy.verdict == loss.verdict == WORSE
    new_rows = mean_interval(runs["sgd"].scores("deep_mlp", "test", "accuracy_5000_rows"))
    assert abs(new_rows.mean - 0.5) < 0.01
    means = [*now_and_published(accuracy), loss.second.mean, np.log(2), lowest.second.mean]
    return [runs.epochs("sgd", "deep_mlp"), *means, new_rows.mean]


@answer("01.3")
def rankings_of_other_seeds(runs):
    models, means, verdicts = ("perceptron", "mlp", "deep_mlp"), [], []
    for saved in (runs[PUBLISHED], runs["other-seeds"]):
        trained = [saved.scores(name, "final", "accuracy") for name in models]
        tested = [saved.scores(name, "test", "accuracy") for name in models]
        assert all(mean_interval(b - a).low > 0 for a, b in pairwise(trained))
        gaps = [mean_interval(b - a) for a, b in combinations(tested, 2)]
        assert all(gap.low < 0 < gap.high for gap in gaps)
        means += [scores.mean() for scores in trained]
        verdicts.append({row["quantity"]: row["verdict"] for row in saved.record["tutorial"]})
    changed = [name for name, verdict in verdicts[0].items() if verdict != verdicts[1][name]]
    assert changed == ["deep_mlp: last training loss"]
    return [*means, len(changed), len(verdicts[0])]


@answer("02.1")
def one_unit_for_reviews(runs):
    quantities = TEST_ACCURACY, LOWEST_LOSS, f"epoch of the {LOWEST_LOSS}"
    tested, lowest, epoch = runs.rows("held_out", "one-unit", *quantities)
    (best,) = runs.rows("held_out", "one-unit", "highest validation accuracy")
    assert tested.difference.low > -0.005
    assert lowest.verdict == best.verdict == WORSE
    assert epoch.verdict == LATER
    means = now_and_published(tested, lowest, epoch)
    return [runs.epochs("one-unit", "held_out"), *means, -best.difference.mean]


@answer("02.2")
def fewer_epochs_or_more_reviews(runs):
    (by_epochs,) = runs.rows("held_out", "four", TEST_ACCURACY)
    pair = {"to": "four", "beside": "held_out"}
    (by_reviews,) = runs.rows("retrained", PUBLISHED, TEST_ACCURACY, **pair)
    assert (by_epochs.verdict, by_reviews.verdict) == (BETTER, INSIDE)
    epochs = [runs.epochs(label, "held_out") for label in ("four", PUBLISHED)]
    means = by_epochs.first.mean, by_epochs.second.mean, by_reviews.second.mean
    return [*epochs, *means, by_epochs.difference.mean, by_reviews.difference.mean]


@answer("02.3")
def dropout_on_reviews(runs):
    quantities = f"epoch of the {LOWEST_LOSS}", LOWEST_LOSS, TEST_ACCURACY, "last validation loss"
    epoch, lowest, tested, last = runs.rows("held_out", "dropout", *quantities)
    assert epoch.verdict == LATER
    assert lowest.verdict == INSIDE
    assert tested.verdict == BETTER
    assert last.second.low > lowest.second.high
    epochs = runs.epochs("dropout", "held_out")
    return [*now_and_published(epoch, lowest), epochs, *now_and_published(tested), last.second.mean]


@answer("03.1")
def second_layer_on_newswires(runs):
    lowest, tested = runs.rows("held_out", "one-layer", LOWEST_LOSS, TEST_ACCURACY)
    assert lowest.verdict == tested.verdict == BETTER
    epochs = runs.epochs("one-layer", "held_out")
    return [*now_and_published(lowest), epochs, *now_and_published(tested)]


@answer("03.2")
def room_or_time(runs):
    rows = runs.rows("width_4", "patient", LAST_ACCURACY, TEST_ACCURACY, "test loss")
    (wide,) = runs.rows("width_4", "patient", TEST_ACCURACY, beside="held_out")
    assert rows[0].verdict == BETTER
    assert rows[2].verdict == wide.verdict == WORSE
    trained, tested, losses = ((row.first.mean, row.second.mean) for row in rows)
    return [runs.epochs("patient", "width_4"), *trained, *losses, *tested, wide.first.mean]


@answer("03.3")
def steps_on_newswires(runs):
    small, large = "small-steps", "large-steps"
    (loss,) = runs.rows("held_out", large, LAST_LOSS, to=small)
    behind, lowest = runs.rows("held_out", large, LAST_LOSS, LOWEST_LOSS)
    assert loss.verdict == BETTER
    assert behind.verdict == lowest.verdict == WORSE
    curves = [runs[label].by_seed("held_out", "val_loss") for label in (small, large)]
    rises = [float((curve.diff().iloc[1:] > 0).to_numpy().mean()) for curve in curves]
    assert rises[0] == 0
    rate = runs[large].record["config"]["learning_rate"]
    steps = runs.epochs(small, "held_out"), loss.first.mean, loss.second.mean, rate
    return [*steps, behind.first.mean, lowest.first.mean, lowest.second.mean, rises[1]]


@answer("04.1")
def one_seed_on_b(runs):
    pair = "without_b_4_folds", "all_features_4_folds"
    changes = {}
    for label in ("seed-101", "seed-105"):
        without, with_b = (runs[label].scores(name, "test", "mae")[0] for name in pair)
        changes[runs[label].seeds(pair[0])[0]] = without - with_b
    all_seeds, _ = difference_on_test_set(
        *(runs[PUBLISHED].predictions[f"{name}.errors"] for name in pair)
    )
    assert changes[101] < 0 < changes[105]
    assert all_seeds.low < 0 < all_seeds.high
    number = len(runs[PUBLISHED].seeds(pair[0]))
    return [101, -changes[101], 105, changes[105], number, *all_seeds, number]


@answer("04.2")
def eight_units_for_prices(runs):
    quantities = "test mae", "folds: epoch of the lowest validation mae"
    tested, epoch = runs.rows("all_features_4_folds", "few", *quantities)
    ridge = runs["few"].record["baselines"]["ridge"]["mae"]
    assert tested.verdict == WORSE
    assert tested.second.high < ridge
    share = (ridge - tested.second.mean) / (ridge - tested.first.mean)
    epochs = runs.epochs("few", "all_features_4_folds")
    return [tested.second.mean, ridge, tested.first.mean, share, epochs, epoch.second.mean]


@answer("04.3")
def steps_on_prices(runs):
    name = "all_features_4_folds"
    folds = [run for run in runs["sgd"].record["models"][name]["runs"] if run["fold"] is not None]
    failed = float(sum("failed" in run for run in folds))  # at the edge rounding decides
    errors = runs["sgd"].scores(name, "test", "mae")
    broken = float(np.isnan(errors).sum())
    (slow,) = runs.rows(name, "sgd-slow", "test mae")
    assert not runs["sgd-slow"].failures
    assert slow.verdict == INSIDE
    spread = np.nanmin(errors), np.nanmax(errors)
    return [failed, len(folds), broken, len(errors), *spread, *now_and_published(slow)]


@answer("05.1")
def convolutions_after_one_epoch(runs):
    pair = "cnn", "mlp"
    gaps = [
        difference_on_test_set(*(runs[label].predictions[f"{name}.right"] for name in pair))[0]
        for label in ("one-epoch", PUBLISHED)
    ]
    assert gaps[0].low < 0 < gaps[0].high
    assert gaps[1].low > 0
    means = [
        runs[label].scores(name, "test", "accuracy").mean()
        for label in ("one-epoch", PUBLISHED)
        for name in pair
    ]
    cnn, mlp = (runs[PUBLISHED].by_seed(name, "val_accuracy").mean(axis=1) for name in pair)
    return [*means[:2], runs.epochs(PUBLISHED, "cnn"), *means[2:], int((cnn > mlp).idxmax())]


@answer("05.2")
def steps_of_large_batches(runs):
    (tested,) = runs.rows("mlp", "large-batches", TEST_ACCURACY)
    assert tested.verdict == WORSE
    checked = runs[PUBLISHED].by_seed("mlp", "val_accuracy").mean(axis=1)
    last = runs["large-batches"].by_seed("mlp", "val_accuracy").mean(axis=1).iloc[-1]
    epochs, size = runs.epochs("large-batches", "mlp"), 50_000
    steps = epochs * -(-size // 1024), -(-size // 32)
    return [epochs, steps[0], last, steps[1], checked.iloc[0], *now_and_published(tested)]


@answer("05.3")
def eight_units_for_digits(runs):
    (tested,) = runs.rows("mlp", "eight", TEST_ACCURACY)
    linear = runs["eight"].record["baselines"]["logistic regression"]["accuracy"]
    lowest, epoch = runs.rows("mlp", "eight", LOWEST_LOSS, f"epoch of the {LOWEST_LOSS}")
    last_ten = mean_interval(slopes(runs["eight"].by_seed("mlp", "val_loss"), 10))
    assert tested.verdict == lowest.verdict == WORSE
    assert tested.second.low > linear
    assert last_ten.mean < 0
    share = (tested.second.mean - linear) / (tested.first.mean - linear)
    means = tested.second.mean, linear, tested.first.mean
    return [*means, share, *now_and_published(epoch, lowest)]


@answer("06.1")
def failures_of_ten(runs):
    pair = runs["ten"], runs[PUBLISHED]
    verdicts = [{row["id"]: row["verdict"] for row in run.record["claims"]} for run in pair]
    assert [found["06b"] for found in verdicts] == ["undecided", "does not hold"]
    ends = [run.scores("one_hot_bce", "final", "accuracy") for run in pair]
    ends.append(runs["ten"].scores("one_hot_cce", "final", "accuracy"))
    failed = [int((scores < 0.5).sum()) for scores in ends]
    assert failed[0] == failed[2]
    shares = [proportion_interval(n, len(end)) for n, end in zip(failed, ends, strict=True)]
    return [failed[0], len(ends[0]), *shares[0][1:], len(ends[1]), *shares[1][1:]]


@answer("06.2")
def epochs_for_patients_not_seen(runs):
    name, pair = "cv_scaled", (runs["short"], runs[PUBLISHED])
    areas = [surgery.by_fold(run, name, surgery.auc) for run in pair]
    right = surgery.by_fold(runs["short"], name, surgery.accuracy).mean()
    regression = surgery.by_fold(runs["short"], "logistic_regression", surgery.auc).mean()
    gain, _ = surgery.over_folds(areas[0] - areas[1])
    assert gain.low > 0
    assert right < surgery.survivors(runs["short"])
    trained = [[runs.epochs(label, name) for label in ("short", PUBLISHED)], areas]
    means = [part for epochs, area in zip(*trained, strict=True) for part in (epochs, area.mean())]
    return [*means, regression, surgery.survivors(runs["short"]), right]


@answer("06.3")
def what_class_weights_buy(runs):
    saved, pair = runs["weights"], ("cv_scaled", "cv_scaled_weighted")
    scores = surgery.auc, surgery.accuracy, surgery.balanced_accuracy
    table = [[surgery.by_fold(saved, name, score) for name in pair] for score in scores]
    area, right, balanced = (surgery.over_folds(b - a)[0] for a, b in table)
    assert area.low < 0 < area.high
    assert balanced.low < 0 < balanced.high
    assert right.high < 0
    labels = saved.predictions["labels"]
    alarms = [saved.predictions[f"{name}.out_of_fold"] >= 0.5 for name in pair]
    false, found = ([a[:, labels == k].sum(axis=1).mean() for a in alarms] for k in (0, 1))
    means = [values.mean() for values in chain(*table)]
    return [*means[:4], found[1], int(labels.sum()), found[0], *false[::-1], *means[4:]]


@answer("07.1")
def digits_through_two_numbers(runs):
    single = runs["two"].scores("mnist", "test", "accuracy")
    mistakes = runs["two"].predictions["mnist.confusions"] * (1 - np.eye(10))
    pairs = np.triu(mistakes + mistakes.transpose(0, 2, 1)).reshape(len(single), -1)
    mixed = pairs.max(axis=1) > 500  # a quarter of the digits of two classes
    assert single[mixed].max() < single[~mixed].min()
    assert len({*pairs[mixed].argmax(axis=1)}) > 1
    published = runs[PUBLISHED].scores("mnist", "test", "accuracy").mean()
    return [*mean_interval(single), published, single.min(), single.max()]


@answer("07.2")
def five_epochs_for_digits(runs):
    quantities = LAST_ACCURACY, "last validation accuracy", TEST_ACCURACY
    rows = runs.rows("mnist", PUBLISHED, *quantities, to="five")
    gains = [row.difference.mean for row in rows]
    assert {row.verdict for row in rows} == {BETTER}
    assert gains[0] > 2 * max(gains[1:])
    return [*gains, runs.epochs("five", "mnist"), rows[2].first.mean, rows[2].second.mean]


@answer("07.3")
def width_on_clothes(runs):
    quantities = LOWEST_LOSS, TEST_ACCURACY, f"epoch of the {LOWEST_LOSS}"
    lowest, tested, epoch = runs.rows("first_model", "one-layer", *quantities)
    of_second = runs.rows("first_model", "one-layer", *quantities[:2], beside="second_model")
    assert lowest.verdict == of_second[0].verdict == BETTER
    assert tested.verdict == INSIDE
    assert epoch.second.mean < epoch.first.mean
    losses = [*now_and_published(lowest, epoch), of_second[0].first.mean]
    accuracies = [*now_and_published(tested), of_second[1].first.mean]
    weights = runs.weights("one-layer", "first_model"), runs.weights(PUBLISHED, "second_model")
    return [*losses, *accuracies, *weights]
