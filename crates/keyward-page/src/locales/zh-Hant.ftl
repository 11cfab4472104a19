# Keyward 的繁體中文（臺灣）文案。各語言檔案的條目與順序一致。

## The page: every page

skip-to-content = 跳至主要內容
navigation = 主要導覽
back-to = 回到 { $name }
api-keys = API 金鑰
try-key = 測試金鑰
settings = 設定
language = 語言
choose = 切換
sign-out = 登出
read-only-role = 您可以檢視並停用此工作區的金鑰。其他變更請聯絡擁有者。
check-failed = 目前無法檢查。您仍可送出表單。
cancel = 取消
never = 從未
nothing = 無
pages = 分頁
previous-page = 上一頁
next-page = 下一頁
back-to-keys = 返回 API 金鑰清單
request-number = 如需協助，請提供此請求 ID：

## The page: signing in

sign-in = 登入
sign-in-lead = 請使用平台提供的存取權杖登入。權杖存放在任何指令碼都無法讀取的 Cookie 中，直到您登出或權杖到期為止。
workspace = 工作區 ID
token = 存取權杖
token-help = JWT：以點分隔的三個部分。
client-hash = 用戶端雜湊（選填）
client-hash-help = 僅用於綁定特定裝置的權杖。
workspace-missing = 請填寫要管理其金鑰的工作區 ID
token-refused = 此權杖未被接受：可能已到期，或屬於其他裝置
token-too-long = 此權杖過長，瀏覽器無法儲存
signed-in = 您已登入
continue-to-keys = 前往 API 金鑰清單
session-ended = 工作階段已結束，請重新登入。
input-kept = 您填寫的內容已保留，登入後會恢復。
continue-with-form = 繼續填寫表單
link-used = 此連結已被使用或無效。請重新啟動 keyward dev 取得新連結，或使用它顯示的權杖登入。

## The page: what went wrong

foreign-form = 此表單不屬於您的工作階段；請重新開啟頁面並再次填寫
not-owner-advice = 請聯絡工作區擁有者，或檢查網址中的工作區 ID。
not-found-advice = 它可能已被刪除。其歷史仍保留在稽核紀錄中。
wrong-state-advice = 請重新開啟該金鑰，檢視目前狀態。已到期的金鑰需先設定新的到期時間。
limit-reached-advice = 請刪除不再使用的金鑰，或申請提高上限。
unavailable-advice = 無法確定變更是否已生效。請稍候，檢視金鑰清單後再試。
signed-out-here-alone-advice = 此瀏覽器已登出，但伺服器未能結束工作階段。權杖的副本在到期之前仍然有效。

## The page: the list

create-key = 建立 API 金鑰
create-first-key = 建立第一把金鑰
empty-title = 尚無 API 金鑰
empty-lead = API 金鑰讓您的程式可以呼叫 API。建立一把金鑰，將其密鑰值存放在程式設定中，並在每次呼叫時送出：
search = 依名稱或 ID 搜尋
sort-by = 排序依據
sort-newest = 最新建立
sort-oldest = 最早建立
sort-name = 名稱遞增
sort-name-backwards = 名稱遞減
sort-last-used = 最近使用
sort-long-unused = 最久未用
sort-expiry = 最先到期
sort-latest-expiry = 最晚到期
show = 顯示
none-fits = 沒有符合條件的金鑰。
show-all = 顯示所有金鑰
key-range = 第 { $first }–{ $last } 把，共 { $total } 把金鑰
column-key = 金鑰
column-addresses = 允許來源
column-uses = 最近 30 天
anywhere = 任何來源
and-more = 另有 { $count } 項
uses-of-30-days = 最近 30 天的呼叫次數：{ $count }
no-uses = 沒有呼叫
keys-at-a-glance = 金鑰概覽
filters-chosen = 篩選條件
remove-filter = 取消篩選：{ $filter }
any-status = 所有狀態
any-mode = 所有模式
sort-by-column = 依「{ $column }」排序
filter-search = 搜尋：{ $text }
filter-external-id = 外部識別碼：{ $id }
filter-never-used = 從未使用
filter-used = 曾經使用過
filter-idle = 閒置 { $days } 天以上
filter-denied = 最近 { $days } 天曾被拒絕
filter-never-expires = 永不到期
filter-expires = 有到期時間
filter-expiring = { $days } 天內到期
filter-no-scopes = 沒有權限
filter-scopes = 有權限
filter-unused-scopes = 有未使用的權限
filter-no-unused-scopes = 所有權限都使用過

