use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnetwork::IpNetwork;

/// The networks that an operator allows besides the public internet.
#[derive(Clone, Debug, Default)]
pub struct AllowedNetworks {
    /// For the webhooks of the deployment, which operators add.
    pub of_deployment: Vec<IpNetwork>,
    /// For all webhooks. Every owner of a workspace can send requests there.
    pub of_workspaces: Vec<IpNetwork>,
}

/// Whether a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    Tls,
    Plain,
}

/// The addresses that the messages of a webhook may be sent to.
#[derive(Clone)]
pub(crate) struct AllowedAddresses(Arc<[IpNetwork]>);

impl AllowedAddresses {
    pub(crate) fn of_deployment(networks: &AllowedNetworks) -> Self {
        let all = networks.of_deployment.iter().chain(&networks.of_workspaces);
        Self(all.copied().collect())
    }

    pub(crate) fn of_workspaces(networks: &AllowedNetworks) -> Self {
        Self(networks.of_workspaces.iter().copied().collect())
    }

    /// Whether a connection to the address may be opened. Unencrypted connections are only opened to
    /// the networks that the operator allows.
    pub(crate) fn contains(&self, address: IpAddr, encryption: Encryption) -> bool {
        let address = address.to_canonical();
        let is_of_operator = self.0.iter().any(|network| network.contains(address));
        is_of_operator || encryption == Encryption::Tls && is_public(address)
    }
}

/// Whether the address is of the public internet, by the registries of special addresses (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// 168.63.129.16 is public, and belongs to the machines of Azure.
fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224.., ..]
            | [100, 64..=127, ..]
            | [168, 63, 129, 16]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Only `2000::/3` is given out, and in it are networks for documentation and for tunnels, whose addresses may
/// lead to an IPv4 address.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Encryption::{Plain, Tls};

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn none() -> AllowedAddresses {
        AllowedAddresses::of_workspaces(&AllowedNetworks::default())
    }

    #[test]
    fn only_the_public_internet_is_allowed() {
        for public in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "2606:4700::1111",
        ] {
            assert!(none().contains(ip(public), Tls), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::7f00:1",
            "64:ff9b::a00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!none().contains(ip(other), Tls), "{other}");
        }
    }

    #[test]
    fn an_operator_can_allow_networks() {
        let networks = AllowedNetworks {
            of_deployment: vec!["192.168.0.0/16".parse().unwrap()],
            of_workspaces: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let workspaces = AllowedAddresses::of_workspaces(&networks);
        assert!(
            workspaces.contains(ip("10.9.9.9"), Tls)
                && workspaces.contains(ip("::ffff:10.9.9.9"), Tls)
        );
        assert!(!workspaces.contains(ip("192.168.1.1"), Tls));
        assert!(
            !workspaces.contains(ip("1.1.1.1"), Plain) && workspaces.contains(ip("1.1.1.1"), Tls)
        );
        let deployment = AllowedAddresses::of_deployment(&networks);
        assert!(
            deployment.contains(ip("10.9.9.9"), Tls) && deployment.contains(ip("192.168.1.1"), Tls)
        );
        assert!(!deployment.contains(ip("127.0.0.1"), Tls));
    }
}
