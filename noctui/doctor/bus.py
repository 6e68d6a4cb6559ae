"""The bus between hosts: whether it can be reached, who leads there, and whether what lies on it is safe."""

from __future__ import annotations

from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check
from noctui.settings import Settings

SECONDS = 5.0


async def bus(told: Settings) -> list[Check]:
    """Ends at the first thing that fails."""
    from noctui.runtime.bus_address import bus_of
    from noctui.stores.bus.redis_errors import BusError
    from noctui.stores.bus.redis_kinds import foreign
    from noctui.stores.bus.redis_kinds import told as told_of
    from noctui.stores.bus.redis_orgs import org_ids
    from noctui.stores.bus.redis_standing import remarks, standing

    address = bus_of(told)
    if address is None:
        return [Check("bus", NOTE, "none is set: who shares the data folder follows by it", "")]
    client = address.client(answer_seconds=SECONDS, tries=1)
    try:
        found = await standing(client, address.text)
        orgs = [told.org_id] if told.org_id else await org_ids(client, address.text, leaders=True)
        strange = [key for org in orgs for key in await foreign(client, org, address.text)]
    except BusError as error:
        return [Check("bus", FAIL, str(error), "check REDIS_URL, and that the server runs")]
    finally:
        await client.aclose()
    checks = [Check("bus", OK, f"{address.text}: {found.text}")]
    if not address.tls and not address.path and address.hosts[0][0] not in ("localhost", "127.0.0.1", "::1"):
        checks.append(Check("bus", NOTE, "what goes over it is not encrypted", "rediss:// encrypts it"))
    if not found.tells:
        checks.append(Check("bus", NOTE, "this user may not ask how the server is set", "+info in its ACL allows it"))
    checks += [Check("bus", FAIL if one.fatal else WARN, one.text, one.todo) for one in remarks(found)]
    return checks + [Check("bus", FAIL, told_of(key), f"redis-cli DEL '{key}'") for key in strange]
