"""Old Keras scripts today: what fails or silently changes, and what to write instead."""
