"""The catalogue of changes: each row is true here and now; the tool finds what it should."""

import builtins
import contextlib
import importlib
import json
import logging
import re
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migration import catalogue, findings, page, reader

CHANGES = list(catalogue.changes().values())
ROOT = Path(__file__).resolve().parents[2]
CHECKS = list(HealthCheck)
MANY = settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=CHECKS)
OLD_SCRIPTS = sorted(Path(__file__).with_name("old_scripts").glob("*.*"))


class Records(logging.Handler):
    """Keep what TensorFlow and Keras log, as they show it."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.shown = []

    def emit(self, record):
        self.shown.append(f"{record.levelname}:{record.name}:{record.getMessage()}")


@contextlib.contextmanager
def logged():
    records = Records()
    loggers = [logging.getLogger(name) for name in ("absl", "tensorflow")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(records)
        logger.setLevel(logging.WARNING)
    try:
        yield records.shown
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(records)
            logger.setLevel(level)


@pytest.fixture
def space(tmp_path, monkeypatch):
    """Return the names that a row's code finds, in an empty folder; put everything back behind."""
    import keras
    import tensorflow as tf

    matplotlib.use("Agg")
    with contextlib.suppress(RuntimeError):  # it is at work already
        tf.config.set_visible_devices([], "GPU")
    monkeypatch.chdir(tmp_path)
    image_format = keras.config.image_data_format()

    def hide(library):
        for name in [*sys.modules, library]:
            if name.split(".")[0] == library:
                monkeypatch.setitem(sys.modules, name, None)

    def stand_in(name, **arrays):
        """Give a tiny file for a data set of Keras; paths go to Keras's own function."""
        loader = sys.modules[f"keras.src.datasets.{name}"]
        original, path = loader.get_file, tmp_path / f"{name}.npz"
        ragged = {k: np.array([*v, None], dtype=object)[:-1] for k, v in arrays.items()}
        np.savez(path, **(arrays if name == "mnist" else ragged))

        def get_file(fname, **options):
            return original(fname, **options) if fname.startswith("/") else str(path)

        monkeypatch.setattr(loader, "get_file", get_file)

    def quietly(function, *arguments):
        with warnings.catch_warnings(action="ignore"):
            function(*arguments)

    names = {"hide": hide, "stand_in": stand_in, "quietly": quietly}
    with matplotlib.rc_context():
        exec(catalogue.prelude(), names)
        keras.utils.set_random_seed(0)
        yield names
    plt.close("all")
    keras.config.set_image_data_format(image_format)


def says(shown, expected):
    """Tell whether a message begins as expected, where ... stands for anything.

    TensorFlow's modules change their names when they are imported, not used from `tf`.
    """
    shown, expected = (
        " ".join(text.split()).replace("tensorflow._api.v2.", "tensorflow.")
        for text in (shown, expected)
    )
    text, position = shown, 0
    for number, piece in enumerate(expected.split("...")):
        found = text.find(piece.strip(), position)
        if found < 0 or (number == 0 and found > 0):
            return False
        position = found + len(piece.strip())
    return True


def run(code, names):
    exec(compile(code.strip(), "old.py", "exec"), names)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
def test_the_old_line_does_what_the_row_says(change, space):
    run(change.setup, space)
    with logged() as shown, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always" if change.kind == "warning" else "error")
        if change.kind == "error":
            warnings.simplefilter("ignore")
            with pytest.raises(Exception) as error:  # noqa: PT011
                run(change.old, space)
            assert says(f"{error.type.__name__}: {error.value}", change.sees), error.value
            return
        run(change.old, space)
    if change.kind == "warning":
        shown += [f"{w.category.__name__}: {' '.join(str(w.message).split())}" for w in caught]
        assert any(says(text, change.sees) for text in shown), shown
    else:
        assert not shown
        assert eval(change.result, space)


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")  # Keras's own
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
def test_the_new_line_works(change, space):
    if change.new.startswith("pip "):
        return
    run(change.setup, space)
    with logged() as shown:
        run(change.new, space)
        assert eval(change.works, space)
    assert not shown


