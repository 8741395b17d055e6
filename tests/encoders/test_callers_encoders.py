"""Whatever a caller has for an encoder: a function, any object with ``encode``, odd outputs."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder
from fakes import WordEncoder

from protolabel import Document, Example, LabelSpace
from protolabel.encoders import as_encoder
from protolabel.encoders.hashing import HashingEncoder
from protolabel.errors import EncoderError, EncoderMismatchError, InputError

EXAMPLES = [
    Example("bill", "please pay this bill"), Example("bill", "the invoice is due"),
    Example("letter", "a letter of complaint"), Example("letter", "dear sir or madam"),
]  # fmt: skip


def vectors_of(texts: list[str]) -> np.ndarray:
    return HashingEncoder(64).encode(texts)


class OnlyEncode:
    """As sentence-transformers' and model2vec's models: ``encode`` and no fingerprint."""

    def __init__(self, dim: int = 64) -> None:
        self.inner = HashingEncoder(dim)

    def encode(self, sentences: list[str]) -> np.ndarray:
        return self.inner.encode(sentences)


def sparse(texts: list[str]) -> object:
    from scipy.sparse import csr_matrix

    return csr_matrix(vectors_of(texts))


def tensor(texts: list[str]) -> object:
    import torch

    return torch.from_numpy(vectors_of(texts)).to(torch.bfloat16).requires_grad_()


def tensors(texts: list[str]) -> list[object]:
    import torch

    return [torch.from_numpy(row) for row in vectors_of(texts)]


OUTPUTS = {
    "float32": vectors_of,
    "float64": lambda texts: vectors_of(texts).astype(np.float64),
    "float16": lambda texts: vectors_of(texts).astype(np.float16),
    "lists": lambda texts: vectors_of(texts).tolist(),
    "a list of arrays": lambda texts: list(vectors_of(texts)),
    "Fortran order": lambda texts: np.asfortranarray(vectors_of(texts)),
    "sparse": sparse,
    "a tensor": tensor,
    "a list of tensors": tensors,
}


@pytest.mark.parametrize("kind", OUTPUTS)
def test_a_function_is_an_encoder_whatever_its_arrays(kind: str) -> None:
    if "tensor" in kind and find_spec("torch") is None:
        pytest.skip("torch is not installed")
    with LabelSpace.create(encoder=OUTPUTS[kind], background=False) as space:
        space.add(EXAMPLES)
        assert space.label("pay the bill please").label == "bill"
        assert space.label("a letter, dear sir").label == "letter"


def test_an_object_with_encode_is_an_encoder(tmp_path: Path) -> None:
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder=OnlyEncode(), background=False) as space:
        space.add(EXAMPLES)
    with LabelSpace(path, encoder=OnlyEncode(), background=False) as space:
        assert space.label("pay the bill").label == "bill"


def test_another_function_does_not_open_the_label_space(tmp_path: Path) -> None:
    path = tmp_path / "a.space"
    LabelSpace.create(path, encoder=OnlyEncode(), background=False).close()
    for other in (lambda texts: -vectors_of(texts), lambda texts: vectors_of(texts)[:, ::-1]):
        with pytest.raises(EncoderMismatchError):
            LabelSpace(path, encoder=other)


def test_rounding_does_not_change_the_fingerprint() -> None:
    """Another machine, another number of threads, another type of numbers."""
    first = as_encoder(vectors_of).fingerprint
    noise = np.random.default_rng(0)
    shaken = as_encoder(lambda texts: vectors_of(texts) + noise.normal(0, 1e-6, (len(texts), 64)))
    assert shaken.fingerprint == first
    assert first.startswith("function:64:")


def test_a_function_that_gives_nothing_for_words_needs_a_name() -> None:
    with pytest.raises(EncoderError, match=r"object with `encode`, `dim` and `fingerprint`"):
        as_encoder(lambda texts: np.zeros((len(texts), 8)))


def test_a_function_that_gives_one_vector_for_everything_is_refused() -> None:
    noise = np.random.default_rng(0)
    for function in (
        lambda texts: np.ones((len(texts), 8)),
        lambda texts: 1 + noise.normal(0, 1e-7, (len(texts), 8)),
    ):
        with pytest.raises(EncoderError, match="one and the same vector for 16 different texts"):
            as_encoder(function)


def test_a_function_whose_vectors_differ_in_length_alone_suits_no_cosine() -> None:
    def lengths(texts: list[str]) -> np.ndarray:
        return np.array([[len(text), 2 * len(text)] for text in texts])

    with pytest.raises(EncoderError, match=r"point one way.*use the metric euclidean"):
        LabelSpace.create(encoder=lengths, background=False)
    with LabelSpace.create(encoder=lengths, metric="euclidean", background=False) as space:
        space.add(["short", "a text that is longer"], ["brief", "letter"])
        assert space.label("sharp").label == "brief"


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "zeros now"), (1.0, "one vector for different texts now")]
)
def test_a_function_that_breaks_is_at_fault_and_no_text(value: float, words: str) -> None:
    broken: list[bool] = []

    def vectors(texts: list[str]) -> np.ndarray:
        return np.full((len(texts), 64), value) if broken else vectors_of(texts)

    with LabelSpace.create(encoder=vectors, background=False) as space:
        space.add(EXAMPLES)
        broken.append(True)
        with pytest.raises(EncoderError, match=f"function gives {words}.*what the function"):
            list(space.label_each(["pay the bill", "another bill"]))


def test_a_function_that_changes_its_dimension_is_told_so() -> None:
    dims = [64]

    def vectors(texts: list[str]) -> np.ndarray:
        return vectors_of(texts)[:, : dims[-1]]

    encoder = as_encoder(vectors)
    dims.append(32)
    with pytest.raises(EncoderError, match=r"vectors of 32 numbers; expected 64") as caught:
        encoder.encode(["pay the bill"])
    assert "take a list" not in str(caught.value)


@pytest.mark.parametrize("value", [None, 3, b"bytes", object(), dict, HashingEncoder])
def test_what_is_no_encoder_is_said_to_be_none(value: object) -> None:
    with pytest.raises(EncoderError, match="an encoder of type"):
        as_encoder(value)


def test_a_folder_may_be_a_path(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "encoder")
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder=folder, names_mean=False) as space:
        space.add([Example("bill", "pay bill")])
    with LabelSpace(path) as space:  # the file knows where it is
        assert space.label("pay bill").score == pytest.approx(1, abs=1e-3)


def test_tf_idf_labels_and_declines_what_it_has_never_seen() -> None:
    if find_spec("sklearn") is None:
        pytest.skip("scikit-learn is not installed")
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer().fit([example.text for example in EXAMPLES])
    with LabelSpace.create(encoder=vectorizer.transform, background=False) as space:
        space.add([*EXAMPLES, Example("Zahlung", "please pay")])  # a name of zero vector
        assert space.label("the invoice").label == "bill"
        answer = space.label("something else entirely")
        assert answer.label is None
        assert "can read none of the text: it gives it a vector of zeros" in answer.reason
        with pytest.raises(InputError, match="zeros"):
            space.add([Example("bill", "unseen words only")])


def test_sentence_transformers_models_are_encoders(tmp_path: Path) -> None:
    if find_spec("sentence_transformers") is None:
        pytest.skip("sentence-transformers is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(write_folder(tmp_path)), device="cpu")
        with LabelSpace.create(encoder=model, background=False) as space:
            space.add([Example("bill", "pay bill"), Example("box", "ship box")])
            assert space.fingerprint == as_encoder(model).fingerprint
            assert space.label("pay bill").score is not None


@pytest.mark.parametrize("size", [3e9, -1e30, 1e-12])
def test_vectors_out_of_range_are_refused_where_they_enter(size: float) -> None:
    """Texts of an encoder, embeddings that come with documents, and queries."""
    small = np.full(WordEncoder.dim, size, np.float32)
    with LabelSpace.create(
        encoder=lambda texts: WordEncoder().encode(texts) * (size if texts == ["cv"] else 1),
        metric="euclidean", names_mean=False, background=False,
    ) as space:  # fmt: skip
        space.add([Example("bill", "pay")])
        for use in (
            lambda: space.add([Example("bill", embedding=small)]),
            lambda: space.add([Example("bill", "cv")]),
            lambda: space.label("cv"),
            lambda: space.label(Document("d", embedding=small)),
        ):
            with pytest.raises(InputError):
                use()
        assert space.version == 2


@pytest.mark.parametrize("value", [[1e300] * 8, ["a"] * 8, "pay", [None] * 8, [[1.0]] * 8, [True]])
def test_an_embedding_that_is_none_is_refused_with_the_documents_name(value: object) -> None:
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add([Example("bill", "pay")])
        with pytest.raises(InputError, match=r"letter\.txt"):
            space.label(Document("d", embedding=value, source="letter.txt"))


ODD_SIZES = ("64", None, 0, -1, True, 64.0, np.int64(64))  # which no file holds as a number


class Members:
    """An encoder with the members of a caller."""

    def __init__(self, **members: object) -> None:
        self.dim: object = 64
        self.fingerprint: object = "mine:1"
        self.encode: object = vectors_of
        vars(self).update(members)


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        *[("dim", odd, "an int, 1 or more") for odd in ODD_SIZES],
        *[("fingerprint", odd, "a string on one line") for odd in (None, 7, b"m", "", " ", "a\nb")],
        *[("encode", odd, "a function") for odd in ("name", 3)],
        ("encode_images", "name", "a function"),
    ],
)  # fmt: skip
def test_an_odd_member_is_refused_in_one_sentence_about_it(
    member: str, value: object, expected: str, tmp_path: Path
) -> None:
    """Before: shape (1, 16) for the expected shape (1, 16), or an AttributeError of ours."""
    odd = Members(**{member: value})
    with pytest.raises(EncoderError) as caught:
        LabelSpace.create(tmp_path / "a.space", encoder=odd)
    assert f"an encoder whose `{member}` is {value!r}" in str(caught.value)
    assert expected in caught.value.expected
    assert not list(tmp_path.iterdir())
