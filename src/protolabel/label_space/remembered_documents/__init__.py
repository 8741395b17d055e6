"""Documents that a label space remembers, and the answers that it gave them."""
