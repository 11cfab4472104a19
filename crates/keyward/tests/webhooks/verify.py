"""Verifies a delivery with the library of the Standard Webhooks specification.

    python3 verify.py SECRET < {"headers":{…},"body":"…"}
"""

import json
import sys

from standardwebhooks.webhooks import Webhook

delivery = json.load(sys.stdin)
event = Webhook(sys.argv[1]).verify(delivery["body"], delivery["headers"])
print(event["type"])
