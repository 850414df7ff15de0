"""The marks of numbers and claims: each lies where its verdict says."""

import json

import pytest
from matplotlib.testing.compare import compare_images

from base.paths import ROOT
from pages import evidence, lesson_tables
from results.verdicts import DIFFERS, DOES_NOT_HOLD, HOLDS, HOLDS_WITHIN, REPRODUCED, TOO_WIDE

PATHS = sorted((ROOT / "figures").glob("0*/record.json"))
RECORDS = [json.loads(path.read_text()) for path in PATHS]


def test_a_number_is_inside_our_runs_if_it_is_reproduced():
    rows = [row for record in RECORDS for row in record["tutorial"] if row.get("runs")]
    assert len(rows) > 40
    for row in rows:
        mark = evidence.number_mark(row, {})
        is_inside = mark.inside[0] <= mark.at <= mark.inside[1]
        assert is_inside or row["verdict"] not in (REPRODUCED, TOO_WIDE), mark
        assert not is_inside or row["verdict"] != DIFFERS, mark
        assert mark.low <= mark.inside[0] < mark.inside[1] <= mark.high  # other rows add noise


def test_a_claim_holds_if_its_whole_bar_is_inside():
    claims = [row for record in RECORDS for row in record["claims"] if row.get("parts")]
    assert len(claims) > 30
    for claim in claims:
        mark = evidence.claim_mark(claim)
        bound = mark.inside[0]
        if not mark.beyond:
            assert mark.low <= mark.at <= mark.high
        if claim["verdict"] in (HOLDS, HOLDS_WITHIN):
            assert mark.low >= bound, mark
        elif claim["verdict"] == DOES_NOT_HOLD:
            assert mark.high <= bound, mark
        else:
            assert mark.low <= bound <= mark.high, mark


def test_what_is_not_judged_has_no_mark():
    (row,) = [row for row in RECORDS[0]["tutorial"] if row["quantity"] == "mlp: test loss"]
    assert evidence.number_mark(row | {"verdict": None}, {}) is None
    assert evidence.number_mark({name: row[name] for name in row if name != "runs"}, {}) is None
    assert evidence.claim_mark({"id": "01a", "claim": "", "verdict": HOLDS}) is None


@pytest.mark.programs
def test_the_published_picture_is_that_of_the_records(tmp_path):
    figures = ROOT / "figures"
    evidence.write(tmp_path / "evidence.png", lesson_tables.published(figures))
    drawn, published = tmp_path / "evidence.png", figures / "evidence.png"
    assert compare_images(str(published), str(drawn), tol=1) is None, "run make readme"
