"""A Snowflake made by fakesnow, over HTTP on the loopback: `python fake_server.py PORT DB_FOLDER`, 0 for any port.

A program of its own, in whatever Python has `fakesnow[server]` and a connector below 5. Once it listens it prints its
port. What fakesnow 0.12.1 does not say, connectors of both lines are told here: fields of the login that 5.x wants,
null bindings, AUTOCOMMIT as a text, fields of a stage, files of a stage by name. What it cannot parse (warehouses,
roles, grants) does nothing.

POST /__plan {"match", "times", "status", "code", "message", "slow"} spoils the next `times` requests whose SQL (or
"LOGIN", or "PUT " and its path) holds `match`: an HTTP status, or Snowflake's own refusal by code; `slow` are seconds
before the answer, `after` says that the statement is done before it is spoilt. GET /__said: every SQL text so far.
"""

from __future__ import annotations

import asyncio
import gzip
import importlib
import json
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import duckdb
import uvicorn
from fakesnow.instance import FakeSnow
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

NOTHING = [
    r"\s*(create|alter|drop)\s+(or\s+replace\s+)?(warehouse|role|user)\b", r"\s*(grant|revoke)\b",
    r"\s*alter\s+session\b",
]  # fmt: skip
copies: Any = importlib.import_module("fakesnow.copy_into")
fs: Any = importlib.import_module("fakesnow.server")  # what is private there is changed below
plans: list[dict[str, Any]] = []
said: list[str] = []

_binding, _connect, _stage = fs.from_binding, FakeSnow.connect, fs.gcs_stage_info
_sources, internal = copies._source_urls, copies.stage.is_internal


def binding(value: Any) -> Any:
    return None if value.get("value") is None else _binding(value)


def connect(self: FakeSnow, *args: Any, autocommit: Any = True, **more: Any) -> Any:
    return _connect(self, *args, autocommit=str(autocommit).lower() not in ("false", "0"), **more)


def stage(request: Request, expr: Any, data: Any) -> dict[str, Any]:
    data["overwrite"] = True  # else 5.x asks for signed headers
    return {
        **_stage(request, expr, data), "region": "us-east1", "endPoint": None, "storageAccount": None, "path": "",
        "isClientSideEncrypted": False, "useRegionalUrl": False, "useVirtualUrl": False,
    }  # fmt: skip


def sources(source: str, files: list[str]) -> list[str]:
    """COPY … FILES = (…) from a stage of its own, which fakesnow takes for a URL."""
    return [f"{source.rstrip('/')}/{file}" for file in files] if internal(source) else _sources(source, files)


async def login(request: Request) -> Response:
    answer = json.loads(bytes((await fs.login_request(request)).body))
    data = answer["data"]
    for name, value in (
        ("masterToken", data["token"]), ("validityInSeconds", 3600), ("masterValidityInSeconds", 14400),
        ("sessionId", 1), ("displayUserName", "FAKE"), ("healthCheckInterval", 45),
    ):  # fmt: skip
        data.setdefault(name, value)
    answer.setdefault("code", None)
    answer.setdefault("message", None)
    asked = request.query_params
    data["sessionInfo"] |= {"warehouseName": asked.get("warehouse"), "roleName": asked.get("roleName")}
    data["sessionInfo"] |= there(asked.get("databaseName") or "", asked.get("schemaName") or "")
    return JSONResponse(answer)


def there(database: str, schema: str) -> dict[str, str | None]:
    """What a session is in: nothing, where that does not exist."""
    with fs.shared_fs.duck_conn.cursor() as cursor:
        rows = cursor.execute(
            "SELECT upper(catalog_name), upper(schema_name) FROM information_schema.schemata"
        ).fetchall()
    has = any(row[0] == database.upper() for row in rows)
    whole = (database.upper(), schema.upper()) in rows
    return {"databaseName": database if has else None, "schemaName": schema if whole else None}


def spoilt(plan: dict[str, Any]) -> Response | None:
    if plan.get("code"):
        body = {"data": {"errorCode": plan["code"], "sqlState": plan.get("state", "00000")}, "code": plan["code"],
                "message": plan.get("message", "refused"), "success": False}  # fmt: skip
        return JSONResponse(body)
    if plan.get("status"):
        return Response(plan.get("message", "spoilt"), plan["status"])
    return None


def planned(what: str) -> dict[str, Any] | None:
    for plan in plans:
        if plan["match"].lower() in what.lower() and plan["times"] > 0:
            plan["times"] -= 1
            return plan
    return None


async def said_by(request: Request) -> str:
    if request.url.path.endswith("login-request"):
        return "LOGIN"
    if request.method == "PUT":
        return f"PUT {request.url.path}"
    body = await request.body()
    if not request.url.path.endswith("query-request"):
        return ""
    return str(json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).get("sqlText", ""))


def spoiling(handler: Any) -> Any:
    async def handled(request: Request) -> Response:
        what = await said_by(request)
        said.append(what)
        plan = planned(what) if what else None
        if plan is None:
            return await handler(request)  # type: ignore[no-any-return]
        if plan.get("after"):
            await handler(request)
        await asyncio.sleep(plan.get("slow", 0.0))
        answer = spoilt(plan)
        return answer if answer is not None else await handler(request)

    return handled


async def plan(request: Request) -> Response:
    plans.append({"times": 1} | json.loads(await request.body()))
    return JSONResponse({})


async def clear(_: Request) -> Response:
    plans.clear()
    said.clear()
    return JSONResponse({})


async def tell(_: Request) -> Response:
    return JSONResponse(said)


async def fine(_: Request) -> Response:
    return JSONResponse({"data": {}, "code": None, "message": None, "success": True})


async def missing(_: Request) -> Response:
    return JSONResponse({"success": False, "message": "not found"}, status_code=404)


def application() -> Starlette:
    own = {"/session/v1/login-request": login, "/queries/v1/query-request": fs.query_request,
           "/fs_bucket/{path:path}": fs.bucket_upload}  # fmt: skip
    return Starlette(
        routes=[
            Route("/__plan", plan, methods=["POST"]),
            Route("/__clear", clear, methods=["POST"]),
            Route("/__said", tell, methods=["GET"]),
            *(Route(path, spoiling(of), methods=["PUT" if "bucket" in path else "POST"]) for path, of in own.items()),
            Route("/telemetry/send", fine, methods=["POST"]),
            Route("/telemetry/send/sessionless", fine, methods=["POST"]),
            *(route for route in fs.routes if route.path not in own),
            Route("/{p:path}", missing, methods=["GET", "POST", "PUT", "DELETE", "HEAD"]),
        ]
    )


def _end_with_parent() -> None:
    """Whoever began it holds its input open, and is gone when that ends: kill -9 leaves no server behind."""
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    fs.from_binding, fs.gcs_stage_info = binding, stage
    copies._source_urls = sources
    FakeSnow.connect = connect  # type: ignore[method-assign]
    fs.shared_fs = FakeSnow(
        create_database_on_connect=False, create_schema_on_connect=False, db_path=folder, nop_regexes=NOTHING
    )
    for file in sorted(folder.glob("*.db")):  # what a server that ended has left
        try:
            fs.shared_fs.duck_conn.execute(f"ATTACH DATABASE '{file}' AS {file.stem}")
        except duckdb.Error as error:
            print(error, file=sys.stderr)
    if sys.argv[3:] == ["--with-parent"]:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    listening = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(application(), log_level="error", lifespan="off"))
    print(listening.getsockname()[1], flush=True)
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
