use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::addresses::{AllowedAddresses, Encryption};

/// Resolves host names to addresses that events may be sent to. A connection is only opened to one of
/// them, so a name that changes its address between a check and the connection gains nothing.
pub(crate) struct CheckedResolver {
    pub(crate) allowed: AllowedAddresses,
    pub(crate) encryption: Encryption,
}

/// Why there is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAddress {
    #[error("the host has no address")]
    Unknown,
    #[error("nothing may be sent to the addresses of the host")]
    Refused,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.clone();
        let encryption = self.encryption;
        Box::pin(async move {
            // The port is replaced by that of the URL.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = match found {
                Ok(found) => found.collect(),
                Err(_not_found) => Vec::new(),
            };
            if found.is_empty() {
                return Err(NoAddress::Unknown.into());
            }
            let usable = found
                .into_iter()
                .filter(|address| allowed.contains(address.ip(), encryption));
            let usable: Vec<SocketAddr> = usable.collect();
            if usable.is_empty() {
                return Err(NoAddress::Refused.into());
            }
            let addresses: Addrs = Box::new(usable.into_iter());
            Ok(addresses)
        })
    }
}
