-- Asks Keyward about a call, and stores the answer in variables of the transaction.

local KEYWARD = "http://127.0.0.1:8081/internal/v1/authorize/forwarded?scope=payment:read"
local TIMEOUT_MS = 500
-- The value of KEYWARD_INTERNAL_TOKEN, if it is set.
local INTERNAL_TOKEN = nil

-- All values of a header, as the client sent them.
local function values(headers, name)
  local found = {}
  for _, value in pairs(headers[name] or {}) do
    found[#found + 1] = value
  end
  return #found > 0 and found or nil
end

core.register_action("keyward", { "http-req" }, function(txn)
  local headers = txn.http:req_get_headers()
  local answer = core.httpclient():get({
    url = KEYWARD,
    timeout = TIMEOUT_MS,
    headers = {
      ["authorization"] = values(headers, "authorization"),
      ["x-api-key"] = values(headers, "x-api-key"),
      -- The source address of this connection; the client's own header is not passed on.
      ["x-forwarded-for"] = { txn.f:src() },
      ["x-keyward-internal-token"] = INTERNAL_TOKEN and { INTERNAL_TOKEN },
    },
  })
  local function told(name)
    local value = answer.headers and answer.headers[name]
    return value and value[0] or nil
  end
  txn:set_var("txn.keyward_status", answer.status or 0)
  for variable, header in pairs({
    decision = "x-auth-decision",
    key_id = "x-auth-key-id",
    workspace_id = "x-auth-workspace-id",
    mode = "x-auth-mode",
    scopes = "x-auth-scopes",
    external_id = "x-auth-external-id",
    retry_after = "retry-after",
    limits_left = "ratelimit",
    limits = "ratelimit-policy",
  }) do
    local value = told(header)
    if value and value ~= "" then
      txn:set_var("txn.keyward_" .. variable, value)
    end
  end
end)
