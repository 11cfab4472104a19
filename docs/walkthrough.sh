#!/usr/bin/env bash
# Uses curl to walk one API key through its whole life, and shows every response.
#
#   cargo run --release -- dev        in one terminal
#   docs/walkthrough.sh               in another
#
# The argument may be the development server's data folder: docs/walkthrough.sh DIR
set -euo pipefail

dev=${1:-keyward-data}/dev.json
[[ -r $dev ]] || {
  printf 'There is no %s; start the server first: cargo run --release -- dev\n' "$dev" >&2
  exit 1
}

# A text member of a JSON document by its name; the first one with that name.
member() { grep -oE "\"$1\": *\"[^\"]*\"" | head -n 1 | sed -E 's/^"[^"]*": *"(.*)"$/\1/'; }

workspace=$(member workspaceId <"$dev")
keys=$(member publicUrl <"$dev")/web/v1/workspaces/$workspace/api-keys
headers=(
  -H 'Accept: application/json'
  -H 'Accept-Language: en'
  -H 'Content-Type: application/json'
  -H "X-Client-Hash: $(member clientHash <"$dev")"
  -H "X-Workspace-Id: $workspace"
  -H "Authorization: Bearer $(member token <"$dev")"
)

# call WHAT STATUS METHOD PATH [curl's arguments…]: shows the response, which must have that status.
call() {
  local what=$1 want=$2 method=$3 url=$keys$4
  shift 4
  printf '\n# %s\n%s %s\n' "$what" "$method" "$url"
  answer=$(curl -sS -i -X "$method" "${headers[@]}" "$@" "$url" | tr -d '\r')
  printf '%s\n' "$answer"
  local status
  status=$(head -n 1 <<<"$answer" | cut -d ' ' -f 2)
  [[ $status == "$want" ]] || {
    printf 'expected %s, not %s\n' "$want" "$status" >&2
    exit 1
  }
}

etag() { sed -nE 's/^etag: *(.*)$/\1/Ip' <<<"$answer"; }

call 'Create a key. Its secret is in this one answer.' 201 POST '' \
  -H "Idempotency-Key: walkthrough-$$-$RANDOM" \
  -d '{"name":"Walkthrough","scopes":["payment:read"],"ipWhitelist":["192.168.1.0/24"]}'
key=$(member apiKeyId <<<"$answer")

call 'List the keys that are called so.' 200 GET '?q=walkthrough&status=ACTIVE&sort=createdAt,desc'

call 'Read the key. ETag names its version.' 200 GET "/$key"
version=$(etag)

call 'Change it, if it is still that version.' 200 PATCH "/$key" \
  -H "If-Match: $version" -d '{"name":"Walkthrough, renamed","ipWhitelist":null}'

call 'Somebody who saw the old version changes nothing.' 412 PATCH "/$key" \
  -H "If-Match: $version" -d '{"name":"Too late"}'

call 'Switch it off.' 200 POST "/$key/disable"
call 'Switch it on again.' 200 POST "/$key/enable"

call 'Rotate it: a new secret, and the old one lives on for an hour.' 201 POST "/$key/rotate" \
  -d '{"overlapSeconds":3600}'

call 'See both secrets, and when each was last used.' 200 GET "/$key"

call 'End the old one now.' 200 POST "/$key/rotate/finish"

call 'Delete it, for good.' 204 POST '/delete' -d "{\"keyId\":\"$key\"}"
call 'It is gone.' 404 GET "/$key"
call 'Its history stays: who changed what, when, and from where.' 200 GET "/$key/events"

printf '\nThat was the whole life of %s.\n' "$key"
