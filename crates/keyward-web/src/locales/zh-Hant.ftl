# Keyward 的繁體中文（臺灣）文案。各語言檔案的條目與順序一致。


## 合約 §2 的回應代碼

invalid-request = 請求無效
invalid-token = 權杖無效或已過期
not-owner = 只有工作區擁有者可以管理 API 金鑰
test-mode-refused = 只有 PARTNER 入口網站可以建立 TEST 金鑰
api-key-not-found = 找不到這個 API 金鑰
no-such-resource = 找不到要求的資源
method-not-allowed = 不允許使用這個請求方法
not-acceptable = 無法以要求的格式回應
request-timeout = 請求逾時
wrong-state = API 金鑰目前的狀態不允許這項操作
already-carried-out = 這個請求先前已執行過
limit-reached = 這個工作區的 API 金鑰數量已達上限
changed-by-someone-else = 這個 API 金鑰已被其他人變更
body-too-large = 請求內容過大（上限為 64 KiB）
wrong-content-type = Content-Type 必須是 application/json
idempotency-key-reused = 這個 Idempotency-Key 已用於其他不同的請求
too-many-requests = 請求過於頻繁
internal-error = 內部錯誤
unavailable = 服務暫時無法使用

## 請求內容的欄位

required = 這個欄位為必填
not-text = 必須是字串
not-list = 必須是字串陣列
too-many = 最多只能有 { $max } 個項目
unknown-member = 沒有這個欄位
unknown-member-meant = 沒有這個欄位，您要填的是不是 { $suggestion }？
repeated-member = 這個欄位只能出現一次
immutable-member = 這個欄位不能變更
name-blank = 至少要有一個看得見的字元
name-too-long = 最多 { $max } 個字元，目前有 { $length } 個
name-forbidden-character = 不能包含字元 { $character }
scope-invalid = 必須是權限範圍代碼，例如 payment:read，只能用小寫，最多 64 個字元
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
overlap-invalid = 必須是 0 到 { $max } 的整數（秒）

## 整個請求內容

body-empty = 請求內容是空的，必須是一個 JSON 物件
body-not-json = 不是有效的 JSON（列:欄 { $position }）
body-not-object = 必須是 JSON 物件
nothing-to-change = 至少要提供一個要變更的欄位：name、scopes、ipWhitelist 或 expiresAt
questions-invalid = 必須是包含 1 到 { $max } 個問題的陣列

## 查詢參數

parameter-unknown = 沒有這個參數
parameter-repeated = 這個參數只能出現一次
parameter-malformed = 必須是以百分號編碼的 UTF-8 文字，且不含控制字元
number-invalid = 必須是 { $min } 到 { $max } 的整數
sort-invalid = 必須是 createdAt、name、lastUsedAt 或 expiresAt，後面可以加上 ,asc 或 ,desc
status-invalid = 必須是 ACTIVE、DISABLED 或 EXPIRED 其中之一
flag-invalid = 必須是 true 或 false
mode-name-invalid = 必須是 LIVE 或 TEST 其中之一
search-invalid = 去除前後空格後，必須有 1 到 { $max } 個字元

## 標頭

header-required = 這個標頭為必填
header-repeated = 這個標頭只能出現一次
header-invalid = 必須是 1 到 { $max } 個看得見的 ASCII 字元
header-workspace-mismatch = 必須與路徑中的 workspaceId 相同
if-match-malformed = 必須是 * 或實體標籤清單，例如 "3"

## The page: every page

page-skip-to-content = 跳至主要內容
page-navigation = 主要導覽
page-api-keys = API 金鑰
page-try-key = 測試金鑰
page-language = 語言
page-choose = 變更
page-sign-out = 登出
page-check-failed = 目前無法檢查。您仍可送出表單。
page-cancel = 取消
page-never = 從未
page-nothing = 沒有
page-pages = 頁面
page-previous-page = 上一頁
page-next-page = 下一頁
page-back-to-keys = 返回 API 金鑰清單
page-request-number = 如需協助，請提供此請求編號：

## The page: signing in

page-sign-in = 登入
page-sign-in-lead = 請使用平台提供的存取權杖登入。權杖存放在任何指令碼都無法讀取的 Cookie 中，直到您登出或權杖到期為止。
page-workspace = 工作區 ID
page-token = 存取權杖
page-token-help = JWT：以點分隔的三個部分。
page-client-hash = 用戶端雜湊（選填）
page-client-hash-help = 僅用於綁定特定裝置的權杖。
page-workspace-missing = 請填寫要管理其金鑰的工作區
page-token-refused = 此權杖未被接受：可能已到期，或屬於其他裝置
page-token-too-long = 此權杖過長，瀏覽器無法儲存
page-session-ended = 工作階段已結束。請重新登入；返回上一頁後，已填寫的內容仍在。
page-link-used = 此連結已被使用或無效。請重新啟動 keyward dev 取得新連結，或使用它顯示的權杖登入。

