package platform

import rego.v1

# data.tables holds what never changes: what a role includes, its levels, and a row for each action.

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
	row := data.tables.rows[input.kind][input.action]
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
	a in data.tables.includes[b]
} else := b

# Where there is no cluster, no level is needed.
level := 0 if {
	not resource.cluster
} else := 3 if {
	standing == "owner"
} else := min([data.tables.ceilings[standing], override.level]) if {
	live(override)
} else := min([data.tables.defaults[standing], override.level]) if {
	lowering(override)
} else := data.tables.defaults[standing]

# Protection.

guarded_by("nobody") := true

guarded_by("deployer") if data.tables.deployers[resource.protection.level] in data.tables.includes[standing]

guarded_by("custodian") if custodian in data.tables.includes[standing]

custodian := "owner" if {
	resource.protection.rule.from == "owner"
} else := "admin"

# Relations.

refused if {
	input.action == "invite_member"
	not input.role in data.tables.includes[role]
}

refused if {
	input.kind == "project"
	input.action == "delete"
	resource.environments > 0
}

refused if {
	input.action == "set_protection"
	not keeps(input.to, resource.protection)
	not custodian in data.tables.includes[standing]
}

keeps(to, present) if {
	data.tables.deployers[present.level] in data.tables.includes[data.tables.deployers[to.level]]
	keeps_rule(to, present)
}

keeps_rule(_, present) if not present.rule

keeps_rule(to, present) if {
	present.rule.from in data.tables.includes[to.rule.from]
	to.rule.count >= present.rule.count
	self_approval_kept(to.rule, present.rule)
}

self_approval_kept(_, present) if present.self_approval

self_approval_kept(to, _) if not to.self_approval
