# Keyward in English, the default. Every file has the same messages in the same order.

## The page: every page

skip-to-content = Skip to content
navigation = Main navigation
back-to = Back to { $name }
api-keys = API keys
try-key = Try a key
settings = Settings
language = Language
choose = Switch
sign-out = Sign out
read-only-role = You can look at the keys of this workspace and disable them. Ask an owner for other changes.
check-failed = The check failed. You can still submit the form.
offline = You are offline. What you have filled in stays here. Try again when you are connected.
online-again = You are connected again.
list-failed = The list could not be loaded. It is as it was before. Try again.
cancel = Cancel
never = Never
nothing = nothing
pages = Pages
previous-page = Previous page
next-page = Next page
back-to-keys = Back to the API keys
request-number = If you need help, give this request ID:

## The page: signing in

sign-in = Sign in
sign-in-lead = Sign in with the access token that your platform gave you. It is kept in a cookie that no script can read, until you sign out or the token expires.
workspace = Workspace ID
token = Access token
token-help = A JWT: three parts with dots between them.
client-hash = Client hash (optional)
client-hash-help = Only for tokens that are bound to one device.
workspace-missing = Enter the ID of the workspace whose keys you want to manage
token-refused = This token is not accepted: it may have expired, or belong to another device
token-too-long = This token is too long for a browser to keep
signed-in = You are signed in
continue-to-keys = Continue to the API keys
session-ended = Your session has ended. Sign in again.
input-kept = What you had filled in is kept, and comes back after you sign in.
continue-with-form = Continue with the form
link-used = This link was already used, or is not valid. Start keyward dev again for a new link, or sign in with the token that it has printed.

## The page: what went wrong

foreign-form = This form does not belong to your session; open the page again and repeat your input
not-owner-advice = Ask an owner of the workspace, or check its ID in the URL.
not-found-advice = It may have been deleted. Its history stays in the audit trail.
wrong-state-advice = Open the key again to see its current state. An expired key needs a new expiry first.
limit-reached-advice = Delete keys that are no longer used, or ask for a higher limit.
unavailable-advice = It is not certain whether anything was changed. Wait a moment, look at the list of keys, and try again.
signed-out-here-alone-advice = This browser is signed out, but the server could not end the session. A copy of its token works until it expires.

## The page: the list

create-key = Create API key
create-first-key = Create the first key
empty-title = No API keys yet
empty-lead = An API key lets a program of yours call the API. Create one, keep its secret in the program's configuration, and send it with every call:
search = Search by name or ID
sort-by = Sort by
sort-newest = Newest first
sort-oldest = Oldest first
sort-name = Name, A to Z
sort-name-backwards = Name, Z to A
sort-last-used = Last used
sort-long-unused = Longest unused first
sort-expiry = Expiring first
sort-latest-expiry = Expiring last
show = Show
none-fits = No key matches.
show-all = Show all keys
key-range = Keys { $first }–{ $last } of { $total }
column-key = Key
column-addresses = Allowed from
column-uses = Last 30 days
anywhere = Anywhere
and-more = and { $count } more
uses-of-30-days = Calls in the last 30 days: { $count }
no-uses = No calls
keys-at-a-glance = Keys at a glance
filters-chosen = Filters
remove-filter = Remove the filter: { $filter }
any-status = Any status
any-mode = Any mode
sort-by-column = Sort by: { $column }
filter-search = Search: { $text }
filter-external-id = External ID: { $id }
filter-never-used = Never used
filter-used = Used before
filter-idle = { $days ->
    [one] Idle for { $days }+ day
   *[other] Idle for { $days }+ days
}
filter-denied = { $days ->
    [one] Denied in the last { $days } day
   *[other] Denied in the last { $days } days
}
filter-never-expires = Never expires
filter-expires = Has an expiry
filter-expiring = { $days ->
    [one] Expires within { $days } day
   *[other] Expires within { $days } days
}
filter-no-scopes = No permissions
filter-scopes = Has permissions
filter-unused-scopes = Has unused permissions
filter-no-unused-scopes = Uses all its permissions

