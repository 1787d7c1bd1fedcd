"""What schemathesis does not see in the description: the ids of the demo, so that its calls find something."""

import schemathesis

# olivia calls, and would remove herself.
IDS = {
    "clusterId": ["vault", "edge-swarm", "globex-eu"],
    "projectId": ["shop", "ledger"],
    "environmentId": ["shop-dev", "shop-staging", "shop-production"],
    "teamId": ["on-call", "night-shift"],
    "roleId": ["shipper", "guest"],
    "userId": ["alice", "bob", "victor", "gina"],
    "organizationId": ["acme-corp", "globex"],
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for item in raw_schema["paths"].values():
        for operation in item.values():
            # A revision that does not come is a 503 after five seconds, by design.
            parameters = [one for one in operation.get("parameters", []) if one["name"] != "wait_for"]
            for parameter in parameters:
                give_ids(parameter["name"], parameter["schema"])
            operation["parameters"] = parameters
            for name, schema in properties_of_body(raw_schema, operation).items():
                give_ids(name, schema)


def properties_of_body(raw_schema, operation):
    for content in operation.get("requestBody", {}).get("content", {}).values():
        name = content["schema"]["$ref"].rsplit("/", 1)[-1]
        return raw_schema["components"]["schemas"][name]["properties"]
    return {}


def give_ids(name, schema):
    """Says which ids there are. One that nobody has is among them."""
    if name in IDS:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        schema["enum"] = [*IDS[name], "no-such-id"] + ([None] if "null" in types else [])
