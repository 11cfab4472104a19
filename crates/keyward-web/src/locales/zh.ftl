# Keyward 的简体中文文案。各语言文件的条目与顺序一致。


## 约定 §2 的响应码

invalid-request = 请求无效
invalid-token = 令牌无效或已过期
not-owner = 只有工作空间所有者才能管理 API 密钥
test-mode-refused = 只有 PARTNER 门户才能创建 TEST 密钥
api-key-not-found = 未找到该 API 密钥
no-such-resource = 请求的资源不存在
method-not-allowed = 不支持此请求方法
not-acceptable = 无法按请求的格式返回响应
request-timeout = 请求超时
wrong-state = API 密钥的当前状态不允许此操作
already-carried-out = 该请求已经执行过
limit-reached = 该工作空间的 API 密钥数量已达上限
changed-by-someone-else = 该 API 密钥已被他人修改
body-too-large = 请求体过大（上限为 64 KiB）
wrong-content-type = Content-Type 必须为 application/json
idempotency-key-reused = 该 Idempotency-Key 已用于另一个不同的请求
too-many-requests = 请求过于频繁
internal-error = 内部错误
unavailable = 服务暂时不可用

## 请求体中的字段

required = 此字段为必填项
not-text = 必须是字符串
not-list = 必须是字符串数组
too-many = 最多只能有 { $max } 项
unknown-member = 不存在此字段
unknown-member-meant = 不存在此字段，您要填的是否为 { $suggestion }？
repeated-member = 此字段只能出现一次
immutable-member = 此字段不可修改
name-blank = 至少要有一个可见字符
name-too-long = 最多 { $max } 个字符，当前为 { $length } 个
name-forbidden-character = 不能包含字符 { $character }
scope-invalid = 必须是权限范围代码，例如 payment:read，只用小写，最多 64 个字符
scope-unknown = 此权限范围不存在，必须是权限范围目录中已有的代码
mode-invalid = 必须是 1（LIVE）或 2（TEST）
address-invalid = 必须是 IP 地址，例如 203.0.113.7 或 2001:db8::7
ip-malformed = 必须是 IP 地址或 CIDR 网段，例如 192.168.1.100 或 192.168.1.0/24
ip-malformed-meant = 必须是 IP 地址或 CIDR 网段，您要填的是否为 { $suggestion }？
ip-bad-prefix = 前缀长度必须是 1 到 { $bits } 之间的数字
ip-bad-prefix-meant = 前缀长度必须是 1 到 { $bits } 之间的数字，您要填的是否为 { $suggestion }？
ip-every-address = /0 会放行所有地址；如不需要限制，请将列表留空
ip-host-bits = 前缀之后的主机位不为零，您要填的是否为 { $suggestion }？
expiry-malformed = 必须是带 UTC 偏移量的日期时间（RFC 3339），例如 2027-01-31T12:00:00Z
expiry-out-of-range = 年份必须在 1970 到 9999 之间
expiry-not-in-future = 必须是将来的时间
overlap-invalid = 必须是 0 到 { $max } 之间的整数（秒）

## 整个请求体

body-empty = 请求体为空，必须是一个 JSON 对象
body-not-json = 不是有效的 JSON（行:列 { $position }）
body-not-object = 必须是 JSON 对象
nothing-to-change = 至少要给出一个要修改的字段：name、scopes、ipWhitelist 或 expiresAt
questions-invalid = 必须是包含 1 到 { $max } 个问题的数组

## 查询参数

parameter-unknown = 不存在此参数
parameter-repeated = 此参数只能出现一次
parameter-malformed = 必须是经过百分号编码的 UTF-8 文本，且不含控制字符
number-invalid = 必须是 { $min } 到 { $max } 之间的整数
sort-invalid = 必须是 createdAt、name、lastUsedAt 或 expiresAt，后面可以加 ,asc 或 ,desc
status-invalid = 必须是 ACTIVE、DISABLED 或 EXPIRED
flag-invalid = 必须是 true 或 false
mode-name-invalid = 必须是 LIVE 或 TEST
search-invalid = 去掉首尾空格后，必须有 1 到 { $max } 个字符

## 请求头

header-required = 此请求头为必填项
header-repeated = 此请求头只能出现一次
header-invalid = 必须是 1 到 { $max } 个可见 ASCII 字符
header-workspace-mismatch = 必须与路径中的 workspaceId 一致
if-match-malformed = 必须是 * 或实体标签列表，例如 "3"

## The page: every page

page-skip-to-content = 跳到正文
page-navigation = 主导航
page-api-keys = API 密钥
page-try-key = 测试密钥
page-language = 语言
page-choose = 切换
page-sign-out = 退出登录
page-check-failed = 暂时无法检查。您仍然可以提交表单。
page-cancel = 取消
page-never = 从未
page-nothing = 无
page-pages = 分页
page-previous-page = 上一页
page-next-page = 下一页
page-back-to-keys = 返回 API 密钥列表
page-request-number = 如需帮助，请提供此请求编号：

