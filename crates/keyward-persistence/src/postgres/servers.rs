//! The servers that a URL names, tried in turn.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connect::{Connected, described};

/// The servers of a URL. The one that answered last is tried first.
///
/// The driver would try them in the order of the URL, each until its TCP connection is established. A
/// server that is frozen still accepts connections, and then says nothing.
pub(super) struct Servers {
    configs: Vec<Config>,
    order: Order,
    /// How long each server has for the whole of its answer; `None` when there is no other one to try.
    deadline: Option<Duration>,
}

impl Servers {
    /// Splits a configuration into one for each server. All servers together get the `deadline`, with
    /// time left for one more.
    pub(super) fn of(config: &Config, deadline: Duration) -> Self {
        let count = config.get_hosts().len().max(config.get_hostaddrs().len());
        let configs: Vec<Config> = (0..count).map(|at| of_server(config, at)).collect();
        let parts = u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
        Self {
            order: Order::of(count),
            deadline: (count > 1).then(|| deadline / parts),
            configs,
        }
    }

    /// Connects to the first server that accepts it.
    pub(super) async fn connect(&self, tls: &MakeRustlsConnect) -> ConnectionResult<Connected> {
        let mut refusals = Vec::new();
        for at in self.order.now() {
            let Some(config) = self.configs.get(at) else {
                continue;
            };
            let attempt = self.order.attempt(at);
            match self.ask(config, tls).await {
                Ok(connected) => {
                    attempt.succeeded();
                    return Ok(connected);
                }
                Err(refusal) if self.configs.len() == 1 => refusals.push(refusal),
                Err(refusal) => refusals.push(format!("{}: {refusal}", name(config))),
            }
        }
        Err(ConnectionError::BadConnection(refusals.join("; ")))
    }

    async fn ask(&self, config: &Config, tls: &MakeRustlsConnect) -> Result<Connected, String> {
        let connecting = Box::pin(config.connect(tls.clone()));
        let answer = match self.deadline {
            None => connecting.await,
            Some(deadline) => tokio::time::timeout(deadline, connecting)
                .await
                .map_err(|_elapsed| "it does not answer in time".to_owned())?,
        };
        answer.map_err(|error| described(&error))
    }
}

/// The order in which servers are tried.
struct Order(Mutex<VecDeque<usize>>);

impl Order {
    fn of(count: usize) -> Self {
        Self(Mutex::new((0..count).collect()))
    }

    fn now(&self) -> Vec<usize> {
        let order = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        order.iter().copied().collect()
    }

    /// Begins to try a server.
    fn attempt(&self, at: usize) -> Attempt<'_> {
        Attempt {
            order: self,
            at,
            has_succeeded: false,
        }
    }

    fn place(&self, at: usize, is_first: bool) {
        let mut order = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        order.retain(|other| *other != at);
        if is_first {
            order.push_front(at);
        } else {
            order.push_back(at);
        }
    }
}

/// A server that is being tried. Unless it succeeds, it is tried last from now on, also when the caller
/// stops waiting for it.
struct Attempt<'o> {
    order: &'o Order,
    at: usize,
    has_succeeded: bool,
}

impl Attempt<'_> {
    fn succeeded(mut self) {
        self.has_succeeded = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.order.place(self.at, self.has_succeeded);
    }
}

/// The configuration with only one of its servers. The driver can't remove the others.
fn of_server(all: &Config, at: usize) -> Config {
    let mut one = Config::new();
    match all.get_hosts().get(at) {
        Some(Host::Tcp(name)) => {
            one.host(name);
        }
        #[cfg(unix)]
        Some(Host::Unix(folder)) => {
            one.host_path(folder);
        }
        None => {}
    }
    if let Some(address) = all.get_hostaddrs().get(at) {
        one.hostaddr(*address);
    }
    let ports = all.get_ports();
    if let Some(port) = ports.get(at).or(ports.first()) {
        one.port(*port);
    }
    if let Some(user) = all.get_user() {
        one.user(user);
    }
    if let Some(password) = all.get_password() {
        one.password(password);
    }
    if let Some(database) = all.get_dbname() {
        one.dbname(database);
    }
    if let Some(options) = all.get_options() {
        one.options(options);
    }
    if let Some(name) = all.get_application_name() {
        one.application_name(name);
    }
    if let Some(timeout) = all.get_connect_timeout() {
        one.connect_timeout(*timeout);
    }
    if let Some(timeout) = all.get_tcp_user_timeout() {
        one.tcp_user_timeout(*timeout);
    }
    if let Some(interval) = all.get_keepalives_interval() {
        one.keepalives_interval(interval);
    }
    if let Some(retries) = all.get_keepalives_retries() {
        one.keepalives_retries(retries);
    }
    one.keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle())
        .ssl_mode(all.get_ssl_mode())
        .ssl_negotiation(all.get_ssl_negotiation())
        .target_session_attrs(all.get_target_session_attrs())
        .channel_binding(all.get_channel_binding())
        .load_balance_hosts(all.get_load_balance_hosts());
    one
}

/// The server's host and port.
fn name(config: &Config) -> String {
    let host = config.get_hosts().first().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.display().to_string(),
    });
    let address = config.get_hostaddrs().first().map(IpAddr::to_string);
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!("{}:{port}", host.or(address).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_that_answered_last_is_tried_first_and_one_that_did_not_last() {
        let order = Order::of(3);
        assert_eq!(order.now(), [0, 1, 2]);
        drop(order.attempt(0));
        assert_eq!(order.now(), [1, 2, 0]);
        order.attempt(2).succeeded();
        assert_eq!(order.now(), [2, 1, 0]);
        order.attempt(2).succeeded();
        drop(order.attempt(1));
        assert_eq!(order.now(), [2, 0, 1]);
    }

    #[test]
    fn each_server_has_all_options_of_the_url() {
        let options = "user=u&password=p%40&application_name=a&options=-c%20search_path%3Dapp&sslmode=require\
             &sslnegotiation=direct&connect_timeout=3&tcp_user_timeout=4&keepalives=0&keepalives_idle=5\
             &keepalives_interval=6&keepalives_retries=7&target_session_attrs=read-write\
             &channel_binding=require&load_balance_hosts=random";
        let check = |hosts: &str, want: &[&str]| {
            let all: Config = format!("postgres://{hosts}/d?{options}").parse().unwrap();
            let servers = Servers::of(&all, Duration::from_secs(6));
            assert_eq!(servers.configs.len(), want.len(), "{hosts}");
            for (config, one) in servers.configs.iter().zip(want) {
                let want: Config = format!("postgres://{one}/d?{options}").parse().unwrap();
                assert_eq!(config, &want, "{hosts}");
            }
        };
        check("a", &["a"]);
        check("a:1", &["a:1"]);
        check("a:1,b:2,[::1]:3", &["a:1", "b:2", "[::1]:3"]);
        check("%2Frun%2Fpg:9,b", &["%2Frun%2Fpg:9", "b:5432"]);
    }

    #[test]
    fn the_servers_share_the_deadline_unless_there_is_only_one() {
        let deadline = |hosts: &str| {
            let config: Config = format!("postgres://{hosts}/d").parse().unwrap();
            Servers::of(&config, Duration::from_secs(6)).deadline
        };
        assert_eq!(deadline("a"), None);
        assert_eq!(deadline("a,b"), Some(Duration::from_secs(2)));
    }
}
