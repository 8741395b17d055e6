"""What the pages of docs/results are made with, a benchmark a file. Nothing here is installed."""
