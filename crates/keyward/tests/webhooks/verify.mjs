// Verifies a delivery with the library of the Standard Webhooks specification, and its asymmetric signature.
//
//   node verify.mjs SECRET PUBLIC_KEY < {"headers":{…},"body":"…"}
import { createPublicKey, verify } from "node:crypto";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const [secret, publicKey] = process.argv.slice(2);
const { headers, body } = JSON.parse(await text(process.stdin));
const event = new Webhook(secret).verify(body, headers);

const x = Buffer.from(publicKey.replace("whpk_", ""), "base64").toString("base64url");
const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
const signatures = headers["webhook-signature"].split(" ").filter((one) => one.startsWith("v1a,"));
const isSigned = (one) => verify(null, Buffer.from(signed), key, Buffer.from(one.slice(4), "base64"));
if (!signatures.some(isSigned)) throw new Error("no asymmetric signature is right");
console.log(event.type);
