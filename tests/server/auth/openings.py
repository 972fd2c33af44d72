"""A table of requests to the doors for machines, and of those that each credential opens."""

STAGES = "/installapplications/{}.json"
HERE, OTHER_BUILD, OTHER_SITE = "london/design", "london/kiosk", "paris/design"

# What is asked, by the names under which the table below has it, but for the routes of the API;
# `london` is behind some of them because C02AAA is registered there, and C02BBB in Paris. SCRIPT,
# DIGEST and KEY are filled in.
ASKED = {
    "healthz": "GET /healthz",
    "readyz": "GET /readyz",
    "background": "GET /background.png",
    "its background": "GET /background/london.png",
    "any script": "GET /",
    "london's script": "GET /script?site=london&build=design",
    "paris's script": "GET /script?site=paris&build=design",
    "a Mac's script": "GET /script?serial=C02AAA",
    "script of a Mac in Paris": "GET /script?serial=C02BBB",
    "manifest": "POST /gen_manifest?serial=C02AAA&site=london&build=design",
    "manifest of a Mac in Paris": "POST /gen_manifest?serial=C02BBB&site=paris&build=design",
    "name": "GET /computer_name?serial=C02AAA",
    "name of a Mac in Paris": "GET /computer_name?serial=C02BBB",
    "preview": "GET /preview?serial=C02AAA",
    "preview of a Mac in Paris": "GET /preview?serial=C02BBB",
    "config": "GET /imagr_config.plist",
    "workflow": "GET /workflow?serial=C02AAA",
    "findings": "GET /readyz?full",
    "JSON": f"GET {STAGES.format(HERE)}",
    "its script": "GET SCRIPT",
    "its script in capitals": "GET SCRIPT IN CAPITALS",
    "JSON by fields": "GET /installapplications.json?site=london&build=design",
    "its script by fields": "GET /installapplications.sh?site=london&build=design&digest=DIGEST",
    "other build's JSON": f"GET {STAGES.format(OTHER_BUILD)}",
    "other site's JSON": f"GET {STAGES.format(OTHER_SITE)}",
    "report": "POST /report/KEY?status=in_progress&serial=C02AAA&message=x",
    "manifests": "GET /api/manifests",
    "a manifest": "GET /api/manifests/site_default",
    "change": "PUT /api/manifests/C02ZZZ",
    "removal": "DELETE /api/manifests/C02ZZZ",
    "catalogs": "GET /api/catalogs",
    "a catalog": "GET /api/catalogs/all",
    "metrics": "GET /metrics",
    "document": "GET /api/v1/openapi.json",
    "document as a page": "GET /api/v1/",
    "its style": "GET /api/v1/static/board.css",
}
FOR_EVERYBODY = {"healthz", "readyz", "background", "its background"}
FOR_EVERYBODY |= {"document", "document as a page", "its style"}
JSON_AND_SCRIPT = {"JSON", "its script", "its script in capitals"}
JSON_AND_SCRIPT |= {"JSON by fields", "its script by fields"}
OF_LONDON = FOR_EVERYBODY | JSON_AND_SCRIPT
OF_LONDON |= {"any script", "london's script", "a Mac's script", "manifest", "name", "preview"}
OF_LONDON |= {"config", "workflow", "findings", "other build's JSON"}
OF_ALL = OF_LONDON | {"paris's script", "other site's JSON"}
OF_ALL |= {f"{what} of a Mac in Paris" for what in ("script", "manifest", "name", "preview")}
MANIFEST_API = {"manifests", "a manifest", "change", "removal", "catalogs", "a catalog"}
TOKEN = "a token for the API"  # opens all of its routes

OPENS = {
    "nothing": FOR_EVERYBODY,
    "the pair": OF_ALL,
    "a key of all sites": OF_ALL,
    "a key of London": OF_LONDON,
    "a key of London, basic": OF_LONDON,
    "a key for reports": FOR_EVERYBODY | {"report"},
    "a key for manifests": FOR_EVERYBODY | MANIFEST_API,
    "a key for metrics": FOR_EVERYBODY | {"metrics"},
    TOKEN: FOR_EVERYBODY,
    "a token for the API, basic": FOR_EVERYBODY,
    "a token for the API, revoked": FOR_EVERYBODY,
    "a key of the kind without facts": FOR_EVERYBODY,
    "a key for a JSON": FOR_EVERYBODY | JSON_AND_SCRIPT,
    "a key for a JSON, basic": FOR_EVERYBODY | JSON_AND_SCRIPT,
    "a key for a JSON, revoked": FOR_EVERYBODY,
    "a script's token": FOR_EVERYBODY | {"manifest", "name", "name of a Mac in Paris"},
}
