#!/usr/bin/env bash
# The whole OAuth flow of MCP by curl, line by line, against `npm run server:oauth`. What a client has to do is marked MUST.
set -euo pipefail

MCP=${1:-http://127.0.0.1:1453/mcp}
CALLBACK=http://127.0.0.1:8976/callback # Where a client would listen. Nothing does: the code is read from the redirect.
COOKIES=$(mktemp)
trap 'rm -f "$COOKIES"' EXIT

step() { printf '\n== %s\n' "$1"; }
fail() {
  printf 'Failed: %s\n' "$1" >&2
  exit 1
}
# A member of the JSON on stdin, such as .token_endpoint
member() { node -p "JSON.parse(require('fs').readFileSync(0, 'utf8'))$1"; }
# A parameter of the address on stdin
parameter() { node -p "new URL(require('fs').readFileSync(0, 'utf8').trim()).searchParams.get('$1')"; }
# The value of the header on stdin, whose name is given
header() { tr -d '\r' | sed -n "s/^$1: //Ip"; }

# A call in revision 2026-07-28; further arguments are curl's.
call() {
  curl -sS "$@" "$MCP" \
    -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
    -H 'MCP-Protocol-Version: 2026-07-28' -H 'Mcp-Method: tools/call' -H 'Mcp-Name: calculate' \
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"calculate","arguments":{"a":6,"b":7,"op":"multiply"},
         "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}'
}

step '1. Without a token, the server says where it is described (RFC 9728)'
CHALLENGE=$(call -D - -o /dev/null | header WWW-Authenticate)
echo "$CHALLENGE"
[ -n "$CHALLENGE" ] || fail 'this server asks for no token: start it with --auth demo'
DESCRIBED=$(sed -n 's/.*resource_metadata="\([^"]*\)".*/\1/p' <<<"$CHALLENGE")

step '2. The description names the resource and its authorization server'
DESCRIPTION=$(curl -sS "$DESCRIBED")
echo "$DESCRIPTION"
RESOURCE=$(member .resource <<<"$DESCRIPTION")
ISSUER=$(member '.authorization_servers[0]' <<<"$DESCRIPTION")
[ "$RESOURCE" = "$MCP" ] || fail 'the description is of another resource' # MUST

step '3. The authorization server describes itself (RFC 8414); it MUST offer PKCE with S256'
METADATA=$(curl -sS "$ISSUER/.well-known/oauth-authorization-server")
echo "$METADATA"
[ "$(member .issuer <<<"$METADATA")" = "$ISSUER" ] || fail 'the metadata are of another issuer' # MUST
[ "$(member '.code_challenge_methods_supported.includes("S256")' <<<"$METADATA")" = true ] || fail 'no S256' # MUST

step '4. A client without an id registers (RFC 7591)'
CLIENT=$(curl -sS "$(member .registration_endpoint <<<"$METADATA")" -H 'Content-Type: application/json' \
  -d "{\"client_name\":\"oauth.sh\",\"application_type\":\"native\",\"redirect_uris\":[\"$CALLBACK\"],\"token_endpoint_auth_method\":\"none\"}")
CLIENT_ID=$(member .client_id <<<"$CLIENT")
echo "$CLIENT_ID"

step '5. A secret for this flow, and its digest, which goes first (RFC 7636)'
VERIFIER=$(openssl rand -base64 48 | tr '+/' '-_' | tr -d '=\n')
DIGEST=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')
STATE=$(openssl rand -hex 16)
echo "$DIGEST"

step '6. A browser opens the authorization endpoint, and is sent to the page where a person signs in'
PAGE=$ISSUER$(curl -sS -G -c "$COOKIES" -D - -o /dev/null "$(member .authorization_endpoint <<<"$METADATA")" \
  --data-urlencode response_type=code --data-urlencode "client_id=$CLIENT_ID" --data-urlencode "redirect_uri=$CALLBACK" \
  --data-urlencode "code_challenge=$DIGEST" --data-urlencode code_challenge_method=S256 --data-urlencode "state=$STATE" \
  --data-urlencode scope=mcp --data-urlencode "resource=$RESOURCE" | header Location) # the resource: MUST (RFC 8707)
echo "$PAGE"

step '7. The person picks a name and allows it: a form, and the cookie of the browser that began'
BACK=$(curl -sS -b "$COOKIES" -D - -o /dev/null "${PAGE%%\?*}" \
  --data-urlencode "state=$(parameter state <<<"$PAGE")" --data-urlencode 'name=Ada Lovelace' --data-urlencode decision=allow |
  header Location)
BACK=$(curl -sS -b "$COOKIES" -D - -o /dev/null "$ISSUER$BACK" | header Location)
echo "$BACK"

step '8. The browser comes back to the client, which looks whether it is the flow that it began'
[ "$(parameter state <<<"$BACK")" = "$STATE" ] || fail 'the state is of another flow'      # MUST
[ "$(parameter iss <<<"$BACK")" = "$ISSUER" ] || fail 'the answer is of another issuer' # MUST (RFC 9207)
CODE=$(parameter code <<<"$BACK")
echo "$CODE"

step '9. The code and the secret become tokens'
TOKENS=$(curl -sS "$(member .token_endpoint <<<"$METADATA")" --data-urlencode grant_type=authorization_code \
  --data-urlencode "code=$CODE" --data-urlencode "code_verifier=$VERIFIER" --data-urlencode "client_id=$CLIENT_ID" \
  --data-urlencode "redirect_uri=$CALLBACK" --data-urlencode "resource=$RESOURCE")
echo "expires in $(member .expires_in <<<"$TOKENS") s, for $(member .scope <<<"$TOKENS")"

step '10. With the token, the call is answered'
call -H "Authorization: Bearer $(member .access_token <<<"$TOKENS")"
echo

step '11. The refresh token gets new ones; the old one is spent'
TOKENS=$(curl -sS "$(member .token_endpoint <<<"$METADATA")" --data-urlencode grant_type=refresh_token \
  --data-urlencode "refresh_token=$(member .refresh_token <<<"$TOKENS")" --data-urlencode "client_id=$CLIENT_ID" \
  --data-urlencode "resource=$RESOURCE")
TOKEN=$(member .access_token <<<"$TOKENS")
echo "with the new token: $(call -H "Authorization: Bearer $TOKEN" -o /dev/null -w '%{http_code}')"

step '12. Signed out: what is revoked is refused (RFC 7009)'
curl -sS "$(member .revocation_endpoint <<<"$METADATA")" \
  --data-urlencode "token=$(member .refresh_token <<<"$TOKENS")" --data-urlencode "client_id=$CLIENT_ID"
echo "with the revoked token: $(call -H "Authorization: Bearer $TOKEN" -o /dev/null -w '%{http_code}')"
