CREATE TABLE service_accounts (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    email_verified BOOLEAN NOT NULL,
    issuer TEXT,
    subject TEXT,
    organization TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (issuer, subject),
    CHECK (kind IN ('user', 'service')),
    CHECK ((issuer IS NULL) = (subject IS NULL))
);

CREATE TABLE service_names (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    organization TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE INDEX service_names_of_organization ON service_names (organization, kind, name, id);

CREATE TABLE service_sessions (
    hash TEXT NOT NULL,
    account TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (hash)
);

CREATE TABLE service_writes (
    session TEXT NOT NULL,
    organization TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (session, organization)
);

CREATE INDEX service_sessions_of_account ON service_sessions (account);

CREATE TABLE service_tokens (
    id TEXT NOT NULL,
    hash TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (hash)
);

CREATE INDEX service_tokens_of_account ON service_tokens (account, id);

CREATE TABLE service_credentials (
    id TEXT NOT NULL,
    hash TEXT NOT NULL,
    name TEXT NOT NULL,
    organizations TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (hash)
);

CREATE TABLE service_sign_ins (
    hash TEXT NOT NULL,
    content TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (hash)
);

CREATE TABLE service_invitations (
    id TEXT NOT NULL,
    hash TEXT NOT NULL,
    organization TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    member_until BIGINT,
    invited_by TEXT NOT NULL,
    token TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (hash)
);

CREATE INDEX service_invitations_of_organization ON service_invitations (organization, id);

CREATE TABLE service_deployments (
    id TEXT NOT NULL,
    organization TEXT NOT NULL,
    environment TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    on_behalf_of TEXT,
    release TEXT NOT NULL,
    status TEXT NOT NULL,
    started_by TEXT,
    reason TEXT,
    requested_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX service_deployments_of_environment ON service_deployments (organization, environment, id);

CREATE TABLE service_approvals (
    organization TEXT NOT NULL,
    deployment TEXT NOT NULL,
    account TEXT NOT NULL,
    cluster TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (deployment, account)
);

CREATE INDEX service_approvals_of_account ON service_approvals (organization, account);

CREATE TABLE service_events (
    organization TEXT NOT NULL,
    at BIGINT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    token TEXT,
    target TEXT,
    detail TEXT NOT NULL,
    revision BIGINT,
    PRIMARY KEY (organization, at, id)
);

CREATE INDEX service_events_of_actor ON service_events (organization, actor, at, id);

CREATE TABLE service_idempotency (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);

CREATE TABLE service_checkpoints (
    organization TEXT NOT NULL,
    revision BIGINT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (organization, revision)
);
