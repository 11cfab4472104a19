# Keyward bằng tiếng Việt. Tệp của mọi ngôn ngữ có cùng các thông điệp theo cùng thứ tự.

## The page: every page

skip-to-content = Chuyển đến nội dung
navigation = Điều hướng chính
back-to = Quay lại { $name }
api-keys = Khóa API
try-key = Thử khóa
settings = Cài đặt
language = Ngôn ngữ
choose = Chuyển
sign-out = Đăng xuất
read-only-role = Bạn có thể xem và tắt khóa của không gian làm việc này. Với các thay đổi khác, hãy nhờ chủ sở hữu.
check-failed = Hiện không kiểm tra được. Bạn vẫn có thể gửi biểu mẫu.
offline = Bạn đang ngoại tuyến. Nội dung đã điền vẫn còn. Hãy thử lại khi có kết nối.
online-again = Đã có kết nối trở lại.
list-failed = Không tải được danh sách. Nội dung hiện tại là của lần trước. Hãy thử lại.
cancel = Hủy
never = Chưa bao giờ
nothing = không có
pages = Các trang
previous-page = Trang trước
next-page = Trang sau
back-to-keys = Về danh sách khóa API
request-number = Khi cần trợ giúp, hãy cung cấp ID yêu cầu này:

## The page: signing in

sign-in = Đăng nhập
sign-in-lead = Đăng nhập bằng token truy cập do nền tảng cấp. Token được lưu trong cookie mà không tập lệnh nào đọc được, cho đến khi đăng xuất hoặc token hết hạn.
workspace = ID không gian làm việc
token = Token truy cập
token-help = Một JWT: ba phần ngăn cách bằng dấu chấm.
client-hash = Giá trị băm của client (không bắt buộc)
client-hash-help = Chỉ cần khi token gắn với một thiết bị.
workspace-missing = Hãy nhập ID của không gian làm việc có các khóa cần quản lý
token-refused = Token không được chấp nhận: có thể đã hết hạn hoặc thuộc thiết bị khác
token-too-long = Token quá dài nên trình duyệt không lưu được
signed-in = Đã đăng nhập
continue-to-keys = Đến danh sách khóa API
session-ended = Phiên đăng nhập đã kết thúc. Hãy đăng nhập lại.
input-kept = Nội dung đã điền được giữ lại và sẽ hiện lại sau khi đăng nhập.
continue-with-form = Tiếp tục điền biểu mẫu
link-used = Liên kết này đã được dùng hoặc không hợp lệ. Hãy chạy lại keyward dev để có liên kết mới, hoặc đăng nhập bằng token mà lệnh đó đã in ra.

## The page: what went wrong

foreign-form = Biểu mẫu này không thuộc phiên đăng nhập hiện tại; hãy mở lại trang và nhập lại
not-owner-advice = Hãy nhờ chủ sở hữu không gian làm việc, hoặc kiểm tra ID trong địa chỉ trang.
not-found-advice = Có thể mục này đã bị xóa. Lịch sử của mục vẫn còn trong nhật ký kiểm tra.
wrong-state-advice = Hãy mở lại khóa để xem trạng thái hiện tại. Khóa đã hết hạn cần được đặt thời hạn mới trước.
limit-reached-advice = Hãy xóa những khóa không còn dùng, hoặc xin nâng giới hạn.
unavailable-advice = Không chắc thay đổi đã được thực hiện hay chưa. Hãy chờ một lát, xem danh sách khóa rồi thử lại.
signed-out-here-alone-advice = Trình duyệt này đã đăng xuất, nhưng máy chủ không kết thúc được phiên đăng nhập. Bản sao của token vẫn dùng được cho đến khi hết hạn.

## The page: the list