## The page: several keys at once

select = 選取
select-key = 選取 { $name }
selected-keys = 已選取的金鑰
bulk-disable = 停用…
bulk-expire = 設定到期時間…
disable-several = 停用多把金鑰
expire-several = 為多把金鑰設定到期時間
disable-several-lead = 尚未變更任何內容。以下金鑰的所有呼叫都會被拒絕，直到重新啟用：
expire-several-lead = 尚未變更任何內容。無論目前如何設定，以下金鑰將使用同一到期時間：
disable-them = 停用這些金鑰
expire-them = 使用此到期時間
several-done = 已變更的金鑰數：{ $count }
several-failed = 以下金鑰未變更：

## The page: a secret in the search

secret-in-search = 您搜尋的是密鑰值
secret-of-key = 它屬於以下金鑰：
secret-of-no-key = 此工作區沒有金鑰使用該密鑰值。
secret-not-kept = 它沒有寫入網址，也不會被保存。
secret-in-address = 它曾出現在此頁面的網址中，瀏覽器紀錄和伺服器日誌裡可能已有它。如果有程式在使用，請立即輪替。

## The page: what a key has

field-name = 名稱
field-description = 說明（選填）
field-external-id = 外部識別碼
field-metadata = 中繼資料
field-mode = 模式
field-status = 狀態
field-scopes = 權限
field-ip = 允許的位址
field-expires = 到期時間
field-limits = 限額
field-secret = 密鑰值
field-old-secret = 舊密鑰值
last-used = 上次使用
created-at = 建立時間
key-id = 金鑰 ID
any-address = 任何位址
status-active = 使用中
status-disabled = 已停用
status-expired = 已到期
status-deleted = 已刪除
has-expired = 此金鑰已到期：在設定新的到期時間之前，所有呼叫都會被拒絕。
secret-too-old = 此金鑰的密鑰值已超過工作區允許的使用期限。在輪替密鑰值之前，所有呼叫都會被拒絕。
expires-within-a-day = 此金鑰將在一天內到期。
expires-very-soon = 此金鑰將在 { $days } 天後到期：請立即安排更換。
expires-soon = 此金鑰將在 { $days } 天後到期。

## The page: the form

form-has-problems = 尚未儲存。請更正標記的欄位；您填寫的內容都還在。
what-for = 用途
preset-read = 唯讀
preset-everything = 全部權限
preset-nothing = 清除
find-resource = 尋找資源
add-description = 新增說明
summary-of-key = 摘要
summary-scopes = 它對 { $all } 種資源中的 { $some } 種擁有權限。
summary-expires = 到期時間：
summary-never-expires = 它永不到期。
ip-private = { $rule } 是內部網路位址：網際網路上的呼叫不會來自該位址。
name-help = 方便日後辨識：哪個程式、哪個環境。
description-help = 一行文字：金鑰的用途、聯絡人等。
mode-live = LIVE：用於正式環境
permission-read = 讀取
permission-write = 寫入
mode-test = TEST：用於測試
mode-test-refused = 只有 PARTNER 入口網站可以建立 TEST 金鑰。
scopes-help = 金鑰一開始沒有任何權限。只授予程式所需的權限。
level-none = 無權限
level-read = 讀取
level-write = 讀取和寫入
level-only-write = 僅寫入
key-can = 此金鑰可以：
can-nothing = 沒有任何權限
can-nothing-yet = 此金鑰目前什麼都不能做，所有呼叫都會被拒絕。
ip-label = 位址和網段，每行一個
ip-help = 例如 203.0.113.7 或 192.168.1.0/24。留空則允許所有位址。
add-my-address = 加入我的位址
ip-open = 將接受來自任何位址的呼叫。
ip-closed = 只接受來自清單中 { $count } 個位址的呼叫，其他來源都會被拒絕。
ip-own-inside = 您的位址 { $address } 在其中。
ip-own-outside = 您的位址 { $address } 不在其中。
expires-never = 永不到期
expires-in-30-days = 30 天後
expires-in-90-days = 90 天後
expires-in-a-year = 一年後
expires-in-days = { $days } 天後
expires-on = 在指定日期結束時
expires-on-day = 日期（UTC）
expires-as-now = 維持不變：
expiry-default = 若未另行選擇，新金鑰會在 { $days } 天後到期。
expiry-latest = 到期時間最晚為 { $latest }。
expiry-latest-of-key = 到期時間最晚為 { $latest }。輪替密鑰值後可以設定更晚的時間。

