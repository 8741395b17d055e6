"""What can be trained: documents in, vectors out, in torch."""
