"""Thoracic surgery, patients with lung cancer and who died within a year (UCI data set 277)."""

from pathlib import Path

import numpy as np
import pandas as pd

from datasets.fetching import read_arff

PUBLISHED = {
    "title": "Thoracic surgery (lung cancer) patients",
    "publisher": "https://archive.ics.uci.edu/ml/machine-learning-databases/00277/",
    "archive": "https://archive.ics.uci.edu/static/public/277/thoracic+surgery+data.zip",
    "licence": "CC BY 4.0, UCI data set 277, doi:10.24432/C5Z60N",
    "citation": "Zieba et al., Boosted SVM for post-operative life expectancy, 2014",
    "files": {
        "ThoraricSurgery.arff": {
            "bytes": 23734,
            "table_sha256": "cee3e49b2b5400285650f7c3c29265c5d8ece07967806c953c78284460695795",
        },
    },
}


def load(folder: Path):
    """Return the tutorial's table, made from UCI's verified file; and no words."""
    return tutorials_table(read_arff(folder / "ThoraricSurgery.arff")), None


def tutorials_table(arff: pd.DataFrame) -> pd.DataFrame:
    """Return the tutorial's 18 columns from the 17 of UCI data set 277.

    The tutorial's file codes DGNn as n, PRZn as n, OC11-OC14 as 11-14 and T/F as 1/0, puts the
    row's number in front, and is sorted by diagnosis.

    Returns:
        470 rows, float64: `id`, the 16 attributes, and `Risk1Yr` (1 = died within a year).
    """
    prefixes = "DGN|PRZ|OC"
    codes = arff.replace({"T": "1", "F": "0"}).replace(prefixes, "", regex=True).astype("float64")
    codes.insert(0, "id", np.arange(1.0, len(codes) + 1))
    return codes.sort_values(["DGN", "id"], ignore_index=True)


def stand_in():
    """Generate patients whose death within a year depends weakly on the other columns.

    Returns:
        A table like that of `tutorials_table`, with 60 deaths among 400 rows, so that batches of
        three quarters or nine tenths are full; and None. Shares and ranges are those of UCI data
        set 277; as there, some volumes PRE5 are in another unit.
    """
    rng = np.random.default_rng(277)
    n, deaths = 400, 60

    def flags(share):
        return (rng.random(n) < share).astype(float)

    volume = np.clip(rng.normal(3.28, 0.87, n), 1.44, 6.3).round(2)
    forced = np.clip(0.77 * volume + rng.normal(0, 0.2, n), 0.96, 5.5).round(2)
    forced[rng.choice(n, 14, replace=False)] = rng.uniform(52, 87, 14).round(1)
    kinds = np.array([1, 52, 349, 47, 15, 4, 2])
    table = pd.DataFrame(
        {
            "id": np.arange(1.0, n + 1),
            "DGN": rng.choice([1.0, 2, 3, 4, 5, 6, 8], n, p=kinds / kinds.sum()),
            "PRE4": volume,
            "PRE5": forced,
            "PRE6": rng.choice([0.0, 1, 2], n, p=[0.28, 0.66, 0.06]),
            "PRE7": flags(0.07),
            "PRE8": flags(0.14),
            "PRE9": flags(0.07),
            "PRE10": flags(0.69),
            "PRE11": flags(0.17),
            "PRE14": rng.choice([11.0, 12, 13, 14], n, p=[0.38, 0.54, 0.04, 0.04]),
            "PRE17": flags(0.07),
            "PRE19": flags(0.005),
            "PRE25": flags(0.02),
            "PRE30": flags(0.82),
            "PRE32": flags(0.005),
            "AGE": np.clip(rng.normal(62.5, 8.7, n), 21, 87).round(),
        }
    )
    weights = {"DGN": 0.3, "PRE9": 0.8, "PRE11": 0.4, "PRE14": 0.5, "PRE17": 0.8, "PRE30": 0.6}
    risk = (table[list(weights)] * weights).sum(axis="columns") + rng.logistic(size=n)
    table["Risk1Yr"] = (risk.rank() > n - deaths).astype(float)
    return table.sort_values(["DGN", "id"], ignore_index=True), None
