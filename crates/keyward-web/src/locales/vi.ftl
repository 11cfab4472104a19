# Keyward bằng tiếng Việt. Tệp của mọi ngôn ngữ có cùng các thông điệp theo cùng thứ tự.


## Các mã ở §2 của hợp đồng

invalid-request = Yêu cầu không hợp lệ
invalid-token = Token không hợp lệ hoặc đã hết hạn
invalid-signature = Thiếu chữ ký hoặc chữ ký không đúng
certificate-missing = Cần có chứng chỉ của máy khách
not-owner = Chỉ chủ sở hữu không gian làm việc mới được quản lý khóa API
test-mode-refused = Chỉ cổng PARTNER mới được tạo khóa TEST
permission-missing = Token không có quyền thực hiện việc này
api-key-not-found = Không tìm thấy khóa API
no-such-resource = Không có tài nguyên này
workspace-not-found = Không tìm thấy không gian làm việc
member-not-found = Không tìm thấy thành viên
scope-not-found = Không tìm thấy phạm vi quyền
plan-not-found = Không tìm thấy gói
webhook-not-found = Không tìm thấy webhook
method-not-allowed = Không được dùng phương thức này
not-acceptable = Không thể trả lời theo định dạng được yêu cầu
request-timeout = Yêu cầu đã quá thời gian chờ
wrong-state = Trạng thái hiện tại của khóa API không cho phép thao tác này
already-carried-out = Yêu cầu này đã được thực hiện trước đó
limit-reached = Không gian làm việc đã đạt giới hạn số khóa API
workspace-not-empty = Không gian làm việc có khóa API hoặc lịch sử nên không thể gỡ bỏ
secret-taken = Đã có khóa API dùng hoặc từng dùng mã bí mật này
plan-in-use = Có không gian làm việc đang dùng gói này nên không thể gỡ bỏ
too-many-webhooks = Không gian làm việc đã đạt giới hạn số webhook
changed-by-someone-else = Khóa API đã bị người khác thay đổi
body-too-large = Nội dung yêu cầu quá lớn (tối đa 64 KiB)
batch-too-large = Nội dung yêu cầu quá lớn (tối đa 512 KiB)
wrong-content-type = Content-Type phải là application/json
idempotency-key-reused = Idempotency-Key này đã được dùng cho một yêu cầu khác
too-many-requests = Quá nhiều yêu cầu
internal-error = Lỗi nội bộ
unavailable = Dịch vụ tạm thời không khả dụng

## Các trường trong nội dung

required = Trường này là bắt buộc
not-text = Phải là một chuỗi
not-list = Phải là một mảng các chuỗi
not-texts = Phải là một đối tượng có mọi giá trị là chuỗi
too-many = Chỉ được có tối đa { $max } mục
unknown-member = Không có trường này
unknown-member-meant = Không có trường này; có phải ý bạn là { $suggestion }?
repeated-member = Trường này chỉ được xuất hiện một lần
immutable-member = Không thể thay đổi trường này
name-blank = Phải có ít nhất một ký tự hiển thị được
name-too-long = Chỉ được có tối đa { $max } ký tự; hiện có { $length } ký tự
name-forbidden-character = Không được chứa ký tự { $character }
scope-invalid = Phải là mã phạm vi như payment:read, viết thường và dài tối đa 64 ký tự
resource-invalid = Phải là mã tài nguyên như payment, viết thường và dài tối đa { $max } ký tự
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
expiry-required-until = Phải có thời điểm hết hạn, không muộn hơn { $latest }
expiry-too-late = Không được muộn hơn { $latest }
overlap-invalid = Phải là số giây nguyên từ 0 đến { $max }
role-invalid = Phải là OWNER, ADMIN, OPERATOR hoặc VIEWER
descriptions-invalid = Phải là một đối tượng gồm các mô tả theo ngôn ngữ: en, zh, zh-Hant, ja hoặc vi
names-invalid = Phải là một đối tượng gồm các tên theo ngôn ngữ: en, zh, zh-Hant, ja hoặc vi
setting-invalid = Phải là một đối tượng gồm các trường trong số { $allowed }, hoặc null
lifetime-days-invalid = Phải là số ngày nguyên từ 1 đến { $max }
lifetime-default-too-long = Không được lớn hơn maxDays
lifetime-refuse-without-max = REFUSE cần có maxDays
existing-keys-invalid = Phải là REPORT hoặc REFUSE
leak-reaction-invalid = Phải là NOTIFY, DISABLE hoặc EXPIRE
leak-grace-unused = Chỉ EXPIRE mới có graceHours
plan-unknown = Không có gói này
external-id-invalid = Phải có từ 1 đến { $max } ký tự ASCII hiển thị được, không có khoảng trắng, ví dụ customer-4711
metadata-name-invalid = Tên phải có từ 1 đến { $max } ký tự: A-Z, a-z, 0-9, _, - hoặc .
metadata-too-large = Chỉ được có tối đa { $max } byte khi viết thành JSON; hiện có { $length } byte
not-integer = Phải là số nguyên, không viết phần thập phân hay số mũ
not-integers = Phải là một đối tượng có mọi giá trị là số nguyên
not-limits = Phải là một mảng các hạn mức, mỗi hạn mức là một đối tượng có name, max và window
not-limit = Phải là một đối tượng có name, max và window
limit-name-invalid = Phải có từ 1 đến { $max } ký tự a-z, 0-9, _ và -, bắt đầu bằng chữ cái
limit-window-invalid = Phải là day, month, hoặc số nguyên kèm s, m, h hoặc d, từ 1s đến 31d, ví dụ 1m
on-unavailable-invalid = Phải là deny hoặc allow
limit-above-plan = Gói của không gian làm việc có hạn mức cùng tên: window phải là { $window }, max tối đa { $max }, và onUnavailable là một trong { $allowed }

