"""01 Random binary classification: what do networks learn where there is nothing to learn?

Data: 1,000 rows of 12 uniform random numbers, each with a random label; 100 more to test on.

Models: a perceptron, a multilayer perceptron (mlp) and a deeper one (deep_mlp).

Expect: the more weights, the better the training labels are memorised; the test accuracy of all
three stays at chance. Ten seeds, about 20 seconds.

    python experiments/01_random_binary.py
    python experiments/01_random_binary.py --models mlp --epochs 200
    python experiments/01_random_binary.py --plots-only
"""

# %%
from dataclasses import replace

import numpy as np

from common import models, plotting, training
from common.experiment import Experiment
from tutorials import random_binary as tutorial

BATCH_SIZE = 64
HIDDEN = {"perceptron": (), "mlp": (64,), "deep_mlp": (64, 64)}

experiment = Experiment(
    "01_random_binary",
    __doc__,
    epochs=dict.fromkeys(tutorial.MODELS, 1000),
    models=tutorial.MODELS,
    overrides={"hidden": ("mlp",)},
)
experiment.data_are("generated")
settings = experiment.settings


# %% [markdown]
# ## Data
# A row is 12 features and a label, 0 or 1. A network learns from training rows and is scored on
# test rows that it has not seen. Features and labels are drawn independently, so no network can do
# better than chance on new rows. Data without a pattern still serve: what a network gets right
# beyond chance on its training rows is learnt by heart, and one sees how much and how fast.


# %%
def draw(seed):
    """Draw 1,000 training and 100 test rows: 12 features in [0, 1), labels 0 or 1."""
    # The tutorial draws other, unseeded data for each model (defect 1); here the three models of a
    # seed see the same rows, so that what differs is the model.
    rng = np.random.default_rng(seed)
    x_train, x_test = rng.random((1000, 12), np.float32), rng.random((100, 12), np.float32)
    y_train, y_test = rng.integers(2, size=(1000, 1)), rng.integers(2, size=(100, 1))
    return (x_train, y_train), (x_test, y_test)


def correlations(seed):
    """Return the correlation of each pair among the 12 features and the label, float (78,)."""
    (x, y), _ = draw(seed)
    return np.corrcoef(np.hstack([x, y]).T)[np.triu_indices(13, 1)]


# %% [markdown]
# ## Models
# Each unit of a dense layer adds up its inputs, each times a weight, and a bias. In a hidden layer
# relu follows, which turns a negative sum into 0; in the output a sigmoid, which turns any sum into
# a number from 0 to 1: the probability of label 1. The perceptron has no hidden layer; it can draw
# one flat border through the 12-dimensional cube. Hidden units let the border bend.


# %%
def build(name):
    """Build one of the tutorial's three networks."""
    hidden = HIDDEN[name]
    if name == "mlp":
        hidden = settings.overrides.get("hidden", hidden)
    return models.dense(name, 12, hidden, 1, "sigmoid")


def build_perceptron_in_two_layers():
    """Build the tutorial's other spelling of the perceptron: Dense, then Activation."""
    import keras

    layers = [keras.Input((12,)), keras.layers.Dense(1), keras.layers.Activation("sigmoid")]
    return keras.Sequential(layers, name="perceptron_in_two_layers")


# %% [markdown]
# ## Train
# The loss says how wrong the probabilities are: binary cross-entropy is minus the logarithm of the
# probability that the true label gets. An undecided 0.5 costs 0.69, sure and right next to nothing,
# sure and wrong very much. After each batch, here 64 rows, RMSprop moves all weights a little to
# where the loss of that batch falls; an epoch is once through all rows, 16 batches. There is no
# validation set (02 has one): the tutorial means to overfit.
#
# A seed settles what is left to chance: the rows, the first weights, the order of the rows. Ten
# seeds tell what belongs to a model from what is luck.


# %%
def train(name, seed):
    """Train one network on the data of one seed and test it on rows it has not seen."""
    import keras

    (x_train, y_train), test = draw(seed)
    keras.utils.set_random_seed(seed)  # before each model, else it depends on what ran before it
    model = build(name)
    optimizer = models.optimizer("rmsprop", settings.overrides)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    history = training.fit(
        *(model, x_train, y_train),
        epochs=settings.epochs[name],
        batch_size=settings.batch_size or BATCH_SIZE,
        seed=seed,
    )
    result = training.result(model, history, test)
    rng = np.random.default_rng((seed, tutorial.MORE_ROWS))
    more = (
        rng.random((tutorial.MORE_ROWS, 12), np.float32),
        rng.integers(2, size=(tutorial.MORE_ROWS, 1)),
    )
    scores, _ = training.evaluate(model, *more)
    return replace(result, test=result.test | {"accuracy_5000_rows": scores["accuracy"]})


def same_perceptron(x):
    """Return the largest difference between the perceptron's two spellings, weights being equal."""
    one, two = build("perceptron"), build_perceptron_in_two_layers()
    two.set_weights(one.get_weights())
    return float(np.abs(one.predict(x, verbose=0) - two.predict(x, verbose=0)).max())


if not settings.plots_only:
    experiment.train(train, settings.models)
    (x_train, y_train), (x_test, y_test) = draw(experiment.first_seed)
    seeds = settings.seeds[settings.models[0]]
    experiment.save(
        {
            "optimizer": "rmsprop",
            "batch_size": settings.batch_size or BATCH_SIZE,
            "perceptron_spellings_differ_by": same_perceptron(x_test),
        },
        {"chance": {"accuracy": 0.5}},
        features=x_train[:, :3],
        labels=y_train[:, 0].astype(np.uint8),
        targets=y_test[:, 0].astype(np.uint8),
        correlations=np.stack([correlations(seed) for seed in seeds]),
    )
    numbers = {f"x{i}": "a random number from 0 to 1" for i in range(1, 13)}
    use = models.Use(
        takes="row",
        purpose="Answers 0 or 1 to twelve numbers, as it has learnt by heart.",
        not_for="anything: its training labels were drawn at random.",
        answers=("0", "1"),
        features=models.features_of(x_train, numbers),
        columns=tuple((name, 0.0, 1.0) for name in numbers),
    )
    experiment.keep_networks(dict.fromkeys(settings.models, use))
