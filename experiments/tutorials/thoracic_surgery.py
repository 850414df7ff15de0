"""What the tutorial on thoracic surgery prints and concludes (06)."""

import functools
import math

import numpy as np

from results.model_card import Use
from results.saved import Saved
from results.statistics import Interval, fold_interval, mean_interval, proportion_interval
from tutorials.catalogue import About
from tutorials.evidence import Part, claim, needs
from tutorials.numbers import scores_beside

ABOUT = About(
    title="Thoracic surgery",
    question="do 470 patients suffice to foresee who dies within a year?",
    models={
        "small": "small network, all patients",
        "large": "large network, all patients",
        "check_already_seen": "trained on, patients already seen",
        "check_fresh": "new network, patients held out",
        "check_fresh_without_id": "new network, without the row's number",
        "one_hot_bce": "one-hot, binary cross-entropy",
        "one_hot_cce": "one-hot, categorical cross-entropy",
        "cv_without_id": "cross-validated, without the row's number",
        "cv_with_id": "cross-validated, with the row's number",
        "cv_scaled": "cross-validated, scaled inputs",
        "cv_scaled_weighted": "cross-validated, scaled inputs, class weights",
    },
    cover="roc_curves",
    score=("check_fresh", "test", "accuracy"),
    networks=(
        "check_fresh_without_id",
        "check_fresh",
        "small",
        "large",
        "one_hot_bce",
        "one_hot_cce",
    ),
    published=("check_fresh_without_id",),
    input="row",
    minutes=3.7,
)
# Source: UCI data set 277, thoracic surgery data; the codes are the tutorial's.
FEATURES = {
    "id": "the row's number, which says nothing of a patient",
    "DGN": "diagnosis, a code",
    "PRE4": "forced vital capacity (FVC), litres",
    "PRE5": "volume breathed out in a second (FEV1), litres; 14 values are not (defect 8)",
    "PRE6": "performance status, 0 (good) to 2",
    "PRE7": "pain before surgery, 0 or 1",
    "PRE8": "coughing blood, 0 or 1",
    "PRE9": "short of breath, 0 or 1",
    "PRE10": "cough, 0 or 1",
    "PRE11": "weakness, 0 or 1",
    "PRE14": "size of the tumour, 11 (smallest) to 14",
    "PRE17": "type 2 diabetes, 0 or 1",
    "PRE19": "heart attack in the last six months, 0 or 1",
    "PRE25": "narrowed arteries, 0 or 1",
    "PRE30": "smokes, 0 or 1",
    "PRE32": "asthma, 0 or 1",
    "AGE": "age, years",
}
FOLDS = 10
DEATHS = 70  # within a year, by UCI's description of data set 277
AREA = 0.05  # of the AUC: half of what logistic regression is above chance
RARE = 0.1  # the share of failing runs below which "may fail" does not hold
CV = ("cv_without_id", "cv_with_id", "cv_scaled", "cv_scaled_weighted")
NUMBERS = {"large": {"final": {"accuracy": 0.94}}}
NOT_COMPARABLE = {
    "large: last training accuracy": "accuracy on the patients it was trained on, no"
    " statement about others (defect 9)",
}


def numbers(saved: Saved):
    """Return the tutorial's number beside ours."""
    return scores_beside(saved, NUMBERS, not_comparable=NOT_COMPARABLE)


def survivors(saved: Saved) -> float:
    """Return the share of patients who survived: the accuracy of predicting it for everyone."""
    return float(1 - saved.predictions["labels"].mean())


def by_fold(saved, name, score):
    """Return a score of what a predictor gives out of fold, one for each fold, (folds,)."""
    arrays = saved.predictions
    outputs = arrays[f"{name}.out_of_fold"]
    return np.array(
        [
            score(arrays["labels"][fold_of == fold], probabilities[fold_of == fold])
            for fold_of, probabilities in zip(arrays["cv_folds"], outputs, strict=True)
            for fold in range(FOLDS)
        ]
    )


def nan_where_broken(score):
    """Let a score of labels and probabilities be NaN where a network has broken down."""

    @functools.wraps(score)
    def guarded(labels, probabilities):
        return score(labels, probabilities) if np.isfinite(probabilities).all() else np.nan

    return guarded


