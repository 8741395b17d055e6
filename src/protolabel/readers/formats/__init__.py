"""Files of office programs, mail and the web -> text: one file a kind, run in a process of its own.

Each module here has one function that takes an :class:`~.extraction.Request` and returns an
:class:`~.extraction.Extraction`. They know nothing of documents, labels or folders, execute nothing
and open nothing but the file itself. :mod:`.process` calls them; :mod:`.extractor` starts, bounds
and ends that process.
"""
