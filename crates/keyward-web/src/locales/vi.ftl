# Keyward bằng tiếng Việt. Tệp của mọi ngôn ngữ có cùng các thông điệp theo cùng thứ tự.


## Các mã ở §2 của hợp đồng

invalid-request = Yêu cầu không hợp lệ
invalid-token = Token không hợp lệ hoặc đã hết hạn
not-owner = Chỉ chủ sở hữu không gian làm việc mới được quản lý khóa API
test-mode-refused = Chỉ cổng PARTNER mới được tạo khóa TEST
api-key-not-found = Không tìm thấy khóa API
no-such-resource = Không có tài nguyên này
method-not-allowed = Không được dùng phương thức này
not-acceptable = Không thể trả lời theo định dạng được yêu cầu
request-timeout = Yêu cầu đã quá thời gian chờ
wrong-state = Trạng thái hiện tại của khóa API không cho phép thao tác này
already-carried-out = Yêu cầu này đã được thực hiện trước đó
limit-reached = Không gian làm việc đã đạt giới hạn số khóa API
changed-by-someone-else = Khóa API đã bị người khác thay đổi
body-too-large = Nội dung yêu cầu quá lớn (tối đa 64 KiB)
wrong-content-type = Content-Type phải là application/json
idempotency-key-reused = Idempotency-Key này đã được dùng cho một yêu cầu khác
too-many-requests = Quá nhiều yêu cầu
internal-error = Lỗi nội bộ
unavailable = Dịch vụ tạm thời không khả dụng

## Các trường trong nội dung

required = Trường này là bắt buộc
not-text = Phải là một chuỗi
not-list = Phải là một mảng các chuỗi
too-many = Chỉ được có tối đa { $max } mục
unknown-member = Không có trường này
unknown-member-meant = Không có trường này; có phải ý bạn là { $suggestion }?
repeated-member = Trường này chỉ được xuất hiện một lần
immutable-member = Không thể thay đổi trường này
name-blank = Phải có ít nhất một ký tự hiển thị được
name-too-long = Chỉ được có tối đa { $max } ký tự; hiện có { $length } ký tự
name-forbidden-character = Không được chứa ký tự { $character }
scope-invalid = Phải là mã phạm vi như payment:read, viết thường và dài tối đa 64 ký tự
scope-unknown = Không có phạm vi này; phải là một mã trong danh mục phạm vi
mode-invalid = Phải là 1 (LIVE) hoặc 2 (TEST)
address-invalid = Phải là địa chỉ IP, chẳng hạn 203.0.113.7 hoặc 2001:db8::7
ip-malformed = Phải là địa chỉ IP hoặc khối CIDR, ví dụ 192.168.1.100 hoặc 192.168.1.0/24
ip-malformed-meant = Phải là địa chỉ IP hoặc khối CIDR; có phải ý bạn là { $suggestion }?
ip-bad-prefix = Độ dài tiền tố phải là số từ 1 đến { $bits }
ip-bad-prefix-meant = Độ dài tiền tố phải là số từ 1 đến { $bits }; có phải ý bạn là { $suggestion }?
ip-every-address = /0 cho phép mọi địa chỉ; nếu không cần giới hạn, hãy để danh sách trống
ip-host-bits = Có bit khác 0 nằm sau tiền tố; có phải ý bạn là { $suggestion }?
expiry-malformed = Phải là ngày giờ kèm độ lệch UTC (RFC 3339), ví dụ 2027-01-31T12:00:00Z
expiry-out-of-range = Phải nằm trong khoảng từ năm 1970 đến năm 9999
expiry-not-in-future = Phải là thời điểm trong tương lai
overlap-invalid = Phải là số giây nguyên từ 0 đến { $max }

## Toàn bộ nội dung

body-empty = Nội dung trống; phải là một đối tượng JSON
body-not-json = Không phải JSON hợp lệ (dòng:cột { $position })
body-not-object = Phải là một đối tượng JSON
nothing-to-change = Phải có ít nhất một trường cần thay đổi: name, scopes, ipWhitelist hoặc expiresAt
questions-invalid = Phải là một mảng gồm 1 đến { $max } câu hỏi

## Các tham số truy vấn

parameter-unknown = Không có tham số này
parameter-repeated = Tham số này chỉ được xuất hiện một lần
parameter-malformed = Phải là UTF-8 được mã hóa phần trăm và không chứa ký tự điều khiển
number-invalid = Phải là số nguyên từ { $min } đến { $max }
sort-invalid = Phải là createdAt, name, lastUsedAt hoặc expiresAt; có thể thêm ,asc hoặc ,desc ở cuối
status-invalid = Phải là ACTIVE, DISABLED hoặc EXPIRED
flag-invalid = Phải là true hoặc false
mode-name-invalid = Phải là LIVE hoặc TEST
search-invalid = Phải có từ 1 đến { $max } ký tự, không kể khoảng trắng ở đầu và cuối

