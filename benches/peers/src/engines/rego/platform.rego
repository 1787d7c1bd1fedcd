package platform

import rego.v1

# data.tables holds what never changes: the built-in roles, what a rank includes, its levels, and a row for each action.
# Instead of `every` there is a count: inside of a loop, regorus answers otherwise with it when it is compiled.

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
	membership
	permits(row.permission)
	level >= row.level
	guarded_by(row.guard)
	not refused
}

permits("") := true

permits(permission) if permission in standing.permissions

waits_for_approval if {
	input.kind == "environment"
	input.action == "deploy"
	resource.protection.rule
}

# What is asked about.

resource := data.organizations[input.id] if input.kind == "organization"

resource := data.roles[input.id] if input.kind == "role"

resource := data.teams[input.id] if input.kind == "team"

resource := data.projects[input.id] if input.kind == "project"

resource := data.environments[input.id] if input.kind in {"environment", "deployment"}

resource := data.clusters[input.id] if input.kind == "cluster"

in_project if input.kind in {"project", "environment", "deployment"}

visible if resource.visibility == "organization"

# What the subject has.

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

not_over(grant) if live(grant)

not_over(grant) if lowering(grant)

# A role by its name, or by the id of a custom one of the organization.
role_named(name) := data.tables.roles[name]

role_named(name) := custom if {
	custom := data.roles[name]
	custom.organization == resource.organization
}

# A service account never acts as Owner.
role := data.tables.roles.admin if {
	account.service
	membership.role == "owner"
} else := role_named(membership.role)

ranks(role, rank) if rank in data.tables.includes[role.rank]

includes(role, other) if {
	ranks(role, other.rank)
	count([permission | some permission in other.permissions; not permission in role.permissions]) == 0
}

# All of an Owner's has only who is one for good.
has_all_of(other) if {
	includes(role, other)
	other.rank != "owner"
}

has_all_of(other) if {
	includes(role, other)
	not membership.expires
}

# What a member was given, and its teams were: overrides by cluster or roles by project.

own(what, on) := [grant | grant := membership[what][on]]

of_teams(what, on) := [grant |
	some team in membership.teams
	grant := data.teams[team][what][on]
]

# What counts of them. Without a time it may be known to lower only.
counting(mine, teams) := certain(mine[0].value) if {
	live(mine[0])
} else := lower_of(mine[0].value, highest(teams)) if {
	lowering(mine[0])
} else := highest(teams)

certain(value) := {"value": value, "certain": true}

lower_of(value, teams) := {"value": min([value, teams.value]), "certain": teams.certain} if {
	teams.value >= 0
} else := {"value": value, "certain": false}

highest(teams) := certain(max(values)) if {
	values := [grant.value | some grant in teams; live(grant)]
	count(values) > 0
} else := {"value": min(values), "certain": false} if {
	values := [grant.value | some grant in teams; lowering(grant)]
	count(values) > 0
} else := {}

# The role that counts.

held_role := counting(own("project_roles", resource.project), of_teams("project_roles", resource.project))

project_role(value) := data.tables.roles[data.tables.project_roles[value]]

yields if {
	in_project
	role.rank in {"developer", "viewer"}
}

standing := role if {
	not yields
} else := project_role(held_role.value) if {
	held_role.certain
} else := lower(project_role(held_role.value), role) if {
	held_role.value >= 0
	visible
} else := role if {
	not held_role.value
	visible
}

lower(a, b) := {
	"rank": lower_rank(a, b),
	"permissions": [permission | some permission in a.permissions; permission in b.permissions],
}

lower_rank(a, b) := b.rank if {
	ranks(a, b.rank)
} else := a.rank

# Levels. Where there is no cluster, no level is needed.

level := 0 if {
	not resource.cluster
} else := level_in_project(resource.cluster, resource.cluster_visibility) if {
	in_project
} else := level_on(resource.cluster, resource.cluster_visibility)

held_level(cluster) := counting(own("overrides", cluster), of_teams("overrides", cluster))

level_on(cluster, visibility) := level_with(role, visibility, held_level(cluster), ceiling(role))

level_in_project(cluster, visibility) := level_with(standing, visibility, held_level(cluster), most) if {
	most := max([ceiling(role), default_level(standing, "organization")])
}

# An override counts for no more than `most`.
level_with(role, visibility, held, most) := 3 if {
	role.rank == "owner"
} else := min([held.value, most, ceiling(role)]) if {
	held.certain
} else := min([held.value, most, ceiling(role), default_level(role, visibility)]) if {
	held.value >= 0
} else := default_level(role, visibility)