## The page: what went wrong

page-foreign-form = 此表單不屬於您的工作階段；請重新開啟頁面再試一次
page-not-owner-advice = 請聯絡工作區擁有者，或檢查網址中的工作區 ID。
page-not-found-advice = 它可能已被刪除。對它的操作仍保留在稽核紀錄中。
page-wrong-state-advice = 請重新開啟該金鑰查看目前狀態。已到期的金鑰需先設定新的到期時間。
page-limit-reached-advice = 請刪除不再使用的金鑰，或申請提高上限。
page-unavailable-advice = 未確認有任何變更。請稍候，查看金鑰清單後再試。
page-signed-out-here-alone-advice = 此瀏覽器已登出，但伺服器未能結束工作階段：若有人持有該權杖的副本，它在到期之前仍然有效。

## The page: the list

page-create-key = 建立 API 金鑰
page-create-first-key = 建立第一把金鑰
page-empty-title = 尚無 API 金鑰
page-empty-lead = API 金鑰讓您的程式可以呼叫 API。建立一把金鑰，將其密鑰存放在程式設定中，並在每次呼叫時送出：
page-search = 依名稱或 ID 搜尋
page-any = 不限
page-sort-by = 排序依據
page-sort-newest = 最新建立
page-sort-last-used = 最近使用
page-sort-expiry = 最先到期者
page-show = 顯示
page-key-count = 金鑰數：{ $count }
page-none-fits = 沒有符合條件的金鑰。
page-show-all = 顯示所有金鑰

## The page: what a key has

page-field-name = 名稱
page-field-mode = 模式
page-field-status = 狀態
page-field-scopes = 權限
page-field-ip = 允許的位址
page-field-expires = 到期時間
page-field-secret = 密鑰值
page-field-old-secret = 舊密鑰值
page-last-used = 上次使用
page-created-at = 建立時間
page-key-id = 金鑰 ID
page-any-address = 任何位址
page-status-active = 使用中
page-status-disabled = 已停用
page-status-expired = 已到期
page-status-deleted = 已刪除
page-has-expired = 此金鑰已到期：在設定新的到期時間之前，所有呼叫都會被拒絕。
page-expires-within-a-day = 此金鑰將在一天內到期。
page-expires-very-soon = 此金鑰將在 { $days } 天後到期：請立即安排更換。
page-expires-soon = 此金鑰將在 { $days } 天後到期。

## The page: the form

page-form-has-problems = 尚未儲存。請查看標記的欄位；您填寫的內容都還在。
page-name-help = 方便日後辨識：哪個程式、哪個環境。
page-mode-live = LIVE：用於正式環境
page-mode-test = TEST：用於測試
page-mode-test-refused = 只有 PARTNER 入口網站可以建立 TEST 金鑰。
page-scopes-help = 金鑰一開始沒有任何權限。只授予程式所需的權限。
page-level-none = 無權限
page-level-read = 讀取
page-level-write = 讀取和寫入
page-level-only-write = 僅寫入
page-key-can = 此金鑰可以：
page-key-cannot = 此金鑰不可以：
page-can-nothing = 沒有任何權限
page-can-nothing-yet = 此金鑰目前什麼都不能做，所有呼叫都會被拒絕。
page-ip-label = 位址和網段，每行一個
page-ip-help = 例如 203.0.113.7 或 192.168.1.0/24。留空則允許所有位址。
page-add-my-address = 加入我的位址
page-ip-open = 將接受來自任何位址的呼叫。
page-ip-closed = 只接受列出的 { $count } 項的呼叫；其他來源都會被拒絕。
page-ip-own-inside = 您的位址 { $address } 在其中。
page-ip-own-outside = 您的位址 { $address } 不在其中。
page-expires-never = 永不到期
page-expires-in-30-days = 30 天後
page-expires-in-90-days = 90 天後
page-expires-in-a-year = 一年後
page-expires-on = 在某一天結束時
page-expires-on-day = 日期（UTC）
page-expires-as-now = 維持不變：

## The page: the one sight of a secret