## Các tiêu đề

header-required = Tiêu đề này là bắt buộc
header-repeated = Tiêu đề này chỉ được xuất hiện một lần
header-invalid = Phải có từ 1 đến { $max } ký tự ASCII hiển thị được
header-workspace-mismatch = Phải giống workspaceId trong đường dẫn
if-match-malformed = Phải là * hoặc danh sách các thẻ thực thể (entity tag), ví dụ "3"

## The page: every page

page-skip-to-content = Chuyển đến nội dung
page-navigation = Điều hướng chính
page-api-keys = Khóa API
page-try-key = Thử khóa
page-language = Ngôn ngữ
page-choose = Chuyển
page-sign-out = Đăng xuất
page-check-failed = Hiện không kiểm tra được. Bạn vẫn có thể gửi biểu mẫu.
page-cancel = Hủy
page-never = Chưa bao giờ
page-nothing = không có
page-pages = Các trang
page-previous-page = Trang trước
page-next-page = Trang sau
page-back-to-keys = Về danh sách khóa API
page-request-number = Khi cần trợ giúp, hãy nêu mã yêu cầu này:

## The page: signing in

page-sign-in = Đăng nhập
page-sign-in-lead = Đăng nhập bằng mã truy cập do nền tảng của bạn cấp. Mã được lưu trong cookie mà không tập lệnh nào đọc được, cho đến khi bạn đăng xuất hoặc mã hết hạn.
page-workspace = ID không gian làm việc
page-token = Mã truy cập
page-token-help = Một JWT: ba phần ngăn cách bằng dấu chấm.
page-client-hash = Mã thiết bị (không bắt buộc)
page-client-hash-help = Chỉ cần khi mã truy cập gắn với một thiết bị.
page-workspace-missing = Hãy nêu không gian làm việc có các khóa cần quản lý
page-token-refused = Mã truy cập không được chấp nhận: có thể đã hết hạn hoặc thuộc thiết bị khác
page-token-too-long = Mã truy cập quá dài để trình duyệt lưu giữ
page-session-ended = Phiên làm việc đã kết thúc. Hãy đăng nhập lại; nội dung bạn đã điền vẫn còn khi quay lại.
page-link-used = Liên kết này đã được dùng hoặc không hợp lệ. Hãy chạy lại keyward dev để có liên kết mới, hoặc đăng nhập bằng mã mà nó đã in ra.

## The page: what went wrong

page-foreign-form = Biểu mẫu này không thuộc phiên của bạn; hãy mở lại trang và làm lại
page-not-owner-advice = Hãy nhờ chủ sở hữu không gian làm việc, hoặc kiểm tra ID trong địa chỉ.
page-not-found-advice = Có thể khóa đã bị xóa. Những gì đã làm với nó vẫn còn trong nhật ký kiểm tra.
page-wrong-state-advice = Hãy mở lại khóa để xem trạng thái hiện tại. Khóa đã hết hạn cần có thời hạn mới trước.
page-limit-reached-advice = Hãy xóa những khóa không còn dùng, hoặc xin nâng giới hạn.
page-unavailable-advice = Chưa ghi nhận thay đổi nào. Hãy chờ một lát, xem danh sách khóa rồi thử lại.
page-signed-out-here-alone-advice = Trình duyệt này đã đăng xuất, nhưng máy chủ không kết thúc được phiên làm việc: nếu ai đó có bản sao của mã truy cập, mã vẫn dùng được cho đến khi hết hạn.

## The page: the list

page-create-key = Tạo khóa API
page-create-first-key = Tạo khóa đầu tiên
page-empty-title = Chưa có khóa API nào
page-empty-lead = Khóa API cho phép chương trình của bạn gọi API. Hãy tạo một khóa, giữ mã bí mật trong cấu hình của chương trình và gửi kèm mỗi lần gọi:
page-search = Tìm theo tên hoặc ID
page-any = Tất cả
page-sort-by = Sắp xếp theo
page-sort-newest = Mới nhất trước
page-sort-last-used = Dùng gần nhất
page-sort-expiry = Sắp hết hạn trước
page-show = Hiện
page-key-count = Số khóa: { $count }
page-none-fits = Không có khóa nào phù hợp.
page-show-all = Hiện tất cả khóa

