// A create and a verify by a client whose types come from the description only.
import createClient from "openapi-fetch";
import type { paths } from "./generated/api.js";

declare const process: { env: Record<string, string> };

const { PUBLIC_URL, INTERNAL_URL, TOKEN, CLIENT_HASH, WORKSPACE } = process.env;
const portal = createClient<paths>({
  baseUrl: PUBLIC_URL,
  headers: { Authorization: `Bearer ${TOKEN}` },
});
const internal = createClient<paths>({ baseUrl: INTERNAL_URL });

const created = await portal.POST("/web/v1/workspaces/{workspaceId}/api-keys", {
  params: {
    path: { workspaceId: WORKSPACE },
    header: { "X-Client-Hash": CLIENT_HASH, "X-Workspace-Id": WORKSPACE },
  },
  body: { name: "By TypeScript", scopes: ["payment:read"], mode: 2 },
});
if (created.error) {
  throw new Error(`create: ${created.error.code} ${created.error.message}`);
}
const { secret, apiKeyId, mode } = created.data.data;

const verified = await internal.POST("/internal/v1/api-keys/verify", {
  body: { secret, scopes: ["payment:read"] },
});
const verdict = verified.data?.data;
if (verdict?.decision !== "VALID" || verdict.apiKeyId !== apiKeyId || mode !== "TEST") {
  throw new Error(`verify: ${JSON.stringify(verified.data)}`);
}

const refused = await portal.POST("/web/v1/workspaces/{workspaceId}/api-keys", {
  params: {
    path: { workspaceId: WORKSPACE },
    header: { "X-Client-Hash": CLIENT_HASH, "X-Workspace-Id": WORKSPACE },
  },
  body: { name: "K", ipWhitelist: ["1.2.3.4/24"] },
});
if (refused.error?.code !== "4000" || refused.error.errors?.[0]?.field !== "ipWhitelist[0]") {
  throw new Error(`refusal: ${JSON.stringify(refused.error)}`);
}