## The page: several keys at once

select = Select
select-all = Select all keys of this page
select-key = Select { $name }
selected-keys = Selected keys
selected-count = Selected keys: { $count }
bulk-disable = Disable…
bulk-expire = Set an expiry…
disable-several = Disable several keys
expire-several = Set an expiry for several keys
disable-several-lead = Nothing is changed yet. These keys will be refused everywhere until they are enabled again:
expire-several-lead = Nothing is changed yet. These keys will get the same expiry, whatever they have now:
disable-them = Disable these keys
expire-them = Set this expiry
several-done = Changed keys: { $count }
several-failed = These keys were not changed:

## The page: a secret in the search

secret-in-search = You searched for a secret
secret-of-key = It belongs to this key:
secret-of-no-key = No key of this workspace has this secret.
secret-not-kept = It was not put into a URL, and is not kept.
secret-in-address = It was in the URL of this page, so the history of this browser and the logs of servers may have it. If a program uses it, rotate it now.

## The page: what a key has

field-name = Name
field-description = Description (optional)
field-external-id = External ID
field-metadata = Metadata
field-mode = Mode
field-status = Status
field-scopes = Permissions
field-ip = Allowed addresses
field-expires = Expires
field-limits = Limits
field-secret = Secret
field-old-secret = Old secret
last-used = Last used
created-at = Created
key-id = Key ID
any-address = From any address
status-active = Active
status-disabled = Disabled
status-expired = Expired
status-deleted = Deleted
has-expired = This key has expired: it is refused everywhere until it has a new expiry.
secret-too-old = The secret of this key is older than your workspace allows, so the key is refused everywhere until it gets a new secret.
expires-within-a-day = This key expires within a day.
expires-very-soon = This key expires in { $days } days: plan its replacement now.
expires-soon = This key expires in { $days } days.
exposed = Exposed
exposed-title = Someone else knows the secret of this key.
exposed-disabled = The key was disabled. Rotate the secret, then enable the key.
exposed-still-valid = Rotate the secret now, and let the old one end at once.
exposed-replace = The key has expired. Create a new one in its place.
exposed-reported = Reported:
exposed-places = Found at:

## The page: the form

form-has-problems = Nothing was saved yet. Correct the marked fields; your input is still there.
what-for = Purpose
preset-read = Read only
preset-everything = Everything
preset-nothing = Nothing
find-resource = Find a resource
add-description = Add a description
summary-of-key = In short
summary-scopes = It has permissions on { $some } of { $all } resources.
summary-expires = It expires:
summary-never-expires = It never expires.
ip-private = { $rule } is private: calls from the internet never come from there.
name-help = So that you know it again: which program, which environment.
description-help = One line: what the key is for, whom to ask about it.
mode-live = LIVE: for real work
permission-read = Read
permission-write = Write
mode-test = TEST: for trying things out
mode-test-refused = TEST keys can be created in the PARTNER portal only.
scopes-help = A key starts with none. Give it only what the program needs.
level-none = None
level-read = Read
level-write = Read and write
level-only-write = Write only
key-can = This key can:
can-nothing = Nothing: no permission
can-nothing-yet = This key can do nothing yet. It will be refused everywhere.
ip-label = Addresses and blocks, one a line
ip-help = One a line, such as 203.0.113.7 or 192.168.1.0/24. Leave it empty to allow every address.
add-my-address = Add my address
ip-open = Calls from every address will be accepted.
ip-closed = { $count ->
    [one] Only calls from the { $count } address of this list will be accepted; everybody else stays out.
   *[other] Only calls from the { $count } addresses of this list will be accepted; everybody else stays out.
}
ip-own-inside = Your own address, { $address }, is among them.
ip-own-outside = Your own address, { $address }, is not among them.
expires-never = Never
expires-in-30-days = In 30 days
expires-in-90-days = In 90 days
expires-in-a-year = In a year
expires-in-days = { $days ->
    [one] In { $days } day
   *[other] In { $days } days
}
expires-on = At the end of a day
expires-on-day = That day (UTC)
expires-as-now = As it is:
expiry-default = { $days ->
    [one] A new key expires after { $days } day unless you choose otherwise.
   *[other] A new key expires after { $days } days unless you choose otherwise.
}
expiry-latest = The latest possible expiry is { $latest }.
expiry-latest-of-key = The latest possible expiry is { $latest }. A new secret makes a later one possible.
set-limits = Give this key limits of its own
limits-help = They can only be lower than those of the plan. Where a field is empty, the plan counts.
limit-of-key-alone = { $rule }. Only this key has it; without a number it is removed.
limit-above-plan = The plan allows at most { $max }

