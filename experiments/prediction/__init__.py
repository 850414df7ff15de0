"""Use trained networks: inputs of a user's own, answers and what they rest on."""