create-key = Tạo khóa API
create-first-key = Tạo khóa đầu tiên
empty-title = Chưa có khóa API nào
empty-lead = Khóa API cho phép chương trình gọi API. Hãy tạo một khóa, giữ mã bí mật trong cấu hình của chương trình và gửi kèm trong mỗi lần gọi:
search = Tìm theo tên hoặc ID
sort-by = Sắp xếp theo
sort-newest = Mới nhất trước
sort-oldest = Cũ nhất trước
sort-name = Tên, A đến Z
sort-name-backwards = Tên, Z đến A
sort-last-used = Dùng gần đây nhất
sort-long-unused = Lâu chưa dùng trước
sort-expiry = Sắp hết hạn trước
sort-latest-expiry = Hết hạn muộn nhất trước
show = Hiện
none-fits = Không có khóa nào phù hợp.
show-all = Hiện tất cả khóa
key-range = Khóa { $first }–{ $last } trong số { $total }
column-key = Khóa
column-addresses = Cho phép từ
column-uses = 30 ngày qua
anywhere = Mọi nơi
and-more = và { $count } mục nữa
uses-of-30-days = Số lần gọi trong 30 ngày qua: { $count }
no-uses = Không có lần gọi
keys-at-a-glance = Tổng quan về khóa
filters-chosen = Bộ lọc
remove-filter = Bỏ bộ lọc: { $filter }
any-status = Mọi trạng thái
any-mode = Mọi chế độ
sort-by-column = Sắp xếp theo: { $column }
filter-search = Tìm kiếm: { $text }
filter-external-id = ID bên ngoài: { $id }
filter-never-used = Chưa từng dùng
filter-used = Đã từng dùng
filter-idle = Không dùng từ { $days } ngày
filter-denied = Bị từ chối trong { $days } ngày qua
filter-never-expires = Không hết hạn
filter-expires = Có thời hạn
filter-expiring = Hết hạn trong { $days } ngày tới
filter-no-scopes = Không có quyền
filter-scopes = Có quyền
filter-unused-scopes = Có quyền chưa dùng
filter-no-unused-scopes = Dùng hết các quyền

## The page: several keys at once

select = Chọn
select-all = Chọn mọi khóa trên trang này
select-key = Chọn { $name }
selected-keys = Các khóa đã chọn
selected-count = Số khóa đã chọn: { $count }
bulk-disable = Tắt…
bulk-expire = Đặt thời hạn…
disable-several = Tắt nhiều khóa
expire-several = Đặt thời hạn cho nhiều khóa
disable-several-lead = Chưa có gì thay đổi. Mọi lần gọi bằng các khóa sau sẽ bị từ chối cho đến khi khóa được bật lại:
expire-several-lead = Chưa có gì thay đổi. Các khóa sau sẽ có cùng thời hạn, bất kể hiện tại là gì:
disable-them = Tắt các khóa này
expire-them = Đặt thời hạn này
several-done = Số khóa đã thay đổi: { $count }
several-failed = Các khóa sau không thay đổi:

## The page: a secret in the search

secret-in-search = Nội dung tìm kiếm là một mã bí mật
secret-of-key = Mã này thuộc về khóa:
secret-of-no-key = Không có khóa nào của không gian làm việc này dùng mã bí mật đó.
secret-not-kept = Mã này không nằm trong địa chỉ trang và không được lưu lại.
secret-in-address = Mã này đã nằm trong địa chỉ trang, nên có thể còn trong lịch sử trình duyệt và nhật ký máy chủ. Nếu có chương trình đang dùng, hãy xoay vòng ngay.

## The page: what a key has

