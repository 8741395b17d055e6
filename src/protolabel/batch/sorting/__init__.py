"""Files sorted into a folder for each class: what is new is read, placed once, and never lost."""
