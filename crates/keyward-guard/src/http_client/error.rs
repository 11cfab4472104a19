use std::io;

/// A node that can't be asked. Neither the URL nor the token is in it.
#[derive(Debug, thiserror::Error)]
pub enum HttpVerifierError {
    /// Not the URL of a node.
    #[error("it must be an http or https URL without user name, password, query and path")]
    Url,
    /// There is no TLS to ask with: this machine has no certificates to believe, for example.
    #[error("TLS can't be set up")]
    Tls(#[source] io::Error),
}