def there(name):
    """Tell whether a library, or Python itself, has something of this full name today."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
            for part in parts[length:]:
                found = getattr(found, part)
            return True
        except (ImportError, AttributeError):
            continue
    return hasattr(builtins, parts[0])


# These are still there: they warn, fail when called, or have been replaced in some uses.
STILL_THERE = {"keras-legacy-optimizer", "keras-tensorboard", "sp-interp2d"}


@pytest.mark.filterwarnings("ignore")
def test_names_that_are_gone_are_gone_and_their_successors_are_there():
    for change in CHANGES:
        for old, new in (change.gone | change.builtins).items():
            if change.kind == "error" and change.id not in STILL_THERE:
                assert not there(old.rstrip(".")), old
            assert not new or there(new.rstrip(".")), new


@pytest.mark.filterwarnings("ignore")
def test_the_message_for_a_name_that_is_gone_is_what_python_says():
    """An import of it, and a use; two names are not told apart by how they are written."""
    for change in CHANGES:
        if change.kind != "error" or change.id in STILL_THERE:
            continue
        for old in change.gone.keys() - {"sklearn.datasets.fetch_mldata", "keras.layers.merge."}:
            parent, _, last = old.rpartition(".")
            uses = [f"from {parent} import {last}", f"import {old.split('.')[0]}; {old}"]
            uses = [f"import {old}"] if not parent else uses
            for use in uses if "DataFrame" not in old else uses[1:]:
                (found,) = findings.find([use], ["1"])
                with pytest.raises(Exception) as error:  # noqa: PT011
                    exec(use, {})
                assert says(f"{error.type.__name__}: {error.value}", found.message), use


def found_in(text, name="old.py", folder=None):
    """Return what is found in a text, as pairs of place and row."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    lines, places = reader.read_file(path)
    found = findings.find(lines, places)
    return [(f.place, f.change.id if f.change else f.message) for f in found]


@pytest.mark.parametrize("path", OLD_SCRIPTS, ids=lambda path: path.name)
def test_what_is_marked_in_an_old_script_is_found_and_nothing_else(path):
    lines, places = reader.read_file(path)
    marks = {
        (place, id)
        for line, place in zip(lines, places, strict=True)
        for id in line.partition("# <- ")[2].split()
    }
    found = findings.find(lines, places)
    assert {(f.place, f.change.id if f.change else f.message) for f in found} == marks
    assert all(f.write and f.message for f in found)


def test_the_old_scripts_show_most_rows():
    text = "\n".join(path.read_text(encoding="utf-8") for path in OLD_SCRIPTS)
    marked = {id for line in re.findall(r"# <- ([\w -]+)", text) for id in line.split()}
    assert marked <= catalogue.changes().keys()
    assert len(marked) >= 0.85 * len(CHANGES)


