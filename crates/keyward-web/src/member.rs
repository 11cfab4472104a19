use keyward_domain::Field;

/// The maximum length of an unknown name to search a suggestion for.
const LENGTH_MAX: usize = 32;

/// Known names up to this length must be spelled without a typo to be suggested.
const SHORT_LENGTH_MAX: usize = 3;

/// A member of a request body (contract §1 and §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Member {
    /// The display name.
    Name,
    /// The scopes of the key.
    Scopes,
    /// 1 or 2.
    Mode,
    /// The addresses from which the key may be used.
    IpAllowlist,
    /// The expiry.
    ExpiresAt,
    /// How long the old secret stays valid.
    OverlapSeconds,
    /// The key id.
    KeyId,
    /// The secret that was presented.
    Secret,
    /// The caller's address.
    Ip,
    /// Several questions.
    Questions,
}

impl Member {
    /// The members of a draft.
    pub(crate) const OF_DRAFT: &[Self] = &[
        Self::Name,
        Self::Scopes,
        Self::Mode,
        Self::IpAllowlist,
        Self::ExpiresAt,
    ];

    /// The members of an update.
    pub(crate) const OF_UPDATE: &[Self] =
        &[Self::Name, Self::Scopes, Self::IpAllowlist, Self::ExpiresAt];

    /// The members of a rotation.
    pub(crate) const OF_ROTATION: &[Self] = &[Self::OverlapSeconds];

    /// The members of a deletion.
    pub(crate) const OF_DELETION: &[Self] = &[Self::KeyId];

    /// The members of a question.
    pub(crate) const OF_QUESTION: &[Self] = &[Self::Secret, Self::Ip, Self::Scopes, Self::Mode];

    /// The members of a batch of questions.
    pub(crate) const OF_BATCH: &[Self] = &[Self::Questions];

    /// The member with exactly this name, if the body may have it.
    pub(crate) fn parse(name: &str, expected: &[Self]) -> Option<Self> {
        expected
            .iter()
            .copied()
            .find(|member| member.name() == name)
    }

    /// The name in the contract.
    fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Scopes => "scopes",
            Self::Mode => "mode",
            Self::IpAllowlist => "ipWhitelist",
            Self::ExpiresAt => "expiresAt",
            Self::OverlapSeconds => "overlapSeconds",
            Self::KeyId => "keyId",
            Self::Secret => "secret",
            Self::Ip => "ip",
            Self::Questions => "questions",
        }
    }

    /// The domain's field of the member.
    pub(crate) fn field(self) -> Field {
        match self {
            Self::Name => Field::Name,
            Self::Scopes => Field::Scopes,
            Self::Mode => Field::Mode,
            Self::IpAllowlist => Field::IpAllowlist,
            Self::ExpiresAt => Field::ExpiresAt,
            Self::OverlapSeconds => Field::OverlapSeconds,
            Self::Secret => Field::Secret,
            Self::Ip => Field::Ip,
            Self::KeyId | Self::Questions => Field::Other(self.name().to_owned()),
        }
    }

    /// The expected member that was probably meant: one that differs only in case, `_` and `-`, or
    /// otherwise by one typo. A typo is not considered for names of two or three letters, and the
    /// match must be unique.
    pub(crate) fn meant(name: &str, expected: &[Self]) -> Option<Self> {
        if name.len() > LENGTH_MAX {
            return None;
        }
        let written = normalized(name);
        let slips = |member: &Self| {
            let name = normalized(member.name());
            let slips = strsim::osa_distance(&written, &name);
            if slips > 0 && name.len() <= SHORT_LENGTH_MAX {
                usize::MAX
            } else {
                slips
            }
        };
        let nearest = expected.iter().copied().min_by_key(slips)?;
        let fewest = slips(&nearest);
        let is_alone = expected.iter().filter(|m| slips(m) == fewest).count() == 1;
        (fewest <= 1 && is_alone).then_some(nearest)
    }
}

fn normalized(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_exact_or_unknown() {
        for expected in [
            Member::OF_DRAFT,
            Member::OF_UPDATE,
            Member::OF_ROTATION,
            Member::OF_DELETION,
            Member::OF_QUESTION,
            Member::OF_BATCH,
        ] {
            for member in expected {
                let name = member.field().to_string();
                assert_eq!(Member::parse(&name, expected), Some(*member));
            }
        }
        assert_eq!(Member::parse("mode", Member::OF_UPDATE), None);
        for name in [
            "",
            "Name",
            "ipWhiteList",
            "ip_whitelist",
            "ipAllowlist",
            "scopes[0]",
        ] {
            assert_eq!(Member::parse(name, Member::OF_DRAFT), None, "{name}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let check = |name: &str, meant: Option<Member>| {
            assert_eq!(Member::meant(name, Member::OF_DRAFT), meant, "{name}");
        };
        check("ipWhiteList", Some(Member::IpAllowlist));
        check("ip_whitelist", Some(Member::IpAllowlist));
        check("IP-WHITELIST", Some(Member::IpAllowlist));
        check("ipWitelist", Some(Member::IpAllowlist));
        check("ipWhiteslist", Some(Member::IpAllowlist));
        check("scope", Some(Member::Scopes));
        check("naem", Some(Member::Name));
        check("expires_at", Some(Member::ExpiresAt));
        check("colour", None);
        let asked = |name: &str| Member::meant(name, Member::OF_QUESTION);
        assert_eq!(asked("IP"), Some(Member::Ip));
        for other in ["id", "op", "i", "ips", "p"] {
            assert_eq!(asked(other), None, "{other}");
        }
        check("workspaceId", None);
        check("id", None);
        check("", None);
        check(&"name".repeat(100), None);
        check("overlapseconds", None);
        let meant = Member::meant("overlapseconds", Member::OF_ROTATION);
        assert_eq!(meant, Some(Member::OverlapSeconds));
        assert_eq!(
            Member::meant("keyID", Member::OF_DELETION),
            Some(Member::KeyId)
        );
    }
}