## The page: a secret, shown once

key-created = API 金鑰已建立
key-rotated = 新的密鑰值已產生
reveal-lead = 請立即儲存密鑰值：它只顯示這一次。之後任何人都無法再檢視，包括我們。
secret = API 金鑰（密鑰值）
secret-spoken = API 金鑰，結尾為 { $hint }
copy-secret = 複製
copy-curl = 複製指令
copied = 已複製。
copied-next = 已複製。請存放到程式讀取的位置，然後確認已儲存。
test-the-key = 試試看
waiting-for-use = 請用它發出一次呼叫，正在等待首次使用……
first-used = 可以使用了。使用時間：
copy-refused = 瀏覽器不允許複製。文字已選取：請按 Ctrl+C 或 ⌘C。
download-env = 下載 .env 檔
downloaded = 已下載。
curl-help = 請在 URL 結尾加上要呼叫的路徑。
i-have-saved-it = 我已儲存
done = 完成
shown-already = 此密鑰值已顯示過
shown-already-lead = 密鑰值只顯示一次，系統僅保存其雜湊。如果沒有儲存，請輪替密鑰值：金鑰會取得新的密鑰值，其餘維持不變。
to-key = 檢視金鑰

## The page: the parts of a key

tab-overview = 總覽
tab-activity = 使用狀況
tab-history = 變更紀錄
tab-use = 使用方式
parts-of-key = 金鑰的各個部分
actions-of-key = 動作
permissions-of-key = 各資源的權限
resource = 資源
other-actions = 其他
allowed = 允許
not-allowed = 不允許
last-used-on = 最近使用
lifetime-and-addresses = 使用範圍與期限
limits-of-key = 限額
limit-use = 已使用 { $used }，上限為 { $max }
limit-of-workspace = 由工作區的所有金鑰共用
limit-rule = { $window }內最多 { $max }
window-seconds = { $count } 秒鐘
window-minutes = { $count } 分鐘
window-hours = { $count } 小時
window-days = { $count } 日
window-calendar-day = 每個日曆日（UTC）
window-calendar-month = 每個日曆月（UTC）
secret-current = 目前密鑰值
secret-previous = 舊密鑰值
secret-made = 產生時間
secret-ends = 失效時間
copy-id = 複製 ID
by-hour = 最近 24 小時
by-day = 最近 30 天
period = 時間範圍
calls-allowed = 允許的呼叫
calls-denied = 遭拒的呼叫
addresses-of-calls = 來源位址數（約）
chart-of-calls = 允許的呼叫：{ $allowed }；遭拒的呼叫：{ $denied }。
as-a-table = 以表格顯示
time = 時間
no-calls = 此期間沒有呼叫。
denials = 拒絕原因
no-denials = 此期間沒有呼叫遭到拒絕。
reason = 原因
number-of-calls = 次數
last-time = 最近一次
from-where = 來源位址
add-address = 允許 { $address }
denial-disabled = 金鑰已停用
denial-expired = 金鑰已到期
denial-wrong-mode = 金鑰模式不符
denial-ip-not-allowed = 來源位址不在允許範圍
denial-no-scopes = 金鑰沒有任何權限
denial-insufficient-scope = 缺少所需權限
denial-rate-limited = 已達到限額
denial-quota-exceeded = 配額已用盡
denial-cost-above-limit = 單次消耗超過限額
alarm-wrong-address = 有人在允許範圍以外的位址使用此金鑰。7 天內遭拒的呼叫：{ $count }。
alarm-still-called = 金鑰已停用或到期，但仍有程式在呼叫。7 天內遭拒的呼叫：{ $count }。
alarm-many-denials = 此金鑰曾在一小時內有大量呼叫遭到拒絕。此類時段內遭拒的呼叫：{ $count }。
alarm-quota-near = 配額 { $limit } 即將用盡。
alarm-quota-reached = 配額 { $limit } 已用盡：在下一個週期開始之前，呼叫都會被拒絕。
see-activity = 檢視使用狀況
use-lead = 請勿把密鑰值寫進程式碼，可存放在環境變數（例如 API_KEY）中。
copy-code = 複製程式碼