@nan_where_broken
def auc(labels, probabilities):
    """Return the area under the ROC curve."""
    from sklearn.metrics import roc_auc_score  # it takes a second to import

    return roc_auc_score(labels, probabilities)


@nan_where_broken
def balanced_accuracy(labels, probabilities):
    """Score the classes at a threshold of one half."""
    from sklearn.metrics import balanced_accuracy_score

    return balanced_accuracy_score(labels, probabilities >= 0.5)


@nan_where_broken
def accuracy(labels, probabilities):
    """Return the share of classes that are right at a threshold of one half."""
    return np.mean(labels == (probabilities >= 0.5))


def scores_of_fold(labels, probabilities) -> dict[str, float]:
    """Score probabilities of death by what does not depend on the share of deaths."""
    found = labels, probabilities
    return {"auc": float(auc(*found)), "balanced_accuracy": float(balanced_accuracy(*found))}


def over_folds(values):
    """Return the corrected interval of the mean over the folds of all repetitions, its floor."""
    return fold_interval(values.reshape(-1, FOLDS), 1 / (FOLDS - 1), own_folds=True)


def scores_out_of_fold(saved: Saved) -> tuple[str, dict[str, np.ndarray]]:
    """Return a table of scores on patients not trained on, and probabilities by label with AUC."""
    names = {name: saved.name(name) for name in CV if name in saved.models}
    names["logistic_regression"] = "logistic regression"
    times = len(saved.predictions["cv_folds"])
    heads = (f"{times} times {FOLDS} folds", "AUC", "balanced accuracy", "accuracy")
    rows, outputs = [heads], {}
    for name, title in names.items():
        scores = auc, balanced_accuracy, accuracy
        found = [over_folds(by_fold(saved, name, score))[0].text(3) for score in scores]
        rows.append((title, *found))
        outputs[f"{title}: AUC {found[0]}"] = saved.predictions[f"{name}.out_of_fold"]
    rows.append(("survival for everyone", "0.500", "0.500", f"{survivors(saved):.3f}"))
    width = max(len(row[0]) for row in rows) + 2
    lines = [f"{title:{width}}" + "".join(f"{cell:24}" for cell in cells) for title, *cells in rows]
    return "\n".join(line.rstrip() for line in lines), outputs


@needs("cv_without_id")
def finding(saved: Saved) -> str:
    """Say in a sentence what was found."""
    right = over_folds(by_fold(saved, "cv_without_id", accuracy))[0].mean
    return (
        f"470 patients are too few: in cross-validation the network gets {right:.3f} of those it"
        f" has not seen right; predicting survival for everyone gets {survivors(saved):.3f} right."
    )


def use(model, protocol, features) -> Use:
    """Say what a network is for, and which facts about a patient it takes."""
    return Use(
        takes="row",
        purpose="Guesses whether a lung cancer patient dies within a year of surgery.",
        not_for="any decision about a patient, and no patient should be told its answer: on"
        " patients it has not seen it is no better than predicting survival for everyone.",
        answers=("survives", "dies"),
        features=features if protocol.row_number else features[1:],
        targets="check_labels" if protocol.held_out else "",
    )


@claim("06a", "More units and more epochs lift the training accuracy above 0.90", "small", "large")
def more_units_and_epochs_suffice(saved):
    """Test the last training accuracy of both networks."""
    small, large = (
        mean_interval(saved.scores(name, "final", "accuracy")) for name in ("small", "large")
    )
    long, short = (saved.trainings(name)[0]["epochs"] for name in ("large", "small"))
    parts = [Part("the large network", large, low=0.9), Part("the small one", small, high=0.9)]
    return parts, (
        f"last training accuracy of 60-30-1 after {long} epochs {large.text(3)}, of 34-17-1 after"
        f" {short} {small.text(3)};"
        f" survival for everyone {survivors(saved):.3f}"
    )


