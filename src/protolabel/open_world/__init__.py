"""What is learned from documents that belong to no class: proposed classes, and what to look at."""