saved = experiment.saved

# %% [markdown]
# ## Look at the data
# With real data, features that go together with the label show as a pattern here. Look at such
# plots before you design a network. Here there is none; beside it, the same points with a label
# that follows from the features.

# %%
features, labels = saved.predictions["features"], saved.predictions["labels"]
explained = (features[:, 0] + features[:, 1] > 1).astype(np.uint8)


def scatter(axes, labels, columns, **style):
    """Draw points by some of their features, coloured by label."""
    for label in (0, 1):
        axes.scatter(*features[labels == label][:, columns].T, label=f"label {label}", **style)


figure, cells = plotting.new(1, 2, size=(9.6, 4.6))
for axes, shown, text in zip(
    cells,
    (labels, explained),
    ("Two of 12 random features: no pattern", "Label 1 where they sum to over 1: a pattern"),
    strict=True,
):
    scatter(axes, shown, [0, 1], s=12, alpha=0.75)
    axes.set(title=text, xlabel="feature 1", ylabel="feature 2", aspect="equal")
figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
experiment.figure(
    *(figure, "scatter_2d"),
    "Points of both labels mix where the features are random (left); where the label depends on"
    " them, a border shows (right).",
)

figure, axes = plotting.new(size=(5.2, 5), subplot_kw={"projection": "3d"})
scatter(axes, labels, [0, 1, 2], s=9, depthshade=False)
axes.set(
    title="Three of 12 random features: no pattern",
    **{"xlabel": "feature 1", "ylabel": "feature 2", "zlabel": "feature 3"},
)
axes.legend(loc="upper left")
experiment.figure(
    figure, "scatter_3d", "In three of the random features, too, points of both labels mix."
)

# %% [markdown]
# ## Training histories
# Loss is on the left axis, accuracy on the right. A line is the mean over the seeds; the band is
# where that mean lies with 95% confidence, not where single runs fall. Look at the height that a
# curve reaches and at where it goes flat: the perceptron is soon done, hardly above chance; the
# deep network learns nearly every label by heart. On test rows (`evaluation.txt`) all three guess,
# and the more is learnt by heart, the higher the test loss: guesses that are sure of themselves.
#
# The tutorial labels the right axis "accuray" (defect 3), and the first three epochs of its three
# logs are one and the same text (defect 2): only their last lines are evidence.


# %%
def title(name):
    """Name a model with its layers' sizes and its weights."""
    weights = saved.record["models"][name]["parameters"]
    return f"{name} {saved.layers(12, HIDDEN[name], 1)}: {weights:,} weights"


curves = {title(name): saved.curves(name) for name in saved.models}
for name in saved.models:
    figure = plotting.twin_axes({title(name): curves[title(name)]}, levels={"chance": 0.5})
    caption = f"Training loss and accuracy of {title(name)}, on labels drawn by chance."
    experiment.figure(figure, f"{name}_history", caption)
experiment.figure(
    *(plotting.twin_axes(curves, levels={"chance": 0.5}), "histories_side_by_side"),
    "Training loss and accuracy of all networks: what rises with the weights is how much of the"
    " random labels is learnt by heart.",
)

# %% [markdown]
# ## What the tutorial concludes
# "Perceptron > multilayer perceptron > deep one, in the order of learning faster" can mean two
# things, and one run on noise shows neither (defect 1). On 100 test rows an accuracy at chance lies
# between 0.40 and 0.60 in 95 of 100 trials. So each claim is put as a quantity with a 95% interval;
# it holds, or does not, if the whole interval says so, else it is undecided.


# %%
difference = saved.record["config"]["perceptron_spellings_differ_by"]
experiment.text(
    "The perceptron as Dense(sigmoid) and as Dense, Activation(sigmoid): with the same weights"
    f" their outputs differ by {difference:g}.",
    "perceptron_in_two_layers",
)
experiment.conclude(tutorial.numbers(saved), tutorial.CLAIMS)
experiment.finish()

# %% [markdown]
# ## What to try next
# The commands run in the project's folder, with `.venv` activated. `--label` keeps a variation in
# `runs/`; `make compare` sets it beside the published results and draws `runs/compare.png`.
# Answers, to be read after trying: `experiments/EXERCISES.md`.
#
# 1. What memorises here: the depth, or the number of weights?
#    ```sh
#    python experiments/01_random_binary.py --models mlp --hidden 360 --label wide
#    make compare A=figures B=runs/wide EXP=01
#    ```
#    Compare the last training accuracy and loss of mlp with those of the published deep_mlp, which
#    has about as many weights (`figures/01_random_binary/evaluation.txt`).
#
# 2. Does every optimizer memorise noise?
#    ```sh
#    python experiments/01_random_binary.py --models deep_mlp --optimizer sgd --label sgd
#    make compare A=figures B=runs/sgd EXP=01
#    ```
#    Look at the last training accuracy, after the same 1,000 epochs, and at `runs/compare.png`.
#
# 3. Which rankings of the three networks hold for ten other seeds, too?
#    ```sh
#    python experiments/01_random_binary.py --seed 10 --label other-seeds
#    make compare A=figures B=runs/other-seeds EXP=01
#    ```
#    Rank them by training accuracy and by test accuracy in both runs, and look for a verdict on one
#    of the tutorial's numbers that has changed.
