package platform

import rego.v1

# "allow", "require_approval" or "deny".
default decision := "deny"

decision := "allow" if {
	permitted
	not waits_for_approval
}

decision := "require_approval" if {
	permitted
	waits_for_approval
}

permitted if {
	row := rows[input.kind][input.action]
	standing in row.roles
	level >= row.level
	guarded_by(row.guard)
	not refused
}

waits_for_approval if {
	input.kind == "environment"
	input.action == "deploy"
	resource.protection.rule
}

# What is asked about.

resource := data.organizations[input.id] if input.kind == "organization"

resource := data.projects[input.id] if input.kind == "project"

resource := data.environments[input.id] if input.kind == "environment"

resource := data.clusters[input.id] if input.kind == "cluster"

in_project if input.kind in {"project", "environment"}

visible if resource.visibility == "organization"

# What the subject holds.

account := data.accounts[input.account]

membership := held if {
	held := account.memberships[resource.organization]
	live(held)
}

live(grant) if not grant.expires

live(grant) if input.now < grant.expires

# Nobody knows whether it is over: it counts where it lowers.
lowering(grant) if {
	grant.expires
	not input.now
}

# A service account never acts as Owner.
role := "admin" if {
	account.service
	membership.role == "owner"
} else := membership.role

project_role := membership.project_roles[resource.project]

override := membership.overrides[resource.cluster]

standing := role if {
	not in_project
} else := role if {
	role in {"owner", "admin", "billing"}
} else := project_role.role if {
	live(project_role)
} else := lower(project_role.role, role) if {
	lowering(project_role)
	visible
} else := role if {
	not lowering(project_role)
	visible
}

lower(a, b) := a if {
	a in includes[b]
} else := b

# Where there is no cluster, no level is needed.
level := 0 if {
	not resource.cluster
} else := 3 if {
	standing == "owner"
} else := min([ceilings[standing], override.level]) if {
	live(override)
} else := min([defaults[standing], override.level]) if {
	lowering(override)
} else := defaults[standing]

# Protection.

guarded_by("nobody") := true

guarded_by("deployer") if deployers[resource.protection.level] in includes[standing]

guarded_by("custodian") if custodian in includes[standing]

custodian := "owner" if {
	resource.protection.rule.from == "owner"
} else := "admin"

# Relations.

refused if {
	input.action == "invite_member"
	not input.role in includes[role]
}

refused if {
	input.kind == "project"
	input.action == "delete"
	resource.environments > 0
}

refused if {
	input.action == "set_protection"
	not keeps(input.to, resource.protection)
	not custodian in includes[standing]
}

keeps(to, present) if {
	deployers[present.level] in includes[deployers[to.level]]
	keeps_rule(to, present)
}

keeps_rule(_, present) if not present.rule

keeps_rule(to, present) if {
	present.rule.from in includes[to.rule.from]
	to.rule.count >= present.rule.count
	self_approval_kept(to.rule, present.rule)
}

self_approval_kept(_, present) if present.self_approval

self_approval_kept(to, _) if not to.self_approval

# Tables. The levels: 0 is none, 1 view, 2 deploy, 3 manage.

includes := {
	"owner": {"owner", "admin", "developer", "billing", "viewer"},
	"admin": {"admin", "developer", "billing", "viewer"},
	"developer": {"developer", "viewer"},
	"billing": {"billing"},
	"viewer": {"viewer"},
}

defaults := {"owner": 3, "admin": 3, "developer": 2, "billing": 0, "viewer": 1}

ceilings := {"owner": 3, "admin": 3, "developer": 3, "billing": 0, "viewer": 1}

deployers := {"none": "developer", "restricted": "admin", "locked": "owner"}

members := {"owner", "admin", "developer", "billing", "viewer"}

viewers := {"owner", "admin", "developer", "viewer"}

developers := {"owner", "admin", "developer"}

admins := {"owner", "admin"}

payers := {"owner", "admin", "billing"}

rows := {
	"organization": {
		"view": {"roles": members, "level": 0, "guard": "nobody"},
		"update": {"roles": admins, "level": 0, "guard": "nobody"},
		"delete": {"roles": {"owner"}, "level": 0, "guard": "nobody"},
		"create_project": {"roles": admins, "level": 0, "guard": "nobody"},
		"connect_cluster": {"roles": admins, "level": 0, "guard": "nobody"},
		"invite_member": {"roles": admins, "level": 0, "guard": "nobody"},
		"view_invoices": {"roles": payers, "level": 0, "guard": "nobody"},
		"manage_billing": {"roles": payers, "level": 0, "guard": "nobody"},
		"view_audit_log": {"roles": admins, "level": 0, "guard": "nobody"},
	},
	"project": {
		"view": {"roles": viewers, "level": 0, "guard": "nobody"},
		"update": {"roles": admins, "level": 0, "guard": "nobody"},
		"delete": {"roles": admins, "level": 0, "guard": "nobody"},
		"manage_builds": {"roles": developers, "level": 0, "guard": "nobody"},
	},
	"environment": {
		"view": {"roles": viewers, "level": 1, "guard": "nobody"},
		"deploy": {"roles": developers, "level": 2, "guard": "deployer"},
		"restart": {"roles": developers, "level": 2, "guard": "nobody"},
		"read_secrets": {"roles": developers, "level": 2, "guard": "deployer"},
		"write_variables": {"roles": developers, "level": 2, "guard": "deployer"},
		"delete": {"roles": admins, "level": 2, "guard": "custodian"},
		"set_protection": {"roles": admins, "level": 1, "guard": "nobody"},
	},
	"cluster": {
		"view": {"roles": viewers, "level": 1, "guard": "nobody"},
		"deploy": {"roles": developers, "level": 2, "guard": "nobody"},
		"manage": {"roles": viewers, "level": 3, "guard": "nobody"},
	},
}
