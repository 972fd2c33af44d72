"""Layouts of Munki repos: a table of repos as they are elsewhere."""

from collections.abc import Sequence

from tests.support.inputs.repos import CATALOGS, PLACES, Place, RepoCase

S, B = "included_manifests/sites", "included_manifests/builds"


def _alone(places: Sequence[Place], *, site: bool) -> tuple[Place, ...]:
    """Places of one kind only."""
    return tuple((name, "") if site else ("", build) for name, build in places)


ROLES, AREAS = _alone(PLACES, site=False), _alone(PLACES, site=True)
SCHOOLS = ("043", "117", "201")
BY_AREA = tuple((site, CATALOGS[number % 2]) for number, (site, _) in enumerate(PLACES))

LAYOUTS: tuple[RepoCase, ...] = (
    RepoCase(
        "Rollcall's own",
        "",
        lambda site, build: ["site_default", f"{S}/{site}", f"{B}/{build}"],
        shared=("site_default", f"{S}/rome", f"{B}/basic"),
    ),
    RepoCase(
        "one build so far",
        "",
        lambda site, build: ["site_default", f"{S}/{site}", f"{B}/{build}"],
        places=(("london", "basic"), ("paris", "basic"), ("leeds", "basic")),
        shared=("site_default", f"{B}/kiosk"),
    ),
    RepoCase(
        "prefixes",
        'sites = {prefix = "site_"}\nbuilds = {prefix = "role_"}',
        lambda site, build: ["site_default", f"site_{site}", f"role_{build}"],
        shared=("site_default", "site_", "sitemap", "extras"),
    ),
    RepoCase(
        "prefixes, the build first",
        'sites = {prefix = "loc-"}\nbuilds = {prefix = "group-"}\n'
        'order = ["always", "build", "site"]',
        lambda site, build: ["site_default", f"group-{build}", f"loc-{site}"],
    ),
    RepoCase(
        "prefixes with names that begin alike",
        'sites = {prefix = "site_"}\nbuilds = {prefix = "type_"}',
        lambda site, build: ["site_default", f"site_{site}", f"type_{build}"],
        places=(("new_york", "a"), ("new_jersey", "b"), ("new_york", "b")),
    ),
    RepoCase(
        "words with spaces",
        'sites = {match = "Office *"}\nbuilds = {match = "Team *"}',
        lambda site, build: ["site_default", f"Office {site}", f"Team {build}"],
    ),
    RepoCase(
        "files with an extension",
        'always = ["base.plist"]\nsites = {match = "site_*.plist"}\n'
        'builds = {match = "role_*.plist"}',
        lambda site, build: ["base.plist", f"site_{site}.plist", f"role_{build}.plist"],
    ),
    RepoCase(
        "roles alone",
        'sites = false\nbuilds = {prefix = "_role-"}',
        lambda _, build: ["site_default", f"_role-{build}"],
        places=ROLES,
        shared=("site_default", "_common", "_role-basic"),
    ),
    RepoCase(
        "departments alone",
        'sites = {folder = "departments"}\nbuilds = false',
        lambda site, _: ["site_default", f"departments/{site}"],
        places=AREAS,
    ),
    RepoCase(
        "by building and type",
        'sites = {match = "*/", include = false}\nbuilds = {match = "{site}/*"}',
        lambda site, build: ["site_default", f"{site}/{build}"],
    ),
    RepoCase(
        "by building and type, below a folder",
        'sites = {match = "places/*/", include = false}\nbuilds = {match = "places/{site}/*"}',
        lambda site, build: ["site_default", f"places/{site}/{build}"],
    ),
    RepoCase(
        "a manifest for each building",
        'sites = {match = "*/_all"}\nbuilds = {match = "{site}/*"}',
        lambda site, build: ["site_default", f"{site}/_all", f"{site}/{build}"],
    ),
    RepoCase(
        "numbers of schools",
        'sites = {match = "*/", include = false}\nbuilds = {match = "{site}/{site}-*"}',
        lambda site, build: ["site_default", f"{site}/{site}-{build}"],
    ),
    RepoCase(
        "numbers of schools whose Macs are alike",
        'sites = {match = "*/", include = false}\nbuilds = {match = "{site}/{site}-*"}',
        lambda site, build: ["site_default", f"{site}/{site}-{build}"],
        places=(("043", "lab"), ("117", "staff"), ("201", "cart")),
        shared=(
            "site_default",
            *(f"{site}/{site}-{each}" for site in SCHOOLS for each in ("lab", "staff", "cart")),
            *(f"{site}/notes-for-{site}" for site in SCHOOLS),
        ),
    ),
    RepoCase(
        "rooms of buildings",
        'always = []\nsites = {match = "*/", include = false}\n'
        'builds = {match = "{site}/*/default"}',
        lambda site, build: [f"{site}/{build}/default"],
        places=(("PH", "116"), ("PH", "117"), ("PM", "a117"), ("PM", "library")),
        shared=("PH/116/desk1", "PM/a117/desk2"),
    ),
    RepoCase(
        "a folder for each site",
        'always = []\nsites = {match = "*/_base"}\nbuilds = false',
        lambda site, _: [f"{site}/_base"],
        places=AREAS,
        shared=(),
    ),
    RepoCase(
        "by catalog and area",
        'sites = {match = "production/*", include = false}\nbuilds = {match = "*/{site}"}',
        lambda site, build: ["site_default", f"{build}/{site}"],
        places=BY_AREA,
        shared=("site_default", *(f"{each}/{site}" for each in CATALOGS for site, _ in PLACES)),
    ),
    RepoCase(
        "nested folders",
        'sites = {folder = "includes/locations"}\nbuilds = {folder = "includes/roles"}',
        lambda site, build: [
            "site_default",
            f"includes/locations/{site}",
            f"includes/roles/{build}",
        ],
        places=(("uk/leeds", "design"), ("hq", "dev/mobile"), ("fr/paris", "dev/web")),
    ),
    RepoCase(
        "prefixes in one folder",
        'always = ["includes/common"]\nsites = {match = "includes/site_*"}\n'
        'builds = {match = "includes/role_*"}',
        lambda site, build: ["includes/common", f"includes/site_{site}", f"includes/role_{build}"],
        shared=("includes/common", "includes/printers"),
    ),
    RepoCase(
        "names that end in what they are",
        'sites = {match = "* Office"}\nbuilds = {match = "* Team.plist"}',
        lambda site, build: ["site_default", f"{site} Office", f"{build} Team.plist"],
    ),
    RepoCase(
        "a folder of includes for each unit",
        'sites = {match = "*/includes/base"}\nbuilds = {match = "{site}/includes/*"}',
        lambda site, build: ["site_default", f"{site}/includes/base", f"{site}/includes/{build}"],
    ),
    RepoCase(
        "builds that lengthen their site",
        'sites = {match = "loc_*"}\nbuilds = {match = "loc_{site}_*"}',
        lambda site, build: ["site_default", f"loc_{site}", f"loc_{site}_{build}"],
    ),
    RepoCase(
        "builds that lengthen a site of a list",
        'sites = {names = ["leeds", "london", "paris"]}\nbuilds = {match = "{site}-*"}',
        lambda site, build: ["site_default", site, f"{site}-{build}"],
    ),
    RepoCase(
        "in a folder of a git repo",
        'root = "deployment"\nsites = false\nbuilds = {folder = "included"}',
        lambda _, build: ["site_default", f"included/{build}"],
        places=ROLES,
        root="deployment",
    ),
    RepoCase(
        "no site_default",
        'always = ["base"]\nsites = {prefix = "office-"}\nbuilds = {prefix = "team-"}',
        lambda site, build: ["base", f"office-{site}", f"team-{build}"],
        shared=(),
    ),
    RepoCase(
        "names in reverse DNS",
        'always = ["edu.example.policy", "edu.example.all"]\n'
        'sites = {prefix = "edu.example.place."}\nbuilds = {prefix = "edu.example.role."}\n'
        'order = ["always", "build", "site"]',
        lambda site, build: [
            *("edu.example.policy", "edu.example.all"),
            *(f"edu.example.role.{build}", f"edu.example.place.{site}"),
        ],
        places=(("north", "staff.lab"), ("north.annex", "staff.desk"), ("south", "student")),
        shared=(),
    ),
    RepoCase(
        "nothing for all",
        'always = []\nsites = {prefix = "office-"}\nbuilds = {prefix = "team-"}',
        lambda site, build: [f"office-{site}", f"team-{build}"],
        shared=(),
    ),
    RepoCase(
        "the Macs in a folder",
        'macs = "clients"\nsites = {folder = "sites"}\nbuilds = {folder = "types"}',
        lambda site, build: ["site_default", f"sites/{site}", f"types/{build}"],
        macs="clients",
    ),
    RepoCase(
        "a list",
        'sites = false\nbuilds = {names = ["Faculty", "LabInstalls", "StandardInstalls"]}',
        lambda _, build: ["site_default", build],
        places=tuple(("", name) for name in ("Faculty", "LabInstalls", "StandardInstalls")),
    ),
    RepoCase(
        "a list of files with an extension",
        'always = ["site_default", "core.plist"]\nsites = {match = "site-*.plist"}\n'
        'builds = {names = {"front desk" = "front desk.plist", studio = "studio.plist"}}\n'
        'order = ["site", "always", "build"]',
        lambda site, build: [
            *(f"site-{site}.plist", "site_default", "core.plist", f"{build}.plist")
        ],
        places=(("berlin", "studio"), ("köln", "front desk"), ("St. Gallen", "studio")),
    ),
    RepoCase(
        "sites, and a list",
        'sites = {prefix = "campus-"}\nbuilds = {names = ["design", "kiosk", "lab"]}',
        lambda site, build: ["site_default", f"campus-{site}", build],
    ),
    RepoCase(
        "two lists",
        'sites = {names = ["leeds", "london", "paris", "rome"]}\n'
        'builds = {names = ["design", "kiosk", "lab"]}',
        lambda site, build: ["site_default", site, build],
        places=(*PLACES, ("rome", "lab")),
    ),
    RepoCase(
        "half of a kind begin alike",
        'sites = false\nbuilds = {names = ["labs-kc", "labs-nh", "staff-kc", "staff-nh"]}',
        lambda _, build: ["site_default", build],
        places=tuple(("", name) for name in ("labs-nh", "labs-kc", "staff-nh", "staff-kc")),
    ),
    RepoCase(
        "rooms of buildings of places",
        'sites = false\nbuilds = {names = ["north/b1/room_1", "north/b1/room_2", '
        '"south/b2/room_1", "south/b3/room_2"]}',
        lambda _, build: ["site_default", build],
        places=tuple(
            ("", name)
            for name in ("north/b1/room_1", "north/b1/room_2", "south/b2/room_1", "south/b3/room_2")
        ),
    ),
    RepoCase(
        "Macs beside their rooms",
        "always = []\nsites = false\n"
        'builds = {names = {room_1 = "north/room_1", room_2 = "north/room_2"}}',
        lambda _, build: [f"north/{build}"],
        places=(("", "room_1"), ("", "room_2"), ("", "room_1")),
        mac="mac-{}",
        macs="north",
    ),
    RepoCase(
        "host names",
        'sites = false\nbuilds = {names = ["design", "kiosk", "lab"]}',
        lambda _, build: ["site_default", build],
        places=ROLES,
        mac="AB-MD-{:05}.local",
    ),
    RepoCase(
        "all Macs the same",
        'always = []\nsites = false\nbuilds = {names = ["StandardInstalls"]}',
        lambda _, build: [build],
        places=(("", "StandardInstalls"),) * 3,
    ),
    RepoCase(
        "no Macs yet",
        'sites = {folder = "locations"}\nbuilds = {folder = "roles"}',
        lambda _, __: [],
        places=(),
        shared=("site_default", "locations/rome", "locations/oslo", "roles/lab", "roles/kiosk"),
    ),
)


def case_of(name: str) -> RepoCase:
    """The case of LAYOUTS that has this name."""
    return next(case for case in LAYOUTS if case.name == name)
