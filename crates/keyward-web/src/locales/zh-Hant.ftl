# Keyward 的繁體中文（臺灣）文案。各語言檔案的條目與順序一致。


## 合約 §2 的回應代碼

invalid-request = 請求無效
invalid-token = 權杖無效或已過期
invalid-signature = 缺少簽章或簽章錯誤
certificate-missing = 需要用戶端憑證
not-owner = 只有工作區擁有者可以管理 API 金鑰
test-mode-refused = 只有 PARTNER 入口網站可以建立 TEST 金鑰
permission-missing = 這個權杖沒有執行此操作的權限
api-key-not-found = 找不到這個 API 金鑰
no-such-resource = 找不到要求的資源
workspace-not-found = 找不到這個工作區
member-not-found = 找不到這個工作區的成員
scope-not-found = 找不到這個權限範圍
plan-not-found = 找不到這個方案
webhook-not-found = 找不到這個 Webhook
method-not-allowed = 不允許使用這個請求方法
not-acceptable = 無法以要求的格式回應
request-timeout = 請求逾時
wrong-state = API 金鑰目前的狀態不允許這項操作
already-carried-out = 這個請求先前已執行過
limit-reached = 這個工作區的 API 金鑰數量已達上限
workspace-not-empty = 這個工作區有 API 金鑰或歷史記錄，無法移除
secret-taken = 已有 API 金鑰正在使用或曾經使用此密鑰值
plan-in-use = 有工作區正在使用這個方案，無法移除
too-many-webhooks = 這個工作區的 Webhook 數量已達上限
changed-by-someone-else = 這個 API 金鑰已被其他人變更
body-too-large = 請求內容過大（上限為 64 KiB）
batch-too-large = 請求內容過大（上限為 512 KiB）
wrong-content-type = Content-Type 必須是 application/json
idempotency-key-reused = 這個 Idempotency-Key 已用於其他不同的請求
too-many-requests = 請求過於頻繁
internal-error = 內部錯誤
unavailable = 服務暫時無法使用

## 請求內容的欄位

required = 這個欄位為必填
not-text = 必須是字串
not-list = 必須是字串陣列
not-texts = 必須是物件，且每個值都是字串
too-many = 最多只能有 { $max } 個項目
unknown-member = 沒有這個欄位
unknown-member-meant = 沒有這個欄位，您要填的是不是 { $suggestion }？
repeated-member = 這個欄位只能出現一次
immutable-member = 這個欄位不能變更
name-blank = 至少要有一個看得見的字元
name-too-long = 最多 { $max } 個字元，目前有 { $length } 個
name-forbidden-character = 不能包含字元 { $character }
scope-invalid = 必須是權限範圍代碼，例如 payment:read，只能用小寫，最多 64 個字元
resource-invalid = 必須是資源代碼，例如 payment，只能用小寫，最多 { $max } 個字元
scope-unknown = 沒有這個權限範圍，必須是權限範圍目錄中的代碼
mode-invalid = 必須是 1（LIVE）或 2（TEST）
address-invalid = 必須是 IP 位址，例如 203.0.113.7 或 2001:db8::7
ip-malformed = 必須是 IP 位址或 CIDR 區塊，例如 192.168.1.100 或 192.168.1.0/24
ip-malformed-meant = 必須是 IP 位址或 CIDR 區塊，您要填的是不是 { $suggestion }？
ip-bad-prefix = 首碼長度必須是 1 到 { $bits } 的數字
ip-bad-prefix-meant = 首碼長度必須是 1 到 { $bits } 的數字，您要填的是不是 { $suggestion }？
ip-every-address = /0 會允許所有位址；若不需要限制，請將清單留空
ip-host-bits = 首碼之後的主機位元不是零，您要填的是不是 { $suggestion }？
expiry-malformed = 必須是含 UTC 時差的日期與時間（RFC 3339），例如 2027-01-31T12:00:00Z
expiry-out-of-range = 年份必須介於 1970 到 9999 之間
expiry-not-in-future = 必須是未來的時間
expiry-required-until = 必須設定到期時間，且不得晚於 { $latest }
expiry-too-late = 不得晚於 { $latest }
overlap-invalid = 必須是 0 到 { $max } 的整數（秒）
role-invalid = 必須是 OWNER、ADMIN、OPERATOR 或 VIEWER 之一
descriptions-invalid = 必須是依語言列出說明的物件：en、zh、zh-Hant、ja 或 vi
names-invalid = 必須是依語言列出名稱的物件：en、zh、zh-Hant、ja 或 vi
setting-invalid = 必須是由 { $allowed } 中任意幾項組成的物件，或是 null
lifetime-days-invalid = 必須是 1 到 { $max } 的整數（天）
lifetime-default-too-long = 不得大於 maxDays
lifetime-refuse-without-max = 使用 REFUSE 時必須提供 maxDays
existing-keys-invalid = 必須是 REPORT 或 REFUSE
leak-reaction-invalid = 必須是 NOTIFY、DISABLE 或 EXPIRE
leak-grace-unused = graceHours 只能與 EXPIRE 一起使用
plan-unknown = 沒有這個方案
external-id-invalid = 必須是 1 到 { $max } 個看得見的 ASCII 字元，不含空格，例如 customer-4711
metadata-name-invalid = 名稱必須是 1 到 { $max } 個字元，只能包含 A-Z、a-z、0-9、_、- 和 .
metadata-too-large = 寫成 JSON 後最多 { $max } 個位元組，目前有 { $length } 個
not-integer = 必須是整數，不能寫成小數或指數形式
not-integers = 必須是物件，且每個值都是整數
not-limits = 必須是限額陣列，每一項都是包含 name、max 和 window 的物件
not-limit = 必須是包含 name、max 和 window 的物件
limit-name-invalid = 必須是 1 到 { $max } 個字元，只能包含 a-z、0-9、_ 和 -，並以字母開頭
limit-window-invalid = 必須是 day、month，或加上 s、m、h 或 d 的整數，範圍為 1s 到 31d，例如 1m
on-unavailable-invalid = 必須是 deny 或 allow
limit-above-plan = 工作區的方案中有同名限額：window 必須是 { $window }，max 不得大於 { $max }，onUnavailable 只能是 { $allowed }

