"""Pages that readers see: the terminal's summary, the tables of READMEs, the HTML report.

They show what records and the catalogue hold, and compute no result.
"""
