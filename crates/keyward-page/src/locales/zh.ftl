# Keyward 的简体中文文案。各语言文件的条目与顺序一致。

## The page: every page

skip-to-content = 跳到正文
navigation = 主导航
back-to = 返回 { $name }
api-keys = API 密钥
try-key = 测试密钥
settings = 设置
language = 语言
choose = 切换
sign-out = 退出登录
read-only-role = 您可以查看并停用此工作空间的密钥。其他更改请联系所有者。
check-failed = 暂时无法检查。您仍然可以提交表单。
cancel = 取消
never = 从未
nothing = 无
pages = 分页
previous-page = 上一页
next-page = 下一页
back-to-keys = 返回 API 密钥列表
request-number = 如需帮助，请提供此请求 ID：

## The page: signing in

sign-in = 登录
sign-in-lead = 请使用平台提供的访问令牌登录。令牌保存在任何脚本都无法读取的 Cookie 中，直到您退出登录或令牌过期。
workspace = 工作空间 ID
token = 访问令牌
token-help = JWT：由点分隔的三个部分。
client-hash = 客户端哈希（选填）
client-hash-help = 仅用于绑定到某一设备的令牌。
workspace-missing = 请填写要管理其密钥的工作空间 ID
token-refused = 此令牌未被接受：它可能已过期，或属于其他设备
token-too-long = 此令牌过长，浏览器无法保存
signed-in = 您已登录
continue-to-keys = 前往 API 密钥列表
session-ended = 会话已结束，请重新登录。
input-kept = 您填写的内容已保留，登录后会恢复。
continue-with-form = 继续填写表单
link-used = 此链接已被使用或无效。请重新启动 keyward dev 获取新链接，或使用它显示的令牌登录。

## The page: what went wrong

foreign-form = 此表单不属于您的会话；请重新打开页面并再次填写
not-owner-advice = 请联系工作空间所有者，或检查网址中的工作空间 ID。
not-found-advice = 它可能已被删除。其历史仍保留在审计记录中。
wrong-state-advice = 请重新打开该密钥查看当前状态。已过期的密钥需先设置新的到期时间。
limit-reached-advice = 请删除不再使用的密钥，或申请提高上限。
unavailable-advice = 无法确定更改是否已生效。请稍候，查看密钥列表后再试。
signed-out-here-alone-advice = 此浏览器已退出登录，但服务器未能结束会话。令牌的副本在到期之前仍然有效。

## The page: the list

create-key = 创建 API 密钥
create-first-key = 创建第一个密钥
empty-title = 还没有 API 密钥
empty-lead = API 密钥让您的程序可以调用 API。创建一个密钥，将其私密值保存在程序配置中，并在每次调用时发送：
search = 按名称或 ID 搜索
sort-by = 排序方式
sort-newest = 最新创建
sort-oldest = 最早创建
sort-name = 名称升序
sort-name-backwards = 名称降序
sort-last-used = 最近使用
sort-long-unused = 最久未用
sort-expiry = 最先到期
sort-latest-expiry = 最晚到期
show = 显示
none-fits = 没有符合条件的密钥。
show-all = 显示所有密钥
key-range = 第 { $first }–{ $last } 个，共 { $total } 个密钥
column-key = 密钥
column-addresses = 允许来源
column-uses = 最近 30 天
anywhere = 任意来源
and-more = 另有 { $count } 项
uses-of-30-days = 最近 30 天的调用次数：{ $count }
no-uses = 无调用
keys-at-a-glance = 密钥概览
filters-chosen = 筛选条件
remove-filter = 取消筛选：{ $filter }
any-status = 所有状态
any-mode = 所有模式
sort-by-column = 按“{ $column }”排序
filter-search = 搜索：{ $text }
filter-external-id = 外部 ID 为 { $id }
filter-never-used = 从未使用
filter-used = 曾经使用过
filter-idle = 闲置 { $days } 天以上
filter-denied = 最近 { $days } 天被拒绝过
filter-never-expires = 永不过期
filter-expires = 有到期时间
filter-expiring = { $days } 天内到期
filter-no-scopes = 没有权限
filter-scopes = 有权限
filter-unused-scopes = 有未使用的权限
filter-no-unused-scopes = 所有权限都使用过