field-name = Tên
field-description = Mô tả (không bắt buộc)
field-external-id = ID bên ngoài
field-metadata = Siêu dữ liệu
field-mode = Chế độ
field-status = Trạng thái
field-scopes = Quyền
field-ip = Địa chỉ được phép
field-expires = Hết hạn
field-limits = Hạn mức
field-secret = Mã bí mật
field-old-secret = Mã bí mật cũ
last-used = Dùng lần cuối
created-at = Tạo lúc
key-id = ID khóa
any-address = Từ mọi địa chỉ
status-active = Đang hoạt động
status-disabled = Đã tắt
status-expired = Đã hết hạn
status-deleted = Đã xóa
has-expired = Khóa này đã hết hạn: mọi lần gọi đều bị từ chối cho đến khi có thời hạn mới.
secret-too-old = Mã bí mật của khóa này đã quá thời gian sử dụng mà không gian làm việc cho phép, nên mọi lần gọi đều bị từ chối cho đến khi mã bí mật được xoay vòng.
expires-within-a-day = Khóa này sẽ hết hạn trong vòng một ngày.
expires-very-soon = Khóa này hết hạn sau { $days } ngày: hãy chuẩn bị thay ngay.
expires-soon = Khóa này hết hạn sau { $days } ngày.
exposed = Bị lộ
exposed-title = Người khác đã biết mã bí mật của khóa này.
exposed-disabled = Khóa đã bị tắt. Hãy xoay vòng mã bí mật rồi bật lại khóa.
exposed-still-valid = Hãy xoay vòng mã bí mật ngay và ngừng mã cũ lập tức.
exposed-replace = Khóa đã hết hạn. Hãy tạo khóa mới để thay thế.
exposed-reported = Thời điểm báo cáo:
exposed-places = Nơi tìm thấy:

## The page: the form

form-has-problems = Chưa lưu gì cả. Hãy sửa các trường được đánh dấu; nội dung đã điền vẫn còn.
what-for = Mục đích
preset-read = Chỉ đọc
preset-everything = Tất cả
preset-nothing = Không gì cả
find-resource = Tìm tài nguyên
add-description = Thêm mô tả
summary-of-key = Tóm tắt
summary-scopes = Khóa có quyền trên { $some } trong số { $all } tài nguyên.
summary-expires = Khóa hết hạn:
summary-never-expires = Khóa không bao giờ hết hạn.
ip-private = { $rule } là địa chỉ nội bộ: các lần gọi từ internet không bao giờ đến từ đó.
name-help = Để sau này nhận ra: chương trình nào, môi trường nào.
description-help = Một dòng: khóa dùng để làm gì, liên hệ với ai.
mode-live = LIVE: dùng cho môi trường thật
permission-read = Đọc
permission-write = Ghi
mode-test = TEST: để thử nghiệm
mode-test-refused = Chỉ có thể tạo khóa TEST trong cổng PARTNER.
scopes-help = Khóa ban đầu không có quyền nào. Chỉ cấp những quyền chương trình cần.
level-none = Không có quyền
level-read = Đọc
level-write = Đọc và ghi
level-only-write = Chỉ ghi
key-can = Khóa này có thể:
can-nothing = Không có quyền nào
can-nothing-yet = Khóa này chưa làm được gì. Mọi lần gọi đều sẽ bị từ chối.
ip-label = Địa chỉ và dải địa chỉ, mỗi dòng một mục
ip-help = Mỗi dòng một mục, ví dụ 203.0.113.7 hoặc 192.168.1.0/24. Để trống để cho phép mọi địa chỉ.
add-my-address = Thêm địa chỉ của tôi
ip-open = Chấp nhận các lần gọi từ mọi địa chỉ.
ip-closed = Chỉ chấp nhận các lần gọi từ { $count } địa chỉ trong danh sách này; mọi nơi khác bị từ chối.
ip-own-inside = Địa chỉ của bạn, { $address }, nằm trong số đó.
ip-own-outside = Địa chỉ của bạn, { $address }, không nằm trong số đó.
expires-never = Không bao giờ
expires-in-30-days = Sau 30 ngày
expires-in-90-days = Sau 90 ngày
expires-in-a-year = Sau một năm
expires-in-days = Sau { $days } ngày
expires-on = Cuối ngày được chọn
expires-on-day = Ngày (UTC)
expires-as-now = Giữ nguyên:
expiry-default = Nếu không chọn khác, khóa mới sẽ hết hạn sau { $days } ngày.
expiry-latest = Thời điểm hết hạn muộn nhất là { $latest }.
expiry-latest-of-key = Thời điểm hết hạn muộn nhất là { $latest }. Sau khi xoay vòng mã bí mật, có thể chọn thời điểm muộn hơn.
set-limits = Đặt hạn mức riêng cho khóa này
limits-help = Chỉ có thể thấp hơn hạn mức của gói. Để trống thì áp dụng hạn mức của gói.
limit-of-key-alone = { $rule }. Chỉ khóa này có hạn mức này; để trống thì hạn mức bị xóa.
limit-above-plan = Gói cho phép tối đa { $max }