## The page: signing in

page-sign-in = 登录
page-sign-in-lead = 请使用平台提供的访问令牌登录。令牌保存在任何脚本都无法读取的 Cookie 中，直到您退出登录或令牌过期。
page-workspace = 工作区 ID
page-token = 访问令牌
page-token-help = JWT：由点分隔的三个部分。
page-client-hash = 客户端哈希（可选）
page-client-hash-help = 仅用于绑定到某一设备的令牌。
page-workspace-missing = 请填写要管理其密钥的工作区
page-token-refused = 此令牌未被接受：它可能已过期，或属于其他设备
page-token-too-long = 此令牌过长，浏览器无法保存
page-session-ended = 会话已结束。请重新登录；返回上一页后，已填写的内容仍在。
page-link-used = 此链接已被使用或无效。请重新启动 keyward dev 获取新链接，或使用它显示的令牌登录。

## The page: what went wrong

page-foreign-form = 此表单不属于您的会话；请重新打开页面再试
page-not-owner-advice = 请联系工作区所有者，或检查地址中的工作区 ID。
page-not-found-advice = 它可能已被删除。对它的操作记录仍保留在审计记录中。
page-wrong-state-advice = 请重新打开该密钥查看当前状态。已过期的密钥需先设置新的到期时间。
page-limit-reached-advice = 请删除不再使用的密钥，或申请提高上限。
page-unavailable-advice = 未确认有任何更改。请稍候，查看密钥列表后再试。
page-signed-out-here-alone-advice = 此浏览器已退出登录，但服务器未能结束会话：如果有人持有该令牌的副本，它在到期之前仍然有效。

## The page: the list

page-create-key = 创建 API 密钥
page-create-first-key = 创建第一个密钥
page-empty-title = 还没有 API 密钥
page-empty-lead = API 密钥让您的程序可以调用 API。创建一个密钥，将其私密值保存在程序配置中，并在每次调用时发送：
page-search = 按名称或 ID 搜索
page-any = 不限
page-sort-by = 排序方式
page-sort-newest = 最新创建
page-sort-last-used = 最近使用
page-sort-expiry = 最先到期
page-show = 显示
page-key-count = 密钥数：{ $count }
page-none-fits = 没有符合条件的密钥。
page-show-all = 显示所有密钥

## The page: what a key has

page-field-name = 名称
page-field-mode = 模式
page-field-status = 状态
page-field-scopes = 权限
page-field-ip = 允许的地址
page-field-expires = 到期时间
page-field-secret = 私密值
page-field-old-secret = 旧私密值
page-last-used = 上次使用
page-created-at = 创建时间
page-key-id = 密钥 ID
page-any-address = 任意地址
page-status-active = 有效
page-status-disabled = 已停用
page-status-expired = 已过期
page-status-deleted = 已删除
page-has-expired = 此密钥已过期：在设置新的到期时间之前，所有调用都会被拒绝。
page-expires-within-a-day = 此密钥将在一天内到期。
page-expires-very-soon = 此密钥将在 { $days } 天后到期：请立即安排更换。
page-expires-soon = 此密钥将在 { $days } 天后到期。

## The page: the form

page-form-has-problems = 尚未保存。请查看标记的字段；您填写的内容都还在。
page-name-help = 便于日后辨认：哪个程序、哪个环境。
page-mode-live = LIVE：用于正式环境
page-mode-test = TEST：用于测试
page-mode-test-refused = 只有 PARTNER 门户可以创建 TEST 密钥。
page-scopes-help = 密钥初始没有任何权限。只授予程序所需的权限。
page-level-none = 无权限
page-level-read = 读取
page-level-write = 读取和写入
page-level-only-write = 仅写入
page-key-can = 此密钥可以：
page-key-cannot = 此密钥不可以：
page-can-nothing = 无任何权限
page-can-nothing-yet = 此密钥目前什么都不能做，所有调用都会被拒绝。
page-ip-label = 地址和网段，每行一个
page-ip-help = 例如 203.0.113.7 或 192.168.1.0/24。留空则允许所有地址。
page-add-my-address = 添加我的地址
page-ip-open = 将接受来自任何地址的调用。
page-ip-closed = 只接受列出的 { $count } 项的调用；其他来源都会被拒绝。
page-ip-own-inside = 您的地址 { $address } 在其中。
page-ip-own-outside = 您的地址 { $address } 不在其中。
page-expires-never = 永不过期
page-expires-in-30-days = 30 天后
page-expires-in-90-days = 90 天后
page-expires-in-a-year = 一年后
page-expires-on = 在某一天结束时
page-expires-on-day = 日期（UTC）
page-expires-as-now = 保持不变：