ceiling(role) := data.tables.ceilings[role.rank]

default_level(role, visibility) := 2 if {
	role.rank == "admin"
	not "manage_clusters" in role.permissions
} else := 0 if {
	role.rank in {"developer", "viewer"}
	visibility == "members"
} else := data.tables.defaults[role.rank]

# Protection.

guarded_by("nobody") := true

guarded_by("deployer") if ranks(standing, data.tables.deployers[resource.protection.level])

guarded_by("keeper") if ranks(standing, keeper(resource.protection))

guarded_by("custodian") if ranks(standing, custodian(resource.protection))

keeper(protection) := "developer" if {
	protection.level == "none"
} else := custodian(protection)

custodian(protection) := protection.rule.from if {
	protection.rule
} else := "admin"

# Relations.

refused if {
	input.action == "invite_member"
	not may_invite
}

may_invite if {
	invited := role_named(input.role)
	ends_no_later(input, membership)
	has_all_of(invited)
	count([cluster |
		some cluster in data.organizations[resource.organization].clusters
		default_level(invited, cluster.visibility) > level_on(cluster.cluster, cluster.visibility)
	]) == 0
}

ends_no_later(_, giver) if not giver.expires

ends_no_later(given, giver) if given.expires <= giver.expires

refused if {
	input.action == "delete"
	resource.left > 0
}

refused if {
	input.action == "delete"
	input.kind == "organization"
	not has_all_of(data.tables.roles.owner)
}

refused if {
	input.action == "delete"
	input.kind == "role"
	not has_all_of(resource)
}

refused if {
	input.action == "set_protection"
	not keeps(input.to, resource.protection)
	not ranks(standing, custodian(resource.protection))
}

# An Admin of a project does not lock Admins out.
refused if {
	input.action == "set_protection"
	custodian(input.to) == "owner"
	not ranks(role, "admin")
}

refused if {
	input.action == "break_glass"
	not may_bypass
}

may_bypass if {
	not account.service
	ranks(standing, resource.protection.rule.bypass)
}

refused if {
	input.kind == "deployment"
	not requested
	not ranks(standing, "admin")
	level < 3
}

requested if input.account in {input.requested_by, input.on_behalf_of}

requested if input.account == input.requested_by

keeps(to, present) if {
	data.tables.deployers[present.level] in data.tables.includes[data.tables.deployers[to.level]]
	keeps_rule(to, present)
}

keeps_rule(_, present) if not present.rule

keeps_rule(to, present) if {
	present.rule.from in data.tables.includes[to.rule.from]
	to.rule.count >= present.rule.count
	self_approval_kept(to.rule, present.rule)
	data.tables.widths[to.rule.bypass] <= data.tables.widths[present.rule.bypass]
}

self_approval_kept(_, present) if present.self_approval

self_approval_kept(to, _) if not to.self_approval

# What was hidden is shown to the organization: that gives, for good.

shows if {
	input.action == "update"
	input.visibility == "organization"
	hidden_until_now
}

hidden_until_now if {
	input.kind == "project"
	not visible
}

hidden_until_now if {
	input.kind == "cluster"
	resource.cluster_visibility == "members"
}

refused if {
	shows
	membership.expires
}

refused if {
	shows
	yields
	ends("project_roles", resource.project, false)
}

refused if {
	shows
	resource.cluster
	ends("overrides", resource.cluster, true)
}

refused if {
	shows
	in_project
	not includes(standing, data.tables.roles.admin)
}

refused if {
	shows
	in_project
	some cluster in data.organizations[resource.organization].clusters
	level_on(cluster.cluster, cluster.visibility) < 2
	level_in_project(cluster.cluster, cluster.visibility) < 2
}

# What counts can be something that ends; for overrides, which gives more than there is without it.

ends(what, on, by_level) if {
	some grant in own(what, on)
	not_over(grant)
	grant.expires
	misses(highest(of_teams(what, on)), by_level)
}

ends(what, on, by_level) if {
	teams := of_teams(what, on)
	count([grant | some grant in own(what, on); live(grant)]) == 0
	some grant in teams
	not_over(grant)
	can_count(grant, teams)
	misses(highest([other | some other in teams; other.value != grant.value]), by_level)
}

can_count(grant, teams) if {
	grant.expires
	count([other | some other in teams; hides(other, grant)]) == 0
}

hides(other, grant) if {
	other.value > grant.value
	live(other)
}

hides(other, grant) if {
	other.value == grant.value
	not other.expires
}

misses(_, false) := true

misses(without, true) if level_with(role, resource.cluster_visibility, without, ceiling(role)) < 2