# Rows that no program can see in one line: they depend on what a variable holds, or on a file of
# Python 2; old_scripts/ has the lines around them that most of them need.
NOT_BY_ITSELF = {
    "keras-history-long",
    "keras-load-h5",
    "keras-metric-fmeasure",
    "keras-predict-format",
    "keras-predict-proba",
    "keras-predict-scalar",
    "keras-tensorflow-python",
    "np-repr",
    "np-uint8-wraps",
    "pd-mean-text",
    "py-division",
    "py-pickle",
    "sns-heatmap-fmt",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
def test_the_old_line_of_a_row_is_found_and_the_new_one_is_not(change, tmp_path):
    helpers = "from helpers import *\ndf = pd.DataFrame()\n"
    imports = [line for line in catalogue.prelude().splitlines() if " import " in f" {line}"]
    start = "\n".join([*imports, helpers, change.setup]).strip() + "\n"
    old = {id for _, id in found_in(start + change.old, folder=tmp_path)}
    assert change.id in NOT_BY_ITSELF or change.id in old
    of_setup = {"keras-tensorflow-python", "sp-interp2d"}
    if not change.new.startswith("pip ") and change.id not in of_setup:
        new = {id for _, id in found_in(start + change.new, folder=tmp_path)}
        of_others = {"keras-tensorboard", "keras-recurrent-activation"}  # LSTM in another row
        assert not new - of_others


@pytest.mark.programs
def test_nothing_is_found_in_todays_scripts():
    for path in sorted({*ROOT.glob("[!.]*/**/*.py")} - {*OLD_SCRIPTS}):  # not of .venv
        lines, places = reader.read_file(path)
        assert findings.find(lines, places) == [], path


def test_the_page_is_that_of_the_catalogue():
    assert (ROOT / "MIGRATION.md").read_text(encoding="utf-8") == page.text()


def test_no_cell_of_the_page_is_cut_by_what_is_in_it():
    for line in page.text().splitlines():
        if line.startswith("|"):
            columns = len(re.findall(r"(?<!\\)\|", line)) - 1
            assert columns in (2, 3, 4), line


def migrate(*arguments, **options):
    """Run the tool without what is installed beside Python: it needs none of it."""
    command = [sys.executable, "-S", "-m", "migration", *map(str, arguments)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(command, cwd=ROOT, text=True, timeout=280, **options)


def assert_one_line_error(done, part):
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert part in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_page_is_written(tmp_path):
    done = migrate("--page", tmp_path / "MIGRATION.md")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "MIGRATION.md").read_text(encoding="utf-8") == page.text()


def test_what_cannot_be_written_is_one_line(tmp_path):
    assert_one_line_error(migrate("--page", tmp_path), f"{tmp_path}: cannot be written")
    assert_one_line_error(migrate("--page", tmp_path / "a" / "b"), "No such file or directory")
    with Path("/dev/full").open("w") as full:
        done = migrate(OLD_SCRIPTS[0], stdout=full)
    assert_one_line_error(done, "the output: cannot be written (No space left on device)")


def test_findings_are_printed_with_the_line_to_write(tmp_path):
    script = tmp_path / "old.py"
    script.write_text("import numpy as np\n\nx = np.zeros(3).astype(np.int)\n")
    done = migrate(script)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        f"{script}:3: x = np.zeros(3).astype(np.int)",
        "    AttributeError: module 'numpy' has no attribute 'int'.",
        "    These were Python's own types under another name.",
        "    write: x = np.zeros(3).astype(int)",
        "1 found (1 error) in 1 file.",
    ]


def test_files_that_cannot_be_read_do_not_hide_the_others(tmp_path):
    (tmp_path / "good.py").write_text("import numpy\n")
    (tmp_path / "old.py").write_text("import cPickle\n")
    (tmp_path / "empty.py").write_text(" \n")
    (tmp_path / "binary.py").write_bytes(b"\x00\x01\xff")
    (tmp_path / "broken.ipynb").write_text('{"cells": 3}')
    names = ["missing.py", "good.py", "empty.py", "binary.py", "broken.ipynb", ".", "old.py"]
    done = migrate(*(tmp_path / name for name in names))
    assert done.returncode == 2
    errors = done.stderr.splitlines()
    assert len(errors) == 5
    assert all(line.startswith(f"error: {tmp_path}") for line in errors)
    assert "old.py:1: import cPickle" in done.stdout
    assert done.stdout.endswith("1 found (1 error) in 2 files.\n")


def test_nothing_found_is_status_0_and_no_file_is_a_wrong_use(tmp_path):
    (tmp_path / "good.py").write_text("print('good')\n")
    assert migrate(tmp_path / "good.py").returncode == 0
    assert_one_line_error(migrate(), "FILE")
    assert_one_line_error(migrate("--page", "page.md", tmp_path / "good.py"), "--page")


def written(text, line=-1, place=None):
    """Return the line to write for the last line, and what it needs; None for an example."""
    lines = reader.split_lines(text.strip())
    place = place or str(len(lines) if line == -1 else line)
    found = findings.find(lines, [str(number) for number in range(1, len(lines) + 1)])
    found = [f for f in found if f.place == place]
    assert found, text
    assert len({f.write for f in found if f.is_own}) <= 1, "each finding has another line"
    own = [f for f in found if f.is_own]
    return "\n".join([*own[0].imports, own[0].write]) if own else None


