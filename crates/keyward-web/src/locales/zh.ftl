# Keyward 的简体中文文案。各语言文件的条目与顺序一致。


## 约定 §2 的响应码

invalid-request = 请求无效
invalid-token = 令牌无效或已过期
invalid-signature = 缺少签名或签名错误
certificate-missing = 需要客户端证书
not-owner = 只有工作空间所有者才能管理 API 密钥
test-mode-refused = 只有 PARTNER 门户才能创建 TEST 密钥
permission-missing = 该令牌没有执行此操作的权限
api-key-not-found = 未找到该 API 密钥
no-such-resource = 请求的资源不存在
workspace-not-found = 未找到该工作空间
member-not-found = 未找到该工作空间的成员
scope-not-found = 未找到该权限范围
plan-not-found = 未找到该方案
webhook-not-found = 未找到该 Webhook
method-not-allowed = 不支持此请求方法
not-acceptable = 无法按请求的格式返回响应
request-timeout = 请求超时
wrong-state = API 密钥的当前状态不允许此操作
already-carried-out = 该请求已经执行过
limit-reached = 该工作空间的 API 密钥数量已达上限
workspace-not-empty = 该工作空间有 API 密钥或历史记录，无法移除
secret-taken = 已有 API 密钥正在使用或曾经使用此私密值
plan-in-use = 有工作空间正在使用此方案，无法移除
too-many-webhooks = 该工作空间的 Webhook 数量已达上限
changed-by-someone-else = 该 API 密钥已被他人修改
body-too-large = 请求体过大（上限为 64 KiB）
batch-too-large = 请求体过大（上限为 512 KiB）
wrong-content-type = Content-Type 必须为 application/json
idempotency-key-reused = 该 Idempotency-Key 已用于另一个不同的请求
too-many-requests = 请求过于频繁
internal-error = 内部错误
unavailable = 服务暂时不可用

## 请求体中的字段

required = 此字段为必填项
not-text = 必须是字符串
not-list = 必须是字符串数组
not-texts = 必须是对象，且每个值都是字符串
too-many = 最多只能有 { $max } 项
unknown-member = 不存在此字段
unknown-member-meant = 不存在此字段，您要填的是否为 { $suggestion }？
repeated-member = 此字段只能出现一次
immutable-member = 此字段不可修改
name-blank = 至少要有一个可见字符
name-too-long = 最多 { $max } 个字符，当前为 { $length } 个
name-forbidden-character = 不能包含字符 { $character }
scope-invalid = 必须是权限范围代码，例如 payment:read，只用小写，最多 64 个字符
resource-invalid = 必须是资源代码，例如 payment，只用小写，最多 { $max } 个字符
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
expiry-required-until = 必须设置到期时间，且不得晚于 { $latest }
expiry-too-late = 不得晚于 { $latest }
overlap-invalid = 必须是 0 到 { $max } 之间的整数（秒）
role-invalid = 必须是 OWNER、ADMIN、OPERATOR 或 VIEWER
descriptions-invalid = 必须是按语言列出描述的对象：en、zh、zh-Hant、ja 或 vi
names-invalid = 必须是按语言列出名称的对象：en、zh、zh-Hant、ja 或 vi
setting-invalid = 必须是由 { $allowed } 中任意几项组成的对象，或者 null
lifetime-days-invalid = 必须是 1 到 { $max } 之间的整数（天）
lifetime-default-too-long = 不得大于 maxDays
lifetime-refuse-without-max = 使用 REFUSE 时必须给出 maxDays
existing-keys-invalid = 必须是 REPORT 或 REFUSE
leak-reaction-invalid = 必须是 NOTIFY、DISABLE 或 EXPIRE
leak-grace-unused = graceHours 只能与 EXPIRE 一起使用
plan-unknown = 此方案不存在
external-id-invalid = 必须是 1 到 { $max } 个可见 ASCII 字符，不含空格，例如 customer-4711
metadata-name-invalid = 名称必须是 1 到 { $max } 个字符，只能包含 A-Z、a-z、0-9、_、- 和 .
metadata-too-large = 写成 JSON 后最多 { $max } 字节，当前为 { $length } 字节
not-integer = 必须是整数，不能写成小数或指数形式
not-integers = 必须是对象，且每个值都是整数
not-limits = 必须是限额数组，每一项都是包含 name、max 和 window 的对象
not-limit = 必须是包含 name、max 和 window 的对象
limit-name-invalid = 必须是 1 到 { $max } 个字符，只能包含 a-z、0-9、_ 和 -，并以字母开头
limit-window-invalid = 必须是 day、month，或带 s、m、h 或 d 的整数，范围为 1s 到 31d，例如 1m
on-unavailable-invalid = 必须是 deny 或 allow
limit-above-plan = 工作区的方案中有同名限额：window 必须是 { $window }，max 不得大于 { $max }，onUnavailable 只能是 { $allowed }

## 整个请求体

body-empty = 请求体为空，必须是一个 JSON 对象
body-not-json = 不是有效的 JSON（行:列 { $position }）
body-not-object = 必须是 JSON 对象
nothing-to-change = 至少要给出一个要修改的字段：name、scopes、ipWhitelist、expiresAt、description、externalId、metadata 或 limits
questions-invalid = 必须是包含 1 到 { $max } 个问题的数组
items-invalid = 必须是包含 1 到 { $max } 个条目的数组
selector-required = 必须指定密钥：workspaceId、createdBy 和 externalId 中至少一个
key-id-invalid = 必须是密钥的 ID
secret-hash-invalid = 必须是私密值的 SHA-256 哈希，以 64 位十六进制、base64 或 base64url 表示

## 查询参数

parameter-unknown = 不存在此参数
parameter-repeated = 此参数只能出现一次
parameter-malformed = 必须是经过百分号编码的 UTF-8 文本，且不含控制字符
number-invalid = 必须是 { $min } 到 { $max } 之间的整数
sort-invalid = 必须是 createdAt、name、lastUsedAt 或 expiresAt，后面可以加 ,asc 或 ,desc
status-invalid = 必须是 ACTIVE、DISABLED 或 EXPIRED
usage-unit-invalid = 必须是 hour 或 day
period-reversed = 时间段的结束必须晚于开始
period-too-long = 时间段最长为 { $max } 天
flag-invalid = 必须是 true 或 false
url-invalid = 必须是不含空格的 http 或 https 地址
mode-name-invalid = 必须是 LIVE 或 TEST
webhook-url-invalid = 必须是不超过 { $max } 个字符的 http 或 https URL，且不含用户名、密码和片段
event-type-invalid = 必须是此 Webhook 可以接收的事件类型，例如 api_key.disabled
encoding-invalid = 必须是 KEYWARD 或 CAEP
named-cost-invalid = 必须是限额名称加上不大于 { $max } 的整数，例如 tokens:250
cost-repeated = 每个限额只能出现一次
search-invalid = 去掉首尾空格后，必须有 1 到 { $max } 个字符

## 请求头

header-required = 此请求头为必填项
header-repeated = 此请求头只能出现一次
header-invalid = 必须是 1 到 { $max } 个可见 ASCII 字符
header-workspace-mismatch = 必须与路径中的 workspaceId 一致
if-match-malformed = 必须是 * 或实体标签列表，例如 "3"
only-allowed = 只允许以下各项：{ $allowed }
