use super::{at, key, origin, workspace_id};
use crate::audit::event::{AuditAction, AuditEvent};
use crate::audit::trail::EventHash;
use crate::caller::workspace::Actor;
use crate::events::event_id::EventId;
use crate::events::found_at::FoundPlaces;
use crate::events::notice::{Notice, NoticeKind};
use crate::events::published_event::{PublishedContent, PublishedEvent, TrailPoint};

/// The deletion of [`key`] in `ws_1` as the event with this sequence. Its position is 100 higher.
pub fn published_event(sequence: u64) -> PublishedEvent {
    let event = AuditEvent {
        workspace_id: workspace_id("ws_1"),
        api_key_id: key().id(),
        action: AuditAction::Deleted,
        actor: Actor::Operator,
        origin: origin(),
        occurred_at: at(0),
        before: None,
        after: None,
        found_at: FoundPlaces::default(),
    };
    let trail = trail_point(sequence);
    let id = EventId::of_key_event(&event.workspace_id, trail.hash);
    let content = PublishedContent::KeyEvent {
        event: Box::new(event),
        trail,
    };
    published(id, sequence, content)
}

/// A notice about [`key`] in `ws_1` as the event with this sequence. Its position is 100 higher.
pub fn published_notice(sequence: u64, kind: NoticeKind) -> PublishedEvent {
    let notice = Notice {
        workspace_id: workspace_id("ws_1"),
        api_key_id: key().id(),
        occurred_at: at(0),
        kind,
    };
    let id = EventId::of_notice(&notice);
    let trail = trail_point(sequence);
    published(id, sequence, PublishedContent::Notice { notice, trail })
}

fn published(id: EventId, sequence: u64, content: PublishedContent) -> PublishedEvent {
    PublishedEvent {
        id,
        position: sequence + 100,
        sequence: Some(sequence),
        content,
    }
}

fn trail_point(position: u64) -> TrailPoint {
    TrailPoint {
        position,
        hash: EventHash::from_bytes([u8::try_from(position).unwrap(); 32]),
    }
}
