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
        // rustls reports so that the peer is not who it should be, or speaks no TLS.
        let is_insecure = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
        if error.downcast_ref().is_some_and(is_insecure) {
            return DeliveryFailure::NotSecure;
        }
        cause = error.source();
    }
    DeliveryFailure::NotConnected
}
