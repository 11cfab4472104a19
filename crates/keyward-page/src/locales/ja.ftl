# Keyward の日本語メッセージ。どの言語のファイルも同じ項目を同じ順序で持ちます。

## The page: every page

skip-to-content = 本文へ移動
navigation = メインナビゲーション
back-to = { $name } に戻る
api-keys = API キー
try-key = キーを試す
settings = 設定
language = 言語
choose = 切り替える
sign-out = サインアウト
read-only-role = このワークスペースのキーの閲覧と無効化ができます。その他の変更はオーナーに依頼してください。
check-failed = 入力内容を確認できませんでした。フォームはそのまま送信できます。
cancel = キャンセル
never = なし
nothing = （なし）
pages = ページ
previous-page = 前のページ
next-page = 次のページ
back-to-keys = API キーの一覧に戻る
request-number = お問い合わせの際は、このリクエスト ID をお伝えください：

## The page: signing in

sign-in = サインイン
sign-in-lead = プラットフォームから受け取ったアクセストークンでサインインします。トークンは、サインアウトするか有効期限が切れるまで、スクリプトから読めない Cookie に保存されます。
workspace = ワークスペース ID
token = アクセストークン
token-help = JWT：ピリオドで区切られた 3 つの部分からなる文字列です。
client-hash = クライアントハッシュ（任意）
client-hash-help = 特定の端末に結び付けられたトークンの場合のみ必要です。
workspace-missing = キーを管理するワークスペースの ID を入力してください
token-refused = このトークンは受け付けられません。期限切れか、別の端末のものの可能性があります
token-too-long = このトークンは長すぎるため、ブラウザーに保存できません
signed-in = サインインしました
continue-to-keys = API キーの一覧へ進む
session-ended = セッションが終了しました。もう一度サインインしてください。
input-kept = 入力した内容は保持されています。サインインすると再び表示されます。
continue-with-form = フォームの入力を続ける
link-used = このリンクは使用済みか無効です。keyward dev を再起動して新しいリンクを取得するか、表示されたトークンでサインインしてください。

## The page: what went wrong

foreign-form = このフォームは現在のセッションのものではありません。ページを開き直して、もう一度入力してください
not-owner-advice = ワークスペースのオーナーに依頼するか、URL 内の ID を確認してください。
not-found-advice = 削除された可能性があります。操作の履歴は監査証跡に残っています。
wrong-state-advice = キーを開き直して現在の状態を確認してください。期限切れのキーには、まず新しい有効期限が必要です。
limit-reached-advice = 使われていないキーを削除するか、上限の引き上げを依頼してください。
unavailable-advice = 変更が行われたかどうかは確認できていません。少し待ってからキーの一覧を確認し、もう一度お試しください。
signed-out-here-alone-advice = このブラウザーからはサインアウトしましたが、サーバー側でセッションを終了できませんでした。トークンのコピーがあれば、有効期限が切れるまで使用できます。

## The page: the list

create-key = API キーを作成
create-first-key = 最初のキーを作成
empty-title = API キーはまだありません
empty-lead = API キーがあれば、お使いのプログラムから API を呼び出せます。キーを作成し、シークレットをプログラムの設定に保存して、呼び出しのたびに送信してください：
search = 名前または ID で検索
sort-by = 並べ替え
sort-newest = 新しい順
sort-oldest = 古い順
sort-name = 名前の昇順
sort-name-backwards = 名前の降順
sort-last-used = 最近使用した順
sort-long-unused = 長く使われていない順
sort-expiry = 有効期限が近い順
sort-latest-expiry = 有効期限が遠い順
show = 表示
none-fits = 条件に合うキーはありません。
show-all = すべてのキーを表示
key-range = 全 { $total } 件中 { $first }～{ $last } 件目
column-key = キー
column-addresses = 許可アドレス
column-uses = 過去 30 日間
anywhere = 制限なし
and-more = ほか { $count } 件
uses-of-30-days = 過去 30 日間の呼び出し回数：{ $count }
no-uses = 呼び出しなし
keys-at-a-glance = キーの概況
filters-chosen = 絞り込み条件
remove-filter = 絞り込みを解除：{ $filter }
any-status = すべての状態
any-mode = すべてのモード
sort-by-column = 「{ $column }」で並べ替え
filter-search = 検索：{ $text }
filter-external-id = 外部 ID：{ $id }
filter-never-used = 未使用
filter-used = 使用されたことがある
filter-idle = { $days } 日以上未使用
filter-denied = 過去 { $days } 日間に拒否あり
filter-never-expires = 無期限
filter-expires = 有効期限あり
filter-expiring = { $days } 日以内に期限切れ
filter-no-scopes = 権限なし
filter-scopes = 権限あり
filter-unused-scopes = 未使用の権限あり
filter-no-unused-scopes = すべての権限を使用済み

