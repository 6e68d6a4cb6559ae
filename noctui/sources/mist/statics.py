"""What changes seldom: sites with region and store type, configuration, the inventory of gateways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from noctui.model.inventory import Site, split_site_name
from noctui.sources.mist.config import NOTHING, Config, configs
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.settings import Classify, SiteFacts
from noctui.sources.mist.structs import InventoryRow, SiteGroupRow, SiteRow, TemplateRow
from noctui.sources.mist.text import clean


@dataclass(frozen=True, slots=True)
class Statics:
    """`site_config` is site id → template id, `templates` and `profiles` are by id, `inventory` by mac."""

    sites: Mapping[str, Site] = field(default_factory=dict)
    site_config: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, Config] = field(default_factory=dict)
    profiles: Mapping[str, Config] = field(default_factory=dict)
    inventory: Mapping[str, InventoryRow] = field(default_factory=dict)

    def config(self, site_id: str, profile_id: str) -> Config:
        """A gateway's device profile (hubs have one), else the template of its site, else nothing."""
        return self.profiles.get(profile_id) or self.templates.get(self.site_config.get(site_id, "")) or NOTHING


def statics(
    sites: Iterable[SiteRow],
    groups: Iterable[SiteGroupRow],
    templates: Iterable[TemplateRow],
    profiles: Iterable[TemplateRow],
    inventory: Iterable[InventoryRow],
    classify: Classify,
) -> Statics:
    """Of two rows with one id the last counts. A site without a name goes by its id."""
    names = {g.id: clean(g.name).strip() for g in groups if g.id}
    kept = {clean(s.id): s for s in sites if s.id}
    return Statics(
        sites={i: site(s, names, classify) for i, s in kept.items()},
        site_config={i: s.gatewaytemplate_id for i, s in kept.items() if s.gatewaytemplate_id},
        templates=configs(templates),
        profiles=configs(profiles, "device profile"),
        inventory={mac: row for row in inventory if (mac := as_mac(row.mac))},
    )


def site(row: SiteRow, group_names: Mapping[str, str], classify: Classify) -> Site:
    """A site as the model has it; its number is the one its name begins with."""
    site_id, name = clean(row.id), clean(row.name).strip()
    groups = tuple(n for g in row.sitegroup_ids or () if (n := group_names.get(g)))
    facts = SiteFacts(site_id, name, groups, clean(row.country_code), clean(row.notes), clean(row.address))
    region, store_type = classify(facts)
    at = row.latlng
    return Site(
        site_id=site_id,
        name=name or site_id,
        number=split_site_name(name)[0],
        region=region,
        store_type=store_type,
        timezone=clean(row.timezone) or "UTC",
        country=facts.country,
        latitude=at.lat if at else None,
        longitude=at.lng if at else None,
    )