## The page: several keys at once

select = 选择
select-key = 选择 { $name }
selected-keys = 已选择的密钥
bulk-disable = 停用…
bulk-expire = 设置到期时间…
disable-several = 停用多个密钥
expire-several = 为多个密钥设置到期时间
disable-several-lead = 尚未更改任何内容。以下密钥的所有调用都会被拒绝，直到重新启用：
expire-several-lead = 尚未更改任何内容。无论现在如何设置，以下密钥将使用同一到期时间：
disable-them = 停用这些密钥
expire-them = 使用此到期时间
several-done = 已更改的密钥数：{ $count }
several-failed = 以下密钥未更改：

## The page: a secret in the search

secret-in-search = 您搜索的是私密值
secret-of-key = 它属于以下密钥：
secret-of-no-key = 此工作空间没有密钥使用该私密值。
secret-not-kept = 它没有写入网址，也不会被保存。
secret-in-address = 它曾出现在此页面的网址中，浏览器历史记录和服务器日志里可能已有它。如果有程序在使用，请立即轮换。

## The page: what a key has

field-name = 名称
field-description = 说明（选填）
field-external-id = 外部 ID
field-metadata = 元数据
field-mode = 模式
field-status = 状态
field-scopes = 权限
field-ip = 允许的地址
field-expires = 到期时间
field-limits = 限额
field-secret = 私密值
field-old-secret = 旧私密值
last-used = 上次使用
created-at = 创建时间
key-id = 密钥 ID
any-address = 任意地址
status-active = 有效
status-disabled = 已停用
status-expired = 已过期
status-deleted = 已删除
has-expired = 此密钥已过期：在设置新的到期时间之前，所有调用都会被拒绝。
secret-too-old = 此密钥的私密值已超过工作空间允许的使用期限。在轮换私密值之前，所有调用都会被拒绝。
expires-within-a-day = 此密钥将在一天内到期。
expires-very-soon = 此密钥将在 { $days } 天后到期：请立即安排更换。
expires-soon = 此密钥将在 { $days } 天后到期。

## The page: the form

form-has-problems = 尚未保存。请更正标记的字段；您填写的内容都还在。
what-for = 用途
preset-read = 只读
preset-everything = 全部权限
preset-nothing = 清空
find-resource = 查找资源
add-description = 添加说明
summary-of-key = 概述
summary-scopes = 它对 { $all } 种资源中的 { $some } 种拥有权限。
summary-expires = 到期时间：
summary-never-expires = 它永不过期。
ip-private = { $rule } 是内网地址：互联网上的调用不会来自该地址。
name-help = 便于日后辨认：哪个程序、哪个环境。
description-help = 一行文字：密钥的用途、联系人等。
mode-live = LIVE：用于正式环境
permission-read = 读取
permission-write = 写入
mode-test = TEST：用于测试
mode-test-refused = 只有 PARTNER 门户可以创建 TEST 密钥。
scopes-help = 密钥初始没有任何权限。只授予程序所需的权限。
level-none = 无权限
level-read = 读取
level-write = 读取和写入
level-only-write = 仅写入
key-can = 此密钥可以：
can-nothing = 无任何权限
can-nothing-yet = 此密钥目前什么都不能做，所有调用都会被拒绝。
ip-label = 地址和网段，每行一个
ip-help = 例如 203.0.113.7 或 192.168.1.0/24。留空则允许所有地址。
add-my-address = 添加我的地址
ip-open = 将接受来自任何地址的调用。
ip-closed = 只接受来自列表中 { $count } 个地址的调用，其他来源都会被拒绝。
ip-own-inside = 您的地址 { $address } 在其中。
ip-own-outside = 您的地址 { $address } 不在其中。
expires-never = 永不过期
expires-in-30-days = 30 天后
expires-in-90-days = 90 天后
expires-in-a-year = 一年后
expires-in-days = { $days } 天后
expires-on = 在指定日期结束时
expires-on-day = 日期（UTC）
expires-as-now = 保持不变：
expiry-default = 如果不另行选择，新密钥将在 { $days } 天后到期。
expiry-latest = 到期时间最晚为 { $latest }。
expiry-latest-of-key = 到期时间最晚为 { $latest }。轮换私密值后可以设置更晚的时间。