## The page: a secret, shown once

key-created = Your API key is ready
key-rotated = The new secret is ready
reveal-lead = Save the secret now: it is shown only this once. Nobody can look it up later, not even we.
secret = API key
secret-spoken = API key, ends in { $hint }
copy-secret = Copy
copy-curl = Copy the command
copied = Copied.
copied-next = Copied. Store it where your program reads it, then confirm that you have saved it.
test-the-key = Test it
waiting-for-use = Send a call with it: waiting for the first use…
first-used = It works. Used:
copy-refused = Your browser did not allow copying. The text is selected: press Ctrl+C, or ⌘C.
download-env = Download as .env
downloaded = Downloaded.
curl-help = Put the path that you want to call at the end of the URL.
i-have-saved-it = I have saved it
done = Done
shown-already = This secret was shown already
shown-already-lead = A secret is shown once, and only its hash is kept. If it was not saved, rotate the key: it gets a new secret, and everything else stays as it is.
to-key = To the key

## The page: the parts of a key

tab-overview = Overview
tab-activity = Activity
tab-history = History
tab-use = Use it
parts-of-key = Parts of this key
actions-of-key = Actions
permissions-of-key = Permissions by resource
resource = Resource
other-actions = Other
allowed = Allowed
not-allowed = Not allowed
last-used-on = Last used
lifetime-and-addresses = Addresses and expiry
limits-of-key = Limits
limit-use = { $used } of { $max } used
limit-of-workspace = shared by all keys of the workspace
limit-rule = At most { $max } per { $window }
window-seconds = { $count ->
    [one] second
   *[other] { $count } seconds
}
window-minutes = { $count ->
    [one] minute
   *[other] { $count } minutes
}
window-hours = { $count ->
    [one] hour
   *[other] { $count } hours
}
window-days = { $count ->
    [one] 24 hours
   *[other] { $count } days
}
window-calendar-day = calendar day (UTC)
window-calendar-month = calendar month (UTC)
secret-current = Current secret
secret-previous = Old secret
secret-made = Made
secret-ends = Ends
copy-id = Copy the ID
by-hour = Last 24 hours
by-day = Last 30 days
period = Period
calls-allowed = Allowed calls
calls-denied = Denied calls
addresses-of-calls = Addresses, about
chart-of-calls = Allowed calls: { $allowed }. Denied calls: { $denied }.
as-a-table = As a table
time = Time
no-calls = No calls in this time.
denials = Why calls were denied
no-denials = No call was denied in this time.
reason = Reason
number-of-calls = Calls
last-time = Last
from-where = From
add-address = Allow { $address }
denial-disabled = The key is disabled
denial-expired = The key has expired
denial-wrong-mode = The key has the other mode
denial-ip-not-allowed = Address not allowed
denial-no-scopes = The key has no permissions
denial-insufficient-scope = A permission is missing
denial-rate-limited = A limit is reached
denial-quota-exceeded = A quota is used up
denial-cost-above-limit = Costs more than a limit allows
alarm-wrong-address = Someone calls with this key from addresses that are not allowed. Denied calls in 7 days: { $count }.
alarm-still-called = Programs still call with this key while it is disabled or expired. Denied calls in 7 days: { $count }.
alarm-many-denials = Very many calls with this key were denied in one hour. Denied calls in these hours: { $count }.
alarm-quota-near = The quota { $limit } is nearly used up.
alarm-quota-reached = The quota { $limit } is used up: calls are denied until it begins again.
see-activity = See the activity
use-lead = Keep the secret outside of the code, for example in the environment variable API_KEY.
copy-code = Copy the code