@claim(
    "06b",
    "Softmax with binary cross-entropy may fail to learn, categorical does not",
    "one_hot_bce",
    "one_hot_cce",
)
def binary_cross_entropy_fails(saved):
    """Compare how many runs of each loss end with less than half of the patients right."""
    ends = [saved.scores(name, "final", "accuracy") for name in ("one_hot_bce", "one_hot_cce")]
    binary, categorical = (proportion_interval((end < 0.5).sum(), len(end)) for end in ends)
    failing = Part("failures of binary", binary, low=RARE)
    learning = Part("failures of categorical", categorical, high=RARE)
    return [failing, learning], (
        f"share of runs that end below an accuracy of 0.5: binary {binary.text(2)}, categorical"
        f" {categorical.text(2)}; lowest {ends[0].min():.3f} and {ends[1].min():.3f}; does not hold"
        f" if binary's share is surely below {RARE}"
    )


@claim("06c", "Label 1 means survived", over="all patients")
def label_1_means_survived(saved):
    """Compare the labels with the deaths that the data set's description counts."""
    ones, rows = int(saved.predictions["labels"].sum()), len(saved.predictions["labels"])
    alive = rows - DEATHS
    return [Part("patients with label 1", Interval(ones, ones, ones), alive - 1, alive + 1)], (
        f"label 1 marks {ones} of {rows} patients; by UCI's description {DEATHS} died within a year"
        " (defect 9)"
    )


@claim(
    "06d",
    "The network tells who dies better than survival for everyone",
    "cv_without_id",
    over="folds",
)
def foresees_who_dies(saved):
    """Compare accuracy with the majority's on unseen patients; AUC with logistic regression's."""
    right, of_right = over_folds(by_fold(saved, "cv_without_id", accuracy))
    area, of_area = over_folds(by_fold(saved, "cv_without_id", auc))
    gap, _ = over_folds(
        by_fold(saved, "cv_without_id", auc) - by_fold(saved, "logistic_regression", auc)
    )
    parts = [
        Part("its accuracy", right, low=survivors(saved), floor=of_right, degrees=49),
        Part("its AUC", area, low=0.5, floor=of_area, degrees=49),
    ]
    return parts, (
        f"accuracy on unseen patients {right.text(3)}, survival for everyone"
        f" {survivors(saved):.3f}; AUC {area.text(3)}, minus logistic regression's on the same"
        f" folds {gap.text(3)}"
    )


@claim(
    "06 id",
    "The row's number makes no difference (ablation)",
    "cv_with_id",
    "cv_without_id",
    over="folds",
    within=f"an AUC of {AREA}",
)
def row_number_makes_no_difference(saved):
    """Compare the AUC with and without the row's number on the same folds."""
    part = area_gain(saved, "cv_with_id", "cv_without_id", -AREA, AREA)
    return [part], (
        f"with the row's number the AUC changes by {part.interval.text(3)}, on the same folds"
    )


@claim("06 scaling", "Scaled inputs help (ablation)", "cv_scaled", "cv_without_id", over="folds")
def scaling_helps(saved):
    """Compare the AUC on the same folds."""
    part = area_gain(saved, "cv_scaled", "cv_without_id")
    return [part], f"scaling changes the AUC by {part.interval.text(3)}, on the same folds"


@claim(
    "06 weights", "Class weights help (ablation)", "cv_scaled_weighted", "cv_scaled", over="folds"
)
def weights_help(saved):
    """Compare AUC and balanced accuracy on the same folds."""
    pair = "cv_scaled_weighted", "cv_scaled"
    part = area_gain(saved, *pair)
    first, second = (by_fold(saved, name, balanced_accuracy) for name in pair)
    more, _ = over_folds(first - second)
    return [part], (
        f"class weights change the AUC by {part.interval.text(3)}, the balanced accuracy by"
        f" {more.text(3)}, on the same folds"
    )


def area_gain(saved, first, second, low=0.0, high=math.inf):
    """Return the part that the first predictor's AUC is above the second's, on the same folds."""
    gain, floor = over_folds(by_fold(saved, first, auc) - by_fold(saved, second, auc))
    return Part("the gain", gain, low, high, floor, degrees=49)


CLAIMS = [more_units_and_epochs_suffice, binary_cross_entropy_fails, label_1_means_survived]
CLAIMS += [foresees_who_dies, row_number_makes_no_difference, scaling_helps, weights_help]
