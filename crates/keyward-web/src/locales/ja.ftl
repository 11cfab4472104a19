# Keyward の日本語メッセージ。どの言語のファイルも同じ項目を同じ順序で持ちます。


## 契約 §2 のコード

invalid-request = リクエストが正しくありません
invalid-token = トークンが無効か、有効期限が切れています
not-owner = API キーを管理できるのはワークスペースのオーナーだけです
test-mode-refused = TEST キーを作成できるのは PARTNER ポータルだけです
api-key-not-found = API キーが見つかりません
no-such-resource = リソースが見つかりません
method-not-allowed = このメソッドは使用できません
not-acceptable = 要求された形式では応答できません
request-timeout = リクエストがタイムアウトしました
wrong-state = API キーの現在の状態では、この操作はできません
already-carried-out = このリクエストはすでに実行されています
limit-reached = ワークスペースの API キーの数が上限に達しています
changed-by-someone-else = API キーがほかのユーザーによって変更されています
body-too-large = リクエスト本文が大きすぎます（上限は 64 KiB です）
wrong-content-type = Content-Type には application/json を指定してください
idempotency-key-reused = この Idempotency-Key は別のリクエストで使用されています
too-many-requests = リクエストが多すぎます
internal-error = 内部エラーが発生しました
unavailable = サービスは一時的に利用できません

## 本文のフィールド

required = この項目は必須です
not-text = 文字列で指定してください
not-list = 文字列の配列で指定してください
too-many = { $max } 件以内で指定してください
unknown-member = この項目は存在しません
unknown-member-meant = この項目は存在しません。{ $suggestion } ではありませんか？
repeated-member = この項目は 1 回だけ指定してください
immutable-member = この項目は変更できません
name-blank = 表示できる文字を 1 文字以上入力してください
name-too-long = { $max } 文字以内で入力してください（現在 { $length } 文字です）
name-forbidden-character = 文字 { $character } は使用できません
scope-invalid = payment:read のようなスコープコードを、小文字の 64 文字以内で指定してください
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
overlap-invalid = 0 から { $max } までの整数（秒）を指定してください

## 本文全体

body-empty = 本文が空です。JSON オブジェクトを送信してください
body-not-json = JSON として正しくありません（行:列 { $position }）
body-not-object = JSON オブジェクトを送信してください
nothing-to-change = 変更する項目（name、scopes、ipWhitelist、expiresAt）を 1 つ以上指定してください
questions-invalid = 1 ～ { $max } 件の質問からなる配列である必要があります

## クエリパラメーター

parameter-unknown = このパラメーターは存在しません
parameter-repeated = このパラメーターは 1 回だけ指定してください
parameter-malformed = 制御文字を含まない UTF-8 をパーセントエンコードして指定してください
number-invalid = { $min } から { $max } までの整数を指定してください
sort-invalid = createdAt、name、lastUsedAt、expiresAt のいずれかを指定してください。末尾に ,asc または ,desc を付けられます
status-invalid = ACTIVE、DISABLED、EXPIRED のいずれかを指定してください
flag-invalid = true または false を指定してください
mode-name-invalid = LIVE または TEST を指定してください
search-invalid = 前後の空白を除いて 1 文字以上 { $max } 文字以内で指定してください

## ヘッダー

header-required = このヘッダーは必須です
header-repeated = このヘッダーは 1 回だけ指定してください
header-invalid = 表示可能な ASCII 文字を 1 文字以上 { $max } 文字以内で指定してください
header-workspace-mismatch = パスの workspaceId と同じ値を指定してください
if-match-malformed = * または "3" のようなエンティティタグのリストを指定してください

## The page: every page

page-skip-to-content = 本文へ移動
page-navigation = メインナビゲーション
page-api-keys = APIキー
page-try-key = キーを試す
page-language = 言語
page-choose = 切り替える
page-sign-out = サインアウト
page-check-failed = 今は確認できませんでした。フォームはそのまま送信できます。
page-cancel = キャンセル
page-never = なし
page-nothing = （なし）
page-pages = ページ
page-previous-page = 前のページ
page-next-page = 次のページ
page-back-to-keys = APIキーの一覧へ戻る
page-request-number = お問い合わせの際は、このリクエスト番号をお伝えください：

## The page: signing in

page-sign-in = サインイン
page-sign-in-lead = プラットフォームから受け取ったアクセストークンでサインインします。トークンは、スクリプトから読めないCookieに、サインアウトするか期限が切れるまで保存されます。
page-workspace = ワークスペースID
page-token = アクセストークン
page-token-help = JWT：ピリオドで区切られた3つの部分からなる文字列です。
page-client-hash = クライアントハッシュ（任意）
page-client-hash-help = 特定の端末に結び付けられたトークンの場合のみ必要です。
page-workspace-missing = キーを管理するワークスペースを入力してください
page-token-refused = このトークンは受け付けられません。期限切れか、別の端末のものの可能性があります
page-token-too-long = このトークンは長すぎるため、ブラウザーに保存できません
page-session-ended = セッションが終了しました。もう一度サインインしてください。前のページに戻れば入力内容は残っています。
page-link-used = このリンクは使用済みか無効です。keyward devを再起動して新しいリンクを取得するか、表示されたトークンでサインインしてください。