## The page: what a key has

page-field-name = Tên
page-field-mode = Chế độ
page-field-status = Trạng thái
page-field-scopes = Quyền
page-field-ip = Địa chỉ được phép
page-field-expires = Hết hạn
page-field-secret = Mã bí mật
page-field-old-secret = Mã bí mật cũ
page-last-used = Dùng lần cuối
page-created-at = Tạo lúc
page-key-id = ID khóa
page-any-address = Từ mọi địa chỉ
page-status-active = Đang hoạt động
page-status-disabled = Đã tắt
page-status-expired = Đã hết hạn
page-status-deleted = Đã xóa
page-has-expired = Khóa này đã hết hạn: mọi lần gọi đều bị từ chối cho đến khi có thời hạn mới.
page-expires-within-a-day = Khóa này sẽ hết hạn trong vòng một ngày.
page-expires-very-soon = Khóa này hết hạn sau { $days } ngày: hãy chuẩn bị thay ngay.
page-expires-soon = Khóa này hết hạn sau { $days } ngày.

## The page: the form

page-form-has-problems = Chưa lưu gì cả. Hãy xem các trường được đánh dấu; mọi nội dung bạn điền vẫn còn.
page-name-help = Để sau này nhận ra: chương trình nào, môi trường nào.
page-mode-live = LIVE: dùng thật
page-mode-test = TEST: để thử nghiệm
page-mode-test-refused = Chỉ có thể tạo khóa TEST trong cổng PARTNER.
page-scopes-help = Khóa ban đầu không có quyền nào. Chỉ cấp những quyền chương trình cần.
page-level-none = Không có quyền
page-level-read = Đọc
page-level-write = Đọc và ghi
page-level-only-write = Chỉ ghi
page-key-can = Khóa này có thể:
page-key-cannot = Khóa này không thể:
page-can-nothing = Không có quyền nào
page-can-nothing-yet = Khóa này chưa làm được gì. Mọi lần gọi đều sẽ bị từ chối.
page-ip-label = Địa chỉ và dải địa chỉ, mỗi dòng một mục
page-ip-help = Ví dụ 203.0.113.7 hoặc 192.168.1.0/24. Để trống để cho phép mọi địa chỉ.
page-add-my-address = Thêm địa chỉ của tôi
page-ip-open = Sẽ chấp nhận lời gọi từ mọi địa chỉ.
page-ip-closed = Chỉ chấp nhận lời gọi từ { $count } mục trong danh sách; mọi nơi khác bị từ chối.
page-ip-own-inside = Địa chỉ của bạn, { $address }, nằm trong số đó.
page-ip-own-outside = Địa chỉ của bạn, { $address }, không nằm trong số đó.
page-expires-never = Không bao giờ
page-expires-in-30-days = Sau 30 ngày
page-expires-in-90-days = Sau 90 ngày
page-expires-in-a-year = Sau một năm
page-expires-on = Vào cuối một ngày
page-expires-on-day = Ngày đó (UTC)
page-expires-as-now = Giữ nguyên:

## The page: the one sight of a secret

page-key-created = Khóa API đã sẵn sàng
page-key-rotated = Mã bí mật mới đã sẵn sàng
page-reveal-lead = Hãy lưu mã bí mật ngay: mã chỉ hiện một lần này. Sau đó không ai xem lại được, kể cả chúng tôi.
page-secret = Khóa API (mã bí mật)
page-secret-spoken = Khóa API, kết thúc bằng { $hint }
page-copy-secret = Sao chép
page-copy-curl = Sao chép lệnh
page-copied = Đã sao chép.
page-copy-refused = Trình duyệt không cho phép sao chép. Văn bản đã được chọn: nhấn Ctrl+C hoặc ⌘C.
page-download-env = Tải về dạng .env
page-downloaded = Đã tải về.
page-use-it = Cách dùng
page-curl-help = Thay api.example.com bằng địa chỉ của API bạn muốn gọi.
page-i-have-saved-it = Tôi đã lưu
page-done = Xong
page-shown-already = Mã bí mật này đã được hiện
page-shown-already-lead = Mã bí mật chỉ hiện một lần và chỉ mã băm được lưu. Nếu chưa lưu, hãy xoay vòng khóa: khóa có mã bí mật mới, mọi thứ khác giữ nguyên.
page-to-key = Xem khóa

## The page: one key

