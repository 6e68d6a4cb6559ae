"""`noctui warehouse`: make the tables in Snowflake (`init`), and see that they hold what history holds (`verify`)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from noctui.commands import codes
from noctui.commands.arguments import OneLine, add_settings, flags_of
from noctui.config import ConfigError, load

if TYPE_CHECKING:
    from noctui.stores.warehouse.login import Login


def main(words: Sequence[str]) -> int:
    """Run `noctui warehouse` with the words after it; its exit code (`commands.codes`)."""
    args = _parser().parse_args(list(words))
    try:
        settings = load(flags_of(args), config_file=args.config, env_file=args.env_file).settings
    except ConfigError as error:
        return _say(str(error), codes.USAGE)
    from noctui.logs import hide
    from noctui.model.faults import HistoryError
    from noctui.runtime.headless import Stopped
    from noctui.stores.warehouse.faults import WarehouseFault
    from noctui.stores.warehouse.login import Login

    login = Login.of(settings)
    hide(login.secrets)
    try:
        if args.kind == "init":
            return _init(login, args)
        from noctui.commands.warehouse_verify import verify

        return verify(settings, login, args)
    except WarehouseFault as fault:
        return _say(fault.text, codes.OF_WAREHOUSE[fault.kind])
    except HistoryError as error:
        return _say(str(error), codes.HISTORY)
    except Stopped as stopped:
        return _say(stopped.text, codes.OF_KIND[stopped.kind])
    except BrokenPipeError:
        sys.stdout = None
        return codes.FAILED


def _init(login: Login, args: argparse.Namespace) -> int:
    from noctui.stores.warehouse import setup

    if args.print:
        print(setup.script(login, _public_key(login)), end="")
        return codes.OK
    from noctui.commands.warehouse_init import init

    return init(login, print)


def _public_key(login: Login) -> str:
    """Of the private key in the settings; "" where there is none, or none to be read."""
    from noctui.stores.warehouse.faults import WarehouseFault
    from noctui.stores.warehouse.keys import public_of

    if login.key_file is None:
        return ""
    try:
        return public_of(login.key_file, login.key_passphrase())
    except WarehouseFault as fault:
        print(f"noctui: {fault.text}; the script has a place for the public key", file=sys.stderr)
        return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="noctui warehouse",
        description="The tables in Snowflake that history is sent to (docs/warehouse-access.md).",
    )
    kinds = parser.add_subparsers(dest="kind", required=True, parser_class=OneLine)
    init = kinds.add_parser("init", help="make what is missing: database, schema, tables; bring them to this version")
    init.add_argument("--print", action="store_true", help="only print the SQL, for an administrator; asks nobody")
    verify = kinds.add_parser("verify", help="compare a month there with history here, and send again what differs")
    verify.add_argument("--month", metavar="YYYY-MM", required=True, help="which, of UTC days")
    verify.add_argument("--tables", metavar="NAMES", default="", help="only these: feeds or tables, comma-separated")
    verify.add_argument("--dry-run", action="store_true", help="compare only")
    verify.add_argument("--json", action="store_true", help="as JSON")
    for kind in (init, verify):
        add_settings(kind)
    return parser


def _say(text: str, code: int) -> int:
    print(f"noctui: {text}", file=sys.stderr)
    return code
