# Keyward の日本語メッセージ。どの言語のファイルも同じ項目を同じ順序で持ちます。


## 契約 §2 のコード

invalid-request = リクエストが正しくありません
invalid-token = トークンが無効か、有効期限が切れています
invalid-signature = 署名がないか、正しくありません
certificate-missing = クライアント証明書が必要です
not-owner = API キーを管理できるのはワークスペースのオーナーだけです
test-mode-refused = TEST キーを作成できるのは PARTNER ポータルだけです
permission-missing = このトークンにはこの操作の権限がありません
api-key-not-found = API キーが見つかりません
no-such-resource = リソースが見つかりません
workspace-not-found = ワークスペースが見つかりません
member-not-found = メンバーが見つかりません
scope-not-found = スコープが見つかりません
plan-not-found = プランが見つかりません
webhook-not-found = Webhook が見つかりません
method-not-allowed = このメソッドは使用できません
not-acceptable = 要求された形式では応答できません
request-timeout = リクエストがタイムアウトしました
wrong-state = API キーの現在の状態では、この操作はできません
already-carried-out = このリクエストはすでに実行されています
limit-reached = ワークスペースの API キーの数が上限に達しています
workspace-not-empty = ワークスペースに API キーまたは履歴があるため、削除できません
secret-taken = このシークレットは、すでに API キーで使用されているか、使用されていました
plan-in-use = このプランを使用しているワークスペースがあるため、削除できません
too-many-webhooks = ワークスペースの Webhook の数が上限に達しています
changed-by-someone-else = API キーがほかのユーザーによって変更されています
body-too-large = リクエスト本文が大きすぎます（上限は 64 KiB です）
batch-too-large = リクエスト本文が大きすぎます（上限は 512 KiB です）
wrong-content-type = Content-Type には application/json を指定してください
idempotency-key-reused = この Idempotency-Key は別のリクエストで使用されています
too-many-requests = リクエストが多すぎます
internal-error = 内部エラーが発生しました
unavailable = サービスは一時的に利用できません

## 本文のフィールド

required = この項目は必須です
not-text = 文字列で指定してください
not-list = 文字列の配列で指定してください
not-texts = 値がすべて文字列のオブジェクトで指定してください
too-many = { $max } 件以内で指定してください
unknown-member = この項目は存在しません
unknown-member-meant = この項目は存在しません。{ $suggestion } ではありませんか？
repeated-member = この項目は 1 回だけ指定してください
immutable-member = この項目は変更できません
name-blank = 表示できる文字を 1 文字以上入力してください
name-too-long = { $max } 文字以内で入力してください（現在 { $length } 文字です）
name-forbidden-character = 文字 { $character } は使用できません
scope-invalid = payment:read のようなスコープコードを、小文字の 64 文字以内で指定してください
resource-invalid = payment のようなリソースコードを、小文字の { $max } 文字以内で指定してください
scope-unknown = このスコープは存在しません。スコープカタログにあるコードを指定してください
mode-invalid = 1（LIVE）または 2（TEST）を指定してください
address-invalid = 203.0.113.7 や 2001:db8::7 のような IP アドレスを指定してください
ip-malformed = 192.168.1.100 や 192.168.1.0/24 のように、IP アドレスまたは CIDR ブロックを指定してください
ip-malformed-meant = IP アドレスまたは CIDR ブロックを指定してください。{ $suggestion } ではありませんか？
ip-bad-prefix = プレフィックス長には 1 から { $bits } までの数値を指定してください
ip-bad-prefix-meant = プレフィックス長には 1 から { $bits } までの数値を指定してください。{ $suggestion } ではありませんか？
ip-every-address = /0 はすべてのアドレスを許可します。制限しない場合は、リストを空にしてください
ip-host-bits = プレフィックスより後ろのビットが 0 ではありません。{ $suggestion } ではありませんか？
expiry-malformed = 2027-01-31T12:00:00Z のように、UTC オフセット付きの日時（RFC 3339）を指定してください
expiry-out-of-range = 1970 年から 9999 年までの日時を指定してください
expiry-not-in-future = 未来の日時を指定してください
expiry-required-until = 有効期限は必須です。{ $latest } 以前の日時を指定してください
expiry-too-late = { $latest } 以前の日時を指定してください
overlap-invalid = 0 から { $max } までの整数（秒）を指定してください
role-invalid = OWNER、ADMIN、OPERATOR、VIEWER のいずれかで指定してください
descriptions-invalid = 言語（en、zh、zh-Hant、ja、vi）ごとの説明を持つオブジェクトで指定してください
names-invalid = 言語（en、zh、zh-Hant、ja、vi）ごとの名前を持つオブジェクトで指定してください
setting-invalid = { $allowed } のいずれかを含むオブジェクト、または null を指定してください
lifetime-days-invalid = 1 から { $max } までの整数（日）を指定してください
lifetime-default-too-long = maxDays 以下にしてください
lifetime-refuse-without-max = REFUSE には maxDays が必要です
existing-keys-invalid = REPORT または REFUSE を指定してください
leak-reaction-invalid = NOTIFY、DISABLE、EXPIRE のいずれかを指定してください
leak-grace-unused = graceHours は EXPIRE にだけ指定できます
plan-unknown = このプランは存在しません
external-id-invalid = customer-4711 のように、空白を含まない表示可能な ASCII 文字を 1 文字以上 { $max } 文字以内で指定してください
metadata-name-invalid = 名前は A-Z、a-z、0-9、_、-、. の 1 文字以上 { $max } 文字以内で指定してください
metadata-too-large = JSON で { $max } バイト以内にしてください（現在 { $length } バイトです）
not-integer = 小数や指数を使わずに、整数で指定してください
not-integers = 値がすべて整数のオブジェクトで指定してください
not-limits = name、max、window を持つオブジェクト（利用制限）の配列で指定してください
not-limit = name、max、window を持つオブジェクトで指定してください
limit-name-invalid = 英小文字で始まる 1 文字以上 { $max } 文字以内で指定してください。使用できる文字は a-z、0-9、_、- です
limit-window-invalid = day、month、または s、m、h、d を付けた整数（1s から 31d まで。例: 1m）で指定してください
on-unavailable-invalid = deny または allow を指定してください
limit-above-plan = ワークスペースのプランに同じ名前の利用制限があります。window は { $window }、max は { $max } 以下、onUnavailable は { $allowed } のいずれかで指定してください