## The page: one key

edit-key = Edit
rotate-key = Rotate the secret
enable-key = Enable
disable-key = Disable
delete-key = Delete
secrets = Secrets
overlap-title = A rotation is under way
old-secret-ends = The old secret ends:
end-old-secret = End the old secret now
operator = operator
service = service { $name }
event-created = Created
event-updated = Changed
event-disabled = Disabled
event-enabled = Enabled
event-rotated = Rotated
event-overlap-ended = Old secret ended
event-deleted = Deleted
event-found-at = Secret found at: { $places }
done-saved = The changes are saved.
done-disabled = The key is disabled.
done-enabled = The key is enabled.
done-overlap-ended = The old secret has ended.
done-deleted = The key is deleted.
known-everywhere = Every server knows.
known-within-a-second = Some servers may take a second to notice.

## The page: changing a key

review-changes = Review the changes
review-lead = Nothing is saved yet. This is what would change:
changes = Changes
field = Field
before = Before
after = After
save-changes = Save the changes
back-to-form = Back to the form
nothing-changed = There is no difference from the saved key.
changed-meanwhile = Someone else has changed this key in the meantime
conflict-lead = Your changes are not saved yet. Compare both versions, and decide.
their-version = Current version
your-version = Your version
save-yours = Save your version
rotate-lead = The key gets a new secret, which is shown once. Its name, permissions, addresses and expiry stay the same. Keep the old secret valid until every program has the new one.
secret-last-used = The key was last used:
rotate-ends-old = A rotation is already under way. This secret ends at once:
overlap-question = How long does the old secret stay valid?
overlap-none = Not at all: it ends now
overlap-hour = One hour
overlap-day = One day
overlap-three-days = Three days
overlap-week = One week
delete-lead = Deleting can't be undone: from then on, every program that uses this key is refused.
disable-instead = If you are not sure, disable it first: that can be undone.
type-name = This key was used in the last 7 days. Type its name to delete it:
name-differs = That is not the key's name; nothing was deleted.
delete-for-good = Delete permanently

## The page: trying a key

try-lead = Ask like a gateway: may the holder of this secret make this call from this address? Nothing is stored, and no use is counted.
from-address = Calling from the address
for-scope = For the permission
no-scope-asked = Any permission
try-it = Try it
passes = passes
fails = fails
check-secret = The secret belongs to a key
check-enabled = The key is enabled
check-not-expired = The key has not expired
check-mode = The mode matches
check-address = The address is allowed
check-scopes = The key has the permissions
check-limits = No limit is reached
decision-valid = Allowed
decision-malformed = Refused: this is not a Keyward secret, or it is mistyped
decision-unknown = Refused: no key of this workspace has this secret
decision-disabled = Refused: the key is disabled
decision-expired = Refused: the key has expired
decision-wrong-mode = Refused: the key has the other mode
decision-ip-not-allowed = Refused: not from this address
decision-no-scopes = Refused: the key has no permissions
decision-insufficient-scope = Refused: the key lacks { $scopes }
decision-rate-limited = Refused: the limit { $limit } is reached
decision-quota-exceeded = Refused: the quota { $limit } is used up
decision-cost-above-limit = Refused: the call costs more than the limit { $limit } allows

## The page: the settings of a workspace