## The page: a secret, shown once

key-created = Khóa API đã sẵn sàng
key-rotated = Mã bí mật mới đã sẵn sàng
reveal-lead = Hãy lưu mã bí mật ngay: mã chỉ hiện một lần này. Sau đó không ai xem lại được, kể cả chúng tôi.
secret = Khóa API (mã bí mật)
secret-spoken = Khóa API, kết thúc bằng { $hint }
copy-secret = Sao chép
copy-curl = Sao chép lệnh
copied = Đã sao chép.
copied-next = Đã sao chép. Hãy lưu vào nơi chương trình đọc, rồi xác nhận đã lưu.
test-the-key = Thử ngay
waiting-for-use = Hãy gọi một lần bằng khóa này: đang chờ lần dùng đầu tiên…
first-used = Đã hoạt động. Dùng lúc:
copy-refused = Trình duyệt không cho phép sao chép. Văn bản đã được chọn: nhấn Ctrl+C hoặc ⌘C.
download-env = Tải về dạng .env
downloaded = Đã tải về.
curl-help = Hãy thêm đường dẫn muốn gọi vào cuối URL.
i-have-saved-it = Tôi đã lưu
done = Xong
shown-already = Mã bí mật này đã được hiển thị
shown-already-lead = Mã bí mật chỉ hiện một lần và chỉ giá trị băm được lưu. Nếu chưa lưu, hãy xoay vòng mã bí mật: khóa sẽ có mã bí mật mới, mọi thứ khác giữ nguyên.
to-key = Xem khóa

## The page: the parts of a key

tab-overview = Tổng quan
tab-activity = Hoạt động
tab-history = Lịch sử thay đổi
tab-use = Cách dùng
parts-of-key = Các phần của khóa này
actions-of-key = Thao tác
permissions-of-key = Quyền theo tài nguyên
resource = Tài nguyên
other-actions = Khác
allowed = Được phép
not-allowed = Không được phép
last-used-on = Dùng lần cuối
lifetime-and-addresses = Phạm vi và thời hạn
limits-of-key = Hạn mức
limit-use = Đã dùng { $used } trên { $max }
limit-of-workspace = dùng chung cho mọi khóa của không gian làm việc
limit-rule = Tối đa { $max } mỗi { $window }
window-seconds = { $count ->
    [1] giây
   *[other] { $count } giây
}
window-minutes = { $count ->
    [1] phút
   *[other] { $count } phút
}
window-hours = { $count ->
    [1] giờ
   *[other] { $count } giờ
}
window-days = { $count ->
    [1] 24 giờ
   *[other] { $count } ngày
}
window-calendar-day = ngày theo lịch (UTC)
window-calendar-month = tháng theo lịch (UTC)
secret-current = Mã bí mật hiện tại
secret-previous = Mã bí mật cũ
secret-made = Tạo lúc
secret-ends = Hết hiệu lực
copy-id = Sao chép ID
by-hour = 24 giờ qua
by-day = 30 ngày qua
period = Khoảng thời gian
calls-allowed = Lần gọi được phép
calls-denied = Lần gọi bị từ chối
addresses-of-calls = Số địa chỉ (ước chừng)
chart-of-calls = Lần gọi được phép: { $allowed }. Lần gọi bị từ chối: { $denied }.
as-a-table = Xem dạng bảng
time = Thời gian
no-calls = Không có lần gọi nào trong thời gian này.
denials = Lý do từ chối
no-denials = Không có lần gọi nào bị từ chối trong thời gian này.
reason = Lý do
number-of-calls = Số lần
last-time = Lần cuối
from-where = Nguồn
add-address = Cho phép { $address }
denial-disabled = Khóa đang tắt
denial-expired = Khóa hết hạn
denial-wrong-mode = Khóa khác chế độ
denial-ip-not-allowed = Địa chỉ không được phép
denial-no-scopes = Khóa không có quyền nào
denial-insufficient-scope = Thiếu quyền cần thiết
denial-rate-limited = Đã chạm hạn mức
denial-quota-exceeded = Đã dùng hết hạn ngạch
denial-cost-above-limit = Chi phí vượt hạn mức
alarm-wrong-address = Có người gọi bằng khóa này từ địa chỉ không được phép. Số lần bị từ chối trong 7 ngày: { $count }.
alarm-still-called = Khóa đã tắt hoặc hết hạn nhưng vẫn có chương trình gọi. Số lần bị từ chối trong 7 ngày: { $count }.
alarm-many-denials = Rất nhiều lần gọi bằng khóa này bị từ chối trong một giờ. Số lần bị từ chối trong các giờ đó: { $count }.
alarm-quota-near = Hạn ngạch { $limit } sắp hết.
alarm-quota-reached = Hạn ngạch { $limit } đã hết: các lần gọi bị từ chối cho đến kỳ sau.
see-activity = Xem hoạt động
use-lead = Đừng ghi mã bí mật vào mã nguồn; hãy đặt ở ngoài, ví dụ trong biến môi trường API_KEY.
copy-code = Sao chép mã