page-edit-key = Chỉnh sửa
page-rotate-key = Xoay vòng mã bí mật
page-enable-key = Bật
page-disable-key = Tắt
page-delete-key = Xóa
page-what-it-may-do = Khóa này được làm gì
page-secrets = Các mã bí mật
page-since = Từ
page-until = Đến
page-overlap-title = Đang xoay vòng
page-old-secret-ends = Mã bí mật cũ hết hiệu lực lúc:
page-old-secret-last-used = Mã bí mật cũ được dùng lần cuối:
page-end-old-secret = Ngừng mã bí mật cũ ngay
page-history = Lịch sử
page-operator = người vận hành
page-event-created = Đã tạo
page-event-updated = Đã thay đổi
page-event-disabled = Đã tắt
page-event-enabled = Đã bật
page-event-rotated = Đã xoay vòng
page-event-overlap-ended = Đã ngừng mã bí mật cũ
page-event-deleted = Đã xóa
page-done-saved = Đã lưu các thay đổi.
page-done-disabled = Đã tắt khóa.
page-done-enabled = Đã bật khóa.
page-done-overlap-ended = Đã ngừng mã bí mật cũ.
page-done-deleted = Đã xóa khóa.
page-known-everywhere = Mọi máy chủ đã cập nhật.
page-known-within-a-second = Một số máy chủ có thể cần một giây để cập nhật.

## The page: changing a key

page-review-changes = Xem lại thay đổi
page-review-lead = Chưa lưu gì cả. Những nội dung sau sẽ thay đổi:
page-changes = Các thay đổi
page-field = Trường
page-before = Trước
page-after = Sau
page-save-changes = Lưu thay đổi
page-back-to-form = Về biểu mẫu
page-nothing-changed = Không có gì khác so với bản đã lưu.
page-changed-meanwhile = Khóa này vừa được người khác thay đổi
page-conflict-lead = Thay đổi của bạn chưa được lưu. Hãy so sánh hai phiên bản rồi quyết định.
page-their-version = Hiện tại
page-your-version = Phiên bản của bạn
page-save-yours = Lưu phiên bản của bạn
page-rotate-lead = Khóa có mã bí mật mới, chỉ hiện một lần. Tên, quyền, địa chỉ và thời hạn giữ nguyên. Hãy giữ mã cũ cho đến khi mọi chương trình dùng mã mới.
page-secret-last-used = Khóa được dùng lần cuối:
page-rotate-ends-old = Đang có một lần xoay vòng. Mã sau sẽ hết hiệu lực ngay:
page-overlap-question = Giữ mã bí mật cũ trong bao lâu?
page-overlap-none = Không giữ: ngừng ngay
page-overlap-hour = Một giờ
page-overlap-day = Một ngày
page-overlap-three-days = Ba ngày
page-overlap-week = Một tuần
page-delete-lead = Xóa là vĩnh viễn: từ đó mọi chương trình dùng khóa này đều bị từ chối.
page-disable-instead = Nếu chưa chắc, hãy tắt trước: việc đó có thể hoàn tác.
page-type-name = Khóa này đã được dùng trong 7 ngày qua. Nhập tên khóa để xóa:
page-name-differs = Đó không phải tên khóa; chưa xóa gì cả.
page-delete-for-good = Xóa vĩnh viễn

## The page: trying a key

page-try-lead = Hỏi như một cổng API: người giữ mã bí mật này, gọi từ địa chỉ đó, có được làm việc này không? Không lưu gì và không tính là một lần dùng.
page-from-address = Gọi từ địa chỉ
page-for-scope = Cho quyền
page-no-scope-asked = Không chỉ định
page-try-it = Thử
page-passes = đạt
page-fails = không đạt
page-check-secret = Mã bí mật thuộc một khóa
page-check-enabled = Khóa đang bật
page-check-not-expired = Khóa chưa hết hạn
page-check-mode = Chế độ phù hợp
page-check-address = Địa chỉ được phép
page-check-scopes = Đủ quyền
page-decision-valid = Được phép
page-decision-malformed = Bị từ chối: đây không phải mã bí mật hợp lệ, hoặc gõ nhầm
page-decision-unknown = Bị từ chối: không khóa nào của không gian này có mã bí mật đó
page-decision-disabled = Bị từ chối: khóa đã tắt
page-decision-expired = Bị từ chối: khóa đã hết hạn
page-decision-wrong-mode = Bị từ chối: khóa thuộc chế độ khác
page-decision-ip-not-allowed = Bị từ chối: không được gọi từ địa chỉ này
page-decision-no-scopes = Bị từ chối: khóa không có quyền nào
page-decision-insufficient-scope = Bị từ chối: khóa thiếu quyền { $scopes }
