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
            let usable = usable(found, &allowed, encryption)?;
            let addresses: Addrs = Box::new(usable.into_iter());
            Ok(addresses)
        })
    }
}

/// Those of the found addresses that events may be sent to.
fn usable(
    found: Vec<SocketAddr>,
    allowed: &AllowedAddresses,
    encryption: Encryption,
) -> Result<Vec<SocketAddr>, NoAddress> {
    if found.is_empty() {
        return Err(NoAddress::Unknown);
    }
    let mut usable = found;
    usable.retain(|address| allowed.contains(address.ip(), encryption));
    if usable.is_empty() {
        return Err(NoAddress::Refused);
    }
    Ok(usable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::AllowedNetworks;

    fn usable_of(found: &[&str]) -> Result<Vec<SocketAddr>, NoAddress> {
        let found = found.iter().map(|text| text.parse().unwrap());
        let allowed = AllowedAddresses::of_workspaces(&AllowedNetworks::default());
        usable(found.collect(), &allowed, Encryption::Tls)
    }

    #[test]
    fn a_name_of_a_metadata_service_is_refused() {
        let metadata = ["169.254.169.254:0", "[::ffff:169.254.169.254]:0"];
        assert_eq!(usable_of(&metadata), Err(NoAddress::Refused));
        assert_eq!(usable_of(&[]), Err(NoAddress::Unknown));
    }

    #[test]
    fn of_the_addresses_of_a_name_only_public_ones_are_used() {
        let found = ["10.0.0.1:0", "1.1.1.1:0", "[fe80::1]:0"];
        assert_eq!(usable_of(&found), Ok(vec!["1.1.1.1:0".parse().unwrap()]));
    }
}