## The page: one key

edit-key = Chỉnh sửa
rotate-key = Xoay vòng mã bí mật
enable-key = Bật
disable-key = Tắt
delete-key = Xóa
secrets = Các mã bí mật
overlap-title = Đang xoay vòng
old-secret-ends = Mã bí mật cũ hết hiệu lực lúc:
end-old-secret = Ngừng mã bí mật cũ ngay
operator = người vận hành
service = dịch vụ { $name }
event-created = Đã tạo
event-updated = Đã thay đổi
event-disabled = Đã tắt
event-enabled = Đã bật
event-rotated = Đã xoay vòng
event-overlap-ended = Đã ngừng mã bí mật cũ
event-deleted = Đã xóa
event-found-at = Nơi tìm thấy mã bí mật: { $places }
done-saved = Đã lưu các thay đổi.
done-disabled = Đã tắt khóa.
done-enabled = Đã bật khóa.
done-overlap-ended = Đã ngừng mã bí mật cũ.
done-deleted = Đã xóa khóa.
known-everywhere = Mọi máy chủ đã cập nhật.
known-within-a-second = Một số máy chủ có thể cần một giây để cập nhật.

## The page: changing a key

review-changes = Xem lại thay đổi
review-lead = Chưa lưu gì cả. Những nội dung sau sẽ thay đổi:
changes = Các thay đổi
field = Trường
before = Trước
after = Sau
save-changes = Lưu thay đổi
back-to-form = Về biểu mẫu
nothing-changed = Không có gì khác so với bản đã lưu.
changed-meanwhile = Khóa này vừa được người khác thay đổi
conflict-lead = Thay đổi của bạn chưa được lưu. Hãy so sánh hai phiên bản rồi quyết định.
their-version = Phiên bản hiện tại
your-version = Phiên bản của bạn
save-yours = Lưu phiên bản của bạn
rotate-lead = Khóa sẽ có mã bí mật mới, chỉ hiện một lần. Tên, quyền, địa chỉ và thời hạn giữ nguyên. Hãy giữ mã bí mật cũ còn hiệu lực cho đến khi mọi chương trình dùng mã mới.
secret-last-used = Khóa được dùng lần cuối:
rotate-ends-old = Đang xoay vòng. Mã bí mật sau sẽ hết hiệu lực ngay:
overlap-question = Mã bí mật cũ còn hiệu lực trong bao lâu?
overlap-none = Không giữ: hết hiệu lực ngay
overlap-hour = Một giờ
overlap-day = Một ngày
overlap-three-days = Ba ngày
overlap-week = Một tuần
delete-lead = Không thể hoàn tác việc xóa: sau đó, mọi chương trình dùng khóa này đều bị từ chối.
disable-instead = Nếu chưa chắc, hãy tắt trước: việc đó có thể hoàn tác.
type-name = Khóa này đã được dùng trong 7 ngày qua. Nhập tên khóa để xóa:
name-differs = Đó không phải tên khóa; chưa xóa gì cả.
delete-for-good = Xóa vĩnh viễn

