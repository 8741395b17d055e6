"""What a service writes down beside label spaces: jobs, acts, claims, files read, sessions.

It stands in SQLite files of the service's own: the *side file* of each label space, and one that
the processes share while they run. None of it has births, deaths or versions, and no answer needs
it.
"""
