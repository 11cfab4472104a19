# Keyward in English, the default. Every file has the same messages in the same order.


## The messages of the codes in contract §2, word for word

invalid-request = Invalid request
invalid-token = Invalid or expired token
invalid-signature = The signature is missing or wrong
certificate-missing = A client certificate is required
not-owner = Only workspace owner can manage API keys
test-mode-refused = Only the PARTNER portal can create TEST keys
permission-missing = The token does not have the permission for this
api-key-not-found = API key not found
no-such-resource = No such resource
workspace-not-found = Workspace not found
member-not-found = Member not found
scope-not-found = Scope not found
plan-not-found = Plan not found
webhook-not-found = Webhook not found
method-not-allowed = Method not allowed
not-acceptable = Not acceptable
request-timeout = Request timeout
wrong-state = The API key is in a state that does not allow this
already-carried-out = This request was already carried out
limit-reached = The workspace has reached its limit of API keys
workspace-not-empty = The workspace has API keys or a history, and can't be removed
secret-taken = An API key has or had this secret
plan-in-use = A workspace has this plan, so it can't be removed
too-many-webhooks = The workspace has reached its limit of webhooks
changed-by-someone-else = The API key was changed by someone else
body-too-large = Request body too large (limit 64 KiB)
batch-too-large = Request body too large (limit 512 KiB)
wrong-content-type = Content type must be application/json
idempotency-key-reused = The Idempotency-Key was used with a different request
too-many-requests = Too many requests
internal-error = Internal error
unavailable = Service temporarily unavailable

## Members of the body

required = This field is required
not-text = Must be a string
not-list = Must be an array of strings
not-texts = Must be an object whose values are strings
too-many = Must have at most { $max } entries
unknown-member = There is no such field
unknown-member-meant = There is no such field; did you mean { $suggestion }?
repeated-member = Must be given only once
immutable-member = This field can't be changed
name-blank = Must have at least one visible character
name-too-long = Must have at most { $max } characters; this has { $length }
name-forbidden-character = Must not contain the character { $character }
scope-invalid = Must be a scope code such as payment:read, in lower case and at most 64 characters long
resource-invalid = Must be the code of a resource such as payment, in lower case and at most { $max } characters long
scope-unknown = There is no such scope; it must be one from the scope catalogue
mode-invalid = Must be 1 (LIVE) or 2 (TEST)
address-invalid = Must be an IP address, such as 203.0.113.7 or 2001:db8::7
ip-malformed = Must be an IP address or a CIDR block, such as 192.168.1.100 or 192.168.1.0/24
ip-malformed-meant = Must be an IP address or a CIDR block; did you mean { $suggestion }?
ip-bad-prefix = The prefix must be a number from 1 to { $bits }
ip-bad-prefix-meant = The prefix must be a number from 1 to { $bits }; did you mean { $suggestion }?
ip-every-address = /0 allows every address; leave the list empty for no restriction
ip-host-bits = Bits are set beyond the prefix; did you mean { $suggestion }?
expiry-malformed = Must be a date and time with a UTC offset (RFC 3339), such as 2027-01-31T12:00:00Z
expiry-out-of-range = Must be within the years 1970 to 9999
expiry-not-in-future = Must be in the future
expiry-required-until = An expiry is required, and must not be after { $latest }
expiry-too-late = Must not be after { $latest }
overlap-invalid = Must be a whole number of seconds from 0 to { $max }
role-invalid = Must be OWNER, ADMIN, OPERATOR or VIEWER
descriptions-invalid = Must be an object with descriptions by language: en, zh, zh-Hant, ja or vi
names-invalid = Must be an object with names by language: en, zh, zh-Hant, ja or vi
setting-invalid = Must be an object with any of { $allowed }, or null
lifetime-days-invalid = Must be a whole number of days from 1 to { $max }
lifetime-default-too-long = Must not be more than maxDays
lifetime-refuse-without-max = REFUSE needs maxDays
existing-keys-invalid = Must be REPORT or REFUSE
leak-reaction-invalid = Must be NOTIFY, DISABLE or EXPIRE
leak-grace-unused = Only EXPIRE has graceHours
plan-unknown = There is no such plan
external-id-invalid = Must have 1 to { $max } visible ASCII characters without spaces, such as customer-4711
metadata-name-invalid = The name must have 1 to { $max } characters: A-Z, a-z, 0-9, _, - or .
metadata-too-large = Must have at most { $max } bytes as JSON; this has { $length }
not-integer = Must be a whole number, without a fraction and an exponent
not-integers = Must be an object whose values are whole numbers
not-limits = Must be an array of limits, each an object with name, max and window
not-limit = Must be an object with name, max and window
limit-name-invalid = Must have 1 to { $max } characters, a-z, 0-9, _ and -, and begin with a letter
limit-window-invalid = Must be day, month, or a whole number with s, m, h or d, from 1s to 31d, such as 1m
on-unavailable-invalid = Must be deny or allow
limit-above-plan = The plan of the workspace has a limit with this name: window must be { $window }, max at most { $max }, and onUnavailable one of { $allowed }

## The body as a whole

body-empty = The body is empty; it must be a JSON object
body-not-json = Not valid JSON (at line:column { $position })
body-not-object = Must be a JSON object
nothing-to-change = Must name what is to change: name, scopes, ipWhitelist, expiresAt, description, externalId, metadata or limits
questions-invalid = Must be an array of 1 to { $max } questions
items-invalid = Must be an array of 1 to { $max } entries
selector-required = Must name the keys: at least one of workspaceId, createdBy and externalId
key-id-invalid = Must be the id of a key
secret-hash-invalid = Must be the SHA-256 hash of the secret, as 64 hexadecimal digits, base64 or base64url

## Parameters of the query

parameter-unknown = There is no such parameter
parameter-repeated = This parameter must be given only once
parameter-malformed = Must be percent-encoded UTF-8 without control characters
number-invalid = Must be a whole number from { $min } to { $max }
sort-invalid = Must be createdAt, name, lastUsedAt or expiresAt, and may end with ,asc or ,desc
status-invalid = Must be ACTIVE, DISABLED or EXPIRED
usage-unit-invalid = Must be hour or day
period-reversed = The period must end after it begins
period-too-long = The period must have at most { $max } days
flag-invalid = Must be true or false
url-invalid = Must be an http or https address without spaces
mode-name-invalid = Must be LIVE or TEST
webhook-url-invalid = Must be an http or https URL of at most { $max } characters, without user, password and fragment
event-type-invalid = Must be the type of an event that this webhook can get, such as api_key.disabled
encoding-invalid = Must be KEYWARD or CAEP
named-cost-invalid = Must be the name of a limit and a whole number up to { $max }, such as tokens:250
cost-repeated = Must name each limit only once
search-invalid = Must have 1 to { $max } characters, not counting the spaces around them

## Headers

header-required = This header is required
header-repeated = This header must be given only once
header-invalid = Must have 1 to { $max } visible ASCII characters
header-workspace-mismatch = Must be the same as the workspaceId in the path
if-match-malformed = Must be * or a list of entity tags such as "3"
only-allowed = Only these are allowed: { $allowed }
