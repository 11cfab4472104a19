use keyward_domain::ports::{MockEndedSessions, SessionState};
use keyward_domain::testing::workspace_id;
use keyward_domain::{ENDED_SESSION_SECONDS, Role, SessionId, StoredRole};

use super::*;
use crate::auth::config::KeySource;
use crate::auth::leeway::LEEWAY_SECONDS_MAX;
use crate::auth::testing::{KEYS, NOW, SetClock, hs256, key_set_file, verifier};
use crate::auth::verification_key::SignatureAlgorithm::{Es256, Hs256};

fn sessions(keys: KeySource, ended: MockEndedSessions) -> Sessions {
    Sessions::new(Arc::new(verifier(keys, &SetClock::new())), Arc::new(ended))
}

/// The signed part of a token.
fn signed(token: &str) -> &[u8] {
    token.rsplit_once('.').unwrap().0.as_bytes()
}

fn is_ended(is_ended: bool) -> SessionState {
    SessionState {
        is_ended,
        role: None,
    }
}

fn unavailable() -> RepositoryError {
    RepositoryError::Unavailable("out of reach".into())
}

#[test]
fn a_token_opens_its_session_until_that_is_ended() {
    let token = KEYS.token(Hs256);
    let id = SessionId::of(signed(&token));
    let mut ended = MockEndedSessions::new();
    let mut answers = [false, true].into_iter();
    ended
        .expect_state()
        .withf(move |asked, _| *asked == id)
        .returning(move |_, _| Ok(is_ended(answers.next().unwrap())));
    let sessions = sessions(hs256(), ended);
    let session = pollster::block_on(sessions.open(&token, None)).unwrap();
    assert_eq!(session.id, id);
    let refused = pollster::block_on(sessions.open(&token, None)).unwrap_err();
    assert!(
        matches!(refused, SessionError::Token(TokenError::Invalid("ended"))),
        "{refused:?}"
    );
}

#[test]
fn the_role_in_the_workspace_of_the_request_is_asked_for_at_the_same_time() {
    let stored = |id: WorkspaceId, user| StoredRole::new(id, user, Some(Role::Owner));
    let mut ended = MockEndedSessions::new();
    ended.expect_state().returning(move |_, member| {
        Ok(SessionState {
            is_ended: false,
            role: member.map(|(id, user)| stored(id, user)),
        })
    });
    let sessions = sessions(hs256(), ended);
    let token = KEYS.token(Hs256);
    let open = |workspace| pollster::block_on(sessions.open(&token, workspace)).unwrap();
    let session = open(Some(workspace_id("ws_1")));
    let user = session.principal.user_id.clone();
    assert_eq!(
        session.roles.stored,
        Some(stored(workspace_id("ws_1"), user))
    );
    assert_eq!(open(None).roles.stored, None);
}

#[test]
fn what_cant_be_asked_opens_nothing() {
    let mut ended = MockEndedSessions::new();
    ended.expect_state().returning(|_, _| Err(unavailable()));
    let sessions = sessions(hs256(), ended);
    let refused = pollster::block_on(sessions.open(&KEYS.token(Hs256), None));
    assert!(matches!(refused, Err(SessionError::Repository(_))));
}

#[test]
fn a_session_ends_with_its_token() {
    let token = KEYS.token(Hs256);
    let id = SessionId::of(signed(&token));
    let mut ended = MockEndedSessions::new();
    ended
        .expect_end()
        .once()
        .withf(move |ending, at| *ending == id && at.unix_seconds() == NOW + 3_600)
        .returning(|_, _| Ok(()));
    let sessions = sessions(hs256(), ended);
    pollster::block_on(sessions.end(&token)).unwrap();
}

#[test]
fn the_store_is_told_of_believed_tokens_alone() {
    // Any call to the store would panic.
    let sessions = sessions(hs256(), MockEndedSessions::new());
    let forged = format!("{}x", KEYS.token(Hs256));
    for token in ["", "a.b.c", &forged] {
        for refused in [
            pollster::block_on(sessions.open(token, None)),
            pollster::block_on(sessions.end(token)),
        ] {
            assert!(matches!(refused, Err(SessionError::Token(_))), "{token}");
        }
    }
}

#[test]
fn another_signature_makes_no_other_session() {
    let mut ended = MockEndedSessions::new();
    ended.expect_state().returning(|_, _| Ok(is_ended(false)));
    let sessions = sessions(key_set_file(&KEYS.key_set()), ended);
    let (one, other) = (KEYS.token(Es256), KEYS.token(Es256));
    assert_ne!(one, other, "signed at random");
    let id = |token: &str| pollster::block_on(sessions.open(token, None)).unwrap().id;
    assert_eq!(id(&one), id(&other));
}

#[test]
fn an_ended_session_is_known_for_longer_than_any_leeway() {
    assert!(i64::from(LEEWAY_SECONDS_MAX) < ENDED_SESSION_SECONDS);
}