## The page: a secret, shown once

key-created = API 密钥已创建
key-rotated = 新的私密值已生成
reveal-lead = 请立即保存私密值：它只显示这一次。之后任何人都无法再查看，包括我们。
secret = API 密钥（私密值）
secret-spoken = API 密钥，末尾为 { $hint }
copy-secret = 复制
copy-curl = 复制命令
copied = 已复制。
copied-next = 已复制。请存放到程序读取的位置，然后确认已保存。
test-the-key = 试一试
waiting-for-use = 请用它发起一次调用，正在等待首次使用……
first-used = 可以使用了。使用时间：
copy-refused = 浏览器不允许复制。文本已选中：请按 Ctrl+C 或 ⌘C。
download-env = 下载 .env 文件
downloaded = 已下载。
curl-help = 请在 URL 末尾加上要调用的路径。
i-have-saved-it = 我已保存
done = 完成
shown-already = 此私密值已显示过
shown-already-lead = 私密值只显示一次，系统仅保存其哈希。如果没有保存，请轮换私密值：密钥会获得新的私密值，其余保持不变。
to-key = 查看密钥

## The page: the parts of a key

tab-overview = 概览
tab-activity = 调用情况
tab-history = 变更记录
tab-use = 使用方法
parts-of-key = 密钥的各个部分
actions-of-key = 操作
permissions-of-key = 各资源的权限
resource = 资源
other-actions = 其他
allowed = 允许
not-allowed = 不允许
last-used-on = 最近使用
lifetime-and-addresses = 使用范围与期限
limits-of-key = 限额
limit-use = 已用 { $used }，上限为 { $max }
limit-of-workspace = 由工作空间的所有密钥共用
limit-rule = { $window }内最多 { $max }
window-seconds = { $count } 秒钟
window-minutes = { $count } 分钟
window-hours = { $count } 小时
window-days = { $count } 天
window-calendar-day = 每个自然日（UTC）
window-calendar-month = 每个自然月（UTC）
secret-current = 当前私密值
secret-previous = 旧私密值
secret-made = 生成时间
secret-ends = 失效时间
copy-id = 复制 ID
by-hour = 最近 24 小时
by-day = 最近 30 天
period = 时间范围
calls-allowed = 允许的调用
calls-denied = 被拒绝的调用
addresses-of-calls = 来源地址数（约）
chart-of-calls = 允许的调用：{ $allowed }；被拒绝的调用：{ $denied }。
as-a-table = 以表格显示
time = 时间
no-calls = 此期间没有调用。
denials = 拒绝原因
no-denials = 此期间没有调用被拒绝。
reason = 原因
number-of-calls = 次数
last-time = 最近一次
from-where = 来源
add-address = 允许 { $address }
denial-disabled = 密钥已停用
denial-expired = 密钥已过期
denial-wrong-mode = 密钥模式不符
denial-ip-not-allowed = 来源地址不在允许范围
denial-no-scopes = 密钥没有任何权限
denial-insufficient-scope = 缺少所需权限
denial-rate-limited = 已达到限额
denial-quota-exceeded = 配额已用完
denial-cost-above-limit = 单次消耗超过限额
alarm-wrong-address = 有人在允许范围之外的地址使用此密钥。7 天内被拒绝的调用：{ $count }。
alarm-still-called = 密钥已停用或过期，但仍有程序在调用。7 天内被拒绝的调用：{ $count }。
alarm-many-denials = 此密钥曾在一小时内有大量调用被拒绝。此类时段内被拒绝的调用：{ $count }。
alarm-quota-near = 配额 { $limit } 即将用完。
alarm-quota-reached = 配额 { $limit } 已用完：在下一周期开始之前，调用都会被拒绝。
see-activity = 查看调用情况
use-lead = 请勿把私密值写进代码，可存放在环境变量（例如 API_KEY）中。
copy-code = 复制代码

