"""What the sweeps alone say of a site's gateways and WAN ports: told without a call, until enrichment knows more."""

from __future__ import annotations

from noctui.model.batch import Found
from noctui.model.detail import AskPorts, GatewayFacts, PortFacts, Ports
from noctui.sources.mist.detail_ask import Asker, PortsOf, reason
from noctui.sources.mist.errors import MistError
from noctui.sources.mist.join import Joiner


def known_ports(joiner: Joiner, site_id: str, error: str = "") -> Ports:
    """Of one site, or of all with `""`."""
    joined = joiner.joined
    return Ports(
        site_id=site_id,
        gateways=tuple(
            GatewayFacts(gateway_id=g.gateway_id, name=g.name, model=g.model, version=g.version)
            for g in joined.gateways
            if site_id in ("", g.site_id)
        ),
        ports=tuple(_port(f) for f in joined.circuits if site_id in ("", f.site_id)),
        error=error,
    )


def _port(found: Found) -> PortFacts:
    return PortFacts(
        circuit_id=found.circuit_id,
        gateway_id=found.gateway_id,
        port_id=found.port_id,
        wan_name=found.wan_name,
        vlan=found.unit,
        sources={"wan_name": "gateway"} if found.wan_name else {},
    )


class PortsWork:
    """Answers one AskPorts: by whoever enriches, where there is one. It keeps what it learned by itself."""

    seconds = 0.0

    def __init__(self, question: AskPorts, joiner: Joiner, ports_of: PortsOf | None) -> None:
        self._site_id = question.site_id
        self._joiner = joiner
        self._ports_of = ports_of
        self._found: Ports | None = None
        self.errors: list[str] = []

    async def run(self, asker: Asker) -> None:
        if self._ports_of is None:
            return
        try:
            self._found = await self._ports_of(self._site_id, asker.deadline())
        except MistError as error:
            self.errors.append(reason(error))

    def answer(self, error: str = "") -> Ports:
        return self._found or known_ports(self._joiner, self._site_id, error or "; ".join(self.errors))
