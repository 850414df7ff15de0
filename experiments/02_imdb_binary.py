"""02 IMDB reviews: is a film review positive or negative?

Data: 25,000 + 25,000 reviews, their 10,000 most frequent words, as multi-hot rows.
Models: 16-16-1; first 20 epochs beside a validation set (held_out), then a new one for 4 epochs on
all training reviews (retrained).
Expect: validation loss is lowest after a few epochs and then rises; the short training tests at
about 0.88. Takes about 15 seconds.

    python experiments/02_imdb_binary.py
    python experiments/02_imdb_binary.py --models retrained
    python experiments/02_imdb_binary.py --plots-only
"""

# %%
import numpy as np

from common import cli, encoding, models, plotting, training
from common.experiment import Experiment

MODELS = ("held_out", "retrained")
BATCH_SIZE = 512
TUTORIAL = {"retrained": {"test": {"loss": 0.3139, "accuracy": 0.8771}}}

settings = cli.parse(
    "02_imdb_binary",
    __doc__,
    epochs={"held_out": 20},
    retrain_epochs={"retrained": 4},
    models=MODELS,
)
experiment = Experiment(settings)


# %% [markdown]
# ## Data
# A review is a list of word numbers, the most frequent word first. 0 is padding, 1 the start of a
# review, 2 a word beyond the 10,000 kept, so word n of the index is n + 3 here.


# %%
def load_reviews():
    """Load the reviews; encode rows as multi-hot (reviews, 10,000), labels float32 (reviews, 1)."""
    reviews = experiment.load("imdb")
    (train_data, train_labels), (test_data, test_labels) = reviews.arrays
    print(f"{len(train_data):,} training and {len(test_data):,} test reviews")
    print(f"review 0: {len(train_data[0])} words, {train_data[0][:10].tolist()} ...,", end=" ")
    print(f"label {train_labels[0]}: {encoding.decode(train_data[0][:20], reviews.words)} ...")
    # float64 rows as in the tutorial need 5.6 GB (defect 4); the words of each row are enough.
    x_train, x_test = encoding.MultiHot.encode(train_data), encoding.MultiHot.encode(test_data)
    y_train, y_test = (y.astype("float32")[:, None] for y in (train_labels, test_labels))
    return reviews, (x_train, y_train), (x_test, y_test)


# %% [markdown]
# ## Model
# Two hidden layers of 16 units, relu; a sigmoid output is the probability that a review is
# positive. Batches of 512, RMSprop, binary cross-entropy.


# %%
def train(name, seed, training_set, test_set):
    """Train 16-16-1 for 20 epochs beside a validation set, or for 4 epochs on all rows."""
    import keras

    x_train, y_train = training_set
    validation_data = None
    if name == "held_out":
        n = min(10_000, 2 * len(x_train) // 5)  # the tutorial's 10,000 of 25,000
        validation_data = x_train[:n], y_train[:n]
        x_train, y_train = x_train[n:], y_train[n:]
    keras.utils.set_random_seed(seed)
    model = models.dense(name, encoding.VOCABULARY, (16, 16), 1, "sigmoid")
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    history = training.fit(
        *(model, x_train, y_train),
        epochs=settings.epochs[name],
        batch_size=settings.batch_size or BATCH_SIZE,
        validation_data=validation_data,
        seed=seed,
    )
    return training.result(model, history, test_set)


def reviews_to_show(reviews, y_test, outputs):
    """Choose test rows to read, the first and last three and the surest mistakes, as text."""
    surest = np.argsort(-np.abs(outputs[:, 0] - y_test[:, 0]))[:5]
    rows = np.array([0, 1, 2, -3, -2, -1, *surest]) % len(y_test)
    _, (sequences, _) = reviews.arrays
    return rows, np.array([encoding.decode(sequences[row][:90], reviews.words) for row in rows])


if not settings.plots_only:
    reviews, training_set, test_set = load_reviews()
    experiment.train(train, settings.models, training_set, test_set)
    outputs = experiment.first_outputs(settings.models[-1])
    rows, texts = reviews_to_show(reviews, test_set[1], outputs)
    experiment.save(
        {"optimizer": "rmsprop", "batch_size": settings.batch_size or BATCH_SIZE},
        TUTORIAL,
        {"majority class": {"accuracy": float(max(test_set[1].mean(), 1 - test_set[1].mean()))}},
        targets=test_set[1][:, 0].astype(np.uint8),
        review_rows=rows,
        review_texts=texts,
    )
saved = experiment.saved

# %% [markdown]
# ## Multi-hot rows and activations
# [1, 5, 9998] becomes a row of 10,000 with three ones: which words occur, not how often or where.

# %%
row = encoding.multi_hot([[1, 5, 9998]])[0]
shown = [0, 1, 2, 3, 4, 5, 6, None, 9996, 9997, 9998, 9999]
figure, axes = plotting.new(size=(8, 1.3))
for place, index in enumerate(shown):
    value = "..." if index is None else str(row[index])
    box = {"boxstyle": "square,pad=0.55", "ec": "0.4", "fc": "#CFE6F5" if value == "1" else "white"}
    axes.text(place, 0, value, ha="center", va="center", bbox=None if index is None else box)
    axes.text(place, 0.62, "" if index is None else f"{index:,}", ha="center", fontsize=8)
axes.set(xlim=(-0.7, len(shown) - 0.3), ylim=(-0.6, 1), title="[1, 5, 9998] as a multi-hot row")
axes.axis("off")
experiment.figure(figure, "multi_hot")

figure, axes = plotting.new(1, 2, size=(8, 3.2))
z = np.linspace(-6, 6, 241)
for cell, name, values in zip(
    axes, ("relu", "sigmoid"), (np.maximum(z, 0), 1 / (1 + np.exp(-z))), strict=True
):
    cell.plot(z, values)
    cell.set(title=name, xlabel="input", ylabel="output")
experiment.figure(figure, "relu_and_sigmoid")

# %% [markdown]
# ## Training history
# Where the validation loss turns up, the network begins to learn the training reviews by heart.
# The tutorial reads "4 epochs" off one such curve (defect 5).

# %%
if "held_out" in saved.models:
    figure = plotting.panels({"16-16-1": saved.curve("held_out")})
    experiment.figure(figure, "held_out_history")

# %% [markdown]
# ## Evaluate and use the model
# The probabilities of the first and last test reviews, which the tutorial prints, and the reviews
# themselves; then the mistakes that the network is surest of.

# %%
experiment.text(saved.evaluation(), "evaluation")

name = saved.models[-1]
probabilities = saved.predictions[f"{name}.outputs"][:, 0]
targets = saved.predictions["targets"]
lines = [f"Probability that a test review is positive ({name}; [?] is a rare word):"]
shown = zip(saved.predictions["review_rows"], saved.predictions["review_texts"], strict=True)
for place, (row, text) in enumerate(shown):
    if place == 6:
        lines.append("\nThe five mistakes it is surest of:")
    truth = "positive" if targets[row] else "negative"
    lines.append(f"\nreview {row:,}: {probabilities[row]:.4f}, is {truth}\n  {text} ...")
experiment.text("\n".join(lines), "reviews")
experiment.finish()