## The page: one key

edit-key = 编辑
rotate-key = 轮换私密值
enable-key = 启用
disable-key = 停用
delete-key = 删除
secrets = 私密值
overlap-title = 正在轮换
old-secret-ends = 旧私密值失效时间：
end-old-secret = 立即使旧私密值失效
operator = 运维人员
service = 服务 { $name }
event-created = 已创建
event-updated = 已修改
event-disabled = 已停用
event-enabled = 已启用
event-rotated = 已轮换
event-overlap-ended = 旧私密值已失效
event-deleted = 已删除
event-found-at = 发现私密值的位置：{ $places }
done-saved = 更改已保存。
done-disabled = 密钥已停用。
done-enabled = 密钥已启用。
done-overlap-ended = 旧私密值已失效。
done-deleted = 密钥已删除。
known-everywhere = 所有服务器均已生效。
known-within-a-second = 部分服务器可能需要一秒钟生效。

## The page: changing a key

review-changes = 检查更改
review-lead = 尚未保存。以下内容将更改：
changes = 更改内容
field = 字段
before = 更改前
after = 更改后
save-changes = 保存更改
back-to-form = 返回表单
nothing-changed = 与已保存的内容没有区别。
changed-meanwhile = 此密钥已被他人更改
conflict-lead = 您的更改尚未保存。请比较两个版本后决定。
their-version = 当前版本
your-version = 您的版本
save-yours = 保存您的版本
rotate-lead = 密钥将获得新的私密值，仅显示一次。名称、权限、地址和到期时间保持不变。在所有程序换用新的私密值之前，请让旧私密值保持有效。
secret-last-used = 密钥上次使用：
rotate-ends-old = 已有轮换正在进行。以下私密值将立即失效：
overlap-question = 旧私密值保留多久？
overlap-none = 不保留：立即失效
overlap-hour = 一小时
overlap-day = 一天
overlap-three-days = 三天
overlap-week = 一周
delete-lead = 删除不可恢复：此后使用该密钥的程序都会被拒绝。
disable-instead = 如果不确定，请先停用：停用可以恢复。
type-name = 此密钥在过去 7 天内使用过。请输入其名称以删除：
name-differs = 名称不符；未删除任何内容。
delete-for-good = 永久删除

## The page: trying a key

try-lead = 像网关一样检查：持有此私密值的程序能否从该地址发起此调用？测试不会保存任何内容，也不计入使用次数。
from-address = 调用来源地址
for-scope = 所需权限
no-scope-asked = 不指定
try-it = 测试
passes = 通过
fails = 未通过
check-secret = 私密值属于某个密钥
check-enabled = 密钥已启用
check-not-expired = 密钥未过期
check-mode = 模式相符
check-address = 地址在允许范围内
check-scopes = 权限足够
check-limits = 未达到任何限额
decision-valid = 允许
decision-malformed = 拒绝：这不是 Keyward 的私密值，或输入有误
decision-unknown = 拒绝：此工作空间没有密钥使用该私密值
decision-disabled = 拒绝：密钥已停用
decision-expired = 拒绝：密钥已过期
decision-wrong-mode = 拒绝：密钥模式不符
decision-ip-not-allowed = 拒绝：不允许从此地址调用
decision-no-scopes = 拒绝：密钥没有任何权限
decision-insufficient-scope = 拒绝：密钥缺少权限 { $scopes }
decision-rate-limited = 拒绝：已达到限额 { $limit }
decision-quota-exceeded = 拒绝：配额 { $limit } 已用完
decision-cost-above-limit = 拒绝：此调用的消耗超过限额 { $limit }

## The page: the settings of a workspace

