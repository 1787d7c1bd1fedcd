CREATE TABLE service_reviews (
    id TEXT NOT NULL,
    organization TEXT NOT NULL,
    revision BIGINT NOT NULL,
    policy BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_by TEXT,
    closed_at BIGINT,
    PRIMARY KEY (id)
);

CREATE UNIQUE INDEX service_reviews_open ON service_reviews (organization) WHERE closed_at IS NULL;

CREATE INDEX service_reviews_of_organization ON service_reviews (organization, opened_at, id);

CREATE TABLE service_review_lines (
    review TEXT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    holder_kind TEXT NOT NULL,
    holder TEXT NOT NULL,
    place TEXT,
    access TEXT NOT NULL,
    decision TEXT,
    change_to TEXT,
    decided_on TEXT,
    decided_by TEXT,
    decided_at BIGINT,
    outcome TEXT,
    detail TEXT,
    revision BIGINT,
    PRIMARY KEY (review, number),
    CHECK (kind IN ('member', 'team_member', 'cluster_access', 'project_role', 'token')),
    CHECK (holder_kind IN ('account', 'team')),
    CHECK (decision IN ('keep', 'remove', 'change')),
    CHECK (outcome IN ('kept', 'made', 'gone', 'denied', 'changed'))
);

CREATE INDEX service_review_lines_of_holder ON service_review_lines (review, holder, number);

CREATE INDEX service_events_of_target ON service_events (organization, target, at, id)
