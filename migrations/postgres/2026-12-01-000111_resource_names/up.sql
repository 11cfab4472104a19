-- Expands: one more table, a column that may be null, and one more word for actions. Nodes of earlier releases
-- never name the table or the column, and can't verify or send an event that has the new action. Name
-- resources when all nodes know it.

-- The names of resources, by language: '{}' when there are none. The code of a resource is the part of a scope
-- before the colon; a row needs no scope.
CREATE TABLE resources (
    code text COLLATE "C" PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 62),
    names jsonb NOT NULL CHECK (jsonb_typeof(names) = 'object')
);

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

-- The resource that an event is about. All rows that exist have one of the other actions.
ALTER TABLE deployment_events ADD COLUMN resource text COLLATE "C";
-- squawk-ignore ban-drop-constraint
ALTER TABLE deployment_events DROP CONSTRAINT deployment_events_action;
ALTER TABLE deployment_events ADD CONSTRAINT deployment_events_action CHECK (action IN (
    'WORKSPACE_ADDED', 'WORKSPACE_CHANGED', 'WORKSPACE_REMOVED', 'PLAN_ADDED', 'PLAN_CHANGED',
    'PLAN_REMOVED', 'MEMBER_ADDED', 'MEMBER_CHANGED', 'MEMBER_REMOVED', 'SCOPE_ADDED', 'SCOPE_CHANGED',
    'SCOPE_REMOVED', 'WEBHOOK_ADDED', 'WEBHOOK_CHANGED', 'WEBHOOK_REMOVED',
    'RESOURCE_CHANGED')) NOT VALID;

-- Roles that change the catalogue also name its resources.
DO $$
DECLARE
    grantee oid;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'api_keys'::regclass AND privilege_type = 'UPDATE' AND acl.grantee <> 0
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON resources TO %s', grantee::regrole);
    END LOOP;
END
$$;