## The page: what went wrong

page-foreign-form = このフォームは現在のセッションのものではありません。ページを開き直してやり直してください
page-not-owner-advice = ワークスペースのオーナーに依頼するか、アドレス内のIDを確認してください。
page-not-found-advice = 削除された可能性があります。操作の履歴は監査証跡に残っています。
page-wrong-state-advice = キーを開き直して現在の状態を確認してください。期限切れのキーには、まず新しい期限が必要です。
page-limit-reached-advice = 使われていないキーを削除するか、上限の引き上げを依頼してください。
page-unavailable-advice = 変更は確認されていません。少し待ってからキーの一覧を確認し、もう一度お試しください。
page-signed-out-here-alone-advice = このブラウザーからはサインアウトしましたが、サーバー側でセッションを終了できませんでした。トークンの写しを持つ人がいる場合、そのトークンは期限が切れるまで有効です。

## The page: the list

page-create-key = APIキーを作成
page-create-first-key = 最初のキーを作成
page-empty-title = APIキーはまだありません
page-empty-lead = APIキーがあれば、お使いのプログラムからAPIを呼び出せます。キーを作成し、シークレットをプログラムの設定に保存して、呼び出しのたびに送信してください：
page-search = 名前またはIDで検索
page-any = すべて
page-sort-by = 並べ替え
page-sort-newest = 新しい順
page-sort-last-used = 最終使用日時
page-sort-expiry = 期限が近い順
page-show = 表示
page-key-count = キーの数：{ $count }
page-none-fits = 条件に合うキーはありません。
page-show-all = すべてのキーを表示

## The page: what a key has

page-field-name = 名前
page-field-mode = モード
page-field-status = 状態
page-field-scopes = 権限
page-field-ip = 許可するアドレス
page-field-expires = 有効期限
page-field-secret = シークレット
page-field-old-secret = 古いシークレット
page-last-used = 最終使用
page-created-at = 作成日時
page-key-id = キーID
page-any-address = すべてのアドレス
page-status-active = 有効
page-status-disabled = 無効
page-status-expired = 期限切れ
page-status-deleted = 削除済み
page-has-expired = このキーは期限切れです。新しい期限を設定するまで、すべての呼び出しが拒否されます。
page-expires-within-a-day = このキーは1日以内に期限が切れます。
page-expires-very-soon = このキーはあと{ $days }日で期限が切れます。今すぐ交換の準備をしてください。
page-expires-soon = このキーはあと{ $days }日で期限が切れます。

## The page: the form

page-form-has-problems = まだ保存されていません。印の付いた項目を確認してください。入力内容はそのまま残っています。
page-name-help = 後で見分けられるように、どのプログラムのどの環境かを書いてください。
page-mode-live = LIVE：本番用
page-mode-test = TEST：テスト用
page-mode-test-refused = TESTキーはPARTNERポータルでのみ作成できます。
page-scopes-help = 最初は何も許可されていません。プログラムに必要なものだけを許可してください。
page-level-none = なし（許可しない）
page-level-read = 読み取り
page-level-write = 読み取りと書き込み
page-level-only-write = 書き込みのみ
page-key-can = このキーでできること：
page-key-cannot = このキーでできないこと：
page-can-nothing = 権限なし：何もできません
page-can-nothing-yet = このキーではまだ何もできません。すべての呼び出しが拒否されます。
page-ip-label = アドレスとブロック（1行に1つ）
page-ip-help = 例：203.0.113.7、192.168.1.0/24。空欄にするとすべてのアドレスを許可します。
page-add-my-address = 自分のアドレスを追加
page-ip-open = すべてのアドレスからの呼び出しを受け付けます。
page-ip-closed = 一覧にある{ $count }件からの呼び出しだけを受け付け、それ以外は拒否します。
page-ip-own-inside = お使いのアドレス{ $address }は含まれています。
page-ip-own-outside = お使いのアドレス{ $address }は含まれていません。
page-expires-never = 無期限
page-expires-in-30-days = 30日後
page-expires-in-90-days = 90日後
page-expires-in-a-year = 1年後
page-expires-on = 指定した日の終わり
page-expires-on-day = 日付（UTC）
page-expires-as-now = 現在のまま：

## The page: the one sight of a secret

