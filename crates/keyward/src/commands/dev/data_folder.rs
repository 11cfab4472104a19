use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use keyward_web::HmacSecret;
use keyward_webhooks::MasterKey;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::system;

/// The development server's folder. Only its owner can read it.
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// Creates the folder if it does not exist.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let what = format!("can't create the data folder {}", path.display());
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(Failure::io(what))?;
        Ok(Self(path.to_owned()))
    }

    /// The existing folder of an earlier `keyward dev`.
    pub(crate) fn existing(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("keyward.db")
    }

    fn secret_file(&self) -> PathBuf {
        self.0.join("jwt-secret")
    }

    /// The signing secret; created on first use.
    pub(crate) fn signing_secret(&self) -> Result<HmacSecret, Failure> {
        let path = self.secret_file();
        if !path.exists() {
            let hex = system::random_hex().map_err(|e| Failure::Refused(e.to_string()))?;
            write_private(&path, hex.as_bytes())?;
        }
        self.existing_signing_secret()
    }

    /// The signing secret of an earlier development server.
    pub(crate) fn existing_signing_secret(&self) -> Result<HmacSecret, Failure> {
        let path = self.secret_file();
        let contents = fs::read_to_string(&path)
            .map(Zeroizing::new)
            .map_err(Failure::io(format!(
                "can't read the development server's secret {}; start it once with: keyward dev",
                path.display()
            )))?;
        HmacSecret::parse(contents.trim_end().as_bytes())
            .map_err(|error| Failure::Refused(format!("{}: {error}", path.display())))
    }

    /// The key for webhooks; created on first use.
    pub(crate) fn webhook_key(&self) -> Result<MasterKey, Failure> {
        let path = self.0.join("webhook-key");
        if !path.exists() {
            let hex = system::random_hex().map_err(|e| Failure::Refused(e.to_string()))?;
            write_private(&path, hex.as_bytes())?;
        }
        let contents = fs::read_to_string(&path)
            .map(Zeroizing::new)
            .map_err(Failure::io(format!("can't read {}", path.display())))?;
        MasterKey::parse(contents.trim_end())
            .map_err(|error| Failure::Refused(format!("{} {error}", path.display())))
    }

    /// Writes `dev.json` atomically, so that no reader sees a part of it.
    pub(crate) fn write_dev_file(&self, contents: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_vec_pretty(contents)
            .map(Zeroizing::new)
            .map_err(|error| Failure::Refused(format!("can't write dev.json: {error}")))?;
        write_private(&self.0.join("dev.json"), &json)
    }
}

fn write_private(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    let part = path.with_extension("part");
    let write = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        file.write_all(contents)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(Failure::io(format!("can't write {}", path.display())))
}
