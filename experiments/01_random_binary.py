"""01 Random binary classification: what do networks learn where there is nothing to learn?

Data: 1,000 rows of 12 uniform random numbers, each with a random label; 100 more to test on.

Models: a perceptron, a multilayer perceptron (mlp) and a deeper one (deep_mlp).

Expect: the more weights, the better the training labels are memorised; the test accuracy of all
three stays at chance. 39 seeds, about a minute.

    python experiments/01_random_binary.py
    python experiments/01_random_binary.py --models mlp --epochs 200
    python experiments/01_random_binary.py --plots-only
"""

# %%
import numpy as np

from common import histories, models, plotting
from common.experiment import Experiment, Protocol
from common.training import evaluate
from tutorials import random_binary as tutorial

same = {"epochs": 1000, "batch_size": 64, "optimizer": "rmsprop"}
MODELS = {  # hidden: units of each hidden layer; options: what the command line may change
    "perceptron": Protocol(hidden=(), **same),
    "mlp": Protocol(hidden=(64,), options=("hidden",), **same),
    "deep_mlp": Protocol(hidden=(64, 64), **same),
}
experiment = Experiment("01_random_binary", __doc__, MODELS, tutorial)  # reads the command line


# %% [markdown]
# ## Data
# A row is 12 features and a label, 0 or 1. A network learns from training rows and is scored on
# test rows that it has not seen. Features and labels are drawn independently: on new rows nothing
# beats chance, and what a network gets right beyond chance on its training rows, it has memorised.


# %%
def draw(seed, rows):
    """Draw a set for each number of rows: 12 features in [0, 1), and a label, 0 or 1."""
    # The tutorial draws other, unseeded rows for each model (defect 1 of figures/README.md).
    rng = np.random.default_rng(seed)
    x = [rng.random((n, 12), np.float32) for n in rows]
    y = [rng.integers(2, size=(n, 1)) for n in rows]
    return list(zip(x, y, strict=True))


# %% [markdown]
# ## Models
# Each unit of a dense layer adds up its inputs, each times a weight, and a bias. In a hidden layer
# relu follows, which turns a negative sum into 0; in the output a sigmoid, which turns any sum into
# a number from 0 to 1: the probability of label 1. The perceptron has no hidden layer: its border
# between the labels is flat. Hidden units let the border bend.
#
# ## Train
# The loss says how wrong the probabilities are: binary cross-entropy is minus the logarithm of the
# probability that the true label gets. An undecided 0.5 costs 0.69, a sure, right answer almost
# nothing, a sure, wrong one a lot. After each batch, here 64 rows, RMSprop moves all weights a
# little to where the loss of that batch falls; an epoch is one pass through all rows, 16 batches.
#
# A seed settles what is left to chance: the rows, the first weights, the order of the rows. Ten
# seeds separate the effect of a model from luck. `train` is called for each model and seed:
# `training` is that row of the table above; its `fit` and `evaluate` train and test as Keras's
# `model.fit` and `model.evaluate` do, only faster, and keep curves and scores.


# %%
def train(training):
    """Train one network on the rows of one seed and test it on rows it has not seen."""
    (x_train, y_train), (x_test, y_test) = draw(training.seed, rows=(1000, 100))
    model = models.dense(12, training.hidden, 1, "sigmoid")  # inputs, hidden layers, output
    loss = "binary_crossentropy"
    model.compile(optimizer=training.optimizer, loss=loss, metrics=["accuracy"])
    training.fit(model, x_train, y_train)
    training.evaluate(model, x_test, y_test)
    # On 100 rows an accuracy at chance lies between 0.40 and 0.60 in 95 of 100 trials: draw more.
    [(x_more, y_more)] = draw((training.seed, tutorial.MORE_ROWS), rows=(tutorial.MORE_ROWS,))
    scores, _ = evaluate(model, x_more, y_more)
    training.keep(accuracy_5000_rows=scores["accuracy"])


def two_spellings(x):
    """Return how far the tutorial's two ways to write the perceptron differ, of equal weights."""
    import keras

    layers = [keras.Input((12,)), keras.layers.Dense(1), keras.layers.Activation("sigmoid")]
    one, two = models.dense(12, (), 1, "sigmoid"), keras.Sequential(layers)
    two.set_weights(one.get_weights())
    return float(np.abs(one.predict(x, verbose=0) - two.predict(x, verbose=0)).max())


def compute():
    """Train all networks with all seeds; save curves, scores, and what is drawn below."""
    experiment.train(train)
    drawn = [draw(seed, rows=(1000, 100)) for seed in experiment.seeds]
    (x_train, y_train), (x_test, y_test) = drawn[0]
    pairs = [np.corrcoef(np.hstack(rows).T)[np.triu_indices(13, 1)] for rows, _ in drawn]
    experiment.save(
        baselines={"chance": {"accuracy": 0.5}},
        config={"perceptron_spellings_differ_by": two_spellings(x_test)},
        features=x_train[:, :3],
        labels=y_train[:, 0].astype(np.uint8),
        targets=y_test[:, 0].astype(np.uint8),
        correlations=np.stack(pairs),  # of features and label, for claim 01c: 0 is unrelated
    )


