"""The service: label spaces over HTTP, for programs and for the page that it serves.

It parses, calls the library and renders; what an answer or a change is, the library says. Nothing
here is imported by the library or by other commands. ``side`` has what a service writes down. Needs
the extra ``service``.
"""