## The page: several keys at once

select = 選択
select-key = { $name } を選択
selected-keys = 選択したキー
bulk-disable = 無効にする…
bulk-expire = 有効期限を設定…
disable-several = 複数のキーを無効にする
expire-several = 複数のキーに有効期限を設定
disable-several-lead = まだ何も変更していません。次のキーによる呼び出しは、再び有効にするまですべて拒否されます：
expire-several-lead = まだ何も変更していません。次のキーの有効期限は、現在の設定にかかわらず同じになります：
disable-them = これらのキーを無効にする
expire-them = この有効期限を設定
several-done = 変更したキーの数：{ $count }
several-failed = 次のキーは変更されませんでした：

## The page: a secret in the search

secret-in-search = 検索語にシークレットが入力されました
secret-of-key = 次のキーのシークレットです：
secret-of-no-key = このワークスペースには、このシークレットを持つキーはありません。
secret-not-kept = URL には含めておらず、保存もしていません。
secret-in-address = このページの URL に含まれていたため、ブラウザーの履歴やサーバーのログに残っている可能性があります。プログラムで使用している場合は、すぐにローテーションしてください。

## The page: what a key has

field-name = 名前
field-description = 説明（任意）
field-external-id = 外部 ID
field-metadata = メタデータ
field-mode = モード
field-status = 状態
field-scopes = 権限
field-ip = 許可アドレス
field-expires = 有効期限
field-limits = 利用制限
field-secret = シークレット
field-old-secret = 古いシークレット
last-used = 最終使用
created-at = 作成日時
key-id = キー ID
any-address = すべてのアドレス
status-active = 有効
status-disabled = 無効
status-expired = 期限切れ
status-deleted = 削除済み
has-expired = このキーは期限切れです。新しい有効期限を設定するまで、すべての呼び出しが拒否されます。
secret-too-old = このキーのシークレットは、ワークスペースで許可された使用期間を過ぎています。シークレットをローテーションするまで、すべての呼び出しが拒否されます。
expires-within-a-day = このキーは 1 日以内に有効期限が切れます。
expires-very-soon = このキーはあと { $days } 日で有効期限が切れます。今すぐ交換の準備をしてください。
expires-soon = このキーはあと { $days } 日で有効期限が切れます。

## The page: the form

form-has-problems = まだ保存されていません。印の付いた項目を修正してください。入力内容はそのまま残っています。
what-for = 用途から選ぶ
preset-read = 読み取りのみ
preset-everything = すべて
preset-nothing = なし
find-resource = リソースを探す
add-description = 説明を追加
summary-of-key = まとめ
summary-scopes = { $all } 種類のリソースのうち { $some } 種類に権限があります。
summary-expires = 有効期限：
summary-never-expires = 有効期限はありません。
ip-private = { $rule } はプライベートアドレスです。インターネットからの呼び出しの送信元になることはありません。
name-help = 後で見分けられるように、どのプログラムのどの環境かを書いてください。
description-help = キーの用途や問い合わせ先などを 1 行で書いてください。
mode-live = LIVE：本番用
permission-read = 読み取り
permission-write = 書き込み
mode-test = TEST：テスト用
mode-test-refused = TEST キーは PARTNER ポータルでのみ作成できます。
scopes-help = キーには最初、権限がありません。プログラムに必要な権限だけを与えてください。
level-none = 権限なし
level-read = 読み取り
level-write = 読み取りと書き込み
level-only-write = 書き込みのみ
key-can = このキーでできること：
can-nothing = 権限なし：何もできません
can-nothing-yet = このキーではまだ何もできません。すべての呼び出しが拒否されます。
ip-label = アドレスと CIDR ブロック（1 行に 1 つ）
ip-help = 例：203.0.113.7、192.168.1.0/24。空欄にするとすべてのアドレスを許可します。
add-my-address = 自分のアドレスを追加
ip-open = すべてのアドレスからの呼び出しを受け付けます。
ip-closed = リストにある { $count } 個のアドレスからの呼び出しだけを受け付け、ほかは拒否します。
ip-own-inside = お使いのアドレス { $address } は含まれています。
ip-own-outside = お使いのアドレス { $address } は含まれていません。
expires-never = 無期限
expires-in-30-days = 30 日後
expires-in-90-days = 90 日後
expires-in-a-year = 1 年後
expires-in-days = { $days } 日後
expires-on = 指定した日の終わり
expires-on-day = 日付（UTC）
expires-as-now = 現在のまま：
expiry-default = 指定しない場合、新しいキーの有効期限は { $days } 日後です。
expiry-latest = 有効期限は { $latest } まで指定できます。
expiry-latest-of-key = 有効期限は { $latest } まで指定できます。シークレットをローテーションすると、より後の日時を指定できます。

