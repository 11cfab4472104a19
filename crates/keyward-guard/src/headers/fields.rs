/// A header with the credential or the client's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldName {
    /// `Authorization`: the credential, as a bearer token.
    Authorization,
    /// `X-Api-Key`: the credential.
    XApiKey,
    /// `X-Forwarded-For`: the hops of the request, with the nearest one last.
    XForwardedFor,
    /// `X-Real-IP`: the client's address, from nginx.
    XRealIp,
}

/// The headers of a request in the types of any framework.
pub trait HeaderFields {
    /// The values of all fields with this name, in their order in the request.
    fn fields(&self, name: FieldName) -> impl Iterator<Item = &[u8]>;
}

impl FieldName {
    /// All names.
    pub const ALL: [Self; 4] = [
        Self::Authorization,
        Self::XApiKey,
        Self::XForwardedFor,
        Self::XRealIp,
    ];

    /// The name in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::XApiKey => "x-api-key",
            Self::XForwardedFor => "x-forwarded-for",
            Self::XRealIp => "x-real-ip",
        }
    }
}
