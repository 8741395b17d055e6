"""An embeddings service in a process of its own, as tests need one: ``python FILE PORT_FILE LOG``.

The vectors are those of the hashing encoder. The name of the model says how it behaves. Every
request is a line of JSON in LOG: headers, number of texts, status.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from protolabel.encoders.hashing import HashingEncoder

DIM = 32
PROBES = 16  # texts of the first request of an encoder
ENCODER = HashingEncoder(DIM)
LOCK = threading.Lock()
LONGEST, FEW = 40, 8  # characters of a text, and texts of a request, that some models take
COUNTS: dict[str, int] = {}
OF_ONE: dict[str, Any] = {  # embeddings that are none
    "true": [True] * DIM,
    "null": None,
    "base64": "AACAPwAAgD8=",
    "strings": ["1.0"] * DIM,
    "nested": [[1.0] * DIM],
    "object": {"0": 1.0},
    "large": [10**400] * DIM,
    "nulls": [None] * DIM,
}
OF_A_LONG_ONE: dict[str, Any] = {
    "long is nan": [float("nan")] * DIM,
    "long is null": [None] * DIM,
    "long is large": [1e39] * DIM,
    "long is huge": [10**400] * DIM,
    "long is empty": [],
    "long is short": [1.0],
}
LOCATIONS = {
    "redirect": "/elsewhere",
    "moved": "https://elsewhere.example/v2/embeddings",
    "trap": "https://user:word@elsewhere.example/v2/embeddings",
}


def rows_of(model: str, texts: list[str]) -> list[dict[str, Any]]:
    vectors = ENCODER.encode(texts).tolist()
    rows = [{"index": i, "embedding": v} for i, v in enumerate(vectors)]
    later = len(texts) != PROBES
    if model == "reversed":
        rows.reverse()
    if model == "missing" and later:
        rows.pop()
    if model == "nan" and later:
        rows[0]["embedding"][0] = float("nan")
    for row in rows:
        if model in OF_A_LONG_ONE and len(texts[row["index"]]) > LONGEST:
            row["embedding"] = OF_A_LONG_ONE[model]
    if model == "narrow" and later:
        rows = [{"index": r["index"], "embedding": r["embedding"][:5]} for r in rows]
    if model == "twice" and later:  # the last row is of another text
        rows.append({"index": 0, "embedding": rows[-1]["embedding"]})
    if model == "ragged" and later:
        rows[-1]["embedding"] += [1.0]
    if model in OF_ONE and later:
        rows[0]["embedding"] = OF_ONE[model]
    if model == "changed":
        rows = [{"index": r["index"], "embedding": r["embedding"][::-1]} for r in rows]
    return rows


def status_of(model: str, texts: list[str], n: int) -> int:
    """Return the status of the nth request for some texts."""
    if model == "flaky" and n % 3:
        return 503
    if model == "broken":
        return 500
    if model in ("401", "404", "405", "413", "418", "422"):
        return int(model)
    if model in ("short", "narrow batch") and any(len(text) > LONGEST for text in texts):
        return 400 if model == "short" else 500  # as llama.cpp says it
    if model == "refusing" and (len(texts) != PROBES or "how old are you" not in texts):
        return 422
    if model == "few":
        return 422 if len(texts) > FEW else 200
    if model in LOCATIONS:
        return 308 if model == "moved" else 307
    return 200


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Print nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model, texts = body["model"], body["input"]
        with LOCK:
            key = model + json.dumps(texts)  # every request fails twice, then is answered
            COUNTS[key] = n = COUNTS.get(key, 0) + 1
        content = json.dumps({"data": rows_of(model, texts)}).encode()
        status = status_of(model, texts, n)
        if model == "page":
            content = b"<html>"
        if model == "slow" and len(texts) != PROBES:
            time.sleep(1.5)
        if model == "locked" and self.headers.get("Authorization") != "Bearer secret-key":
            status = 401
        with LOCK, Path(sys.argv[2]).open("a") as log:
            line = {"model": model, "texts": len(texts), "status": status, "path": self.path,
                    "key": self.headers.get("Authorization")}  # fmt: skip
            log.write(json.dumps(line) + "\n")
        if model == "cut" and len(texts) != PROBES and n % 3:
            self.connection.close()  # in the middle
            return
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "0")
        if model in LOCATIONS:
            self.send_header("Location", LOCATIONS[model])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Path(sys.argv[1]).with_suffix(".part").write_text(str(server.server_address[1]))
    Path(sys.argv[1]).with_suffix(".part").rename(sys.argv[1])
    server.serve_forever(0.01)