## The page: a secret, shown once

key-created = API キーを作成しました
key-rotated = 新しいシークレットを発行しました
reveal-lead = 今すぐシークレットを保存してください。表示されるのはこの一度だけで、後からは運営側を含め誰も確認できません。
secret = API キー（シークレット）
secret-spoken = API キー、末尾は { $hint }
copy-secret = コピー
copy-curl = コマンドをコピー
copied = コピーしました。
copied-next = コピーしました。プログラムが読み込む場所に保存してから、保存済みであることを確認してください。
test-the-key = 試してみる
waiting-for-use = このシークレットで呼び出してください。最初の使用を待っています…
first-used = 使用できました。使用日時：
copy-refused = ブラウザーがコピーを許可しませんでした。テキストを選択してあります。Ctrl+C または ⌘C を押してください。
download-env = 「.env」としてダウンロード
downloaded = ダウンロードしました。
curl-help = URL の末尾に、呼び出すパスを付けてください。
i-have-saved-it = 保存しました
done = 完了
shown-already = このシークレットは表示済みです
shown-already-lead = シークレットの表示は一度だけで、保存されるのはハッシュだけです。保存していない場合は、シークレットをローテーションしてください。新しいシークレットが発行され、ほかは何も変わりません。
to-key = キーを表示

## The page: the parts of a key

tab-overview = 概要
tab-activity = 利用状況
tab-history = 変更履歴
tab-use = 使い方
parts-of-key = このキーの各ページ
actions-of-key = 操作
permissions-of-key = リソースごとの権限
resource = リソース
other-actions = その他
allowed = 許可
not-allowed = 許可なし
last-used-on = 最終使用
lifetime-and-addresses = 使用できる場所と期間
limits-of-key = 利用制限
limit-use = { $max } のうち { $used } を使用
limit-of-workspace = ワークスペースの全キーで共有
limit-rule = { $window }に最大 { $max }
window-seconds = { $count } 秒間
window-minutes = { $count } 分間
window-hours = { $count } 時間
window-days = { $count } 日間
window-calendar-day = 暦日（UTC）
window-calendar-month = 暦月（UTC）
secret-current = 現在のシークレット
secret-previous = 古いシークレット
secret-made = 作成日時
secret-ends = 失効日時
copy-id = ID をコピー
by-hour = 過去 24 時間
by-day = 過去 30 日間
period = 期間
calls-allowed = 許可された呼び出し
calls-denied = 拒否された呼び出し
addresses-of-calls = アドレス数（概数）
chart-of-calls = 許可された呼び出し：{ $allowed }、拒否された呼び出し：{ $denied }
as-a-table = 表で見る
time = 日時
no-calls = この期間の呼び出しはありません。
denials = 拒否の理由
no-denials = この期間に拒否された呼び出しはありません。
reason = 理由
number-of-calls = 回数
last-time = 直近
from-where = 送信元
add-address = { $address } を許可
denial-disabled = キーが無効
denial-expired = キーが期限切れ
denial-wrong-mode = キーのモード違い
denial-ip-not-allowed = 許可されていないアドレス
denial-no-scopes = キーに権限なし
denial-insufficient-scope = 権限不足
denial-rate-limited = 利用制限に到達
denial-quota-exceeded = 割り当てを使い切り
denial-cost-above-limit = コストが利用制限を超過
alarm-wrong-address = 許可されていないアドレスからこのキーが使われています。7 日間の拒否回数：{ $count }
alarm-still-called = 無効または期限切れのこのキーを、まだプログラムが使っています。7 日間の拒否回数：{ $count }
alarm-many-denials = 1 時間のうちに、このキーの非常に多くの呼び出しが拒否されました。該当する時間帯の拒否回数：{ $count }
alarm-quota-near = 割り当て { $limit } をほぼ使い切っています。
alarm-quota-reached = 割り当て { $limit } を使い切りました。次の期間が始まるまで呼び出しは拒否されます。
see-activity = 利用状況を見る
use-lead = シークレットはコードに書かず、環境変数 API_KEY などに保存してください。
copy-code = コードをコピー

