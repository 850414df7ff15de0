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

from claims import random_binary as tutorial
from common import cli, models, plotting, training
from common.experiment import Experiment

BATCH_SIZE = 64
HIDDEN = {"perceptron": (), "mlp": (64,), "deep_mlp": (64, 64)}

settings = cli.parse(
    "01_random_binary",
    __doc__,
    epochs=dict.fromkeys(tutorial.MODELS, 1000),
    models=tutorial.MODELS,
    overrides={"hidden": ("mlp",)},
)
experiment = Experiment(settings)


# %% [markdown]
# ## Data
# Features and labels are drawn independently, so no network can do better than chance on new rows.
# Data without a pattern still serve: they show how fast a network memorises.


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
# A sigmoid output is the probability of label 1. The perceptron has no hidden layer; it can draw
# one flat border through the 12-dimensional cube.


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
# RMSprop, binary cross-entropy, 1,000 epochs of 16 batches. There is no validation set: the
# tutorial means to overfit.


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
# between 0.40 and 0.60 in 95 of 100 trials.


# %%
difference = saved.record["config"]["perceptron_spellings_differ_by"]
experiment.text(
    "The perceptron as Dense(sigmoid) and as Dense, Activation(sigmoid): with the same weights"
    f" their outputs differ by {difference:g}.",
    "perceptron_in_two_layers",
)
experiment.conclude(tutorial.numbers(saved), tutorial.CLAIMS)
experiment.finish()
