"""01 Random binary classification: what do networks learn where there is nothing to learn?

Data: 1,000 rows of 12 uniform random numbers, each with a random label; 100 more to test on.
Models: a perceptron, a multilayer perceptron (mlp) and a deeper one (deep_mlp).
Expect: the more weights, the better the training labels are memorised; the test accuracy of all
three stays at chance. Takes about ten seconds.

    python experiments/01_random_binary.py
    python experiments/01_random_binary.py --models mlp --epochs 200
    python experiments/01_random_binary.py --plots-only
"""

# %%
import numpy as np

from common import cli, models, plotting, training
from common.experiment import Experiment

MODELS = ("perceptron", "mlp", "deep_mlp")
BATCH_SIZE = 64
TUTORIAL = {
    "perceptron": {
        "final": {"loss": 0.6842, "accuracy": 0.5530},
        "test": {"loss": 0.7150, "accuracy": 0.50},
    },
    "mlp": {
        "final": {"loss": 0.4599, "accuracy": 0.7980},
        "test": {"loss": 0.9055, "accuracy": 0.52},
    },
    "deep_mlp": {
        "final": {"loss": 0.0091, "accuracy": 1.0000},
        "test": {"loss": 2.9442, "accuracy": 0.49},
    },
}

settings = cli.parse("01_random_binary", __doc__, epochs=dict.fromkeys(MODELS, 1000), models=MODELS)
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


# %% [markdown]
# ## Models
# A sigmoid output is the probability of label 1. The perceptron has no hidden layer; it can draw
# one flat border through the 12-dimensional cube.


# %%
def build(name):
    """Build one of the tutorial's three networks."""
    hidden = {"perceptron": (), "mlp": (64,), "deep_mlp": (64, 64)}[name]
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
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    history = training.fit(
        *(model, x_train, y_train),
        epochs=settings.epochs[name],
        batch_size=settings.batch_size or BATCH_SIZE,
        seed=seed,
    )
    return training.result(model, history, test)


def same_perceptron(x):
    """Return the largest difference between the perceptron's two spellings, weights being equal."""
    one, two = build("perceptron"), build_perceptron_in_two_layers()
    two.set_weights(one.get_weights())
    return float(np.abs(one.predict(x, verbose=0) - two.predict(x, verbose=0)).max())


if not settings.plots_only:
    experiment.train(train, settings.models)
    (x_train, y_train), (x_test, y_test) = draw(settings.seeds[0])
    experiment.save(
        {
            "optimizer": "rmsprop",
            "batch_size": settings.batch_size or BATCH_SIZE,
            "perceptron_spellings_differ_by": same_perceptron(x_test),
        },
        TUTORIAL,
        {"majority class": {"accuracy": float(max(y_test.mean(), 1 - y_test.mean()))}},
        features=x_train[:, :3],
        labels=y_train[:, 0].astype(np.uint8),
        targets=y_test[:, 0].astype(np.uint8),
    )
saved = experiment.saved

# %% [markdown]
# ## Look at the data
# With real data, features that go together with the label show as a pattern here. Look at such
# plots before you design a network. Here there is none.

# %%
figure, axes = plotting.new(size=(5.6, 5.2))
features, labels = saved.predictions["features"], saved.predictions["labels"]
for label in (0, 1):
    points = features[labels == label]
    axes.scatter(points[:, 0], points[:, 1], s=14, alpha=0.75, label=f"label {label}")
axes.set(title="Two of 12 random features: no pattern", xlabel="feature 1", ylabel="feature 2")
axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
experiment.figure(figure, "scatter_2d")

figure, axes = plotting.new(size=(5.2, 5), subplot_kw={"projection": "3d"})
for label in (0, 1):
    points = features[labels == label]
    axes.scatter(*points.T, s=9, depthshade=False, label=f"label {label}")
axes.set(
    title="Three of 12 random features: no pattern",
    **{"xlabel": "feature 1", "ylabel": "feature 2", "zlabel": "feature 3"},
)
axes.legend(loc="upper left")
experiment.figure(figure, "scatter_3d")

# %% [markdown]
# ## Training histories
# The tutorial labels the right axis "accuray" (defect 3), and the first three epochs of its three
# logs are one and the same text (defect 2): only their last lines are evidence.


# %%
def title(name):
    """Name a model with its layers' sizes and its weights."""
    sizes = {"perceptron": "12-1", "mlp": "12-64-1", "deep_mlp": "12-64-64-1"}[name]
    return f"{name} {sizes}: {saved.record['models'][name]['parameters']:,} weights"


curves = {title(name): saved.curve(name) for name in saved.models}
for name in saved.models:
    figure = plotting.twin_axes({title(name): curves[title(name)]})
    experiment.figure(figure, f"{name}_history")
experiment.figure(plotting.twin_axes(curves), "histories_side_by_side")

# %% [markdown]
# ## Evaluate
# On 100 test rows an accuracy at chance lies between 0.40 and 0.60 in 95 of 100 trials: one run
# ranks nothing (defect 1).

# %%
difference = saved.record["config"]["perceptron_spellings_differ_by"]
experiment.text(
    f"{saved.evaluation()}\n\nThe perceptron as Dense(sigmoid) and as Dense, Activation(sigmoid):"
    f" with the same weights their outputs differ by {difference:g}.",
    "evaluation",
)
experiment.finish()