## The page: trying a key

try-lead = Kiểm tra như một cổng API: người giữ mã bí mật này có được gọi như vậy từ địa chỉ này không? Không lưu gì và không tính là một lần dùng.
from-address = Gọi từ địa chỉ
for-scope = Quyền cần có
no-scope-asked = Không chỉ định
try-it = Thử
passes = đạt
fails = không đạt
check-secret = Mã bí mật thuộc một khóa
check-enabled = Khóa đang bật
check-not-expired = Khóa chưa hết hạn
check-mode = Chế độ phù hợp
check-address = Địa chỉ được phép
check-scopes = Đủ quyền
check-limits = Chưa chạm hạn mức nào
decision-valid = Được phép
decision-malformed = Bị từ chối: đây không phải mã bí mật của Keyward, hoặc gõ nhầm
decision-unknown = Bị từ chối: không khóa nào của không gian làm việc này có mã bí mật đó
decision-disabled = Bị từ chối: khóa đã tắt
decision-expired = Bị từ chối: khóa đã hết hạn
decision-wrong-mode = Bị từ chối: khóa thuộc chế độ khác
decision-ip-not-allowed = Bị từ chối: không được gọi từ địa chỉ này
decision-no-scopes = Bị từ chối: khóa không có quyền nào
decision-insufficient-scope = Bị từ chối: khóa thiếu quyền { $scopes }
decision-rate-limited = Bị từ chối: đã chạm hạn mức { $limit }
decision-quota-exceeded = Bị từ chối: đã dùng hết hạn ngạch { $limit }
decision-cost-above-limit = Bị từ chối: lần gọi này tốn nhiều hơn mức mà hạn mức { $limit } cho phép

## The page: the settings of a workspace

settings-lead = Người vận hành nền tảng đặt các quy tắc này. Chúng áp dụng cho mọi khóa của không gian làm việc.
keys-of-max = { $count } trên { $max } khóa
lifetime-title = Thời hạn của khóa
lifetime-default = Thời hạn mặc định của khóa mới
lifetime-of-days = { $days } ngày
lifetime-must-be-chosen = Phải chọn thời hạn
lifetime-max = Thời gian dùng tối đa của mã bí mật
lifetime-unlimited = Không giới hạn
lifetime-endless = Khóa không hết hạn
lifetime-existing = Khóa có mã bí mật đã quá thời gian tối đa
lifetime-reported = Vẫn dùng được
lifetime-refused = Bị từ chối cho đến khi xoay vòng mã bí mật
leaks-title = Mã bí mật bị lộ
leaks-lead = Khi GitHub hoặc công cụ quét báo đã tìm thấy mã bí mật của một khóa:
leaks-notify = Khóa vẫn dùng được và một sự kiện được gửi đến chương trình của bạn. Hãy xoay vòng mã bí mật ngay.
leaks-disable = Khóa bị tắt ngay.
leaks-expire = Khóa hết hạn sau { $hours } giờ, trừ khi đã hết hạn sớm hơn.
leaks-holder = Ai có mã bí mật đều có thể làm nó hết hiệu lực bất cứ lúc nào mà không cần đăng nhập.
plan-title = Gói dịch vụ
no-plan = Không gian làm việc này không có gói dịch vụ. Khóa chỉ chịu hạn mức riêng của nó.
limits-of-each-key = Hạn mức của từng khóa
limits-of-all-keys = Hạn mức dùng chung cho mọi khóa
no-limits = Gói này không có.

## The page: webhooks

