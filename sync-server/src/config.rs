//! The TOML file of a data folder, parsed once. It must not hold secrets.

use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;

/// Name of the file in the data folder.
pub const FILE: &str = "tongdang.toml";
const BYTES_MAX: u64 = 64 * 1024;

/// The settings of `serve`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where desks connect.
    pub listen: SocketAddr,
    /// Where metrics are read, this machine only; none without it.
    #[serde(default)]
    pub metrics: Option<SocketAddr>,
    /// Further names or addresses under which desks reach the server.
    #[serde(default)]
    pub names: Vec<String>,
}

/// Why the file is no configuration; the sentence says what to do.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "配置文件 tongdang.toml 读不懂：{0}。可写的只有 listen（监听地址，如 \"0.0.0.0:8443\"）、metrics（本机指标地址，可不写）、names（其他域名或地址，可不写）。"
)]
pub struct BadConfig(String);

impl Config {
    /// Parses the text.
    pub fn parse(text: &str) -> Result<Self, BadConfig> {
        let config: Self = toml::from_str(text).map_err(|e| BadConfig(e.message().to_owned()))?;
        if config.metrics.is_some_and(|at| !at.ip().is_loopback()) {
            return Err(BadConfig("metrics 只能是本机地址".to_owned()));
        }
        Ok(config)
    }

    /// Reads the file of a data folder.
    pub fn load(dir: &Path) -> Result<Self, BadConfig> {
        let path = dir.join(FILE);
        let size = std::fs::metadata(&path).map_err(|_| BadConfig("没有这个文件".to_owned()))?.len();
        if size > BYTES_MAX {
            return Err(BadConfig("文件太大".to_owned()));
        }
        let text = std::fs::read_to_string(&path).map_err(|_| BadConfig("不是 UTF-8 文本".to_owned()))?;
        Self::parse(&text)
    }

    /// The file `init` writes.
    pub fn first(listen: SocketAddr) -> String {
        format!("# 童档区中心服务的设置\nlisten = \"{listen}\"\n# metrics = \"127.0.0.1:9464\"\n# names = []\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_init_writes_is_read_back_and_unknown_keys_are_named() {
        let at = "0.0.0.0:8443".parse().expect("an address");
        let config = Config::parse(&Config::first(at)).expect("read");
        assert_eq!(config, Config { listen: at, metrics: None, names: Vec::new() });
        for (text, word) in [
            ("listen = \"0.0.0.0:1\"\nport = 3", "port"),
            ("listen = \"somewhere\"", "配置文件"),
            ("", "listen"),
            ("listen = \"0.0.0.0:1\"\nmetrics = \"8.8.8.8:1\"", "本机"),
        ] {
            let told = Config::parse(text).expect_err("refused").to_string();
            assert!(told.contains(word), "{told}");
        }
    }
}
