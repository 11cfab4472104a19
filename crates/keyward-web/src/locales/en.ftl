# Keyward in English, the default. Every file has the same messages in the same order.


## The codes of contract §2, to the letter

invalid-request = Invalid request
invalid-token = Invalid or expired token
not-owner = Only workspace owner can manage API keys
test-mode-refused = Only the PARTNER portal can create TEST keys
api-key-not-found = API key not found
no-such-resource = No such resource
method-not-allowed = Method not allowed
not-acceptable = Not acceptable
request-timeout = Request timeout
wrong-state = The API key is in a state that does not allow this
already-carried-out = This request was already carried out
limit-reached = The workspace has reached its limit of API keys
changed-by-someone-else = The API key was changed by someone else
body-too-large = Request body too large (limit 64 KiB)
wrong-content-type = Content type must be application/json
idempotency-key-reused = The Idempotency-Key was used with a different request
too-many-requests = Too many requests
internal-error = Internal error
unavailable = Service temporarily unavailable

## Members of the body

required = This field is required
not-text = Must be a string
not-list = Must be an array of strings
too-many = Must have at most { $max } entries
unknown-member = There is no such field
unknown-member-meant = There is no such field; did you mean { $suggestion }?
repeated-member = Must be given only once
immutable-member = This field can't be changed
name-blank = Must have at least one visible character
name-too-long = Must have at most { $max } characters; this has { $length }
name-forbidden-character = Must not contain the character { $character }
scope-invalid = Must be a scope code such as payment:read, in lower case and at most 64 characters long
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
overlap-invalid = Must be a whole number of seconds from 0 to { $max }

## The body as a whole

body-empty = The body is empty; it must be a JSON object
body-not-json = Not valid JSON (at line:column { $position })
body-not-object = Must be a JSON object
nothing-to-change = Must name what is to change: name, scopes, ipWhitelist or expiresAt
questions-invalid = Must be an array of 1 to { $max } questions

## Parameters of the query

parameter-unknown = There is no such parameter
parameter-repeated = This parameter must be given only once
parameter-malformed = Must be percent-encoded UTF-8 without control characters
number-invalid = Must be a whole number from { $min } to { $max }
sort-invalid = Must be createdAt, name, lastUsedAt or expiresAt, and may end with ,asc or ,desc
status-invalid = Must be ACTIVE, DISABLED or EXPIRED
flag-invalid = Must be true or false
mode-name-invalid = Must be LIVE or TEST
search-invalid = Must have 1 to { $max } characters, spaces around them aside

## Headers

header-required = This header is required
header-repeated = This header must be given only once
header-invalid = Must have 1 to { $max } visible ASCII characters
header-workspace-mismatch = Must be the same as the workspaceId in the path
if-match-malformed = Must be * or a list of entity tags such as "3"

## The page: every page

page-skip-to-content = Skip to content
page-navigation = Main navigation
page-api-keys = API keys
page-try-key = Try a key
page-language = Language
page-choose = Switch
page-sign-out = Sign out
page-check-failed = This could not be checked just now. You can still send the form.
page-cancel = Cancel
page-never = Never
page-nothing = nothing
page-pages = Pages
page-previous-page = Previous page
page-next-page = Next page
page-back-to-keys = Back to the API keys
page-request-number = If you ask for help, name this request:

## The page: signing in

page-sign-in = Sign in
page-sign-in-lead = Sign in with the access token that your platform gave you. It is kept in a cookie that no script can read, until you sign out or the token expires.
page-workspace = Workspace ID
page-token = Access token
page-token-help = A JWT: three parts with dots between them.
page-client-hash = Client hash (optional)
page-client-hash-help = Only for tokens that are bound to one device.
page-workspace-missing = Name the workspace whose keys you want to manage
page-token-refused = This token is not accepted: it may have expired, or belong to another device
page-token-too-long = This token is too long for a browser to keep
page-session-ended = Your session has ended. Sign in again; what you had filled in is still there when you go back.
page-link-used = This link was used already, or is not valid. Start keyward dev again for a new one, or sign in with the token that it has printed.