settings-lead = 以下规则由平台的运维人员设定，对此工作空间的所有密钥生效。
keys-of-max = 已有 { $count } 个密钥，上限为 { $max } 个
lifetime-title = 密钥的有效期
lifetime-default = 新密钥的默认有效期
lifetime-of-days = { $days } 天
lifetime-must-be-chosen = 必须选择到期时间
lifetime-max = 私密值的最长使用期限
lifetime-unlimited = 不限
lifetime-endless = 永不过期的密钥
lifetime-existing = 私密值已超过期限的密钥
lifetime-reported = 继续有效
lifetime-refused = 在轮换私密值之前，所有调用都会被拒绝
leaks-title = 泄露的私密值
leaks-lead = 当 GitHub 或扫描工具报告发现了密钥的私密值时：
leaks-notify = 密钥继续有效，并向您的程序发送事件。请立即轮换私密值。
leaks-disable = 密钥立即停用。
leaks-expire = 密钥在 { $hours } 小时后到期，除非它更早到期。
leaks-holder = 持有私密值的人可以随时使其失效，无需登录。
plan-title = 套餐
no-plan = 此工作空间没有套餐。密钥只受自身限额的约束。
limits-of-each-key = 每个密钥的限额
limits-of-all-keys = 所有密钥共用的限额
no-limits = 套餐没有此类限额。

## The page: webhooks

webhooks = Webhook
webhooks-lead = 此工作空间的密钥事件会发送到以下 URL。每条消息都带有签名。
no-webhooks = 还没有 Webhook。
webhook-url = 接收方 URL
webhook-url-help = 以 https 开头的 URL，不含用户名和密码。
event-types = 事件类型
event-types-help = 选择要发送的事件。不选则发送全部。
all-event-types = 全部
not-as-caep = 不支持 CAEP
encoding = 格式
encoding-keyward = KEYWARD：JSON，与事件 API 相同
encoding-caep = CAEP：安全事件令牌，仅限密钥的变更
add-webhook = 添加 Webhook
webhook-added = Webhook 已添加
webhook-rotated = 新的签名密钥已生成
webhook-secret-lead = 请立即保存私密值：它只显示这一次。接收方用它或公钥来验证签名。
webhook-shown-already-lead = 私密值只显示一次。如果没有保存，请更换签名密钥：其余保持不变。
to-webhook = 查看此 Webhook
webhook-id = Webhook 的 ID
webhook-settings = 设置
public-key = 公钥
old-keys-until = 旧签名密钥同时使用至
failing-since = 持续失败，始于
disabled-since = 停用时间
disabled-failing = 连续五天没有任何事件送达。
disabled-gone = 接收方返回了 410：它不再接收事件。
enable-then-send-again = 启用之前不会发送任何内容。启用后请重新发送错过的事件。
send-test-message = 发送测试消息
test-message = 测试消息
give-new-keys = 更换签名密钥
give-new-keys-help = 更换签名密钥会生成新的私密值，只显示一次。之后 24 小时内，消息也会用旧签名密钥签名。
remove-webhook = 移除
remove-webhook-lead = 将不再向此 URL 发送任何内容，其投递记录也会一并移除。此操作无法撤销。
remove-for-good = 永久移除
done-webhook-enabled = Webhook 已启用。
done-webhook-removed = 此 Webhook 已移除。
answered = 返回状态码 { $status }
beginning-of-answer = 响应的开头部分
failure-address-refused = 不允许向此 URL 指向的地址发送
failure-host-unknown = 找不到主机的地址
failure-not-connected = 未能建立连接，或连接中断
failure-not-secure = 连接不安全：证书可能对该主机无效
failure-timed-out = 未在规定时间内响应
failure-unreadable = 事件无法读取或发送
deliveries = 投递记录
no-deliveries = 这里没有投递记录。
event = 事件
sequence = 序号
delivery-pending = 等待中
delivery-delivered = 已送达
delivery-failed = 失败
attempts = 尝试次数
last-attempt = 上次尝试
next-attempt = 下次尝试
latest-deliveries = 最新投递记录
older-deliveries = 更早的投递记录
send-again = 重新发送
send-again-from = 从此序号起重新发送
send-again-help = 工作空间中从此序号起、此 Webhook 会接收的所有事件，都会像新事件一样发送。事件保留 90 天。
sequence-invalid = 请输入从 1 开始的整数
sent-again = 重新发送的事件数：{ $count }
