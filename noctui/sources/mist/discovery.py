"""What a sweep discovered of the network. The same `Discovery` again while nothing in it changed."""

from __future__ import annotations

from noctui.model.batch import Discovery
from noctui.model.inventory import Site
from noctui.sources.mist.join import Joined
from noctui.sources.mist.settings import OrgInfo
from noctui.sources.mist.statics import Statics


class Discoverer:
    """Builds and remembers the last one."""

    def __init__(self) -> None:
        self.strangers = False  # something stands at a site that is not listed yet
        self._last: Discovery | None = None
        self._of: tuple[object, ...] = ()

    def discovery(self, org: OrgInfo, statics: Statics, joined: Joined, whole: bool) -> Discovery:
        """`whole` False: a row that is not there means nothing."""
        of = (statics, joined.circuits, joined.gateways, joined.paths, whole)
        if self._last is None or any(a is not b for a, b in zip(of, self._of, strict=True)):
            sites = self._sites(statics, joined)
            self._last = Discovery(org.org_id, org.name, sites, joined.gateways, joined.circuits, joined.paths, whole)
            self._of = of
        return self._last

    def _sites(self, statics: Statics, joined: Joined) -> tuple[Site, ...]:
        """All sites by name; one that is used but not listed stands under its id, so that no circuit is without."""
        used = {g.site_id for g in joined.gateways} | {c.site_id for c in joined.circuits}
        missing = used - statics.sites.keys()
        self.strangers = bool(missing)
        every = [*statics.sites.values(), *(Site(site_id=i, name=i) for i in missing)]
        return tuple(sorted(every, key=lambda s: (s.name.casefold(), s.site_id)))