webhooks = Các webhook
webhooks-lead = Sự kiện của các khóa trong không gian làm việc này được gửi đến các URL dưới đây. Mọi thông điệp đều được ký.
no-webhooks = Chưa có webhook nào.
webhook-url = URL của bên nhận
webhook-url-help = URL https, không kèm tên người dùng và mật khẩu.
event-types = Loại sự kiện
event-types-help = Chọn các sự kiện cần gửi. Nếu không chọn, tất cả đều được gửi.
all-event-types = Tất cả
not-as-caep = không có dạng CAEP
encoding = Định dạng
encoding-keyward = KEYWARD: JSON, giống như API sự kiện
encoding-caep = CAEP: token sự kiện bảo mật, chỉ cho thay đổi của khóa
add-webhook = Thêm webhook
webhook-added = Webhook đã sẵn sàng
webhook-rotated = Khóa ký mới đã sẵn sàng
webhook-secret-lead = Hãy lưu mã bí mật ngay: mã chỉ hiện một lần này. Bên nhận kiểm tra chữ ký bằng mã này hoặc bằng khóa công khai.
webhook-shown-already-lead = Mã bí mật chỉ hiện một lần. Nếu chưa lưu, hãy đổi khóa ký: mọi thứ khác giữ nguyên.
to-webhook = Xem webhook
webhook-id = ID của webhook
webhook-settings = Thiết lập
public-key = Khóa công khai
old-keys-until = Khóa ký cũ còn dùng đến
failing-since = Liên tục thất bại từ
disabled-since = Đã tắt từ
disabled-failing = Không gửi được sự kiện nào trong năm ngày.
disabled-gone = Bên nhận đã phản hồi 410: không muốn nhận thêm sự kiện.
enable-then-send-again = Không có gì được gửi cho đến khi webhook được bật lại. Sau đó hãy gửi lại những sự kiện đã lỡ.
send-test-message = Gửi thông điệp thử
test-message = Thông điệp thử
give-new-keys = Đổi khóa ký
give-new-keys-help = Khóa ký mới có mã bí mật mới, chỉ hiện một lần. Trong 24 giờ, thông điệp cũng được ký bằng khóa ký cũ.
remove-webhook = Gỡ bỏ
remove-webhook-lead = Không có gì được gửi đến URL này nữa, và danh sách các lần gửi cũng bị xóa. Không thể hoàn tác.
remove-for-good = Gỡ bỏ vĩnh viễn
done-webhook-enabled = Webhook đã được bật.
done-webhook-removed = Webhook đã được gỡ bỏ.
answered = Phản hồi với mã trạng thái { $status }
beginning-of-answer = Phần đầu của phản hồi
failure-address-refused = Không được phép gửi đến địa chỉ mà URL này trỏ tới
failure-host-unknown = Không tìm thấy địa chỉ của máy chủ
failure-not-connected = Không kết nối được, hoặc kết nối bị ngắt
failure-not-secure = Kết nối không an toàn: chứng chỉ có thể không hợp lệ với máy chủ
failure-timed-out = Không có phản hồi kịp thời
failure-unreadable = Không thể đọc hoặc gửi sự kiện
deliveries = Các lần gửi
no-deliveries = Không có lần gửi nào ở đây.
event = Sự kiện
sequence = Số thứ tự
delivery-pending = Đang chờ gửi
delivery-delivered = Gửi thành công
delivery-failed = Gửi thất bại
attempts = Số lần thử
last-attempt = Lần thử cuối
next-attempt = Lần thử tiếp theo
latest-deliveries = Các lần gửi mới nhất
older-deliveries = Các lần gửi cũ hơn
send-again = Gửi lại
send-again-from = Gửi lại từ số thứ tự
send-again-help = Từ số thứ tự này trở đi, mọi sự kiện của không gian làm việc dành cho webhook này sẽ được gửi như sự kiện mới. Sự kiện được giữ trong 90 ngày.
sequence-invalid = Hãy nhập một số nguyên từ 1 trở lên
sent-again = Số sự kiện được gửi lại: { $count }
