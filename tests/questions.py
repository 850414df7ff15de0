"""Questions that the tests and the benchmark ask trained networks."""

DISTRICT = {
    "CRIM": 0.1,
    "ZN": 18,
    "INDUS": 2.3,
    "CHAS": 0,
    "NOX": 0.54,
    "RM": 6.5,
    "AGE": 65,
    "DIS": 4,
    "RAD": 1,
    "TAX": 296,
    "PTRATIO": 15.3,
    "LSTAT": 5,
}
PATIENT = {
    "DGN": 3,
    "PRE4": 2.9,
    "PRE5": 2.1,
    "PRE6": 1,
    "PRE7": 0,
    "PRE8": 0,
    "PRE9": 0,
    "PRE10": 1,
    "PRE11": 0,
    "PRE14": 12,
    "PRE17": 0,
    "PRE19": 0,
    "PRE25": 0,
    "PRE30": 1,
    "PRE32": 0,
    "AGE": 60,
}


def row(values):
    """Return values as `--row` takes them."""
    return ",".join(f"{name}={value}" for name, value in values.items())
