//! A client that keeps its connection, and reconnects after losing it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub(crate) struct Client {
    addr: SocketAddr,
    stream: Option<TcpStream>,
}

impl Client {
    pub(crate) fn of(addr: SocketAddr) -> Self {
        Self { addr, stream: None }
    }

    /// Status and body; `None` when the connection was lost.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Option<(u16, String)> {
        let (head, body) = self.exchange(method, path, headers, body)?;
        Some((status(&head), body))
    }

    /// Status, body, and propagation of a change.
    pub(crate) fn send_for_propagation(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Option<(u16, String, String)> {
        let (head, body) = self.exchange(method, path, headers, body)?;
        let propagation = header(&head, "x-keyward-propagation").unwrap_or_default();
        Some((status(&head), body, propagation))
    }

    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Option<(String, String)> {
        let mut stream = if let Some(stream) = self.stream.take() {
            stream
        } else {
            let stream = TcpStream::connect(self.addr).ok()?;
            stream.set_nodelay(true).ok()?;
            stream
                .set_read_timeout(Some(Duration::from_secs(30)))
                .ok()?;
            stream
        };
        let content_type = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/json\r\n"
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{content_type}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut bytes = Vec::new();
        let mut part = [0; 8_192];
        loop {
            let length = stream.read(&mut part).ok().filter(|length| *length > 0)?;
            bytes.extend_from_slice(&part[..length]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let announced = header(head, "content-length").map_or(0, |text| text.parse().unwrap());
            if body.len() >= announced {
                self.stream = Some(stream);
                return Some((head.to_owned(), body.to_owned()));
            }
        }
    }
}

fn status(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (field, value) = line.split_once(": ")?;
        field.eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}