## The page: what went wrong

page-foreign-form = This form does not belong to your session; open the page again and repeat it
page-not-owner-advice = Ask an owner of the workspace, or check its ID in the address.
page-not-found-advice = It may have been deleted. What was done to it stays in the audit trail.
page-wrong-state-advice = Open the key again and see how it is now. An expired key needs a new end first.
page-limit-reached-advice = Delete keys that nobody uses any more, or ask for a higher limit.
page-unavailable-advice = Nothing is known to have changed. Wait a moment, look at the list of keys, and try again.
page-signed-out-here-alone-advice = This browser is signed out, but the server could not end the session. A copy of its token works until it expires.

## The page: the list

page-create-key = Create API key
page-create-first-key = Create the first key
page-empty-title = No API keys yet
page-empty-lead = An API key lets a program of yours call the API. Create one, keep its secret in the program's configuration, and send it with every call:
page-search = Search by name or ID
page-any = Any
page-sort-by = Sort by
page-sort-newest = Newest first
page-sort-last-used = Last used
page-sort-expiry = Expiring first
page-show = Show
page-key-count = Keys: { $count }
page-none-fits = No key fits.
page-show-all = Show all keys

## The page: what a key has

page-field-name = Name
page-field-mode = Mode
page-field-status = Status
page-field-scopes = Permissions
page-field-ip = Allowed addresses
page-field-expires = Expires
page-field-secret = Secret
page-field-old-secret = Old secret
page-last-used = Last used
page-created-at = Created
page-key-id = Key ID
page-any-address = From any address
page-status-active = Active
page-status-disabled = Disabled
page-status-expired = Expired
page-status-deleted = Deleted
page-has-expired = This key has expired: it is refused everywhere until it has a new end.
page-expires-within-a-day = This key expires within a day.
page-expires-very-soon = This key expires in { $days } days: plan its replacement now.
page-expires-soon = This key expires in { $days } days.

## The page: the form

page-form-has-problems = Nothing was saved yet. Look at the marked fields; everything that you filled in is still there.
page-name-help = So that you know it again: which program, which environment.
page-mode-live = LIVE: for real work
page-mode-test = TEST: for trying things out
page-mode-test-refused = TEST keys can be created in the PARTNER portal only.
page-scopes-help = A key starts with none. Give it only what the program needs.
page-level-none = None
page-level-read = Read
page-level-write = Read and write
page-level-only-write = Write only
page-key-can = This key can:
page-key-cannot = This key cannot:
page-can-nothing = Nothing: no permission
page-can-nothing-yet = This key can do nothing yet. It will be refused everywhere.
page-ip-label = Addresses and blocks, one a line
page-ip-help = Such as 203.0.113.7 or 192.168.1.0/24. Leave it empty to allow every address.
page-add-my-address = Add my address
page-ip-open = Calls from every address will be accepted.
page-ip-closed = Only calls from the { $count } listed will be accepted; everybody else stays out.
page-ip-own-inside = Your own address, { $address }, is among them.
page-ip-own-outside = Your own address, { $address }, is not among them.
page-expires-never = Never
page-expires-in-30-days = In 30 days
page-expires-in-90-days = In 90 days
page-expires-in-a-year = In a year
page-expires-on = At the end of a day
page-expires-on-day = That day (UTC)
page-expires-as-now = As it is:

## The page: the one sight of a secret

