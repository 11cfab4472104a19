use std::io;

/// Why an [`HttpVerifier`](super::HttpVerifier) or a `LocalVerifier` can't be created. The error
/// contains neither the URL nor the token.
#[derive(Debug, thiserror::Error)]
pub enum HttpVerifierError {
    /// The URL is not valid for a node.
    #[error("it must be an http or https URL without user name, password, query and path")]
    Url,
    /// TLS can't be set up; for example, this machine has no root certificates.
    #[error("TLS can't be set up")]
    Tls(#[source] io::Error),
    /// A `LocalVerifier` was started outside of a tokio runtime.
    #[cfg(feature = "local")]
    #[error("there is no tokio runtime here")]
    NoRuntime(#[source] tokio::runtime::TryCurrentError),
}