## Toàn bộ nội dung

body-empty = Nội dung trống; phải là một đối tượng JSON
body-not-json = Không phải JSON hợp lệ (dòng:cột { $position })
body-not-object = Phải là một đối tượng JSON
nothing-to-change = Phải có ít nhất một trường cần thay đổi: name, scopes, ipWhitelist, expiresAt, description, externalId, metadata hoặc limits
questions-invalid = Phải là một mảng gồm 1 đến { $max } câu hỏi
items-invalid = Phải là một mảng gồm 1 đến { $max } mục
selector-required = Phải chỉ rõ các khóa: ít nhất một trong workspaceId, createdBy và externalId
key-id-invalid = Phải là ID của một khóa
secret-hash-invalid = Phải là giá trị băm SHA-256 của mã bí mật, dưới dạng 64 chữ số thập lục phân, base64 hoặc base64url

## Các tham số truy vấn

parameter-unknown = Không có tham số này
parameter-repeated = Tham số này chỉ được xuất hiện một lần
parameter-malformed = Phải là UTF-8 được mã hóa phần trăm và không chứa ký tự điều khiển
number-invalid = Phải là số nguyên từ { $min } đến { $max }
sort-invalid = Phải là createdAt, name, lastUsedAt hoặc expiresAt; có thể thêm ,asc hoặc ,desc ở cuối
status-invalid = Phải là ACTIVE, DISABLED hoặc EXPIRED
usage-unit-invalid = Phải là hour hoặc day
period-reversed = Khoảng thời gian phải kết thúc sau khi bắt đầu
period-too-long = Khoảng thời gian dài nhất là { $max } ngày
flag-invalid = Phải là true hoặc false
url-invalid = Phải là một địa chỉ http hoặc https không có khoảng trắng
mode-name-invalid = Phải là LIVE hoặc TEST
webhook-url-invalid = Phải là URL http hoặc https dài tối đa { $max } ký tự, không có người dùng, mật khẩu và phần neo
event-type-invalid = Phải là loại sự kiện mà webhook này có thể nhận, ví dụ api_key.disabled
encoding-invalid = Phải là KEYWARD hoặc CAEP
named-cost-invalid = Phải là tên hạn mức và số nguyên không quá { $max }, ví dụ tokens:250
cost-repeated = Mỗi hạn mức chỉ được nêu một lần
search-invalid = Phải có từ 1 đến { $max } ký tự, không kể khoảng trắng ở đầu và cuối

## Các tiêu đề

header-required = Tiêu đề này là bắt buộc
header-repeated = Tiêu đề này chỉ được xuất hiện một lần
header-invalid = Phải có từ 1 đến { $max } ký tự ASCII hiển thị được
header-workspace-mismatch = Phải giống workspaceId trong đường dẫn
if-match-malformed = Phải là * hoặc danh sách các thẻ thực thể (entity tag), ví dụ "3"
only-allowed = Chỉ cho phép: { $allowed }
