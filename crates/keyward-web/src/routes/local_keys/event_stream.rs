use std::fmt::Write as _;

use keyward_domain::Timestamp;
use keyward_domain::ports::{GuardMessage, KeyChange};

/// Messages as server-sent events, at this time.
pub(super) fn encoded(messages: &[GuardMessage], now: Timestamp) -> String {
    let mut text = String::new();
    for message in messages {
        // Writing to a `String` can't fail.
        let _infallible = write_event(&mut text, message, now);
    }
    text
}

fn write_event(text: &mut String, message: &GuardMessage, now: Timestamp) -> std::fmt::Result {
    match message {
        GuardMessage::Opened {
            stream,
            staleness_max,
        } => {
            let (stream, millis) = (stream.simple(), staleness_max.as_millis());
            write!(
                text,
                "event: opened\ndata: {{\"stream\":\"{stream}\",\"stalenessMillis\":{millis}}}\n\n"
            )
        }
        GuardMessage::Changed(position, KeyChange::Key(id)) => write!(
            text,
            "id: {position}\nevent: changed\ndata: {{\"uuid\":\"{id}\"}}\n\n"
        ),
        GuardMessage::Changed(position, KeyChange::AllKeys) => {
            write!(text, "id: {position}\nevent: all\ndata: {{}}\n\n")
        }
        GuardMessage::Heartbeat {
            number,
            position,
            unconfirmed_for,
        } => {
            write!(
                text,
                "event: heartbeat\ndata: {{\"number\":{number},\"position\":\"{position}\",\"nowMicros\":{}",
                now.unix_micros()
            )?;
            if let Some(age) = unconfirmed_for {
                // Rounded up: never more is claimed than is known.
                let millis = age.as_nanos().div_ceil(1_000_000);
                write!(text, ",\"unconfirmedMillis\":{millis}")?;
            }
            text.write_str("}\n\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use keyward_domain::ports::ChangePosition;
    use uuid::Uuid;

    use super::*;
    use crate::testing::now;

    #[test]
    fn messages_are_events() {
        let at = |number| ChangePosition {
            epoch: Uuid::from_u128(0xE),
            number,
        };
        let heartbeat = |unconfirmed_for| GuardMessage::Heartbeat {
            number: 7,
            position: at(2),
            unconfirmed_for,
        };
        let messages = [
            GuardMessage::Opened {
                stream: Uuid::from_u128(0x5),
                staleness_max: Duration::from_secs(1),
            },
            GuardMessage::Changed(at(1), KeyChange::AllKeys),
            GuardMessage::Changed(at(2), KeyChange::Key(Uuid::from_u128(0xA))),
            heartbeat(Some(Duration::from_micros(35_001))),
            heartbeat(None),
        ];
        let epoch = "0000000000000000000000000000000e";
        let micros = now().unix_micros();
        let want = format!(
            "event: opened\n\
             data: {{\"stream\":\"00000000000000000000000000000005\",\"stalenessMillis\":1000}}\n\n\
             id: {epoch}-1\nevent: all\ndata: {{}}\n\n\
             id: {epoch}-2\nevent: changed\n\
             data: {{\"uuid\":\"00000000-0000-0000-0000-00000000000a\"}}\n\n\
             event: heartbeat\n\
             data: {{\"number\":7,\"position\":\"{epoch}-2\",\"nowMicros\":{micros},\"unconfirmedMillis\":36}}\n\n\
             event: heartbeat\n\
             data: {{\"number\":7,\"position\":\"{epoch}-2\",\"nowMicros\":{micros}}}\n\n"
        );
        assert_eq!(encoded(&messages, now()), want);
    }
}
