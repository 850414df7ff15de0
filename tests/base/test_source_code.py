"""What counts as a change of source code: a line that is run, nothing else."""

import pytest

from base import source_code

MODULE = '''"""A module."""

import numpy as np

from base.errors import UsageError


def double(x):
    """Return twice x."""

    def twice():
        from base import paths

        return paths

    return np.add(x, x)  # one addition
'''


def digest_of(folder, *modules):
    folder.mkdir()
    for number, text in enumerate(modules):
        (folder / f"module_{number}.py").write_text(text)
    return source_code.digest((folder,))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # one addition", ""),
        ('    """Return twice x."""\n', ""),
        ('"""A module."""', '"""Another description."""'),
        ("np.add(x, x)", "np.add(\n        x,\n        x,\n    )"),
        ("from base.errors import UsageError", "from engine.errors import UsageError"),
        ("from base import paths", "from engine import paths"),
    ],
)
def test_comments_layout_and_places_of_modules_change_nothing(old, new, tmp_path):
    assert old in MODULE
    before = digest_of(tmp_path / "before", MODULE)
    assert digest_of(tmp_path / "after", MODULE.replace(old, new)) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("np.add(x, x)", "np.add(x, 2)"),
        ("def double(x)", "def double(y)"),
        ("import numpy as np", "import jax.numpy as np"),
        ('"""Return twice x."""', 'print("""Return twice x.""")'),
    ],
)
def test_a_line_of_code_changes_the_digest(old, new, tmp_path):
    assert old in MODULE
    before = digest_of(tmp_path / "before", MODULE)
    assert digest_of(tmp_path / "after", MODULE.replace(old, new)) != before


def test_a_module_that_is_added_changes_the_digest_and_one_renamed_does_not(tmp_path):
    before = digest_of(tmp_path / "before", MODULE)
    assert digest_of(tmp_path / "more", MODULE, "X = 1\n") != before
    renamed = tmp_path / "renamed"
    renamed.mkdir()
    (renamed / "other_name.py").write_text(MODULE)
    assert source_code.digest((renamed,)) == before