## The page: one key

edit-key = 編集
rotate-key = シークレットをローテーション
enable-key = 有効にする
disable-key = 無効にする
delete-key = 削除
secrets = シークレット
overlap-title = ローテーション中です
old-secret-ends = 古いシークレットの失効日時：
end-old-secret = 古いシークレットを今すぐ失効させる
operator = 運用担当者
service = サービス { $name }
event-created = 作成
event-updated = 変更
event-disabled = 無効化
event-enabled = 有効化
event-rotated = ローテーション
event-overlap-ended = 古いシークレットの失効
event-deleted = 削除
event-found-at = シークレットが見つかった場所：{ $places }
done-saved = 変更を保存しました。
done-disabled = キーを無効にしました。
done-enabled = キーを有効にしました。
done-overlap-ended = 古いシークレットを失効させました。
done-deleted = キーを削除しました。
known-everywhere = すべてのサーバーに反映されました。
known-within-a-second = 一部のサーバーへの反映に 1 秒ほどかかることがあります。

## The page: changing a key

review-changes = 変更内容を確認
review-lead = まだ保存されていません。次のように変わります：
changes = 変更内容
field = 項目
before = 変更前
after = 変更後
save-changes = 変更を保存
back-to-form = フォームに戻る
nothing-changed = 保存済みの内容と違いはありません。
changed-meanwhile = このキーはほかのユーザーによって変更されました
conflict-lead = 変更はまだ保存されていません。両方の内容を比べて、どちらにするか選んでください。
their-version = 現在の内容
your-version = 自分の変更内容
save-yours = 自分の変更を保存
rotate-lead = 新しいシークレットが発行され、一度だけ表示されます。名前、権限、アドレス、有効期限は変わりません。すべてのプログラムが新しいシークレットに切り替わるまで、古いシークレットを有効にしておいてください。
secret-last-used = キーの最終使用：
rotate-ends-old = すでにローテーション中です。次のシークレットはすぐに失効します：
overlap-question = 古いシークレットをいつまで有効にしますか？
overlap-none = 猶予なし：すぐに失効
overlap-hour = 1 時間
overlap-day = 1 日
overlap-three-days = 3 日間
overlap-week = 1 週間
delete-lead = 削除すると元に戻せません。以後、このキーを使うプログラムはすべて拒否されます。
disable-instead = 迷う場合は、まず無効にしてください。無効化は元に戻せます。
type-name = このキーは過去 7 日以内に使われています。削除するには名前を入力してください：
name-differs = キーの名前と一致しません。何も削除されていません。
delete-for-good = 完全に削除

## The page: trying a key

try-lead = ゲートウェイと同じように、このシークレットの持ち主がこのアドレスからこの呼び出しを行えるかを確認します。何も保存されず、使用回数にも数えられません。
from-address = 呼び出し元アドレス
for-scope = 必要な権限
no-scope-asked = 指定なし
try-it = 試す
passes = 合格
fails = 不合格
check-secret = シークレットがいずれかのキーのものである
check-enabled = キーが有効である
check-not-expired = キーの有効期限が切れていない
check-mode = モードが合っている
check-address = アドレスが許可されている
check-scopes = 権限が足りている
check-limits = どの利用制限にも達していない
decision-valid = 許可
decision-malformed = 拒否：Keyward のシークレットではないか、入力ミスがあります
decision-unknown = 拒否：このワークスペースに、このシークレットを持つキーはありません
decision-disabled = 拒否：キーが無効です
decision-expired = 拒否：キーの有効期限が切れています
decision-wrong-mode = 拒否：キーのモードが違います
decision-ip-not-allowed = 拒否：このアドレスからは使えません
decision-no-scopes = 拒否：キーに権限が一つもありません
decision-insufficient-scope = 拒否：キーに次の権限がありません：{ $scopes }
decision-rate-limited = 拒否：利用制限 { $limit } に達しました
decision-quota-exceeded = 拒否：割り当て { $limit } を使い切りました
decision-cost-above-limit = 拒否：この呼び出しのコストは利用制限 { $limit } を超えています

## The page: the settings of a workspace

