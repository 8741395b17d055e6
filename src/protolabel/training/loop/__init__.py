"""The loop over episodes: recipe, loss, validation, checkpoints, reports."""