## 本文全体

body-empty = 本文が空です。JSON オブジェクトを送信してください
body-not-json = JSON として正しくありません（行:列 { $position }）
body-not-object = JSON オブジェクトを送信してください
nothing-to-change = 変更する項目（name、scopes、ipWhitelist、expiresAt、description、externalId、metadata、limits）を 1 つ以上指定してください
questions-invalid = 1 ～ { $max } 件の質問からなる配列である必要があります
items-invalid = 1 ～ { $max } 件の項目からなる配列である必要があります
selector-required = 対象のキーを workspaceId、createdBy、externalId のうち少なくとも 1 つで指定してください
key-id-invalid = キーの ID を指定してください
secret-hash-invalid = シークレットの SHA-256 ハッシュを、64 桁の 16 進数、base64、または base64url で指定してください

## クエリパラメーター

parameter-unknown = このパラメーターは存在しません
parameter-repeated = このパラメーターは 1 回だけ指定してください
parameter-malformed = 制御文字を含まない UTF-8 をパーセントエンコードして指定してください
number-invalid = { $min } から { $max } までの整数を指定してください
sort-invalid = createdAt、name、lastUsedAt、expiresAt のいずれかを指定してください。末尾に ,asc または ,desc を付けられます
status-invalid = ACTIVE、DISABLED、EXPIRED のいずれかを指定してください
usage-unit-invalid = hour または day を指定してください
period-reversed = 期間の終了は開始より後でなければなりません
period-too-long = 期間は最長 { $max } 日です
flag-invalid = true または false を指定してください
url-invalid = 空白を含まない http または https の URL を指定してください
mode-name-invalid = LIVE または TEST を指定してください
webhook-url-invalid = { $max } 文字以内の http または https の URL を、ユーザー名、パスワード、フラグメントなしで指定してください
event-type-invalid = この Webhook が受信できるイベントの種類を指定してください（例：api_key.disabled）
encoding-invalid = KEYWARD または CAEP を指定してください
named-cost-invalid = tokens:250 のように、利用制限の名前と { $max } 以下の整数で指定してください
cost-repeated = 同じ利用制限は 1 回だけ指定してください
search-invalid = 前後の空白を除いて 1 文字以上 { $max } 文字以内で指定してください

## ヘッダー

header-required = このヘッダーは必須です
header-repeated = このヘッダーは 1 回だけ指定してください
header-invalid = 表示可能な ASCII 文字を 1 文字以上 { $max } 文字以内で指定してください
header-workspace-mismatch = パスの workspaceId と同じ値を指定してください
if-match-malformed = * または "3" のようなエンティティタグのリストを指定してください
only-allowed = 使えるのは次のものだけです：{ $allowed }
