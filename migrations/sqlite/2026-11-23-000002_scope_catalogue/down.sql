DELETE FROM scopes WHERE code IN (
    'balance:read',
    'customer:read',
    'customer:write',
    'dispute:read',
    'dispute:write',
    'payment:read',
    'payment:write',
    'payout:read',
    'payout:write',
    'refund:read',
    'refund:write',
    'report:read',
    'webhook:read',
    'webhook:write'
);