## The page: one key

edit-key = 編輯
rotate-key = 輪替密鑰值
enable-key = 啟用
disable-key = 停用
delete-key = 刪除
secrets = 密鑰值
overlap-title = 輪替進行中
old-secret-ends = 舊密鑰值失效時間：
end-old-secret = 立即讓舊密鑰值失效
operator = 維運人員
service = 服務 { $name }
event-created = 已建立
event-updated = 已變更
event-disabled = 已停用
event-enabled = 已啟用
event-rotated = 已輪替
event-overlap-ended = 舊密鑰值已失效
event-deleted = 已刪除
event-found-at = 發現密鑰值的位置：{ $places }
done-saved = 變更已儲存。
done-disabled = 金鑰已停用。
done-enabled = 金鑰已啟用。
done-overlap-ended = 舊密鑰值已失效。
done-deleted = 金鑰已刪除。
known-everywhere = 所有伺服器皆已生效。
known-within-a-second = 部分伺服器可能需要一秒鐘生效。

## The page: changing a key

review-changes = 檢查變更
review-lead = 尚未儲存。以下內容將變更：
changes = 變更內容
field = 欄位
before = 變更前
after = 變更後
save-changes = 儲存變更
back-to-form = 返回表單
nothing-changed = 與已儲存的內容沒有差別。
changed-meanwhile = 此金鑰已被他人變更
conflict-lead = 您的變更尚未儲存。請比較兩個版本後決定。
their-version = 目前版本
your-version = 您的版本
save-yours = 儲存您的版本
rotate-lead = 金鑰將取得新的密鑰值，僅顯示一次。名稱、權限、位址和到期時間維持不變。在所有程式換用新的密鑰值之前，請讓舊密鑰值保持有效。
secret-last-used = 金鑰上次使用：
rotate-ends-old = 已有輪替進行中。以下密鑰值將立即失效：
overlap-question = 舊密鑰值保留多久？
overlap-none = 不保留：立即失效
overlap-hour = 一小時
overlap-day = 一天
overlap-three-days = 三天
overlap-week = 一週
delete-lead = 刪除無法復原：此後使用該金鑰的程式都會被拒絕。
disable-instead = 如果不確定，請先停用：停用可以復原。
type-name = 此金鑰在過去 7 天內使用過。請輸入其名稱以刪除：
name-differs = 名稱不符；未刪除任何內容。
delete-for-good = 永久刪除

## The page: trying a key

try-lead = 像閘道一樣檢查：持有此密鑰值的程式能否從該位址發出此呼叫？測試不會儲存任何內容，也不計入使用次數。
from-address = 呼叫來源位址
for-scope = 所需權限
no-scope-asked = 不指定
try-it = 測試
passes = 通過
fails = 未通過
check-secret = 密鑰值屬於某把金鑰
check-enabled = 金鑰已啟用
check-not-expired = 金鑰未到期
check-mode = 模式符合
check-address = 位址在允許範圍內
check-scopes = 權限足夠
check-limits = 未達到任何限額
decision-valid = 允許
decision-malformed = 拒絕：這不是 Keyward 的密鑰值，或輸入有誤
decision-unknown = 拒絕：此工作區沒有金鑰使用該密鑰值
decision-disabled = 拒絕：金鑰已停用
decision-expired = 拒絕：金鑰已到期
decision-wrong-mode = 拒絕：金鑰模式不符
decision-ip-not-allowed = 拒絕：不允許從此位址呼叫
decision-no-scopes = 拒絕：金鑰沒有任何權限
decision-insufficient-scope = 拒絕：金鑰缺少權限 { $scopes }
decision-rate-limited = 拒絕：已達到限額 { $limit }
decision-quota-exceeded = 拒絕：配額 { $limit } 已用盡
decision-cost-above-limit = 拒絕：此呼叫的消耗超過限額 { $limit }

## The page: the settings of a workspace

