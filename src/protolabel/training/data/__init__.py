"""What training learns from: a labelled past, a space's own examples, unlabelled documents."""
