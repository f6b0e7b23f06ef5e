-- Reports to the hosts; whoever was told of one forgets it when it goes.
CREATE TABLE reports (
    id bigint PRIMARY KEY DEFAULT next_id(),
    account_id bigint REFERENCES accounts ON DELETE SET NULL,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_ids bigint[] NOT NULL DEFAULT '{}',
    rule_ids bigint[] NOT NULL DEFAULT '{}',
    category text NOT NULL CHECK (category IN ('spam', 'legal', 'violation', 'other')),
    comment text NOT NULL DEFAULT '',
    resolved_at timestamptz,
    resolved_by bigint REFERENCES accounts ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reports_open ON reports (id) WHERE resolved_at IS NULL;
CREATE INDEX reports_account ON reports (account_id);
CREATE INDEX reports_target ON reports (target_id);
CREATE INDEX notifications_report ON notifications (report_id) WHERE report_id IS NOT NULL;
ALTER TABLE notifications ADD FOREIGN KEY (report_id) REFERENCES reports ON DELETE CASCADE;
