// Better Auth with its API-key plugin behind Node's own HTTP server.
//
//   node better_auth.mjs database|memory NUMBER
//
// `database` keeps keys where Better Auth does by default; `memory` in its secondary storage, here a
// map. Prints the secrets of NUMBER new keys, then the address. `POST /verify` with
// `{"key": …}` answers what Better Auth decides about a call that needs the scope payment:read.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages are in another folder.
const require = createRequire(`${process.env.KEYWARD_PEERS}/better-auth/`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const [{ betterAuth }, { apiKey }, { getMigrations }, { default: pg }] = await Promise.all(
  ["better-auth", "@better-auth/api-key", "better-auth/db/migration", "pg"].map(load),
);

const [storage, count] = process.argv.slice(2);
const kept = new Map();
const options = {
  baseURL: "http://127.0.0.1",
  secret: "a-secret-of-more-than-32-characters",
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  logger: { level: "error" },
  secondaryStorage: storage === "memory" && {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    delete: (key) => void kept.delete(key),
  },
  plugins: [
    apiKey({
      // Otherwise ten calls a day.
      rateLimit: { enabled: false },
      storage: storage === "memory" ? "secondary-storage" : "database",
    }),
  ],
};
if (!options.secondaryStorage) delete options.secondaryStorage;
await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);
const { user } = await auth.api.signUpEmail({
  body: { name: "Owner", email: "owner@example.com", password: "a-password-of-an-owner" },
});
for (let at = 0; at < Number(count); at += 1) {
  const { key } = await auth.api.createApiKey({
    body: { userId: user.id, name: "Production Key", permissions: { payment: ["read", "write"] } },
  });
  console.log(key);
}

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", async () => {
    const { key } = JSON.parse(Buffer.concat(parts));
    const verified = await auth.api.verifyApiKey({ body: { key, permissions: { payment: ["read"] } } });
    response.statusCode = verified.valid ? 200 : 401;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ valid: verified.valid, id: verified.key?.id }));
  });
});
server.listen(0, "127.0.0.1", () => console.log(`127.0.0.1:${server.address().port}`));
