use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::test::TestRequest;
use tracing_subscriber::fmt::MakeWriter;

use super::{Answer, World};

/// Longer than any response takes, and shorter than the deadline of a body.
pub const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The log at the finest level while one request is processed.
pub async fn logs_of(world: World, request: TestRequest) -> String {
    logs_while(world.send(request)).await
}

pub async fn logs_while(work: impl Future<Output = Answer>) -> String {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // After this time the request is dropped, as when its caller goes away.
    let _answered_or_gone = tokio::time::timeout(PATIENCE, work).await;
    drop(guard);
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}
