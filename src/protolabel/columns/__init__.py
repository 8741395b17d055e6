"""What tables of other programs look like: their usual columns, data frames, cells with labels."""
