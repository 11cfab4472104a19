/// Makes the events after $2 pending, as if they were new. Those that are pending keep their attempts.
pub(super) fn statement(of_workspace: bool) -> &'static str {
    if of_workspace {
        OF_WORKSPACE
    } else {
        OF_DEPLOYMENT
    }
}

macro_rules! statement {
    ($place:literal) => {
        concat!(
            "
    INSERT INTO webhook_deliveries (webhook_id, position, ordered_by, status, attempts)
    SELECT webhook_id, position, ordered_by, 'PENDING', 0 FROM webhook_events
    WHERE webhook_id = $1 AND ",
            $place,
            " > $2
    ON CONFLICT (webhook_id, position) DO UPDATE SET status = 'PENDING', attempts = 0
    WHERE webhook_deliveries.status <> 'PENDING'"
        )
    };
}

const OF_WORKSPACE: &str = statement!("sequence");
const OF_DEPLOYMENT: &str = statement!("position");