## 整個請求內容

body-empty = 請求內容是空的，必須是一個 JSON 物件
body-not-json = 不是有效的 JSON（列:欄 { $position }）
body-not-object = 必須是 JSON 物件
nothing-to-change = 至少要提供一個要變更的欄位：name、scopes、ipWhitelist、expiresAt、description、externalId、metadata 或 limits
questions-invalid = 必須是包含 1 到 { $max } 個問題的陣列
items-invalid = 必須是包含 1 到 { $max } 個項目的陣列
selector-required = 必須指定金鑰：workspaceId、createdBy 和 externalId 中至少一個
key-id-invalid = 必須是金鑰的 ID
secret-hash-invalid = 必須是密鑰值的 SHA-256 雜湊，以 64 位十六進位、base64 或 base64url 表示

## 查詢參數

parameter-unknown = 沒有這個參數
parameter-repeated = 這個參數只能出現一次
parameter-malformed = 必須是以百分號編碼的 UTF-8 文字，且不含控制字元
number-invalid = 必須是 { $min } 到 { $max } 的整數
sort-invalid = 必須是 createdAt、name、lastUsedAt 或 expiresAt，後面可以加上 ,asc 或 ,desc
status-invalid = 必須是 ACTIVE、DISABLED 或 EXPIRED 其中之一
usage-unit-invalid = 必須是 hour 或 day
period-reversed = 期間的結束必須晚於開始
period-too-long = 期間最長為 { $max } 天
flag-invalid = 必須是 true 或 false
url-invalid = 必須是不含空格的 http 或 https 網址
mode-name-invalid = 必須是 LIVE 或 TEST 其中之一
webhook-url-invalid = 必須是最多 { $max } 個字元的 http 或 https URL，且不含使用者名稱、密碼與片段
event-type-invalid = 必須是這個 Webhook 可以接收的事件類型，例如 api_key.disabled
encoding-invalid = 必須是 KEYWARD 或 CAEP 其中之一
named-cost-invalid = 必須是限額名稱加上不大於 { $max } 的整數，例如 tokens:250
cost-repeated = 每個限額只能出現一次
search-invalid = 去除前後空格後，必須有 1 到 { $max } 個字元

## 標頭

header-required = 這個標頭為必填
header-repeated = 這個標頭只能出現一次
header-invalid = 必須是 1 到 { $max } 個看得見的 ASCII 字元
header-workspace-mismatch = 必須與路徑中的 workspaceId 相同
if-match-malformed = 必須是 * 或實體標籤清單，例如 "3"
only-allowed = 只允許以下各項：{ $allowed }
