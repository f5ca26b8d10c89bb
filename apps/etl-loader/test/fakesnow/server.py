"""Snowflake's protocol on DuckDB: fakesnow's server, with answers that the Node driver reads.

fakesnow answers with Arrow, which the Node driver does not read; it reads JSON row sets.

Use: pip install --requirement requirements.txt; python server.py PORT
"""

import base64
import datetime
import gzip
import json
import sys

import fakesnow.server as fakesnow
import uvicorn
from starlette.responses import JSONResponse
from starlette.routing import Route

EPOCH = datetime.datetime(1970, 1, 1)
QUERY = "/queries/v1/query-request"


def cell(value, column):
    """A value as Snowflake's JSON row sets have it: every one a text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime.datetime):
        epoch = EPOCH.replace(tzinfo=datetime.timezone.utc) if value.tzinfo else EPOCH
        since = value - epoch
        micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        text = f"{micros // 1_000_000}.{micros % 1_000_000:06d}000"
        # The zone is minutes east of UTC plus a day.
        return f"{text} 1440" if column["type"].lower() == "timestamp_tz" else text
    if isinstance(value, datetime.date):
        return str((value - EPOCH.date()).days)
    if isinstance(value, datetime.time):
        return f"{value.hour * 3600 + value.minute * 60 + value.second}.{value.microsecond:06d}000"
    if isinstance(value, (bytes, bytearray)):
        return value.hex().upper()
    if isinstance(value, (dict, list)):
        return json.dumps(value, default=str)
    return str(value)


def rows_as_json(answer):
    table, columns = answer
    values = [column.to_pylist() for column in table.columns]
    return json.dumps([[cell(value, column) for value, column in zip(row, columns)] for row in zip(*values)]).encode()


fakesnow.to_sf = lambda table, columns: (table, columns)
fakesnow.to_ipc = rows_as_json
# Client and server share a disk: the stage is a folder of it.
fakesnow.gcs_stage_info = lambda request, expression, answer: answer["stageInfo"]
answer_query = fakesnow.query_request


class Unpacked:
    """A request whose body is no longer compressed: as much of one as fakesnow asks for."""

    def __init__(self, request, body):
        self._body = body
        self.url = request.url
        self.query_params = request.query_params
        self.headers = {name: value for name, value in request.headers.items() if name.lower() != "content-encoding"}
        self.headers["Authorization"] = request.headers.get("authorization")

    async def body(self):
        return self._body


async def query(request):
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    response = await answer_query(Unpacked(request, body))
    answer = json.loads(response.body)
    if response.status_code == 500:
        # The driver tries a 5xx again for minutes.
        failed = {"errorCode": "261000", "sqlState": "XX000"}
        return JSONResponse({"data": failed, "code": "261000", "message": answer.get("message"), "success": False})
    data = answer.get("data") or {}
    if "rowsetBase64" in data:
        rows = data.pop("rowsetBase64")
        data["rowset"] = json.loads(base64.b64decode(rows)) if rows else []
        data["queryResultFormat"] = "json"
    if "rowset" in data:
        # Without them the driver never calls back.
        data["returned"] = data["total"] = len(data["rowset"])
    return JSONResponse(answer)


routes = [Route(QUERY, query, methods=["POST"]) if route.path == QUERY else route for route in fakesnow.routes]
uvicorn.run(fakesnow.Starlette(routes=routes), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
