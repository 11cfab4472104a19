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

    // The page: every page.

    /// The link before everything else.
    SkipToContent = "page-skip-to-content" [];
    /// What the links at the top are.
    Navigation = "page-navigation" [];
    /// The list of keys.
    ApiKeys = "page-api-keys" [];
    /// Where keys are tried.
    TryKey = "page-try-key" [];
    /// Before the choice of languages.
    Language = "page-language" [];
    /// The button beside a choice.
    Choose = "page-choose" [];
    /// The button that ends a session.
    SignOut = "page-sign-out" [];
    /// A check while typing could not be made.
    CheckFailed = "page-check-failed" [];
    /// Back, with nothing done.
    Cancel = "page-cancel" [];
    /// In place of a time.
    Never = "page-never" [];
    /// In place of a value.
    Nothing = "page-nothing" [];
    /// What the links between pages are.
    Pages = "page-pages" [];
    /// The page before.
    PreviousPage = "page-previous-page" [];
    /// The page after.
    NextPage = "page-next-page" [];
    /// From an error to the list.
    BackToKeys = "page-back-to-keys" [];
    /// Before the request's id.
    RequestNumber = "page-request-number" [];

    // The page: signing in.

    /// The page, and its button.
    SignIn = "page-sign-in" [];
    /// What the page is for.
    SignInLead = "page-sign-in-lead" [];
    /// The field for the workspace's id.
    Workspace = "page-workspace" [];
    /// The field for the token.
    Token = "page-token" [];
    /// What to put there.
    TokenHelp = "page-token-help" [];
    /// The field for the device.
    ClientHash = "page-client-hash" [];
    /// Who needs it.
    ClientHashHelp = "page-client-hash-help" [];
    /// None was named.
    WorkspaceMissing = "page-workspace-missing" [];
    /// It is not believed.
    TokenRefused = "page-token-refused" [];
    /// No browser would keep it.
    TokenTooLong = "page-token-too-long" [];
    /// The token has expired since.
    SessionEnded = "page-session-ended" [];
    /// The one-time link was used, or is none.
    LinkUsed = "page-link-used" [];

    // The page: what went wrong.

    /// The form was not written for this session.
    ForeignForm = "page-foreign-form" [];
    /// Beside 4030.
    NotOwnerAdvice = "page-not-owner-advice" [];
    /// Beside 4040.
    NotFoundAdvice = "page-not-found-advice" [];
    /// Beside 4090.
    WrongStateAdvice = "page-wrong-state-advice" [];
    /// Beside 4092.
    LimitReachedAdvice = "page-limit-reached-advice" [];
    /// Beside 5000 and 5030.
    UnavailableAdvice = "page-unavailable-advice" [];
    /// Beside 5000 and 5030, when the server could not note that somebody signs out.
    SignedOutHereAloneAdvice = "page-signed-out-here-alone-advice" [];

    // The page: the list.

    /// The page, and its button.
    CreateKey = "page-create-key" [];
    /// The button where there is no key yet.
    CreateFirstKey = "page-create-first-key" [];
    /// There is no key yet.
    EmptyTitle = "page-empty-title" [];
    /// What a key is for.
    EmptyLead = "page-empty-lead" [];
    /// The field for a search.
    Search = "page-search" [];
    /// No choice.
    Any = "page-any" [];
    /// The choice of orders.
    SortBy = "page-sort-by" [];
    /// The usual order.
    SortNewest = "page-sort-newest" [];
    /// By last use.
    SortLastUsed = "page-sort-last-used" [];
    /// By the end.
    SortExpiry = "page-sort-expiry" [];
    /// The button of the filters.
    Show = "page-show" [];
    /// How many keys fit.
    KeyCount = "page-key-count" ["count"];
    /// No key fits the filters.
    NoneFits = "page-none-fits" [];
    /// Without filters.
    ShowAll = "page-show-all" [];

    // The page: what a key has.

    /// Name.
    FieldName = "page-field-name" [];
    /// Mode.
    FieldMode = "page-field-mode" [];
    /// Status.
    FieldStatus = "page-field-status" [];
    /// Permissions.
    FieldScopes = "page-field-scopes" [];
    /// Allowed addresses.
    FieldIp = "page-field-ip" [];
    /// Expires.
    FieldExpires = "page-field-expires" [];
    /// Secret.
    FieldSecret = "page-field-secret" [];
    /// The secret before, during a rotation.
    FieldOldSecret = "page-field-old-secret" [];
    /// Last used.
    LastUsed = "page-last-used" [];
    /// Created.
    CreatedAt = "page-created-at" [];
    /// Key ID.
    KeyId = "page-key-id" [];
    /// No IP rule.
    AnyAddress = "page-any-address" [];
    /// Active.
    StatusActive = "page-status-active" [];
    /// Disabled.
    StatusDisabled = "page-status-disabled" [];
    /// Expired.
    StatusExpired = "page-status-expired" [];
    /// Deleted.
    StatusDeleted = "page-status-deleted" [];
    /// Its end has passed.
    HasExpired = "page-has-expired" [];
    /// This key expires within a day.
    ExpiresWithinADay = "page-expires-within-a-day" [];
    /// Within a week.
    ExpiresVerySoon = "page-expires-very-soon" ["days"];
    /// Within two weeks.
    ExpiresSoon = "page-expires-soon" ["days"];

    // The page: the form.

    /// Above a form that was refused.
    FormHasProblems = "page-form-has-problems" [];
    /// So that you know it again: which program, which environment.
    NameHelp = "page-name-help" [];
    /// LIVE: for real work.
    ModeLive = "page-mode-live" [];
    /// TEST: for trying things out.
    ModeTest = "page-mode-test" [];
    /// Why TEST can't be chosen.
    ModeTestRefused = "page-mode-test-refused" [];
    /// A key starts with none. Give it only what the program needs.
    ScopesHelp = "page-scopes-help" [];
    /// None.
    LevelNone = "page-level-none" [];
    /// Read.
    LevelRead = "page-level-read" [];
    /// Read and write.
    LevelWrite = "page-level-write" [];
    /// Write only.
    LevelOnlyWrite = "page-level-only-write" [];
    /// Before what it can do.
    KeyCan = "page-key-can" [];
    /// Before what it cannot do.
    KeyCannot = "page-key-cannot" [];
    /// Nothing: no permission.
    CanNothing = "page-can-nothing" [];
    /// This key can do nothing yet. It will be refused everywhere.
    CanNothingYet = "page-can-nothing-yet" [];
    /// Addresses and blocks, one a line.
    IpLabel = "page-ip-label" [];
    /// Such as 203.0.113.7 or 192.168.1.0/24. Leave it empty to allow every address.
    IpHelp = "page-ip-help" [];
    /// Add my address.
    AddMyAddress = "page-add-my-address" [];
    /// Calls from every address will be accepted.
    IpOpen = "page-ip-open" [];
    /// Only calls from the { $count } listed will be accepted; everybody else stays out.
    IpClosed = "page-ip-closed" ["count"];
    /// Your own address, { $address }, is among them.
    IpOwnInside = "page-ip-own-inside" ["address"];
    /// Your own address, { $address }, is not among them.
    IpOwnOutside = "page-ip-own-outside" ["address"];
    /// Never.
    ExpiresNever = "page-expires-never" [];
    /// In 30 days.
    ExpiresIn30Days = "page-expires-in-30-days" [];
    /// In 90 days.
    ExpiresIn90Days = "page-expires-in-90-days" [];
    /// In a year.
    ExpiresInAYear = "page-expires-in-a-year" [];
    /// At the end of a day.
    ExpiresOn = "page-expires-on" [];
    /// That day (UTC).
    ExpiresOnDay = "page-expires-on-day" [];
    /// Before the end that it has.
    ExpiresAsNow = "page-expires-as-now" [];

    // The page: the one sight of a secret.

    /// Your API key is ready.
    KeyCreated = "page-key-created" [];
    /// The new secret is ready.
    KeyRotated = "page-key-rotated" [];
    /// Save the secret now: it is shown only this once. Nobody can look it up later, not even we.
    RevealLead = "page-reveal-lead" [];
    /// API key.
    Secret = "page-secret" [];
    /// What is read aloud.
    SecretSpoken = "page-secret-spoken" ["hint"];
    /// Copy.
    CopySecret = "page-copy-secret" [];
    /// Copy the command.
    CopyCurl = "page-copy-curl" [];
    /// Copied.
    Copied = "page-copied" [];
    /// Your browser did not allow copying. The text is selected: press Ctrl+C, or ⌘C.
    CopyRefused = "page-copy-refused" [];
    /// Download as .env.
    DownloadEnv = "page-download-env" [];
    /// Downloaded.
    Downloaded = "page-downloaded" [];
    /// Use it.
    UseIt = "page-use-it" [];
    /// Put the address of the API that you want to call in place of api.example.com.
    CurlHelp = "page-curl-help" [];
    /// I have saved it.
    IHaveSavedIt = "page-i-have-saved-it" [];
    /// Done.
    Done = "page-done" [];
    /// This secret was shown already.
    ShownAlready = "page-shown-already" [];
    /// A secret is shown once, and only its hash is kept. If it was not saved, rotate the key: it gets a new secret, and everything else stays as it is.
    ShownAlreadyLead = "page-shown-already-lead" [];
    /// To the key.
    ToKey = "page-to-key" [];

    // The page: one key.

    /// The page, and its button.
    EditKey = "page-edit-key" [];
    /// The page, and its button.
    RotateKey = "page-rotate-key" [];
    /// Enable.
    EnableKey = "page-enable-key" [];
    /// Disable.
    DisableKey = "page-disable-key" [];
    /// The page, and its button.
    DeleteKey = "page-delete-key" [];
    /// What it may do.
    WhatItMayDo = "page-what-it-may-do" [];
    /// Secrets.
    Secrets = "page-secrets" [];
    /// Since.
    Since = "page-since" [];
    /// Until.
    Until = "page-until" [];
    /// A rotation is under way.
    OverlapTitle = "page-overlap-title" [];
    /// Before an instant.
    OldSecretEnds = "page-old-secret-ends" [];
    /// Before an instant.
    OldSecretLastUsed = "page-old-secret-last-used" [];
    /// End the old secret now.
    EndOldSecret = "page-end-old-secret" [];
    /// History.
    History = "page-history" [];
    /// Who acts at the command line.
    Operator = "page-operator" [];
    /// Created.
    EventCreated = "page-event-created" [];
    /// Changed.
    EventUpdated = "page-event-updated" [];
    /// Disabled.
    EventDisabled = "page-event-disabled" [];
    /// Enabled.
    EventEnabled = "page-event-enabled" [];
    /// Rotated.
    EventRotated = "page-event-rotated" [];
    /// Old secret ended.
    EventOverlapEnded = "page-event-overlap-ended" [];
    /// Deleted.
    EventDeleted = "page-event-deleted" [];
    /// The changes are saved.
    DoneSaved = "page-done-saved" [];
    /// The key is disabled.
    DoneDisabled = "page-done-disabled" [];
    /// The key is enabled.
    DoneEnabled = "page-done-enabled" [];
    /// The old secret has ended.
    DoneOverlapEnded = "page-done-overlap-ended" [];
    /// The key is deleted.
    DoneDeleted = "page-done-deleted" [];
    /// Every server knows.
    KnownEverywhere = "page-known-everywhere" [];
    /// Some servers may take a second to notice.
    KnownWithinASecond = "page-known-within-a-second" [];

    // The page: changing a key.

    /// The page, and its button.
    ReviewChanges = "page-review-changes" [];
    /// Nothing is saved yet. This is what would change.
    ReviewLead = "page-review-lead" [];
    /// What the table is.
    Changes = "page-changes" [];
    /// Field.
    Field = "page-field" [];
    /// Before.
    Before = "page-before" [];
    /// After.
    After = "page-after" [];
    /// Save the changes.
    SaveChanges = "page-save-changes" [];
    /// Back to the form.
    BackToForm = "page-back-to-form" [];
    /// Nothing is different from what is saved.
    NothingChanged = "page-nothing-changed" [];
    /// Somebody else changed this key meanwhile.
    ChangedMeanwhile = "page-changed-meanwhile" [];
    /// Nothing of yours is saved yet. Compare both versions, and decide.
    ConflictLead = "page-conflict-lead" [];
    /// As it is now.
    TheirVersion = "page-their-version" [];
    /// Your version.
    YourVersion = "page-your-version" [];
    /// Save your version.
    SaveYours = "page-save-yours" [];
    /// The key gets a new secret, shown once. Its name, permissions, addresses and end stay as they are. Let the old secret live on until every program has the new one.
    RotateLead = "page-rotate-lead" [];
    /// Before an instant.
    SecretLastUsed = "page-secret-last-used" [];
    /// Before a hint.
    RotateEndsOld = "page-rotate-ends-old" [];
    /// How long does the old secret live on?.
    OverlapQuestion = "page-overlap-question" [];
    /// Not at all: it ends now.
    OverlapNone = "page-overlap-none" [];
    /// One hour.
    OverlapHour = "page-overlap-hour" [];
    /// One day.
    OverlapDay = "page-overlap-day" [];
    /// Three days.
    OverlapThreeDays = "page-overlap-three-days" [];
    /// One week.
    OverlapWeek = "page-overlap-week" [];
    /// Deleting is final: every program that uses this key is refused from then on.
    DeleteLead = "page-delete-lead" [];
    /// If you are not sure, disable it first: that can be undone.
    DisableInstead = "page-disable-instead" [];
    /// This key was used in the last 7 days. Type its name to delete it.
    TypeName = "page-type-name" [];
    /// That is not the key's name; nothing was deleted.
    NameDiffers = "page-name-differs" [];
    /// Delete for good.
    DeleteForGood = "page-delete-for-good" [];

    // The page: trying a key.

    /// Ask as a gateway would: may the holder of this secret, calling from there, do this? Nothing is stored, and no use is counted.
    TryLead = "page-try-lead" [];
    /// Calling from the address.
    FromAddress = "page-from-address" [];
    /// For the permission.
    ForScope = "page-for-scope" [];
    /// None in particular.
    NoScopeAsked = "page-no-scope-asked" [];
    /// Try it.
    TryIt = "page-try-it" [];
    /// passes.
    Passes = "page-passes" [];
    /// fails.
    Fails = "page-fails" [];
    /// The secret belongs to a key.
    CheckSecret = "page-check-secret" [];
    /// The key is enabled.
    CheckEnabled = "page-check-enabled" [];
    /// The key has not expired.
    CheckNotExpired = "page-check-not-expired" [];
    /// The mode fits.
    CheckMode = "page-check-mode" [];
    /// The address is allowed.
    CheckAddress = "page-check-address" [];
    /// The permissions suffice.
    CheckScopes = "page-check-scopes" [];
    /// Allowed.
    DecisionValid = "page-decision-valid" [];
    /// Refused: this is no secret of ours, or a mistyped one.
    DecisionMalformed = "page-decision-malformed" [];
    /// Refused: no key of this workspace has this secret.
    DecisionUnknown = "page-decision-unknown" [];
    /// Refused: the key is disabled.
    DecisionDisabled = "page-decision-disabled" [];
    /// Refused: the key has expired.
    DecisionExpired = "page-decision-expired" [];
    /// Refused: the key is of the other mode.
    DecisionWrongMode = "page-decision-wrong-mode" [];
    /// Refused: not from this address.
    DecisionIpNotAllowed = "page-decision-ip-not-allowed" [];
    /// Refused: the key has no permission at all.
    DecisionNoScopes = "page-decision-no-scopes" [];
    /// Refused: the key lacks { $scopes }.
    DecisionInsufficientScope = "page-decision-insufficient-scope" ["scopes"];
}