settings-lead = これらのルールはプラットフォームの運用担当者が設定し、このワークスペースのすべてのキーに適用されます。
keys-of-max = { $max } 個のうち { $count } 個のキーを使用
lifetime-title = キーの有効期間
lifetime-default = 新しいキーの既定の有効期間
lifetime-of-days = { $days } 日間
lifetime-must-be-chosen = 有効期限の選択が必要
lifetime-max = シークレットの最長使用期間
lifetime-unlimited = 制限なし
lifetime-endless = 無期限のキー
lifetime-existing = シークレットが最長期間を過ぎたキー
lifetime-reported = 引き続き使用できます
lifetime-refused = シークレットをローテーションするまで拒否されます
leaks-title = 漏えいしたシークレット
leaks-lead = キーのシークレットが見つかったと GitHub やスキャナーから報告された場合：
leaks-notify = キーはそのまま使用でき、イベントで通知されます。すぐにシークレットをローテーションしてください。
leaks-disable = キーはすぐに無効になります。
leaks-expire = キーは { $hours } 時間後に期限切れになります。それより前に有効期限が切れる場合を除きます。
leaks-holder = シークレットを持っている人は、サインインせずにいつでも失効させることができます。
plan-title = プラン
no-plan = このワークスペースにプランはありません。キーには個別の利用制限だけが適用されます。
limits-of-each-key = キーごとの利用制限
limits-of-all-keys = 全キーで共有する利用制限
no-limits = このプランにはありません。

## The page: webhooks

webhooks = Webhook の一覧
webhooks-lead = このワークスペースのキーに関するイベントを、次の URL に送信します。メッセージにはすべて署名が付きます。
no-webhooks = Webhook はまだありません。
webhook-url = 受信側の URL
webhook-url-help = https の URL。ユーザー名とパスワードは含めないでください。
event-types = イベントの種類
event-types-help = 送信するイベントを選んでください。選ばなければ、すべて送信されます。
all-event-types = すべて
not-as-caep = CAEP では送信不可
encoding = 形式
encoding-keyward = KEYWARD：イベント API と同じ JSON
encoding-caep = CAEP：セキュリティイベントトークン（キーの変更のみ）
add-webhook = Webhook を追加
webhook-added = Webhook を追加しました
webhook-rotated = 新しい署名鍵を発行しました
webhook-secret-lead = 今すぐシークレットを保存してください。表示されるのはこの一度だけです。受信側は、シークレットまたは公開鍵で署名を検証します。
webhook-shown-already-lead = シークレットの表示は一度だけです。保存していない場合は、署名鍵を更新してください。ほかは何も変わりません。
to-webhook = Webhook を表示
webhook-id = Webhook の ID
webhook-settings = 設定
public-key = 公開鍵
old-keys-until = 古い署名鍵の併用期限
failing-since = 連続失敗の開始日時
disabled-since = 無効になった日時
disabled-failing = 5 日間、一度も配信に成功しませんでした。
disabled-gone = 受信側が 410 を返しました。これ以上イベントを受け取りません。
enable-then-send-again = 有効にするまで何も送信されません。有効にした後、送信されなかったイベントを再送してください。
send-test-message = テストメッセージを送信
test-message = テストメッセージ
give-new-keys = 署名鍵を更新
give-new-keys-help = 署名鍵を更新すると新しいシークレットが発行され、一度だけ表示されます。その後 24 時間は、古い署名鍵でも署名します。
remove-webhook = Webhook を削除
remove-webhook-lead = この URL には何も送信されなくなり、配信履歴も削除されます。この操作は元に戻せません。
remove-for-good = Webhook を完全に削除
done-webhook-enabled = Webhook を有効にしました。
done-webhook-removed = Webhook を削除しました。
answered = ステータス { $status } の応答
beginning-of-answer = 応答の先頭部分
failure-address-refused = URL が指すアドレスへの送信は許可されていません
failure-host-unknown = ホストのアドレスが見つかりません
failure-not-connected = 接続できなかったか、接続が切れました
failure-not-secure = 安全な接続ではありません。証明書がホストに対して有効でない可能性があります
failure-timed-out = 時間内に応答がありませんでした
failure-unreadable = イベントを読み取れないか、送信できません
deliveries = 配信履歴
no-deliveries = ここには配信履歴がありません。
event = イベント
sequence = 連番
delivery-pending = 配信待ち
delivery-delivered = 配信済み
delivery-failed = 配信失敗
attempts = 試行回数
last-attempt = 最後の試行
next-attempt = 次の試行
latest-deliveries = 最新の配信
older-deliveries = 以前の配信
send-again = 再送
send-again-from = 再送を始める連番
send-again-help = ワークスペースのイベントのうち、この連番以降でこの Webhook が受け取るものを、新しいイベントとしてすべて送信します。イベントは 90 日間保存されます。
sequence-invalid = 1 以上の整数を入力してください
sent-again = 再送するイベントの数：{ $count }
