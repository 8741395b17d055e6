"""What answers for an open label space: the newest version, with the fits that take a moment.

So the same calls give the same answers, however fast they follow each other. The fits are the
session's.
"""

from __future__ import annotations

import logging

from protolabel.errors import ProtolabelError
from protolabel.label_space.session import Session
from protolabel.label_space.view import View
from protolabel.system.caller_warnings import warn_caller

_ROUNDS = 3  # of changes by others while the fits are made

log = logging.getLogger(__name__)


def fitted_view(session: Session) -> View:
    """Return the newest view, after waiting for its fits where these take a moment.

    Without fits in the background it is the view as it is. Where refined weights take longer, it is
    calibrated, the prototypes rank, and a warning says so. Where others change the label space
    faster than it is fitted, the last of a few views answers with the fits that it has.
    """
    view = session.view()
    for _ in range(_ROUNDS):
        if not view.lacking or not session.waits_for_fits:
            return view
        from protolabel.label_space.fits.fitting import wants_refined

        try:
            session.settle(refined=None)
        except (ProtolabelError, OSError) as error:  # the prototypes say what is missing
            log.warning("answers do not wait for their fits: %s", error)
            return session.view()
        view = session.view()
        if not wants_refined(None, view.fit_seconds):
            warn_caller(
                f"{view.rows.path}: the prototypes answer while the refined ranking is fitted in "
                "the background; LabelSpace.settle() waits until it is",
            )
            return view
    return view
