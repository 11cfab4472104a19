import { followAddress } from "./filters.js";
import { applyLanguage } from "./language.js";
import { showLocalTimes } from "./local-time.js";
import { offerOwnAddress } from "./own-address.js";
import { forgetAction, speakNotice, tellFailures } from "./status.js";

showLocalTimes(document);
applyLanguage(document);
followAddress(document);
offerOwnAddress(document);
tellFailures(document);
speakNotice();
forgetAction();
document.addEventListener("htmx:afterSwap", (event) => showLocalTimes(event.target));
