-- Expands: one more table, a column that may be null, and one more word for actions. Nodes of earlier releases
-- never name the table or the column, and can't verify or send an event that has the new action. Name
-- resources when all nodes know it.

-- The names of resources, by language: '{}' when there are none. The code of a resource is the part of a scope
-- before the colon; a row needs no scope.
CREATE TABLE resources (
    code TEXT PRIMARY KEY NOT NULL CHECK (length(code) BETWEEN 1 AND 62),
    names TEXT NOT NULL CHECK (json_type(names) = 'object')
) STRICT, WITHOUT ROWID;

-- The names of the initial resources.
INSERT INTO resources (code, names) VALUES
    ('balance',
     '{"en": "Balances", "zh": "余额", "zh-Hant": "餘額", "ja": "残高", "vi": "Số dư"}'),
    ('customer',
     '{"en": "Customers", "zh": "客户", "zh-Hant": "客戶", "ja": "顧客", "vi": "Khách hàng"}'),
    ('dispute',
     '{"en": "Disputes", "zh": "争议", "zh-Hant": "爭議", "ja": "異議申し立て", "vi": "Tranh chấp"}'),
    ('payment',
     '{"en": "Payments", "zh": "支付", "zh-Hant": "付款", "ja": "決済", "vi": "Thanh toán"}'),
    ('payout',
     '{"en": "Payouts", "zh": "打款", "zh-Hant": "撥款", "ja": "入金", "vi": "Chi trả"}'),
    ('refund',
     '{"en": "Refunds", "zh": "退款", "zh-Hant": "退款", "ja": "返金", "vi": "Hoàn tiền"}'),
    ('report',
     '{"en": "Reports", "zh": "报表", "zh-Hant": "報表", "ja": "レポート", "vi": "Báo cáo"}'),
    ('webhook',
     '{"en": "Webhooks", "zh": "Webhook", "zh-Hant": "Webhook", "ja": "Webhook", "vi": "Webhook"}');

-- SQLite can't drop a constraint without a name, so the table is made anew: only the actions differ.
CREATE TABLE new_deployment_events (
    position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    action TEXT NOT NULL CHECK (action IN (
        'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'PLAN_ADDED', 'PLAN_CHANGED',
        'PLAN_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED', 'SCOPE_ADDED',
        'SCOPE_CHANGED', 'SCOPE_REMOVED', 'WEBHOOK_ADDED', 'WEBHOOK_CHANGED', 'WEBHOOK_REMOVED',
        'RESOURCE_CHANGED')),
    workspace_id TEXT CHECK (length(workspace_id) BETWEEN 1 AND 128),
    user_id TEXT CHECK (length(user_id) BETWEEN 1 AND 128),
    scope TEXT CHECK (length(scope) BETWEEN 3 AND 64),
    before TEXT CHECK (json_type(before) IN ('text', 'object')),
    after TEXT CHECK (json_type(after) IN ('text', 'object')),
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('USER', 'OPERATOR')),
    actor_user_id TEXT CHECK (length(actor_user_id) BETWEEN 1 AND 128),
    portal TEXT CHECK (portal IN ('SYSTEM', 'TENANT', 'PARTNER', 'CONSUMER')),
    address TEXT,
    request_id TEXT NOT NULL CHECK (length(request_id) BETWEEN 1 AND 128),
    occurred_at INTEGER NOT NULL,
    actor_service TEXT
        CHECK (
            actor_service IS NULL
            OR (length(actor_service) BETWEEN 1 AND 31 AND actor_kind = 'OPERATOR')
        ),
    plan TEXT CHECK (length(plan) BETWEEN 1 AND 32),
    webhook_id BLOB CHECK (length(webhook_id) = 16),
    CHECK ((actor_kind = 'USER') = (actor_user_id IS NOT NULL)),
    CHECK ((actor_kind = 'USER') = (portal IS NOT NULL))
) STRICT;

INSERT INTO new_deployment_events SELECT * FROM deployment_events;
DROP TABLE deployment_events;
ALTER TABLE new_deployment_events RENAME TO deployment_events;

-- The resource that an event is about.
ALTER TABLE deployment_events ADD COLUMN resource TEXT CHECK (length(resource) BETWEEN 1 AND 62);

CREATE TRIGGER deployment_events_no_update BEFORE UPDATE ON deployment_events
BEGIN
    SELECT RAISE(ABORT, 'deployment_events is append-only');
END;

CREATE TRIGGER deployment_events_no_delete BEFORE DELETE ON deployment_events
BEGIN
    SELECT RAISE(ABORT, 'deployment_events is append-only');
END;

-- INSERT OR REPLACE does not fire delete triggers.
CREATE TRIGGER deployment_events_no_replace BEFORE INSERT ON deployment_events
WHEN EXISTS (SELECT 1 FROM deployment_events WHERE position = NEW.position)
BEGIN
    SELECT RAISE(ABORT, 'deployment_events is append-only');
END;

CREATE TRIGGER put_deployment_event AFTER INSERT ON deployment_events
BEGIN
    INSERT INTO outbox (trail_position) VALUES (NEW.position);
END;
