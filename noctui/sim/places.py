"""Where the simulated stores stand: eight regions of real cities with their zones and positions."""

from __future__ import annotations

from typing import NamedTuple


class City(NamedTuple):
    name: str
    state: str
    latitude: float
    longitude: float
    timezone: str


class Region(NamedTuple):
    name: str
    share: float  # of all sites
    hubs: tuple[str, str]  # the two hubs its stores build VPN paths to
    cities: tuple[City, ...]


_PT, _MT, _AZ = "America/Los_Angeles", "America/Denver", "America/Phoenix"
_CT, _ET, _BOISE = "America/Chicago", "America/New_York", "America/Boise"
_IN, _MI = "America/Indiana/Indianapolis", "America/Detroit"

REGIONS: tuple[Region, ...] = (
    Region("Mountain", 0.14, ("hub-den-1", "hub-slc-1"), (
        City("Grand Junction", "CO", 39.06, -108.55, _MT), City("Denver", "CO", 39.74, -104.99, _MT),
        City("Pueblo", "CO", 38.25, -104.61, _MT), City("Fort Collins", "CO", 40.59, -105.08, _MT),
        City("Provo", "UT", 40.23, -111.66, _MT), City("Ogden", "UT", 41.22, -111.97, _MT),
        City("Boise", "ID", 43.62, -116.20, _BOISE), City("Idaho Falls", "ID", 43.49, -112.04, _BOISE),
        City("Billings", "MT", 45.78, -108.50, _MT), City("Missoula", "MT", 46.87, -113.99, _MT),
        City("Cheyenne", "WY", 41.14, -104.82, _MT), City("Casper", "WY", 42.85, -106.33, _MT),
    )),
    Region("Southeast", 0.18, ("hub-atl-1", "hub-mia-1"), (
        City("Atlanta", "GA", 33.75, -84.39, _ET), City("Savannah", "GA", 32.08, -81.09, _ET),
        City("Tampa", "FL", 27.95, -82.46, _ET), City("Ocala", "FL", 29.19, -82.14, _ET),
        City("Orlando", "FL", 28.54, -81.38, _ET), City("Charlotte", "NC", 35.23, -80.84, _ET),
        City("Greensboro", "NC", 36.07, -79.79, _ET), City("Columbia", "SC", 34.00, -81.03, _ET),
        City("Mobile", "AL", 30.69, -88.04, _CT), City("Huntsville", "AL", 34.73, -86.59, _CT),
        City("Knoxville", "TN", 35.96, -83.92, _ET), City("Jackson", "MS", 32.30, -90.18, _CT),
    )),
    Region("South Central", 0.15, ("hub-dfw-1", "hub-hou-1"), (
        City("Waco", "TX", 31.55, -97.15, _CT), City("Dallas", "TX", 32.78, -96.80, _CT),
        City("Lubbock", "TX", 33.58, -101.86, _CT), City("San Antonio", "TX", 29.42, -98.49, _CT),
        City("Tulsa", "OK", 36.15, -95.99, _CT), City("Norman", "OK", 35.22, -97.44, _CT),
        City("Little Rock", "AR", 34.75, -92.29, _CT), City("Fayetteville", "AR", 36.06, -94.16, _CT),
        City("Shreveport", "LA", 32.53, -93.75, _CT), City("Lafayette", "LA", 30.22, -92.02, _CT),
    )),
    Region("Midwest", 0.16, ("hub-chi-1", "hub-msp-1"), (
        City("Duluth", "MN", 46.79, -92.10, _CT), City("Rochester", "MN", 44.01, -92.48, _CT),
        City("Peoria", "IL", 40.69, -89.59, _CT), City("Rockford", "IL", 42.27, -89.09, _CT),
        City("Dayton", "OH", 39.76, -84.19, _ET), City("Toledo", "OH", 41.65, -83.54, _ET),
        City("Fort Wayne", "IN", 41.08, -85.14, _IN), City("Lansing", "MI", 42.73, -84.56, _MI),
        City("Madison", "WI", 43.07, -89.40, _CT), City("Des Moines", "IA", 41.59, -93.62, _CT),
        City("Omaha", "NE", 41.26, -95.93, _CT), City("Wichita", "KS", 37.69, -97.34, _CT),
    )),
    Region("Southwest", 0.09, ("hub-phx-1", "hub-den-1"), (
        City("Phoenix", "AZ", 33.45, -112.07, _AZ), City("Tucson", "AZ", 32.22, -110.97, _AZ),
        City("Flagstaff", "AZ", 35.20, -111.65, _AZ), City("Albuquerque", "NM", 35.08, -106.65, _MT),
        City("Las Cruces", "NM", 32.32, -106.76, _MT), City("Las Vegas", "NV", 36.17, -115.14, _PT),
        City("El Paso", "TX", 31.76, -106.49, _MT),
    )),
    Region("Northeast", 0.11, ("hub-nyc-1", "hub-bos-1"), (
        City("Albany", "NY", 42.65, -73.75, _ET), City("Syracuse", "NY", 43.05, -76.15, _ET),
        City("Worcester", "MA", 42.26, -71.80, _ET), City("Hartford", "CT", 41.77, -72.67, _ET),
        City("Portland", "ME", 43.66, -70.26, _ET), City("Manchester", "NH", 42.99, -71.46, _ET),
        City("Burlington", "VT", 44.48, -73.21, _ET), City("Providence", "RI", 41.82, -71.41, _ET),
    )),
    Region("Mid-Atlantic", 0.09, ("hub-iad-1", "hub-nyc-1"), (
        City("Richmond", "VA", 37.54, -77.44, _ET), City("Roanoke", "VA", 37.27, -79.94, _ET),
        City("Baltimore", "MD", 39.29, -76.61, _ET), City("Trenton", "NJ", 40.22, -74.76, _ET),
        City("Harrisburg", "PA", 40.27, -76.88, _ET), City("Scranton", "PA", 41.41, -75.66, _ET),
        City("Wilmington", "DE", 39.74, -75.55, _ET), City("Charleston", "WV", 38.35, -81.63, _ET),
    )),
    Region("West", 0.08, ("hub-sjc-1", "hub-sea-1"), (
        City("Fresno", "CA", 36.74, -119.79, _PT), City("Sacramento", "CA", 38.58, -121.49, _PT),
        City("Bakersfield", "CA", 35.37, -119.02, _PT), City("Salem", "OR", 44.94, -123.04, _PT),
        City("Eugene", "OR", 44.05, -123.09, _PT), City("Spokane", "WA", 47.66, -117.43, _PT),
        City("Tacoma", "WA", 47.25, -122.44, _PT), City("Reno", "NV", 39.53, -119.81, _PT),
    )),
)  # fmt: skip

TIMEZONES: tuple[str, ...] = tuple(sorted({c.timezone for r in REGIONS for c in r.cities}))
HUBS: tuple[str, ...] = tuple(sorted({h for r in REGIONS for h in r.hubs}))
STORE_TYPES: tuple[tuple[str, float], ...] = (("super", 0.25), ("standard", 0.5), ("express", 0.2), ("depot", 0.05))