page-key-created = API 金鑰已建立
page-key-rotated = 新的密鑰值已產生
page-reveal-lead = 請立即儲存密鑰值：它只顯示這一次。之後任何人都無法再查看，包括我們。
page-secret = API 金鑰（密鑰值）
page-secret-spoken = API 金鑰，結尾為 { $hint }
page-copy-secret = 複製
page-copy-curl = 複製指令
page-copied = 已複製。
page-copy-refused = 瀏覽器不允許複製。文字已選取：請按 Ctrl+C 或 ⌘C。
page-download-env = 下載 .env 檔
page-downloaded = 已下載。
page-use-it = 使用方式
page-curl-help = 請將 api.example.com 替換為要呼叫的 API 位址。
page-i-have-saved-it = 我已儲存
page-done = 完成
page-shown-already = 此密鑰值已顯示過
page-shown-already-lead = 密鑰值只顯示一次，系統僅保存其雜湊。如果沒有儲存，請輪替金鑰：它會取得新的密鑰值，其餘維持不變。
page-to-key = 查看金鑰

## The page: one key

page-edit-key = 編輯
page-rotate-key = 輪替密鑰值
page-enable-key = 啟用
page-disable-key = 停用
page-delete-key = 刪除
page-what-it-may-do = 權限與限制
page-secrets = 密鑰值清單
page-since = 起始時間
page-until = 截止時間
page-overlap-title = 輪替進行中
page-old-secret-ends = 舊密鑰值失效時間：
page-old-secret-last-used = 舊密鑰值上次使用：
page-end-old-secret = 立即停用舊密鑰值
page-history = 歷史紀錄
page-operator = 維運人員
page-event-created = 已建立
page-event-updated = 已變更
page-event-disabled = 已停用
page-event-enabled = 已啟用
page-event-rotated = 已輪替
page-event-overlap-ended = 舊密鑰值已失效
page-event-deleted = 已刪除
page-done-saved = 變更已儲存。
page-done-disabled = 金鑰已停用。
page-done-enabled = 金鑰已啟用。
page-done-overlap-ended = 舊密鑰值已失效。
page-done-deleted = 金鑰已刪除。
page-known-everywhere = 所有伺服器皆已生效。
page-known-within-a-second = 部分伺服器可能需要一秒鐘生效。

## The page: changing a key

page-review-changes = 檢查變更
page-review-lead = 尚未儲存。以下內容將變更：
page-changes = 變更內容
page-field = 欄位
page-before = 變更前
page-after = 變更後
page-save-changes = 儲存變更
page-back-to-form = 返回表單
page-nothing-changed = 與已儲存的內容沒有差別。
page-changed-meanwhile = 此金鑰已被他人變更
page-conflict-lead = 您的變更尚未儲存。請比較兩個版本後決定。
page-their-version = 目前版本
page-your-version = 您的版本
page-save-yours = 儲存您的版本
page-rotate-lead = 金鑰將取得新的密鑰值，僅顯示一次。名稱、權限、位址和到期時間維持不變。在所有程式換用新值之前，請保留舊密鑰值。
page-secret-last-used = 金鑰上次使用：
page-rotate-ends-old = 已有輪替進行中。以下密鑰值將立即失效：
page-overlap-question = 舊密鑰值保留多久？
page-overlap-none = 不保留：立即失效
page-overlap-hour = 一小時
page-overlap-day = 一天
page-overlap-three-days = 三天
page-overlap-week = 一週
page-delete-lead = 刪除無法復原：此後使用該金鑰的程式都會被拒絕。
page-disable-instead = 如果不確定，請先停用：停用可以復原。
page-type-name = 此金鑰在過去 7 天內使用過。請輸入其名稱以刪除：
page-name-differs = 名稱不符；未刪除任何內容。
page-delete-for-good = 永久刪除

## The page: trying a key

page-try-lead = 像閘道一樣詢問：持有此密鑰值的呼叫方可以從該位址執行此操作嗎？不會儲存任何內容，也不計入使用。
page-from-address = 呼叫來源位址
page-for-scope = 所需權限
page-no-scope-asked = 不指定
page-try-it = 測試
page-passes = 通過
page-fails = 未通過
page-check-secret = 密鑰值屬於某把金鑰
page-check-enabled = 金鑰已啟用
page-check-not-expired = 金鑰未到期
page-check-mode = 模式符合
page-check-address = 位址在允許範圍內
page-check-scopes = 權限足夠
page-decision-valid = 允許
page-decision-malformed = 拒絕：這不是有效格式的密鑰值，或輸入有誤
page-decision-unknown = 拒絕：此工作區沒有金鑰使用該密鑰值
page-decision-disabled = 拒絕：金鑰已停用
page-decision-expired = 拒絕：金鑰已到期
page-decision-wrong-mode = 拒絕：金鑰模式不符
page-decision-ip-not-allowed = 拒絕：不允許從此位址呼叫
page-decision-no-scopes = 拒絕：金鑰沒有任何權限
page-decision-insufficient-scope = 拒絕：金鑰缺少權限 { $scopes }
