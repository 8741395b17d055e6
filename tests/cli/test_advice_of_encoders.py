"""The advice of errors about encoders in folders works when done to the letter."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pictures
import pytest
from advice import Cases, Desk
from commands import call
from encoder_folders import random_tensors, write_folder
from exported_folders import write_exported
from learned import note_learned
from safetensors.numpy import save_file
from spelt_numbers import spelt
from static_folders import write_static

from protolabel import LabelSpace, evaluate, load_encoder, read_examples
from protolabel.encoders.provenance import provenance_of
from protolabel.encoders.wrappers import CallableEncoder

CASES = Cases()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("encoder") / "model")


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, model: Path, name: str) -> None:
    shutil.copytree(model, desk.folder / "whole")
    CASES.run(name, desk)


def damaged(d: Desk, damage: Callable[[Path], object]) -> Path:
    """Return a copy of the encoder with damage done to it, after it was refused."""
    folder = d.folder / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree("whole", folder)
    damage(folder)
    d.raised(lambda: load_encoder(folder))
    return folder


def setting(file: str, **values: object) -> Callable[[Path], None]:
    """Return what changes settings in a file of a folder."""

    def change(folder: Path) -> None:
        path = folder / file
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return change


def cut(file: str) -> Callable[[Path], int]:
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes()[:-40])


@CASES.of(
    "check the path, or download or copy the model again", "download or copy the model again",
    "delete the folder and download or copy the model again",
    "save it again with a larger max_shard_size",
    "save the tokenizer again as a fast tokenizer, or download the model again",
)  # fmt: skip
def files_of_a_folder(d: Desk) -> None:
    damaged(d, lambda folder: (folder / "config.json").unlink())
    damaged(d, lambda folder: (folder / "config.json").write_text("[]"))
    damaged(d, cut("model.safetensors"))
    damaged(d, lambda f: (f / "model.safetensors").rename(f / "model.safetensors.index.json"))
    folder = damaged(d, lambda folder: (folder / "tokenizer.json").unlink())
    shutil.rmtree(folder)
    shutil.copytree("whole", folder)
    load_encoder(folder)


@CASES.of(
    "pick another encoder: this setting changes the vectors, and it is not supported",
    "pick an encoder with one of these",
    "pick another encoder, or wrap your own in CallableEncoder",
    "pick another encoder; or, if {} does not change the vectors, remove it from that file",
    "mend that setting, or download or copy the model again",
    "pick an encoder with these steps only",
    "raise max_seq_length in sentence_bert_config.json, shorten the default prompt in "
    "config_sentence_transformers.json, or pick another encoder",
)  # fmt: skip
def settings_of_a_folder(d: Desk) -> None:
    damaged(d, setting("config.json", model_type="gpt9"))
    damaged(d, setting("1_Pooling/config.json", pooling_mode=["max", "cls"]))
    damaged(d, setting("config.json", is_decoder=True))
    steps = json.loads((d.folder / "whole" / "modules.json").read_text())
    step = {"idx": 9, "name": "9", "path": "9", "type": "sentence_transformers.models.Magic"}
    damaged(d, lambda f: (f / "modules.json").write_text(json.dumps([*steps, step])))
    folder = damaged(d, setting("sentence_bert_config.json", max_seq_length=-3))
    setting("sentence_bert_config.json", max_seq_length=12)(folder)
    load_encoder(folder)
    folder = damaged(d, setting("sentence_bert_config.json", max_seq_length=2))
    setting("sentence_bert_config.json", max_seq_length=12)(folder)
    load_encoder(folder)
    folder = damaged(d, setting("config.json", novelty=3))
    config = json.loads((folder / "config.json").read_text())
    del config["novelty"]
    (folder / "config.json").write_text(json.dumps(config))
    load_encoder(folder)


def _lengths(texts: list[str]) -> np.ndarray:
    return np.array([[len(text)] for text in texts])


@CASES.of(
    "let it use one model for all texts, and say in `dim` what that returns",
    "use the metric euclidean, or another encoder",
)
def functions_of_users(d: Desk) -> None:
    d.raised(lambda: CallableEncoder(_lengths, dim=3, fingerprint="lengths").encode(["a"]))
    CallableEncoder(_lengths, dim=1, fingerprint="lengths").encode(["a"])
    d.raised(lambda: LabelSpace.create(encoder=_lengths))
    LabelSpace.create(encoder=_lengths, metric="euclidean", background=False).close()


@CASES.of("remove {} from it if {} is right, or pick another encoder")
def settings_by_two_names(d: Desk) -> None:
    folder = damaged(d, setting("config.json", n_heads=2))
    name = d.met[-1].split()[1]
    settings = json.loads((folder / "config.json").read_text())
    del settings[name]
    (folder / "config.json").write_text(json.dumps(settings))
    load_encoder(folder)


@CASES.of("save the model again with the program that made it, or pick another encoder")
def tensors_by_two_names(d: Desk) -> None:
    tensors = random_tensors("bert")
    twice = tensors | {f"bert.{name}": value + 1 for name, value in tensors.items()}
    d.raised(lambda: load_encoder(write_folder(d.folder / "twice", tensors=twice)))
    load_encoder(write_folder(d.folder / "twice", tensors=tensors))


@CASES.of("pick an encoder without quantised rows or vocabulary")
def static_encoders_of_shared_rows(d: Desk) -> None:
    tensors = write_static(d.folder / "static")
    mapping = np.zeros(len(tensors["embeddings"]), np.int64)
    save_file(tensors | {"mapping": mapping}, d.folder / "static" / "model.safetensors")
    d.raised(lambda: load_encoder(d.folder / "static"))
    write_static(d.folder / "other")
    load_encoder(d.folder / "other")


@CASES.of(
    "if tokenizer.json is right, set {} to {} in tokenizer_config.json; if not, save the tokenizer "
    "again"
)
def tokenizers_that_contradict(d: Desk) -> None:
    folder = damaged(d, setting("tokenizer_config.json", do_lower_case=False))
    name, value = d.met[-1].partition("set ")[2].split(" in ")[0].split(" to ")
    setting("tokenizer_config.json", **{name: json.loads(value)})(folder)
    load_encoder(folder)


@CASES.of(
    "save the tokenizer again with transformers, or download or copy the model again",
    'if tokenizer.json is right, set tokenizer_class to "PreTrainedTokenizerFast" in '
    "tokenizer_config.json; if not, save the tokenizer again",
)
def tokenizers_of_another_class(d: Desk) -> None:
    folder = damaged(d, setting("tokenizer_config.json", sep_token="pay"))
    shutil.rmtree(folder)
    shutil.copytree("whole", folder)
    load_encoder(folder)
    folder = damaged(d, setting("tokenizer.json", pre_tokenizer={"type": "Whitespace"}))
    setting("tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")(folder)
    load_encoder(folder)


@CASES.of("use the metric cosine, or add a Normalize step with sentence-transformers")
def vectors_without_unit_length(d: Desk) -> None:
    folder = d.folder / "copy"
    shutil.copytree("whole", folder)
    path = folder / "modules.json"
    path.write_text(json.dumps(json.loads(path.read_text())[:-1]))
    encoder = str(folder)
    d.raised(lambda: LabelSpace.create(encoder=encoder, metric="euclidean", background=False))
    LabelSpace.create(encoder=encoder, metric="cosine", background=False).close()
    whole = str(d.folder / "whole")
    LabelSpace.create(encoder=whole, metric="euclidean", background=False).close()


@CASES.of(
    "download or copy the model again, or export it again",
    "export it again with dynamic axes for the batch and the sequence",
    "export it again with the inputs and outputs of sentence-transformers' ONNX exporter",
    "export it into that folder as {}, pick another encoder, or wrap your own in CallableEncoder",
    "write the number of its token vectors there",
    'write {"max_seq_length": 512} into {}, with its number',
)
def exported_networks(d: Desk) -> None:
    onnx = pytest.importorskip("onnx")
    shutil.rmtree("whole")
    write_exported(d.folder / "whole", "NomicBert")
    load_encoder("whole")
    again = (d.folder / "whole" / "onnx" / "model.onnx").read_bytes()

    def fixed(folder: Path) -> None:
        graph = onnx.load(folder / "onnx" / "model.onnx")
        graph.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
        onnx.save(graph, folder / "onnx" / "model.onnx")

    for damage in (
        cut("onnx/model.onnx"),
        fixed,
        lambda f: (f / "onnx" / "model.onnx").write_bytes(
            again.replace(b"input_ids", b"inputs_id")
        ),
        lambda f: (f / "onnx" / "model.onnx").unlink(),
    ):
        folder = damaged(d, damage)
        (folder / "onnx" / "model.onnx").write_bytes(again)
        load_encoder(folder)
    folder = damaged(d, setting("config.json", vocab_size=None))
    setting("config.json", vocab_size=30)(folder)
    load_encoder(folder)

    def silent(folder: Path) -> None:
        setting("config.json", max_position_embeddings=None)(folder)
        (folder / "sentence_bert_config.json").unlink()

    folder = damaged(d, silent)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 40}')
    load_encoder(folder)


@CASES.of("give one of these, or unset {}")
def precisions_that_do_not_exist(d: Desk) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROTOLABEL_PRECISION", "f16")
        d.raised(lambda: load_encoder("whole"))
        patch.setenv("PROTOLABEL_PRECISION", "f32")
        load_encoder("whole")
        patch.delenv("PROTOLABEL_PRECISION")
        load_encoder("whole")


@CASES.of("set default_prompt_name to one of its prompts, or to null for none")
def prompts_that_are_not_there(d: Desk) -> None:
    file = "config_sentence_transformers.json"
    (d.folder / "whole" / file).write_text('{"prompts": {"task": "pay: "}}')
    folder = damaged(d, setting(file, default_prompt_name="other"))
    for name in ("task", None):
        setting(file, default_prompt_name=name)(folder)
        load_encoder(folder)


@CASES.of("copy the encoder's folder again, or train it again")
def damaged_provenance(d: Desk) -> None:
    folder = d.folder / "copy"
    shutil.copytree("whole", folder)
    (folder / "training.json").write_text(
        json.dumps({"learned_from": {"documents": 1, "sha256": "0"}})
    )
    from protolabel.encoders.provenance import learned_from

    d.raised(lambda: learned_from(folder))
    shutil.rmtree(folder)
    shutil.copytree("whole", folder)
    assert learned_from(folder) is None
    assert provenance_of(load_encoder(folder)).key == ""


@CASES.of(
    "give documents that it has not learned from, or another encoder=; keep_copies=True evaluates "
    "on them all the same"
)
def documents_that_the_encoder_has_learned_from(d: Desk) -> None:
    topics = {"bill": "pay the bill", "cv": "apply for work"}
    past = [(topic, f"{words} {spelt(n)}") for topic, words in topics.items() for n in range(6)]
    shutil.copytree("whole", "copy")
    note_learned(d.folder / "copy", [text for _, text in past])
    d.file("past.csv", "label,text\n" + "".join(f"{one},{text.upper()}!\n" for one, text in past))
    d.file("new.csv", "label,text\n" + "".join(f"{one},{text} now\n" for one, text in past))
    plan = ("--ways", "2", "--episodes", "5")
    d.refused("evaluate", "past.csv", "--encoder", "copy", *plan)
    d.raised(lambda: evaluate(read_examples(["past.csv"]), encoder="copy"))
    call("evaluate", "new.csv", "--encoder", "copy", *plan)
    call("evaluate", "past.csv", "--encoder", "whole", *plan)
    call("evaluate", "past.csv", "--encoder", "copy", *plan, "--keep-copies")


@CASES.of(
    "{}add --encoder {}FOLDER to the command; to record for good where it is: {}",
    "{}give its folder{}: LabelSpace(path, encoder=...)",
)
def folder_that_was_moved(d: Desk) -> None:
    folder = d.folder / "my encoder"
    shutil.copytree("whole", folder)
    call("init", "moved.space", "--encoder", folder)
    call("add", "moved.space", "bill", "--text", "pay bill")
    folder.rename(d.folder / "FOLDER")
    remedy = d.refused("label", "moved.space", "--text", "pay", code=4)
    call("label", "moved.space", "--text", "pay", "--encoder", "FOLDER")
    with LabelSpace("moved.space", background=False) as space:
        d.raised(lambda: space.label("pay"))
    with LabelSpace("moved.space", encoder="FOLDER", background=False) as space:
        space.label("pay")
    d.obeyed(remedy.rpartition("where it is: ")[2])
    call("label", "moved.space", "--text", "pay")


@CASES.of("use [text]", "turn it into text first; missing texts can be ''")
def texts_of_an_encoder(d: Desk) -> None:
    encoder = load_encoder(d.folder / "whole")
    d.raised(lambda: encoder.encode("pay"))
    d.raised(lambda: encoder.encode(["pay", None]))
    assert len(encoder.encode(["pay", ""])) == 2


@CASES.of("add --encoder NAME, --pooling RULE, or both", "add --encoder NAME")
def neither_encoder_nor_pooling(d: Desk) -> None:
    encoder = load_encoder(d.folder / "whole")
    LabelSpace.create("nameless.space", encoder=encoder, background=False).close()
    d.refused("reencode", "nameless.space")
    d.refused("reencode", "nameless.space", "--pooling", "mean")
    call("reencode", "nameless.space", "--pooling", "mean", "--encoder", "whole")


@CASES.of("leave out the pooling")
def pooling_of_an_encoder_that_splits_nothing(d: Desk) -> None:
    d.raised(lambda: load_encoder("hashing", pooling="mean"))
    load_encoder("hashing")


@CASES.of("give the encoder such a `{}`, or give its function of texts alone")
def an_encoder_of_a_caller_with_an_odd_member(d: Desk) -> None:
    mine = SimpleNamespace(dim="512", fingerprint="mine:1", encode=load_encoder("hashing").encode)
    d.raised(lambda: LabelSpace.create(encoder=mine, background=False))
    LabelSpace.create(encoder=mine.encode, background=False).close()
    mine.dim = 512
    LabelSpace.create(encoder=mine, background=False).close()


@CASES.of("give an encoder of images: encoder=")
def images_for_an_encoder_of_texts(d: Desk) -> None:
    for kind in ("bar", "dash"):
        (d.folder / "pictures" / kind).mkdir(parents=True)
        for number in range(3):
            picture = d.folder / "pictures" / kind / f"{number}.png"
            picture.write_bytes(pictures.drawn(kind, number))
    plan = ("--shots", 1, "--query", 1, "--episodes", 5)
    remedy = d.refused("evaluate", "pictures", "--encoder", "hashing", *plan)
    d.met.append(remedy.replace("--encoder", "encoder="))
    encoder = pictures.write_folder(d.folder / "of pictures")
    call("evaluate", "pictures", "--encoder", encoder, *plan)
