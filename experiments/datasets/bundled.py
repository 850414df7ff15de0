"""Small data sets that scikit-learn brings along: no file, no network, no stand-in."""

NAMES = ("breast_cancer", "diabetes", "digits", "iris", "wine")


def load(name: str):
    """Load a data set, split into three quarters for training and a quarter for test.

    Args:
        name: one of `NAMES`.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: features, float64 (rows, features), and for
        classes int64, for numbers float64 (rows,). The split is always the same; of classes each
        half has its share.

    Source: the toy data sets of scikit-learn's user guide.
    """
    import sklearn.datasets
    from sklearn.model_selection import train_test_split

    x, y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
    classes = y if y.dtype.kind == "i" else None
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=0.25, random_state=0, stratify=classes
    )
    return (x_train, y_train), (x_test, y_test)
