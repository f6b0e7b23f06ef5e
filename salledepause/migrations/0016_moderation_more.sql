-- Who looks after a report, and the journal of what hosts decide.
ALTER TABLE reports
    ADD COLUMN assigned_to bigint REFERENCES accounts ON DELETE SET NULL,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN reports.assigned_to IS 'The host who looks after it.';

CREATE TABLE moderation_acts (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint REFERENCES accounts ON DELETE SET NULL,
    act text NOT NULL,
    target_id bigint,
    report_id bigint REFERENCES reports ON DELETE SET NULL,
    subject text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE moderation_acts IS 'The journal of moderation: who did what, to whom, when and why. Only hosts read it.';
COMMENT ON COLUMN moderation_acts.account_id IS 'Who acted; nobody for the command line, or somebody who left.';
COMMENT ON COLUMN moderation_acts.target_id IS 'On whom; the bare id stays when the account is erased.';
COMMENT ON COLUMN moderation_acts.subject IS 'On what, when it is no account: a domain.';
CREATE INDEX moderation_acts_target ON moderation_acts (target_id);
CREATE INDEX moderation_acts_account ON moderation_acts (account_id);
CREATE INDEX moderation_acts_report ON moderation_acts (report_id);

CREATE TABLE domain_blocks (
    id bigint PRIMARY KEY DEFAULT next_id(),
    domain text NOT NULL UNIQUE,
    severity text NOT NULL CHECK (severity IN ('noop', 'silence', 'suspend')),
    reject_media boolean NOT NULL DEFAULT false,
    reject_reports boolean NOT NULL DEFAULT false,
    private_comment text NOT NULL DEFAULT '',
    public_comment text NOT NULL DEFAULT '',
    obfuscate boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE domain_blocks IS 'Servers that the house limits or shuts out, lower case, without a port.';

CREATE TABLE domain_allows (
    id bigint PRIMARY KEY DEFAULT next_id(),
    domain text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE domain_allows IS 'Servers that a house of limited federation talks to.';

-- Whoever is decided about is told, once for each act.
ALTER TABLE notifications
    ADD COLUMN act_id bigint REFERENCES moderation_acts ON DELETE CASCADE;
ALTER TABLE notifications
    DROP CONSTRAINT notifications_kind_check,
    ADD CHECK (kind IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update',
        'admin.sign_up', 'admin.report', 'moderation_warning')),
    DROP CONSTRAINT notifications_account_id_kind_from_id_post_id_report_id_key,
    ADD UNIQUE NULLS NOT DISTINCT (account_id, kind, from_id, post_id, report_id, act_id);
COMMENT ON COLUMN notifications.act_id IS 'Of a warning: what was decided.';
CREATE INDEX notifications_act ON notifications (act_id) WHERE act_id IS NOT NULL;
