"""Answers that wait to be remembered, and what was decided before they are written."""