page-key-created = Your API key is ready
page-key-rotated = The new secret is ready
page-reveal-lead = Save the secret now: it is shown only this once. Nobody can look it up later, not even we.
page-secret = API key
page-secret-spoken = API key, ends in { $hint }
page-copy-secret = Copy
page-copy-curl = Copy the command
page-copied = Copied.
page-copy-refused = Your browser did not allow copying. The text is selected: press Ctrl+C, or ⌘C.
page-download-env = Download as .env
page-downloaded = Downloaded.
page-use-it = Use it
page-curl-help = Put the address of the API that you want to call in place of api.example.com.
page-i-have-saved-it = I have saved it
page-done = Done
page-shown-already = This secret was shown already
page-shown-already-lead = A secret is shown once, and only its hash is kept. If it was not saved, rotate the key: it gets a new secret, and everything else stays as it is.
page-to-key = To the key

## The page: one key

page-edit-key = Edit
page-rotate-key = Rotate the secret
page-enable-key = Enable
page-disable-key = Disable
page-delete-key = Delete
page-what-it-may-do = What it may do
page-secrets = Secrets
page-since = Since
page-until = Until
page-overlap-title = A rotation is under way
page-old-secret-ends = The old secret ends:
page-old-secret-last-used = The old secret was last used:
page-end-old-secret = End the old secret now
page-history = History
page-operator = operator
page-event-created = Created
page-event-updated = Changed
page-event-disabled = Disabled
page-event-enabled = Enabled
page-event-rotated = Rotated
page-event-overlap-ended = Old secret ended
page-event-deleted = Deleted
page-done-saved = The changes are saved.
page-done-disabled = The key is disabled.
page-done-enabled = The key is enabled.
page-done-overlap-ended = The old secret has ended.
page-done-deleted = The key is deleted.
page-known-everywhere = Every server knows.
page-known-within-a-second = Some servers may take a second to notice.

## The page: changing a key

page-review-changes = Review the changes
page-review-lead = Nothing is saved yet. This is what would change:
page-changes = Changes
page-field = Field
page-before = Before
page-after = After
page-save-changes = Save the changes
page-back-to-form = Back to the form
page-nothing-changed = Nothing is different from what is saved.
page-changed-meanwhile = Somebody else changed this key meanwhile
page-conflict-lead = Nothing of yours is saved yet. Compare both versions, and decide.
page-their-version = As it is now
page-your-version = Your version
page-save-yours = Save your version
page-rotate-lead = The key gets a new secret, shown once. Its name, permissions, addresses and end stay as they are. Let the old secret live on until every program has the new one.
page-secret-last-used = The key was last used:
page-rotate-ends-old = A rotation is under way already. This one ends at once:
page-overlap-question = How long does the old secret live on?
page-overlap-none = Not at all: it ends now
page-overlap-hour = One hour
page-overlap-day = One day
page-overlap-three-days = Three days
page-overlap-week = One week
page-delete-lead = Deleting is final: every program that uses this key is refused from then on.
page-disable-instead = If you are not sure, disable it first: that can be undone.
page-type-name = This key was used in the last 7 days. Type its name to delete it:
page-name-differs = That is not the key's name; nothing was deleted.
page-delete-for-good = Delete for good

## The page: trying a key

page-try-lead = Ask as a gateway would: may the holder of this secret, calling from there, do this? Nothing is stored, and no use is counted.
page-from-address = Calling from the address
page-for-scope = For the permission
page-no-scope-asked = None in particular
page-try-it = Try it
page-passes = passes
page-fails = fails
page-check-secret = The secret belongs to a key
page-check-enabled = The key is enabled
page-check-not-expired = The key has not expired
page-check-mode = The mode fits
page-check-address = The address is allowed
page-check-scopes = The permissions suffice
page-decision-valid = Allowed
page-decision-malformed = Refused: this is no secret of ours, or a mistyped one
page-decision-unknown = Refused: no key of this workspace has this secret
page-decision-disabled = Refused: the key is disabled
page-decision-expired = Refused: the key has expired
page-decision-wrong-mode = Refused: the key is of the other mode
page-decision-ip-not-allowed = Refused: not from this address
page-decision-no-scopes = Refused: the key has no permission at all
page-decision-insufficient-scope = Refused: the key lacks { $scopes }
