use async_trait::async_trait;
use keyward_domain::Question;

use crate::{Undecided, Verdict, Verifier};

/// A fake verifier: calls a closure of the test, which checks the question and returns the verdict.
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