page-key-created = APIキーができました
page-key-rotated = 新しいシークレットができました
page-reveal-lead = 今すぐシークレットを保存してください。表示されるのはこの一度だけで、後からは私たちを含め誰も確認できません。
page-secret = APIキー（シークレット）
page-secret-spoken = APIキー、末尾は{ $hint }
page-copy-secret = コピー
page-copy-curl = コマンドをコピー
page-copied = コピーしました。
page-copy-refused = ブラウザーがコピーを許可しませんでした。テキストを選択してあります。Ctrl+Cまたは⌘Cを押してください。
page-download-env = 「.env」としてダウンロード
page-downloaded = ダウンロードしました。
page-use-it = 使い方
page-curl-help = api.example.comを、呼び出すAPIのアドレスに置き換えてください。
page-i-have-saved-it = 保存しました
page-done = 完了
page-shown-already = このシークレットは表示済みです
page-shown-already-lead = シークレットの表示は一度だけで、保存されるのはハッシュだけです。控えていない場合はキーをローテーションしてください。新しいシークレットが発行され、他はそのまま変わりません。
page-to-key = キーを表示

## The page: one key

page-edit-key = 編集
page-rotate-key = シークレットをローテーション
page-enable-key = 有効にする
page-disable-key = 無効にする
page-delete-key = 削除
page-what-it-may-do = できること
page-secrets = シークレットの一覧
page-since = 開始
page-until = 終了
page-overlap-title = ローテーション中です
page-old-secret-ends = 古いシークレットの終了日時：
page-old-secret-last-used = 古いシークレットの最終使用：
page-end-old-secret = 古いシークレットを今すぐ終了
page-history = 履歴
page-operator = 運用担当者
page-event-created = 作成
page-event-updated = 変更
page-event-disabled = 無効化
page-event-enabled = 有効化
page-event-rotated = ローテーション
page-event-overlap-ended = 古いシークレットを終了
page-event-deleted = 削除
page-done-saved = 変更を保存しました。
page-done-disabled = キーを無効にしました。
page-done-enabled = キーを有効にしました。
page-done-overlap-ended = 古いシークレットを終了しました。
page-done-deleted = キーを削除しました。
page-known-everywhere = すべてのサーバーに反映されました。
page-known-within-a-second = 一部のサーバーへの反映に1秒ほどかかることがあります。

## The page: changing a key

page-review-changes = 変更内容を確認
page-review-lead = まだ保存されていません。次のように変わります：
page-changes = 変更内容
page-field = 項目
page-before = 変更前の値
page-after = 変更後の値
page-save-changes = 変更を保存
page-back-to-form = フォームに戻る
page-nothing-changed = 保存済みの内容と違いはありません。
page-changed-meanwhile = このキーは他の人が変更しました
page-conflict-lead = あなたの変更はまだ保存されていません。両方を比べて選んでください。
page-their-version = 現在の内容
page-your-version = あなたの変更
page-save-yours = あなたの変更を保存
page-rotate-lead = 新しいシークレットが発行され、一度だけ表示されます。名前、権限、アドレス、期限は変わりません。すべてのプログラムが新しいシークレットに切り替わるまで、古いものを残しておけます。
page-secret-last-used = キーの最終使用：
page-rotate-ends-old = すでにローテーション中です。次のシークレットはすぐに終了します：
page-overlap-question = 古いシークレットをいつまで残しますか？
page-overlap-none = 残さない：すぐに終了
page-overlap-hour = 1時間
page-overlap-day = 1日
page-overlap-three-days = 3日間
page-overlap-week = 1週間
page-delete-lead = 削除すると元に戻せません。以後、このキーを使うプログラムはすべて拒否されます。
page-disable-instead = 迷う場合は、まず無効にしてください。無効化は元に戻せます。
page-type-name = このキーは過去7日以内に使われています。削除するには名前を入力してください：
page-name-differs = キーの名前と一致しません。何も削除されていません。
page-delete-for-good = 完全に削除

## The page: trying a key

page-try-lead = ゲートウェイと同じように確認します。このシークレットの持ち主は、そのアドレスからこの操作ができるか？ 何も保存されず、使用回数にも数えられません。
page-from-address = 呼び出し元アドレス
page-for-scope = 必要な権限
page-no-scope-asked = 指定なし
page-try-it = 試す
page-passes = 合格
page-fails = 不合格
page-check-secret = シークレットがいずれかのキーのものである
page-check-enabled = キーが有効である
page-check-not-expired = キーの期限が切れていない
page-check-mode = モードが合っている
page-check-address = アドレスが許可されている
page-check-scopes = 権限が足りている
page-decision-valid = 許可されます
page-decision-malformed = 拒否：シークレットの形式ではないか、入力ミスがあります
page-decision-unknown = 拒否：このワークスペースに、このシークレットを持つキーはありません
page-decision-disabled = 拒否：キーが無効です
page-decision-expired = 拒否：キーの期限が切れています
page-decision-wrong-mode = 拒否：キーのモードが違います
page-decision-ip-not-allowed = 拒否：このアドレスからは使えません
page-decision-no-scopes = 拒否：キーに権限が一つもありません
page-decision-insufficient-scope = 拒否：キーに次の権限がありません：{ $scopes }
