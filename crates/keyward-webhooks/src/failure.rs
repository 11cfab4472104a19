use std::error::Error;
use std::io;

use keyward_domain::DeliveryFailure;

use crate::resolver::NoAddress;

/// Why a request was not answered.
pub(crate) fn failure(error: &reqwest::Error) -> DeliveryFailure {
    if error.is_timeout() {
        return DeliveryFailure::TimedOut;
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        match error.downcast_ref() {
            Some(NoAddress::Refused) => return DeliveryFailure::AddressRefused,
            Some(NoAddress::Unknown) => return DeliveryFailure::HostUnknown,
            None => {}
        }
        if error.downcast_ref().is_some_and(is_insecure) {
            return DeliveryFailure::NotSecure;
        }
        cause = error.source();
    }
    DeliveryFailure::NotConnected
}

/// rustls reports so that the peer is not who it should be, or speaks no TLS. An error within another one
/// is not among its sources.
fn is_insecure(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        || error
            .get_ref()
            .and_then(|inner| inner.downcast_ref())
            .is_some_and(is_insecure)
}
