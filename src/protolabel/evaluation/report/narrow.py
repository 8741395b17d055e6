"""How pages lay out tables on a phone: a row is a block, and each cell a line with its heading."""

from __future__ import annotations

NARROW = (
    "@media (max-width: 40rem) {"
    " body { font-size: 15px; margin: 1rem auto; }"
    " table, tbody { display: block; }"
    " thead { position: absolute; left: -9999px; }"
    " tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }"
    " td, td.n { display: block; border: 0; padding: 0; text-align: left; white-space: normal;"
    " overflow-wrap: anywhere; }"
    " td:first-child { font-weight: 600; }"
    ' td[data-name]:not([data-name=""])::before { content: attr(data-name) ": ";'
    " color: var(--soft); font-weight: 400; }"
    " }"
)
