/// What the owner of a key should know about its denials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Someone has a secret of the key, and calls from an address that no rule allows, or from an unknown
    /// one.
    WrongAddress,
    /// The key was called while it was disabled or expired.
    StillCalled,
    /// The key was denied often in an hour: at least 100 times.
    ManyDenials,
}

impl Alarm {
    /// Every alarm, the most serious first.
    pub const ALL: [Self; 3] = [Self::WrongAddress, Self::StillCalled, Self::ManyDenials];

    /// `WRONG_ADDRESS`, `STILL_CALLED` or `MANY_DENIALS`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongAddress => "WRONG_ADDRESS",
            Self::StillCalled => "STILL_CALLED",
            Self::ManyDenials => "MANY_DENIALS",
        }
    }
}
