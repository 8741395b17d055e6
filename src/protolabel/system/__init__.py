"""What the operating system and Python offer: files, signals, forks, imports, optional packages."""