## The page: the one sight of a secret

page-key-created = API 密钥已创建
page-key-rotated = 新的私密值已生成
page-reveal-lead = 请立即保存私密值：它只显示这一次。之后任何人都无法再查看，包括我们。
page-secret = API 密钥（私密值）
page-secret-spoken = API 密钥，末尾为 { $hint }
page-copy-secret = 复制
page-copy-curl = 复制命令
page-copied = 已复制。
page-copy-refused = 浏览器不允许复制。文本已选中：请按 Ctrl+C 或 ⌘C。
page-download-env = 下载 .env 文件
page-downloaded = 已下载。
page-use-it = 使用方法
page-curl-help = 请将 api.example.com 替换为要调用的 API 地址。
page-i-have-saved-it = 我已保存
page-done = 完成
page-shown-already = 此私密值已显示过
page-shown-already-lead = 私密值只显示一次，系统仅保存其哈希。如果没有保存，请轮换密钥：它会获得新的私密值，其余保持不变。
page-to-key = 查看密钥

## The page: one key

page-edit-key = 编辑
page-rotate-key = 轮换私密值
page-enable-key = 启用
page-disable-key = 停用
page-delete-key = 删除
page-what-it-may-do = 权限与限制
page-secrets = 私密值列表
page-since = 开始时间
page-until = 结束时间
page-overlap-title = 正在轮换
page-old-secret-ends = 旧私密值失效时间：
page-old-secret-last-used = 旧私密值上次使用：
page-end-old-secret = 立即停用旧私密值
page-history = 历史记录
page-operator = 运维人员
page-event-created = 已创建
page-event-updated = 已修改
page-event-disabled = 已停用
page-event-enabled = 已启用
page-event-rotated = 已轮换
page-event-overlap-ended = 旧私密值已失效
page-event-deleted = 已删除
page-done-saved = 更改已保存。
page-done-disabled = 密钥已停用。
page-done-enabled = 密钥已启用。
page-done-overlap-ended = 旧私密值已失效。
page-done-deleted = 密钥已删除。
page-known-everywhere = 所有服务器均已生效。
page-known-within-a-second = 部分服务器可能需要一秒钟生效。

## The page: changing a key

page-review-changes = 检查更改
page-review-lead = 尚未保存。以下内容将更改：
page-changes = 更改内容
page-field = 字段
page-before = 更改前
page-after = 更改后
page-save-changes = 保存更改
page-back-to-form = 返回表单
page-nothing-changed = 与已保存的内容没有区别。
page-changed-meanwhile = 此密钥已被他人更改
page-conflict-lead = 您的更改尚未保存。请比较两个版本后决定。
page-their-version = 当前版本
page-your-version = 您的版本
page-save-yours = 保存您的版本
page-rotate-lead = 密钥将获得新的私密值，仅显示一次。名称、权限、地址和到期时间保持不变。在所有程序换用新值之前，请保留旧私密值。
page-secret-last-used = 密钥上次使用：
page-rotate-ends-old = 已有轮换正在进行。以下私密值将立即失效：
page-overlap-question = 旧私密值保留多久？
page-overlap-none = 不保留：立即失效
page-overlap-hour = 一小时
page-overlap-day = 一天
page-overlap-three-days = 三天
page-overlap-week = 一周
page-delete-lead = 删除不可恢复：此后使用该密钥的程序都会被拒绝。
page-disable-instead = 如果不确定，请先停用：停用可以恢复。
page-type-name = 此密钥在过去 7 天内使用过。请输入其名称以删除：
page-name-differs = 名称不符；未删除任何内容。
page-delete-for-good = 永久删除

## The page: trying a key

page-try-lead = 像网关一样询问：持有此私密值的调用方可以从该地址执行此操作吗？不会存储任何内容，也不计入使用。
page-from-address = 调用来源地址
page-for-scope = 所需权限
page-no-scope-asked = 不限定
page-try-it = 测试
page-passes = 通过
page-fails = 未通过
page-check-secret = 私密值属于某个密钥
page-check-enabled = 密钥已启用
page-check-not-expired = 密钥未过期
page-check-mode = 模式相符
page-check-address = 地址在允许范围内
page-check-scopes = 权限足够
page-decision-valid = 允许
page-decision-malformed = 拒绝：这不是有效格式的私密值，或输入有误
page-decision-unknown = 拒绝：此工作区没有密钥使用该私密值
page-decision-disabled = 拒绝：密钥已停用
page-decision-expired = 拒绝：密钥已过期
page-decision-wrong-mode = 拒绝：密钥模式不符
page-decision-ip-not-allowed = 拒绝：不允许从此地址调用
page-decision-no-scopes = 拒绝：密钥没有任何权限
page-decision-insufficient-scope = 拒绝：密钥缺少权限 { $scopes }
