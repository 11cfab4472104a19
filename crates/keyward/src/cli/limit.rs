use keyward_domain::{Limit, LimitName, LimitUnits, LimitWindow, OnUnavailable};

const FORM: &str =
    "must be NAME:MAX/WINDOW, such as requests:100/1m, and may end with ,onUnavailable=allow";

/// Reads `NAME:MAX/WINDOW`, such as `requests:100/1m`, that may end with `,onUnavailable=allow`.
pub(crate) fn parse_limit(text: &str) -> Result<Limit, String> {
    let (limit, option) = text
        .split_once(',')
        .map_or((text, None), |(limit, option)| (limit, Some(option)));
    let (name, amount) = limit.split_once(':').ok_or(FORM)?;
    let (max, window) = amount.split_once('/').ok_or(FORM)?;
    Ok(Limit {
        name: LimitName::parse(name).map_err(|invalid| format!("{name:?} is {invalid}"))?,
        max: max
            .parse()
            .ok()
            .and_then(|max| LimitUnits::of(max).ok())
            .ok_or_else(|| {
                format!("MAX in NAME:MAX/WINDOW must be a whole number from 1 to 1000000000, not {max:?}")
            })?,
        window: LimitWindow::parse(window).map_err(|invalid| format!("{window:?} is {invalid}"))?,
        on_unavailable: option.map_or(Ok(OnUnavailable::default()), on_unavailable)?,
    })
}

fn on_unavailable(option: &str) -> Result<OnUnavailable, String> {
    option
        .strip_prefix("onUnavailable=")
        .and_then(OnUnavailable::parse)
        .ok_or_else(|| {
            format!("must end with ,onUnavailable=allow or ,onUnavailable=deny, not {option:?}")
        })
}

#[cfg(test)]
mod tests {
    use keyward_domain::testing::limit;

    use super::*;

    #[test]
    fn a_limit_is_one_word() {
        assert_eq!(
            parse_limit("requests:100/1m"),
            Ok(limit("requests", 100, "1m"))
        );
        assert_eq!(
            parse_limit("tokens:1000000/month,onUnavailable=deny"),
            Ok(limit("tokens", 1_000_000, "month"))
        );
        let lenient = Limit {
            on_unavailable: OnUnavailable::Allow,
            ..limit("a-b_c", 1, "day")
        };
        assert_eq!(parse_limit("a-b_c:1/day,onUnavailable=allow"), Ok(lenient));
    }

    #[test]
    fn what_would_be_right_is_said() {
        for (text, part) in [
            ("", "requests:100/1m"),
            ("requests", "NAME:MAX/WINDOW"),
            ("requests:100", "NAME:MAX/WINDOW"),
            ("requests=100/1m", "NAME:MAX/WINDOW"),
            ("Requests:100/1m", "\"Requests\" is not a limit's name"),
            (":100/1m", "\"\" is not a limit's name"),
            ("requests:/1m", "1 to 1000000000, not \"\""),
            ("requests:0/1m", "1 to 1000000000, not \"0\""),
            ("requests:1e3/1m", "1 to 1000000000, not \"1e3\""),
            ("requests:1000000001/1m", "1 to 1000000000"),
            ("requests:99999999999999999999/1m", "1 to 1000000000"),
            ("requests:100/", "\"\" is not a window"),
            ("requests:100/minute", "1s to 31d, or day or month"),
            ("requests:100/1m,allow", ",onUnavailable=allow or"),
            ("requests:100/1m,", "not \"\""),
            ("requests:100/1m,onUnavailable=Allow", "onUnavailable=deny"),
        ] {
            let told = parse_limit(text).unwrap_err();
            assert!(told.contains(part), "{text}: {told}");
        }
    }
}
