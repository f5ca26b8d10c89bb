"""Newline-delimited JSON for schemathesis: a body and an answer of one line, which is what the document has schemas of."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def written(ctx, value):
    return {"data": value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"}


@schemathesis.deserializer("application/x-ndjson")
def read(ctx, response):
    lines = [json.loads(line) for line in response.content.splitlines()]
    if len(lines) != 1:
        raise ValueError(f"{len(lines)} lines answer one")
    return lines[0]