settings-lead = The operators of the platform set these rules. They count for every key of this workspace.
keys-of-max = { $count } of { $max } keys
lifetime-title = Lifetime of keys
lifetime-default = A new key expires, unless you choose otherwise
lifetime-of-days = { $days ->
    [one] After { $days } day
   *[other] After { $days } days
}
lifetime-must-be-chosen = You have to choose an expiry
lifetime-max = Longest lifetime of a secret
lifetime-unlimited = No limit
lifetime-endless = Keys that never expire
lifetime-existing = Keys whose secret is older
lifetime-reported = They go on working
lifetime-refused = They are refused until they get a new secret
leaks-title = Leaked secrets
leaks-lead = When GitHub or a scanner reports that it has found the secret of a key:
leaks-notify = The key goes on working, and an event tells your programs. Rotate its secret at once.
leaks-disable = The key is disabled at once.
leaks-expire = { $hours ->
    [one] The key expires { $hours } hour later, unless it expires earlier.
   *[other] The key expires { $hours } hours later, unless it expires earlier.
}
leaks-holder = Whoever has a secret can end it at any time, without signing in.
plan-title = Plan
no-plan = This workspace has no plan. A key only has the limits of its own.
limits-of-each-key = Limits of each key
limits-of-all-keys = Limits that all keys share
no-limits = The plan has none.

## The page: webhooks

webhooks = Webhooks
webhooks-lead = What happens to the keys of this workspace is sent to these URLs. Every message is signed.
no-webhooks = There is no webhook yet.
webhook-url = URL of the receiver
webhook-url-help = An https address, without user and password.
event-types = Events
event-types-help = Choose the events to send. Without a choice, all are sent.
all-event-types = All
not-as-caep = not as CAEP
encoding = Format
encoding-keyward = KEYWARD: JSON, as the Events API has it
encoding-caep = CAEP: security event tokens, only for changes of keys
add-webhook = Add a webhook
webhook-added = Your webhook is ready
webhook-rotated = The new signing keys are ready
webhook-secret-lead = Save the secret now: it is shown only this once. The receiver checks signatures with it, or with the public key.
webhook-shown-already-lead = A secret is shown once. If it was not saved, give the webhook new keys: everything else stays as it is.
to-webhook = To the webhook
webhook-id = Webhook ID
webhook-settings = Settings
public-key = Public key
old-keys-until = Also signed with the old keys until
failing-since = Failing since
disabled-since = Disabled since
disabled-failing = Nothing was delivered for five days.
disabled-gone = The receiver has answered 410: it wants no more events.
enable-then-send-again = Nothing is sent until you enable it. Then send again what was missed.
send-test-message = Send a test message
test-message = Test message
give-new-keys = Replace the signing keys
give-new-keys-help = The new signing keys have a new secret, which is shown once. For 24 hours, messages are also signed with the old ones.
remove-webhook = Remove
remove-webhook-lead = Nothing more is sent to this URL, and the list of its deliveries is removed. This can't be undone.
remove-for-good = Remove permanently
done-webhook-enabled = The webhook is enabled.
done-webhook-removed = The webhook is removed.
answered = Answered with status { $status }
beginning-of-answer = Beginning of the answer
failure-address-refused = The URL leads to an address that nothing may be sent to
failure-host-unknown = The host has no address
failure-not-connected = There was no connection, or it broke
failure-not-secure = The connection is not secure: the certificate may not be valid for the host
failure-timed-out = There was no answer in time
failure-unreadable = The event can't be read or sent
deliveries = Deliveries
no-deliveries = There are no deliveries here.
event = Event
sequence = Sequence
delivery-pending = Pending
delivery-delivered = Delivered
delivery-failed = Failed
attempts = Attempts
last-attempt = Last attempt
next-attempt = Next attempt
latest-deliveries = Latest deliveries
older-deliveries = Older deliveries
send-again = Send again
send-again-from = Send again from sequence
send-again-help = Every event of the workspace from this sequence on that this webhook gets is sent as if it were new. Events are kept for 90 days.
sequence-invalid = Enter a whole number from 1 on
sent-again = Events that are sent again: { $count }