SEQUENTIAL = """
from keras.models import Sequential
from keras.layers import Dense, Flatten
model = Sequential()
"""
FIRST = f"{SEQUENTIAL}model.add(Dense(8, input_dim=12))\n"
SCRIPTS = {
    # What the last line becomes in each, and what holds when it has been run behind the others.
    "first": (FIRST, "model.input_shape == (None, 12)"),
    "first, of several lines": (
        f"{SEQUENTIAL}model.add(Dense(8,\n    input_dim=12,\n    init='uniform'))",
        "model.input_shape == (None, 12)",
    ),
    "second": (f"{FIRST}model.add(Dense(4, input_dim=8))", "model.output_shape == (None, 4)"),
    "behind Flatten": (
        f"{FIRST}model.add(Flatten())\nmodel.add(Dense(4, input_shape=(8,)))",
        "model.output_shape == (None, 4)",
    ),
    "in a list": (
        f"{SEQUENTIAL}model = Sequential([Dense(8, input_dim=12), Dense(4, input_dim=8)])",
        "model.input_shape == (None, 12) and model.output_shape == (None, 4)",
    ),
    "two faults": (
        f"{SEQUENTIAL}model.add(Dense(output_dim=8, init='uniform', input_dim=12))",
        "model.input_shape == (None, 12)",
    ),
    "imported": (
        "from keras.utils import to_categorical\nfrom keras.utils import np_utils\n"
        "labels = np_utils.to_categorical([0, 1], 3)",
        "labels.shape == (2, 3)",
    ),
    "not imported": (
        "from keras.utils import np_utils\nlabels = np_utils.to_categorical([0, 1])",
        "labels.shape == (2, 2)",
    ),
    "of Python 2": ("total = reduce(max, [1, 2])", "total == 2"),
    "a module": ("import cPickle", "cPickle.loads(cPickle.dumps(1)) == 1"),
    "in a module": ("import urllib\nsafe = urllib.quote('a b')", "safe == 'a%20b'"),
    "renamed, with an old keyword": (
        "from keras.optimizers import adam\nbest = adam(lr=0.5)",
        "float(best.learning_rate) == 0.5",
    ),
    "of TensorFlow's Keras": (
        "from tensorflow.keras.models import Sequential\n"
        "from tensorflow.keras.layers import LSTM\n"
        "model = Sequential([LSTM(4, input_shape=(3, 2))])",
        "model.input_shape == (None, 3, 2)",
    ),
    "both keywords left out": (
        f"{FIRST}model.compile(class_mode='binary', sample_weight_mode=None)",
        "model.compiled",
    ),
    "an initializer": ("from keras.initializations import normal", "RandomNormal(stddev=0.1)"),
    "an initializer of Keras 2": (
        "from keras.initializers import normal\nsmall = normal(stddev=0.1)",
        "small.stddev == 0.1",
    ),
    "backend": (
        "from keras import backend as K\nbest = int(K.argmax([1, 3], axis=0))",
        "best == 1",
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", SCRIPTS)
def test_a_rewritten_line_runs_behind_what_the_script_imports(kind):
    text, holds = SCRIPTS[kind]
    lines = text.strip().splitlines()
    first = next((n for n, line in enumerate(lines) if line.startswith("model.add(Dense(8,")), 0)
    at = first if "several" in kind else len(lines) - 1
    new = written(text, line=at + 1)
    assert new
    names = {}
    for line in lines[:at]:
        with contextlib.suppress(ImportError):
            exec(line, names)
    exec(new, names)
    assert eval(holds, names), new


# Their successors take other arguments.
EXAMPLES = """
tf.get_variable('W', shape=[784, 256])
tf.train.AdamOptimizer(0.1).minimize(cost)
tf.train.GradientDescentOptimizer(learning_rate=0.1).minimize(cost)
tf.layers.dense(x, 10)
tf.Print(x, [x])
model.fit_generator(gen, samples_per_epoch=15, nb_epoch=50)
model.fit_generator(gen, 15, 50)
model.fit_generator(gen, steps_per_epoch=15, nb_val_samples=50)
model.predict_generator(gen, 15)
K.argmax(x)
K.concatenate([x, x])
K.clip(x, min_value=0, max_value=1)
layers.Deconvolution2D(32, 3, 3, output_shape=(None, 3, 14, 14))
keras.wrappers.scikit_learn.KerasClassifier(build_fn=f, epochs=150)
keras.utils.np_utils.to_categorical(y=y)
sns.distplot(x, hist=False)
sklearn.preprocessing.Imputer(missing_values='NaN', axis=0)
scipy.integrate.simps(y, x)
scipy.stats.binom_test(3, 5)
pd.DataFrame.from_items([('a', [1])])
df.sort(columns='age')
"""


@pytest.mark.parametrize("line", EXAMPLES.strip().splitlines())
def test_a_call_whose_successor_takes_other_arguments_is_not_only_renamed(line):
    start = "import keras, scipy, sklearn\ndf = pd.DataFrame()\n"
    new = written(start + line)
    assert new is None or (line.startswith("scipy.integrate") and "x=" in new)


def told(line, start="import keras\n"):
    """Return what is found in the last of some lines, as pairs of row and message."""
    lines = f"{start}{line}".splitlines()
    found = findings.find(lines, [str(number) for number in range(1, len(lines) + 1)])
    return {f.change.id: f.message for f in found}


@pytest.mark.parametrize("frequency", ["M", "H", "T", "Q", "A", "Y", "S"])
def test_the_message_for_a_frequency_is_what_pandas_says(frequency):
    import pandas as pd

    with pytest.raises(ValueError, match="Invalid frequency") as error:
        pd.date_range("2020", periods=3, freq=frequency)
    for line in (f"pd.date_range('2020', freq='{frequency}')", f"df.resample('{frequency}')"):
        assert f"ValueError: {error.value}".startswith(told(line)["pd-frequency"])


@pytest.mark.parametrize("loss", ["mse", "MAE", "mean_squared_error", "binary_crossentropy"])
def test_a_file_with_a_loss_is_told_to_fail_where_keras_fails(loss, space):
    model = space["network"]()
    model.compile("sgd", loss, metrics=["mse"])
    space["quietly"](model.save, "model.h5")
    lines = f"model.compile('sgd', '{loss}', metrics=['mse'])\nload_model('model.h5')"
    message = told(lines).get("keras-load-h5")
    fails = pytest.raises(ValueError, match="deserialize") if message else contextlib.nullcontext()
    with fails as error:
        space["quietly"](space["load_model"], "model.h5")
    assert not message or f"ValueError: {error.value}".startswith(message)


@pytest.mark.parametrize("name", ["Adadelta", "Adagrad", "Adamax", "Nadam"])
def test_an_old_rate_is_written_only_where_none_is_given(name):
    rate = {"Adadelta": 1.0, "Adagrad": 0.01}.get(name, 0.002)
    start = f"from tensorflow.keras.optimizers import {name}\nbest = "
    assert written(f"{start}{name}()") == f"best = {name}(learning_rate={rate})"
    assert written(f"{start}{name}(epsilon=1)") == f"best = {name}(learning_rate={rate}, epsilon=1)"
    for given_ in ("0.5", "learning_rate=0.5", "**options"):
        assert not told(f"{start}{name}({given_})")
    assert list(told(f"{start}{name}(lr=0.5)")) == ["keras-lr"]
    found = written(f"import keras\nmodel.compile(optimizer='{name.lower()}')")
    assert found == f"model.compile(optimizer=keras.optimizers.{name}(learning_rate={rate}))"


def test_a_path_in_a_variable_is_followed_where_it_is_plain():
    use = "keras.callbacks.ModelCheckpoint(filepath=path)"
    assert written(f"import keras\npath = 'a.h5'\n{use}", line=2) == "path = 'a.keras'"
    joined = f"import keras, os\npath = os.path.join(folder, 'a.h5')\n{use}"
    assert written(joined, line=2) == "path = os.path.join(folder, 'a.keras')"
    for plain in ("path = 'a.h5'\npath = name()", "def f(path='a.h5'): pass", "path = f'{a}.h5'"):
        assert not told(f"{plain}\n{use}")


def test_the_columns_of_a_table_with_text_are_made_numbers():
    start = "from sklearn.preprocessing import LabelEncoder\nLabelEncoder()\n"
    start += "import pandas as pd\ndf = pd.read_csv('a.csv')\n"
    line = "X = df.values[:, 0:4]"
    assert not told(line, start)
    assert written(f"{start}model = Sequential()\n{line}") == f"{line}.astype('float32')"


def test_a_class_that_is_imported_is_not_only_renamed_where_it_is_called():
    start = "from keras.wrappers.scikit_learn import KerasClassifier\n"
    assert written(f"{start}model = KerasClassifier(build_fn=f, epochs=150)") is None


def test_a_method_that_is_gone_is_not_said_to_lack_a_keyword():
    (found,) = findings.find(["model.fit_generator(gen, steps_per_epoch=3, nb_epoch=5)"], ["1"])
    assert "AttributeError" in found.message
    assert found.write == "model.fit(gen, steps_per_epoch=3, epochs=5)"


def test_a_line_with_a_fault_that_stays_is_not_said_to_run():
    for line in ("K.set_value(model.optimizer.lr, 1)", "print 'x', model.fit_generator(gen, 3)"):
        assert written(line) is None


def test_a_missing_import_is_printed(tmp_path):
    script = tmp_path / "old.py"
    script.write_text("total = reduce(max, [1])\n")
    shown = migrate(script).stdout.splitlines()
    assert shown[3:5] == [
        "    write: total = functools.reduce(max, [1])",
        "     with: import functools",
    ]


def test_old_versions_are_named_in_a_notebook_and_others_are_not():
    lines = ["%tensorflow_version 1.x", "!pip install tensorflow==1.15", "!pip install keras"]
    found = findings.find(lines, [f"cell 1, line {number}" for number in (1, 2, 3)])
    assert [f.message for f in found] == [
        "ValueError: Tensorflow 1 is unsupported in Colab.",
        "ERROR: No matching distribution found for tensorflow==1.15",
    ]


def test_a_line_that_cannot_be_parsed_is_named_and_the_rest_is_read(tmp_path):
    text = "import numpy as np\nthis is no Python\nx = np.int(3)\n"
    found = found_in(text, folder=tmp_path)
    assert found == [("2", "SyntaxError: invalid syntax"), ("3", "np-int")]


def test_a_korean_script_in_cp949_is_read(tmp_path):
    path = tmp_path / "old.py"
    path.write_bytes("import numpy as np\n# 데이터셋 생성\nx = np.float(3)\n".encode("cp949"))
    lines, places = reader.read_file(path)
    assert [f.place for f in findings.find(lines, places)] == ["3"]


def test_a_script_of_prints_alone_is_read(tmp_path):
    text = "\n".join(f"print 'epoch %d' % {number}" for number in range(3000))
    assert len(found_in(text, folder=tmp_path)) == 3000


def test_a_form_feed_is_no_indentation(tmp_path):
    assert found_in("import numpy as np\n\fx = 1\n", folder=tmp_path) == []


def test_what_cannot_be_shown_is_escaped(tmp_path):
    cell = {"cell_type": "code", "source": "x = np.int(3)  # \ud800"}
    (tmp_path / "old.ipynb").write_text(json.dumps({"cells": [cell]}))
    done = migrate(tmp_path / "old.ipynb")
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""


@MANY
@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text):
    lines = reader.split_lines(text)
    findings.find(lines, [str(number) for number in range(1, len(lines) + 1)])


@MANY
@given(st.data())
def test_no_change_of_an_old_script_makes_the_reader_fail(data):
    """Lines are left out, doubled or cut, and characters put in, anywhere."""
    lines, _ = reader.read_file(data.draw(st.sampled_from(OLD_SCRIPTS)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(lines) - 1))
        cut = data.draw(st.integers(0, len(lines[at])))
        put = data.draw(st.sampled_from(["", "(", ")", "'", '"""', "\\", "\t", ":", "`", "%", "é"]))
        lines[at : at + data.draw(st.integers(0, 2))] = [lines[at][:cut] + put + lines[at][cut:]]
        lines = lines or [""]
    findings.find(lines, [str(number) for number in range(1, len(lines) + 1)])


TODAY = '''
class Shape:
    def area(self) -> float: ...

    def perimeter(self):
        """Return it.

        >>> Shape().perimeter()
        """
        ...


text = (
    "%s of %s"
    % (1, 2)
)
same = (
    1
    != 2
)
rows = []
rows.append(1)
shares = [number / 2 for number in rows]
print("print 'x'", shares[0 // 2])
'''


def test_what_only_looks_like_a_magic_a_prompt_or_python_2_is_left_alone(tmp_path):
    assert found_in(TODAY, folder=tmp_path) == []
    found = found_in(f"{TODAY}%matplotlib inline\nprint 'x'\n", folder=tmp_path)
    assert [id for _, id in found] == ["paste-magic", "py-print"]
