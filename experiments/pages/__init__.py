"""Pages that readers see: the summary in the terminal, the README's tables, the HTML report."""
