import { showLocalTimes } from "./local-time.js";
import { offerOwnAddress } from "./own-address.js";
import { speakNotice, tellFailures } from "./status.js";

showLocalTimes(document);
offerOwnAddress(document);
tellFailures(document);
speakNotice();
document.addEventListener("htmx:afterSwap", (event) => showLocalTimes(event.target));
