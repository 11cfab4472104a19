use async_trait::async_trait;
use keyward_domain::Question;

use crate::{Undecided, Verdict, Verifier};

/// Says what a test wants, and lets it look at what is asked.
pub(crate) struct Says<F>(pub(crate) F);

#[async_trait]
impl<F> Verifier for Says<F>
where
    F: Fn(&str, &Question) -> Result<Verdict, Undecided> + Send + Sync,
{
    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided> {
        (self.0)(secret, question)
    }
}
