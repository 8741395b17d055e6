"""The methods of a label space that change it. Each makes a request and commits it, no more.

``changes`` says what a request does. ``session`` carries it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from protolabel.columns.data_frames import is_data_frame
from protolabel.documents import as_examples
from protolabel.errors import InputError
from protolabel.label_space import changes
from protolabel.label_space.answer_path.many_documents import refuse_columns
from protolabel.label_space.configuration.settings import UNCHANGED, Unchanged
from protolabel.label_space.correction_methods import CorrectionMethods, Result, as_ids
from protolabel.label_space.listed_names import is_class_of
from protolabel.label_space.terms import MarkedVersion, RequestKey, Terms
from protolabel.progress import Progress, silent
from protolabel.types import Document, Example

if TYPE_CHECKING:
    from protolabel.label_space.changes import ChangeRequest
    from protolabel.label_space.changes.import_records import OnUnusable


class ChangeMethods(CorrectionMethods[Result]):
    """Changes of the label space that ``_session`` holds open, and what becomes of them."""

    def describe(self, label: str | Mapping[str, str], description: str | None = None) -> Result:
        """Say what classes are, making those that are new: one, or ``{label: description}``."""
        texts = (
            {label: "" if description is None else description} if isinstance(label, str) else label
        )
        return self._carry_out(changes.Describe(texts))

    def add(
        self,
        examples: str | Example | Iterable[str | Document | Example],
        label: str | Iterable[str | Iterable[str]] | None = None,
        *,
        skip_known: bool = False,
        parents: Mapping[str, str | None] | None = None,
        progress: Progress = silent,
        text: str | None = None,
        id: str | None = None,  # noqa: A002 - the name of the field, as in Example
    ) -> Result:
        """Add examples; labels that are new become classes. All or none.

        ``add(text, label)``, ``add(texts, labels)`` with a label each or one for all,
        ``add(Example(...))`` or ``add(examples)``. A pandas Series or a NumPy array of strings is
        as good as a list. Where documents may have several labels, a list may stand in the place
        of each label: ``add(text, ["invoice", "urgent"])``.

        ``add(table, label="kind", text="body", id="number")`` takes the rows of a table of pandas
        or polars. By default the columns with usual names are taken, as :meth:`label_many` takes
        them; rows without a label are left out, which is said.

        ``skip_known`` leaves out examples that are here already: the same text after folding case
        and white space, or the same image or vector. Without it they are added once more. Either
        way ``detail["known"]`` says how many they are, and ``detail["came_along"]`` how many of
        these repeat another one of the same call; ``detail["repeated"]`` says how many of them were
        added once more. ``detail["added"]`` says how many examples came in, of which
        ``detail["examples"]`` has the first 20 ids. ``detail["two_labels"]`` says which documents
        stand under two labels, where they may have one. ``detail["near_copies"]`` says how many
        nearly repeat another example: they are added, and count as one document with it wherever
        something is left out. Where nothing is left to add, the version stays as it is, and the
        record that is returned is not in the history. ``parents`` puts classes under others in the
        same change, as ``nest(parents, new=True)`` does.

        Raises:
            InputError: for an example that cannot be used; nothing of the batch was stored then.
        """
        view = self._session.view()
        if is_data_frame(examples):
            from protolabel.connectors.table_examples import table_examples

            labelled = table_examples(
                examples,
                text=text,
                label=label,
                identity=id,
                several=view.settings.several,
                is_class=is_class_of(view),
            )
        else:
            refuse_columns(examples, text, id)
            labelled = as_examples(examples, label, several=view.settings.several, negatives=True)
        request = changes.Add(labelled, skip_known, parents or {})
        return self._carry_out(request, progress)

    def import_records(
        self,
        records: Iterable[Mapping[str, object] | InputError],
        name: str = "",
        *,
        skip_known: bool = False,
        on_unusable: OnUnusable | None = None,
        progress: Progress = silent,
    ) -> Result:
        """Take in what :meth:`View.export` of another label space yields, as one change.

        All or none, unless ``on_unusable`` is there. It is called with the place of each class or
        example that cannot be used, and the error, and the others come in. ``name`` says in errors
        where the records come from. ``skip_known`` leaves out examples that are here already, as
        in :meth:`add`.
        """
        from protolabel.label_space.changes.import_records import import_request

        request = import_request(
            records, self._session.view(), name, on_unusable, skip_known=skip_known
        )
        return self._carry_out(request, progress)

    def rename(self, old: str, new: str) -> Result:
        """Give a class another name; change nothing else."""
        return self._carry_out(changes.Rename(old, new))

    def merge(self, labels: Sequence[str], into: str) -> Result:
        """Make one class of several: ``into`` is one of them, or new.

        A document that comes stands there once: equal examples of it end.
        """
        return self._carry_out(changes.Merge(labels, into))

    def split(self, label: str, parts: Mapping[str, Sequence[str]]) -> Result:
        """Take members off a class into new classes: ``{new label: example ids}``."""
        return self._carry_out(changes.Split(label, parts))

    def nest(
        self,
        labels: str | Sequence[str] | Mapping[str, str | None],
        under: str | None = None,
        *,
        new: bool = False,
    ) -> Result:
        """Put classes under another one: ``nest(["invoice", "receipt"], "finance")``.

        Or each under its own: ``nest({"invoice": "finance", "cv": "people"})``, None for the top.
        An answer is the nearest class where that is sure enough, and else the deepest class above
        it that is. The class above needs no example and no description.

        Args:
            labels: the classes that move, with all that stands under them.
            under: the class above.
            new: makes the class above where it is not there.

        Raises:
            ClassError: a class would stand under itself, or too deep.
        """
        if isinstance(labels, Mapping):
            return self._carry_out(changes.Nest(labels, new))
        from protolabel.label_space.changes.rows import distinct_names

        names = distinct_names(as_ids(labels), "labels")
        if under is None:
            raise InputError(
                "no class above",
                expected="the class that they are to stand under",
                remedy="to lift them to the top, use lift()",
            )
        return self._carry_out(changes.Nest(dict.fromkeys(names, under), new))

    def lift(self, *labels: str) -> Result:
        """Lift classes to the top, with all that stands under them."""
        return self._carry_out(changes.Nest(dict.fromkeys(_each_name(labels, "lift"))))

    def retire(self, *labels: str) -> Result:
        """Take classes out of the answers; all that they hold is kept."""
        return self._carry_out(changes.Retire(_each_name(labels, "retire")))

    def unretire(self, *labels: str) -> Result:
        """Bring retired classes back into the answers."""
        return self._carry_out(changes.Unretire(_each_name(labels, "unretire")))

    def configure(
        self,
        *,
        kappa: float | str | Unchanged | None = UNCHANGED,
        threshold: float | str | Unchanged | None = UNCHANGED,
        refine: bool | str | Unchanged = UNCHANGED,
        modes: bool | str | Unchanged = UNCHANGED,
        names_mean: bool | str | Unchanged = UNCHANGED,
        target: str | Unchanged | None = UNCHANGED,
        strangers: float | str | Unchanged = UNCHANGED,
        labels: str | Unchanged = UNCHANGED,
    ) -> Result:
        """Change settings; those that are left out stay.

        Args:
            kappa: how many examples a description is worth, 0 to 1,000,000; None or ``"auto"``: the
                label space estimates it.
            threshold: least score for an answer, in the unit of scores (cosine, or minus squared
                distance: higher is nearer); None or ``"auto"``: the fitted one; ``"none"``: always
                answer.
            refine: rank by refined weights once they are ready.
            modes: ``"auto"``: classes have several prototypes besides the refined weights, where
                the label space's own examples show that this is better; ``"off"``: never.
            names_mean: describe classes without description by their names, those too that are
                there already.
            target: a risk that the threshold follows from, and follows as classes arrive:
                ``"errors 5%"`` (of answers at most), ``"strangers 90%"`` (declined at least) or
                ``"turned away 2%"`` (of what belongs at most), each with ``" sure 90%"`` after it
                for another confidence than 95 %; None or ``"none"``: no target. It takes the place
                of a threshold, and a threshold takes its place; both at once are refused.
            strangers: share of documents of no class in the stream, 0 to 0.99, or ``"30%"``;
                ``"auto"``: 20 %. The chance of *none of these* depends on it.
            labels: ``"one"``: a document has one label. ``"several"``: it may have several, or
                none, each with a probability of its own; the threshold is then the least of these,
                and it becomes the fitted one, without a target.

        Raises:
            InputError: for a value that a setting cannot have, or none at all.
        """
        values: dict[str, float | str | bool | Unchanged | None] = {
            "labels": labels,
            "kappa": kappa,
            "threshold": threshold,
            "refine": refine,
            "modes": modes,
            "names_mean": names_mean,
            "target": target,
            "strangers": strangers,
        }
        changed = {k: v for k, v in values.items() if not isinstance(v, Unchanged)}
        return self._carry_out(changes.Configure(changed))

    def sharpen(self, *, off: bool = False) -> Result:
        """Let the documents that were answered and are remembered move the descriptions.

        A description lies beside the documents that it means. What the label space has answered
        shows where those lie: most where there are few examples, less with each that comes. What
        people wrote stays, and is what the next sharpening begins at.

        Args:
            off: take the sharpening away.

        Raises:
            InputError: no document is remembered, no class has a description, or the label space
                compares by Euclidean distance.
        """
        return self._carry_out(changes.Sharpen(off))

    def place_encoder(self, name: str) -> Result:
        """Record the new name or folder of the encoder in force; its fingerprint must agree."""
        return self._carry_out(changes.PlaceEncoder(name))

    def undo(self) -> Result:
        """Take back the newest change in force; everything is as it was before, bit for bit."""
        return self._carry_out(changes.Undo())

    def redo(self) -> Result:
        """Take back the newest undo."""
        return self._carry_out(changes.Redo())

    def return_to(self, version: int) -> Result:
        """Make everything as it was at a version. What came after stays in the history."""
        return self._carry_out(changes.ReturnTo(version))

    def commit(
        self,
        request: ChangeRequest,
        *,
        only_at: int | MarkedVersion | None = None,
        key: str | RequestKey = "",
        who: str | None = None,
        progress: Progress = silent,
    ) -> Result:
        """Carry out a change that is a record, as :mod:`protolabel.label_space.changes` has them.

        Args:
            request: what is to be changed.
            only_at: the version that it is for; at any other it is refused. None: any version.
            key: names this request. Sent again with the same key, it changes nothing and returns
                the change that it made; 1,000 changes later the key is forgotten. A preview
                takes no notice of it.
            who: in whose name, where not in that of the label space's user.
            progress: follows what takes long.

        Raises:
            VersionConflictError: the label space is at another version than ``only_at``.
            RepeatedKeyError: another request has had this key.
            ProtolabelError: if it is refused; nothing was changed then.
        """
        from protolabel.label_space.changes.registry import require_request

        return self._carry_out(require_request(request), progress, Terms.of(only_at, who, key=key))


def _each_name(labels: Sequence[str], method: str) -> Sequence[str]:
    """Return names that were given each by itself. Raises InputError for a list in their place."""
    for label in labels:
        if not isinstance(label, str):
            raise InputError(
                f"{method}({repr(label)[:60]})",
                expected="names of classes, each a string",
                remedy=f"give each name by itself: {method}(*names)",
            )
    return labels
