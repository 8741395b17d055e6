"""The living label space: changes as transactions, views that answer, fits that follow."""