saved = experiment.run(compute)  # with --plots-only: what an earlier run has saved

# %% [markdown]
# ## Look at the data
# Features that go together with the label show as a pattern (right). Here there is none (left).

# %%
features, labels = saved.predictions["features"], saved.predictions["labels"]


def scatter(axes, labels, columns, **style):
    """Draw points by some of their features, coloured by label."""
    for label in (0, 1):
        axes.scatter(*features[labels == label][:, columns].T, label=f"label {label}", **style)
    axes.set(xlabel="feature 1", ylabel="feature 2")


figure, (left, right) = plotting.new(1, 2, size=(9.6, 4.6))
scatter(left, labels, [0, 1], s=12)
left.set_title("Two of 12 random features: no pattern")
scatter(right, features[:, 0] + features[:, 1] > 1, [0, 1], s=12)
right.set_title("Label 1 where they sum to over 1: a pattern")
figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
caption = "Points of both labels mix; where the label follows from the features, a border shows."
experiment.figure(figure, "scatter_2d", caption)

figure, axes = plotting.new(size=(5.2, 5), subplot_kw={"projection": "3d"})
scatter(axes, labels, [0, 1, 2], s=9, depthshade=False)
axes.set(title="Three of 12 random features: no pattern", zlabel="feature 3")
axes.legend(loc="upper left")
caption = "In three of the random features, too, points of both labels mix."
experiment.figure(figure, "scatter_3d", caption)

# %% [markdown]
# ## Training histories
# Loss is on the left axis, accuracy on the right. A line is the mean over 39 seeds; the band is
# where the mean over very many would lie, 95% sure, not single runs. Look at the height that a
# curve reaches and at where it goes flat: the perceptron is soon done, hardly above chance; the
# deep network memorises nearly every label. On test rows (`evaluation.txt`) all three guess, and
# the more is memorised, the surer are the guesses and the higher the test loss. The tutorial calls
# the right axis "accuray" (defect 3); its three logs begin with the same epochs (defect 2).

# %%
curves = {}
for name in saved.models:
    parameters = saved.record["models"][name]["parameters"]
    title = f"{saved.layers(12, MODELS[name].hidden, 1)}: {parameters:,} parameters"
    curves[title] = saved.curves(name)
    figure = histories.twin_axes({title: curves[title]}, levels={"chance": 0.5})
    caption = f"Training loss and accuracy of the {saved.name(name)}, {title}, on random labels."
    experiment.figure(figure, f"{name}_history", caption)
figure = histories.twin_axes(curves, levels={"chance": 0.5})
caption = "Training loss and accuracy of all networks: the more parameters, the more is memorised."
experiment.figure(figure, "histories_side_by_side", caption)

# %% [markdown]
# ## What the tutorial concludes
# "Perceptron > multilayer perceptron > deep one, in the order of learning faster": memorising more,
# or settling sooner? One run on noise shows neither. Each claim is a quantity with a 95% interval:
# it holds if the whole interval says so, does not if the whole says no, else it is undecided.
#
# Have you trained it with Keras alone? `json.dump(hist.history, open("mine.json", "w"))` saves it,
# and the next line says whether it lies inside the band of our runs.
# `python experiments/compare.py figures/01_random_binary mine.json --models mlp`

# %%
difference = saved.record["config"]["perceptron_spellings_differ_by"]
text = f"Dense(sigmoid) and Dense, Activation(sigmoid): outputs differ by {difference:g}."
experiment.text(text, "perceptron_in_two_layers")
experiment.conclude()

# %% [markdown]
# ## What to try next
# Run these in the project's folder, with `.venv` activated; answers: `experiments/EXERCISES.md`.
# `--label` keeps a run in `runs/`; `make compare` draws it beside another (`runs/compare.png`).
#
# 1. What memorises here: the depth, or the number of weights?
#    ```sh
#    python experiments/01_random_binary.py --models mlp --hidden 360 --seeds 10 \
#      --label wide
#    make compare A=figures B=runs/wide EXP=01
#    ```
#    Compare the last training accuracy and loss of mlp with those of the published deep_mlp, which
#    has about as many weights (`figures/01_random_binary/evaluation.txt`).
# 2. Does every optimizer memorise noise?
#    ```sh
#    python experiments/01_random_binary.py --models deep_mlp --optimizer sgd --seeds 10 \
#      --label sgd
#    make compare A=figures B=runs/sgd EXP=01
#    ```
#    Look at the last training accuracy, after the same 1,000 epochs, and at `runs/compare.png`.
# 3. Which rankings of the three networks hold for ten other seeds, too?
#    ```sh
#    python experiments/01_random_binary.py --seed 200 --seeds 10 --label other-seeds
#    make compare A=figures B=runs/other-seeds EXP=01
#    ```
#    Rank them by training accuracy and by test accuracy in both runs, and look for a verdict on one
#    of the tutorial's numbers that has changed (`evaluation.txt`).
