"""What answers for an open label space: the newest version, with the fits that take a moment.

So the same calls give the same answers, however fast they follow each other. The fits are the
session's.
"""

from __future__ import annotations

import logging
import warnings

from protolabel.errors import ProtolabelError
from protolabel.label_space.session import Session
from protolabel.label_space.view import View

log = logging.getLogger(__name__)


def fitted_view(session: Session) -> View:
    """Return the newest view, after waiting for its fits where these take a moment.

    Without fits in the background it is the view as it is. Where refined weights take longer, it is
    calibrated, the prototypes rank, and a warning says so.
    """
    view = session.view()
    if not view.lacking or not session.fits_unasked:
        return view
    try:
        session.settle(refined=None)
    except (ProtolabelError, OSError) as error:  # the prototypes answer, and say what is missing
        log.warning("answers do not wait for their fits: %s", error)
    view = session.view()
    if view.fit_seconds:
        warnings.warn(
            f"{view.rows.path}: the prototypes answer while the refined ranking is fitted in the "
            "background; LabelSpace.settle() waits until it is",
            stacklevel=6,
        )
    return view
