"""Pages that readers see: the summary in the terminal, the README's tables, the HTML report.

They show what records and the catalogue hold, and compute no result.
"""
