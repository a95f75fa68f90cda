# The client's scenarios of both revisions, and one by one those that the suite runs with them and does not count.
set -u
client() { conformance client --command 'node test/client/conformance/run-client.js' --timeout 120000 "$@"; }

for revision in 2025-11-25 2026-07-28; do
  client --requirements "$revision" || exit
done
for scenario in auth/client-credentials-jwt auth/client-credentials-basic auth/enterprise-managed-authorization \
  auth/dpop auth/dpop-nonce auth/wif-jwt-bearer json-schema-2020-12-preservation; do
  client --scenario "$scenario" || exit
done
