/// Declares each message once: its variant, its id in the `.ftl` files, and what it is told.
macro_rules! messages {
    ($($(#[$doc:meta])* $variant:ident = $id:literal [$($argument:literal),*];)*) => {
        /// Everything that Keyward says to people, not yet in a language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum MessageId {
            $($(#[$doc])* $variant,)*
        }

        impl MessageId {
            /// Every message.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its id in the `.ftl` files.
            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// The names of the arguments that it must be told.
            #[cfg(test)]
            pub(crate) fn arguments(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($argument),*],)*
                }
            }
        }
    };
}

messages! {
    // The codes of contract §2.

    /// 4000.
    InvalidRequest = "invalid-request" [];
    /// 4010.
    InvalidToken = "invalid-token" [];
    /// 4030.
    NotOwner = "not-owner" [];
    /// 4031.
    TestModeRefused = "test-mode-refused" [];
    /// 4040.
    ApiKeyNotFound = "api-key-not-found" [];
    /// 4041.
    NoSuchResource = "no-such-resource" [];
    /// 4050.
    MethodNotAllowed = "method-not-allowed" [];
    /// 4060.
    NotAcceptable = "not-acceptable" [];
    /// 4080.
    RequestTimeout = "request-timeout" [];
    /// 4090.
    WrongState = "wrong-state" [];
    /// 4091.
    AlreadyCarriedOut = "already-carried-out" [];
    /// 4092.
    LimitReached = "limit-reached" [];
    /// 4120.
    ChangedBySomeoneElse = "changed-by-someone-else" [];
    /// 4130.
    BodyTooLarge = "body-too-large" [];
    /// 4150.
    WrongContentType = "wrong-content-type" [];
    /// 4220.
    IdempotencyKeyReused = "idempotency-key-reused" [];
    /// 4290.
    TooManyRequests = "too-many-requests" [];
    /// 5000.
    InternalError = "internal-error" [];
    /// 5030.
    Unavailable = "unavailable" [];

    // What is wrong with a member of the body.

    /// A required member is absent or null.
    Required = "required" [];
    /// A string was expected.
    NotText = "not-text" [];
    /// An array of strings was expected.
    NotList = "not-list" [];
    /// More entries than the list may have.
    TooMany = "too-many" ["max"];
    /// A member that doesn't exist.
    UnknownMember = "unknown-member" [];
    /// A member that doesn't exist, and is spelt much like one that does.
    UnknownMemberMeant = "unknown-member-meant" ["suggestion"];
    /// A member that is there twice.
    RepeatedMember = "repeated-member" [];
    /// A member that a key has, and that never changes.
    ImmutableMember = "immutable-member" [];
    /// A name without a visible character.
    NameBlank = "name-blank" [];
    /// A name with too many characters.
    NameTooLong = "name-too-long" ["max", "length"];
    /// A name with a character that no name may have, such as `U+202E`.
    NameForbiddenCharacter = "name-forbidden-character" ["character"];
    /// Not of the form of a scope code.
    ScopeInvalid = "scope-invalid" [];
    /// A scope code that the catalogue doesn't have.
    ScopeUnknown = "scope-unknown" [];
    /// Neither 1 nor 2.
    ModeInvalid = "mode-invalid" [];
    /// Not an IP address.
    AddressInvalid = "address-invalid" [];
    /// Neither an address nor a CIDR block.
    IpMalformed = "ip-malformed" [];
    /// The same, where it can be told what was meant.
    IpMalformedMeant = "ip-malformed-meant" ["suggestion"];
    /// A prefix that is not 1 to 32 or 1 to 128.
    IpBadPrefix = "ip-bad-prefix" ["bits"];
    /// The same, where it can be told what was meant.
    IpBadPrefixMeant = "ip-bad-prefix-meant" ["bits", "suggestion"];
    /// A block of all addresses there are.
    IpEveryAddress = "ip-every-address" [];
    /// A block whose address is not its first.
    IpHostBits = "ip-host-bits" ["suggestion"];
    /// Not RFC 3339.
    ExpiryMalformed = "expiry-malformed" [];
    /// Outside the years that can be kept.
    ExpiryOutOfRange = "expiry-out-of-range" [];
    /// Past.
    ExpiryNotInFuture = "expiry-not-in-future" [];

    /// Not a number of seconds that an overlap can have.
    OverlapInvalid = "overlap-invalid" ["max"];

    // What is wrong with the body as a whole.

    /// There is none.
    BodyEmpty = "body-empty" [];
    /// Not JSON; `position` is `line:column`.
    BodyNotJson = "body-not-json" ["position"];
    /// JSON, but no object.
    BodyNotObject = "body-not-object" [];
    /// An update without a member.
    NothingToChange = "nothing-to-change" [];

    // What is wrong with a parameter of the query.

    /// A parameter that doesn't exist.
    ParameterUnknown = "parameter-unknown" [];
    /// A parameter that is there twice.
    ParameterRepeated = "parameter-repeated" [];
    /// Its escapes are none, or are not UTF-8, or stand for control characters.
    ParameterMalformed = "parameter-malformed" [];
    /// Not a whole number within the bounds.
    NumberInvalid = "number-invalid" ["min", "max"];
    /// Not an order.
    SortInvalid = "sort-invalid" [];
    /// Not a status that a listed key can have.
    StatusInvalid = "status-invalid" [];
    /// Neither true nor false.
    FlagInvalid = "flag-invalid" [];
    /// No list of questions, an empty one, or one that is too long.
    QuestionsInvalid = "questions-invalid" ["max"];
    /// Neither LIVE nor TEST.
    ModeNameInvalid = "mode-name-invalid" [];
    /// Nothing to search for, or too much.
    SearchInvalid = "search-invalid" ["max"];

    // What is wrong with a header.

    /// It is absent.
    HeaderRequired = "header-required" [];
    /// It is there twice.
    HeaderRepeated = "header-repeated" [];
    /// It is empty, too long, or has other than visible ASCII characters.
    HeaderInvalid = "header-invalid" ["max"];
    /// It names another workspace than the path.
    HeaderWorkspaceMismatch = "header-workspace-mismatch" [];
    /// Neither `*` nor a list of entity tags.
    IfMatchMalformed = "if-match-malformed" [];
}
