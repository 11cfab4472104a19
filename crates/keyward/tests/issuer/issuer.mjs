// A real identity service on this machine, on a free port unless one is given: `oidc-provider`, certified for OpenID
// Connect. Its clients get access tokens in their own name, as signed JWTs.
//
//   node issuer.mjs KID ALG [PORT]
//
// It writes its URL to stdout. For each line "KID ALG" on stdin it replaces its keys by a new one,
// as a restart with other keys would, and writes "replaced". It ends with its stdin.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';

const kinds = {
  RS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
};

/** What the tokens of each client say beside its name; keep it as in tests/it/issuer.rs. */
const claims = {
  user_owner: {
    realm_access: { roles: ['user', 'partner'] },
    'https://example.com/device': 'device-1',
    'https://example.com/roles': { ws_acme: 'owner' },
  },
  user_plain: {},
};

const client = (client_id) => ({
  client_id,
  client_secret: 'a-secret-of-the-test',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
});

function provider(issuer, kid, alg) {
  const { privateKey } = generateKeyPairSync(...kinds[alg]);
  const key = { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  // Without a key for RS256, clients have to say how their ID tokens would be signed.
  const clients = Object.keys(claims).map((id) => ({ ...client(id), id_token_signed_response_alg: alg }));
  return new Provider(issuer, {
    clients,
    jwks: { keys: [key] },
    enabledJWA: { idTokenSigningAlgValues: [alg] },
    extraTokenClaims: (_context, token) => claims[token.clientId],
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg, kid } },
        }),
      },
    },
  });
}

const [kid, alg, port = '0'] = process.argv.slice(2);
let answer;
const server = createServer((request, response) => answer(request, response));
server.listen(Number(port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  answer = provider(issuer, kid, alg).callback();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    answer = provider(issuer, ...line.split(' ')).callback();
    console.log('replaced');
  });
  lines.on('close', () => process.exit());
  console.log(issuer);
});
