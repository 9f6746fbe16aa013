//! What an operator's command asks of the process that serves: one socket in the data folder, which only who
//! may enter the folder reaches. It must not do anything that the same command alone would not.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use super::{keep, say};
use crate::hub::Hub;
use crate::store::sqlite::Sqlite;

const SOCKET: &str = "control.sock";
/// A wish is a word and a path.
const WISH_BYTES_MAX: u64 = 16 * 1024;
const ADDRESS_BYTES: usize = 100;
/// Whoever connects says at once what it wants.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub(super) enum Wish {
    /// A backup into a folder.
    Backup(PathBuf),
    /// Everything proven.
    Verify,
    /// Whether the time after a restore goes on; true: it ends now.
    Restored(bool),
}

/// What is told: sentences, and why it failed.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Told {
    pub(super) lines: Vec<String>,
    pub(super) failed: Option<String>,
}

impl Told {
    pub(super) fn failed(why: &impl ToString) -> Self {
        Self { lines: Vec::new(), failed: Some(why.to_string()) }
    }

    /// Tells the operator.
    pub(super) fn say(self) -> anyhow::Result<()> {
        self.lines.iter().for_each(|line| say(line));
        match self.failed {
            Some(why) => bail!("{why}"),
            None => Ok(()),
        }
    }
}

/// A socket's address holds a hundred bytes: one in a folder with a longer path is reached through the open
/// folder, which must live as long as the address is used.
fn address(dir: &Path) -> std::io::Result<(PathBuf, std::fs::File)> {
    use std::os::fd::AsRawFd as _;
    let (path, folder) = (dir.join(SOCKET), std::fs::File::open(dir)?);
    if path.as_os_str().len() < ADDRESS_BYTES {
        return Ok((path, folder));
    }
    Ok((PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd())), folder))
}

/// Opens the socket; whoever calls holds the folder's lock, so that one left over is nobody's.
pub(super) fn listen(dir: &Path) -> std::io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt as _;
    let (path, _folder) = address(dir)?;
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Err(_) | Ok(()) => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers one wish after the other, for as long as the server runs.
pub(super) async fn answer_all(listener: UnixListener, hub: Hub<Sqlite>) {
    while let Ok((stream, _)) = listener.accept().await {
        // Who hung up hears nothing; what was begun is done all the same.
        drop(answer(stream, &hub).await);
    }
}

async fn answer(mut stream: UnixStream, hub: &Hub<Sqlite>) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    let mut limited = (&mut stream).take(WISH_BYTES_MAX);
    tokio::time::timeout(PATIENCE, limited.read_to_end(&mut bytes)).await??;
    let told = match serde_json::from_slice(&bytes)? {
        Wish::Backup(to) => backup(hub, to).await,
        Wish::Verify => verify(hub).await,
        Wish::Restored(close) => hub.with(move |server, m| keep::restored_told(server, m.now, close)).await,
    };
    let told = told.unwrap_or_else(|| Told::failed(&"服务正在停止：等它停下后再运行一次。"));
    Ok(stream.write_all(&serde_json::to_vec(&told)?).await?)
}

async fn backup(hub: &Hub<Sqlite>, to: PathBuf) -> Option<Told> {
    let (now, point) = hub.with(|server, m| (m.now, server.point())).await?;
    let proven = match point {
        Ok(point) => apart(move || point.back_up(now, &to)).await?,
        Err(error) => Err(error.into()),
    };
    let proven = match proven {
        Ok(proven) => proven,
        Err(error) => return Some(Told::failed(&error)),
    };
    let counted = proven.clone();
    match hub.with(move |server, _| server.count_backup(now, &counted)).await? {
        Ok(()) => Some(keep::backup_told(&proven)),
        Err(error) => Some(Told::failed(&error)),
    }
}

async fn verify(hub: &Hub<Sqlite>) -> Option<Told> {
    let verified = match hub.with(|server, _| server.point()).await? {
        Ok(point) => apart(move || point.verify()).await?,
        Err(error) => Err(error),
    };
    let verified = match verified {
        Ok(verified) => verified,
        Err(error) => return Some(Told::failed(&error)),
    };
    if keep::has_stale_caches(&verified)
        && let Err(error) = hub.with(|server, _| server.drop_caches()).await?
    {
        return Some(Told::failed(&error));
    }
    Some(keep::verify_told(&verified))
}

/// Runs something long on a thread of its own, which ends with the process.
async fn apart<R: Send + 'static>(act: impl FnOnce() -> R + Send + 'static) -> Option<R> {
    let (reply, result) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("beside".to_owned());
    thread.spawn(move || drop(reply.send(act()))).ok()?;
    result.await.ok()
}

/// Asks the process that holds the folder.
pub(super) fn ask(dir: &Path, wish: &Wish) -> anyhow::Result<Told> {
    let connected = address(dir).and_then(|(path, _folder)| std::os::unix::net::UnixStream::connect(path));
    let Ok(mut stream) = connected else {
        bail!("数据目录正被另一条命令占用（例如导入台账）：等它结束后再运行一次。");
    };
    let gone = "服务中途停了，没有等到结果：请看服务是否还在运行，再运行一次。";
    stream.write_all(&serde_json::to_vec(wish)?).context(gone)?;
    stream.shutdown(std::net::Shutdown::Write).context(gone)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context(gone)?;
    serde_json::from_str(&answer).context(gone)
}

#[cfg(test)]
mod tests;