settings-lead = 以下規則由平台的維運人員設定，對此工作區的所有金鑰生效。
keys-of-max = 已有 { $count } 把金鑰，上限為 { $max } 把
lifetime-title = 金鑰的有效期
lifetime-default = 新金鑰的預設有效期
lifetime-of-days = { $days } 日
lifetime-must-be-chosen = 必須選擇到期時間
lifetime-max = 密鑰值的最長使用期限
lifetime-unlimited = 沒有限制
lifetime-endless = 永不到期的金鑰
lifetime-existing = 密鑰值已超過期限的金鑰
lifetime-reported = 繼續有效
lifetime-refused = 在輪替密鑰值之前，所有呼叫都會被拒絕
leaks-title = 外洩的密鑰值
leaks-lead = 當 GitHub 或掃描工具回報發現了金鑰的密鑰值時：
leaks-notify = 金鑰繼續有效，並向您的程式傳送事件。請立即輪替密鑰值。
leaks-disable = 金鑰立即停用。
leaks-expire = 金鑰會在 { $hours } 小時後到期，除非它更早到期。
leaks-holder = 持有密鑰值的人可以隨時讓它失效，無需登入。
plan-title = 方案
no-plan = 此工作區沒有方案。金鑰只受本身限額的約束。
limits-of-each-key = 每把金鑰的限額
limits-of-all-keys = 所有金鑰共用的限額
no-limits = 方案沒有此類限額。

## The page: webhooks

webhooks = Webhook
webhooks-lead = 此工作區的金鑰事件會傳送到以下 URL。每則訊息都附有簽章。
no-webhooks = 尚無 Webhook。
webhook-url = 接收端 URL
webhook-url-help = 以 https 開頭的 URL，不含使用者名稱與密碼。
event-types = 事件類型
event-types-help = 選擇要傳送的事件。不選則傳送全部。
all-event-types = 全部
not-as-caep = 不支援 CAEP
encoding = 格式
encoding-keyward = KEYWARD：JSON，與事件 API 相同
encoding-caep = CAEP：安全事件權杖，僅限金鑰的變更
add-webhook = 新增 Webhook
webhook-added = Webhook 已新增
webhook-rotated = 新的簽章金鑰已產生
webhook-secret-lead = 請立即儲存密鑰值：它只顯示這一次。接收端用它或公開金鑰來驗證簽章。
webhook-shown-already-lead = 密鑰值只顯示一次。如果沒有儲存，請更換簽章金鑰：其餘維持不變。
to-webhook = 檢視此 Webhook
webhook-id = 此 Webhook 的 ID
webhook-settings = 設定
public-key = 公開金鑰
old-keys-until = 舊簽章金鑰同時使用至
failing-since = 持續失敗，始於
disabled-since = 停用時間
disabled-failing = 連續五天沒有任何事件送達。
disabled-gone = 接收端回應了 410：它不再接收事件。
enable-then-send-again = 啟用之前不會傳送任何內容。啟用後請重新傳送錯過的事件。
send-test-message = 傳送測試訊息
test-message = 測試訊息
give-new-keys = 更換簽章金鑰
give-new-keys-help = 更換簽章金鑰會產生新的密鑰值，只顯示一次。之後 24 小時內，訊息也會用舊簽章金鑰簽章。
remove-webhook = 移除
remove-webhook-lead = 將不再向此 URL 傳送任何內容，其傳送紀錄也會一併移除。此操作無法復原。
remove-for-good = 永久移除
done-webhook-enabled = Webhook 已啟用。
done-webhook-removed = 這個 Webhook 已移除。
answered = 回應狀態碼 { $status }
beginning-of-answer = 回應的開頭部分
failure-address-refused = 不允許向此 URL 指向的位址傳送
failure-host-unknown = 找不到主機的位址
failure-not-connected = 未能建立連線，或連線中斷
failure-not-secure = 連線不安全：憑證可能對該主機無效
failure-timed-out = 未在規定時間內回應
failure-unreadable = 事件無法讀取或傳送
deliveries = 傳送紀錄
no-deliveries = 這裡沒有傳送紀錄。
event = 事件
sequence = 序號
delivery-pending = 等待中
delivery-delivered = 已送達
delivery-failed = 失敗
attempts = 嘗試次數
last-attempt = 上次嘗試
next-attempt = 下次嘗試
latest-deliveries = 最新傳送紀錄
older-deliveries = 較舊的傳送紀錄
send-again = 重新傳送
send-again-from = 從此序號起重新傳送
send-again-help = 工作區中從此序號起、此 Webhook 會接收的所有事件，都會像新事件一樣傳送。事件保留 90 天。
sequence-invalid = 請輸入從 1 開始的整數
sent-again = 重新傳送的事件數：{ $count }
