//! A Unix socket that appears with its permissions, replaces one that nobody listens on, and is
//! removed at the end.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{
    DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _, chown,
};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use nix::unistd::Group;

use crate::config::UnixSocket;

/// The file of a socket, removed on drop unless another process has replaced it.
pub(super) struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|metadata| identity_of(&metadata) == self.identity);
        if is_ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, "socket.not_removed");
        }
    }
}

fn identity_of(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Binds the socket. It gets its permissions in a folder that nobody else can enter, and is then
/// moved to its path, so that nobody can connect to it with other permissions.
///
/// # Errors
/// Another process listens there, something else is there, there is no such group, or the system
/// refuses.
pub(super) fn bind(socket: &UnixSocket) -> io::Result<(UnixListener, SocketFile)> {
    let path = &socket.path;
    check_free(path)?;
    let group = socket.group.as_deref().map(group_id).transpose()?;
    let mut folder = path.clone().into_os_string();
    folder.push(format!(".{}", std::process::id()));
    let folder = PathBuf::from(folder);
    let create = || DirBuilder::new().mode(0o700).create(&folder);
    if let Err(error) = create() {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return Err(error);
        }
        // A process with the same number was killed here before: usual in a container.
        fs::remove_dir_all(&folder)?;
        create()?;
    }
    let bound = bind_in(&folder, socket, group);
    let removed = fs::remove_dir(&folder);
    let bound = bound?;
    removed?;
    Ok(bound)
}

fn bind_in(
    folder: &Path,
    socket: &UnixSocket,
    group: Option<u32>,
) -> io::Result<(UnixListener, SocketFile)> {
    let new = folder.join("s");
    let listener = UnixListener::bind(&new)?;
    let moved = (|| {
        if group.is_some() {
            chown(&new, None, group)?;
        }
        fs::set_permissions(&new, Permissions::from_mode(socket.mode))?;
        let identity = identity_of(&fs::symlink_metadata(&new)?);
        fs::rename(&new, &socket.path)?;
        Ok(identity)
    })();
    match moved {
        Ok(identity) => {
            let path = socket.path.clone();
            Ok((listener, SocketFile { path, identity }))
        }
        Err(error) => {
            fs::remove_file(&new)?;
            Err(error)
        }
    }
}

/// Whether nothing is at the path, or only a socket on which nobody listens.
fn check_free(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.file_type().is_socket() => {
            let problem = "a file that is not a socket is there";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, problem));
        }
        Ok(_socket) => {}
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(error),
        Ok(_stream) => Err(io::ErrorKind::AddrInUse.into()),
    }
}

/// The number of a group by its name or number.
fn group_id(group: &str) -> io::Result<u32> {
    if let Ok(number) = group.parse() {
        return Ok(number);
    }
    let found = Group::from_name(group)?.map(|group| group.gid.as_raw());
    found.ok_or_else(|| {
        let problem = format!("there is no group {group:?}");
        io::Error::new(io::ErrorKind::NotFound, problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket_in(folder: &Path, group: Option<&str>) -> UnixSocket {
        UnixSocket {
            path: folder.join("keyward.sock"),
            mode: 0o606,
            group: group.map(str::to_owned),
        }
    }

    #[test]
    fn a_socket_has_its_permissions_and_goes_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let socket = socket_in(folder.path(), None);
        let (listener, file) = bind(&socket).unwrap();
        let metadata = fs::symlink_metadata(&socket.path).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o606);
        let _client = UnixStream::connect(&socket.path).unwrap();
        listener.accept().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        drop(file);
        assert!(!socket.path.exists());
    }

    #[test]
    fn only_a_socket_that_nobody_listens_on_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let socket = socket_in(folder.path(), None);
        let (listener, first) = bind(&socket).unwrap();
        let refused = bind(&socket).err().unwrap();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        drop(listener);
        let (_listener, _second) = bind(&socket).unwrap();
        drop(first);
        assert!(
            socket.path.exists(),
            "the file of another process was removed"
        );

        let file = UnixSocket {
            path: folder.path().join("file"),
            ..socket
        };
        fs::write(&file.path, "data").unwrap();
        let refused = bind(&file).err().unwrap();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file.path).unwrap(), b"data");
    }

    #[test]
    fn what_a_killed_process_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let socket = socket_in(folder.path(), None);
        let left = format!("keyward.sock.{}", std::process::id());
        let left = folder.path().join(left);
        fs::create_dir(&left).unwrap();
        fs::write(left.join("s"), "").unwrap();
        assert!(bind(&socket).is_ok());
        assert!(!left.exists());
    }

    #[test]
    fn an_unknown_group_stops_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let socket = socket_in(folder.path(), Some("no such group"));
        let refused = bind(&socket).err().unwrap();
        assert!(refused.to_string().contains("no such group"), "{refused}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let own = nix::unistd::getgid().as_raw().to_string();
        assert!(bind(&socket_in(folder.path(), Some(&own))).is_ok());
    }
}
