//! The operator's commands. Every message says what happened and what to do next. It must not
//! decide anything the server does not.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use domain::area::Area;
use domain::moment::Moment;

use crate::clock::{Clock as _, Os};
use crate::secret::Secret;
use crate::server::Server;
use crate::store::sqlite::Sqlite;

mod beside;
mod keep;
mod ledgers;
mod people;
mod run;
mod start;
mod told;
pub mod workbook;

/// 童档区中心服务
#[derive(Parser)]
#[command(name = "tongdang-server", version, about = "童档区中心服务")]
struct Cli {
    /// 数据目录
    #[arg(long, global = true, default_value = ".")]
    dir: PathBuf,
    /// server.key 的口令文件（可不用口令）
    #[arg(long, global = true)]
    passphrase_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 新建区中心：密钥、证书、空库
    Init {
        /// 区县名称
        #[arg(long)]
        name: String,
        /// 12 位区划代码
        #[arg(long)]
        area: Area,
        /// 各电脑访问的主机名或地址
        #[arg(long)]
        host: String,
        /// 监听地址
        #[arg(long, default_value = "0.0.0.0:8443")]
        listen: std::net::SocketAddr,
    },
    /// 导入单位、人员、岗位
    ImportOrg {
        /// 组织工作簿（.xlsx）
        file: PathBuf,
    },
    /// 导入儿童台账
    ImportLedger {
        /// 台账（.xlsx）
        file: PathBuf,
        /// 只试算，不写入
        #[arg(long)]
        dry_run: bool,
        /// 校验位不对的证件号照录，并标为存疑
        #[arg(long)]
        accept_doubtful: bool,
        /// 组织工作簿：用其中的“分派”表
        #[arg(long)]
        org: Option<PathBuf>,
        /// 退改表放在哪个文件夹（不写就放在台账旁边）
        #[arg(long)]
        back: Option<PathBuf>,
    },
    /// 整批撤销一次台账导入
    UndoImport {
        /// 导入时给出的批次号
        batch: String,
        /// 已经有人写过内容的儿童留下，撤销其余的
        #[arg(long)]
        rest: bool,
    },
    /// 生成一次性登记码
    EnrolCode {
        /// 人员姓名或编号
        #[arg(long, required_unless_present = "post")]
        person: Option<String>,
        /// 岗位编号
        #[arg(long)]
        post: Option<String>,
    },
    /// 启动服务
    Serve,
    /// 备份，并打开核对
    Backup {
        /// 备份放在哪个目录
        #[arg(long)]
        to: PathBuf,
    },
    /// 用备份恢复（先停服务）
    Restore {
        /// 备份目录（里面有 store.db）
        #[arg(long)]
        from: PathBuf,
        /// 只恢复照片和扫描件（files.db 损坏时用），文字数据不动
        #[arg(long)]
        files: bool,
    },
    /// 恢复之后：还等哪些电脑补回
    Restored {
        /// 都补回了：以后别人送回的内容不再算数
        #[arg(long)]
        close: bool,
    },
    /// 逐条核验全部数据
    Verify,
    /// 检查运行环境
    Doctor,
    /// 列出电脑
    Devices,
    /// 停用一台电脑（丢失、被盗）
    Revoke {
        /// devices 命令列出的电脑编号
        device: String,
    },
    #[command(name = workbook::SUBCOMMAND, hide = true)]
    ReadWorkbook,
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::ReadWorkbook) {
        return workbook::child();
    }
    match run_command(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_wrong(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run_command(cli: &Cli) -> anyhow::Result<()> {
    let place = Place { dir: &cli.dir, passphrase: passphrase(cli.passphrase_file.as_deref())? };
    match &cli.command {
        Command::Init { name, area, host, listen } => start::init(&place, name, *area, host, *listen),
        Command::ImportOrg { file } => ledgers::import_org(&place, file),
        Command::ImportLedger { file, dry_run, accept_doubtful, org, back } => {
            let (org, back) = (org.as_deref(), back.as_deref());
            let (dry_run, accept_doubtful) = (*dry_run, *accept_doubtful);
            ledgers::import_ledger(&place, &ledgers::Import { file, org, back, dry_run, accept_doubtful })
        }
        Command::UndoImport { batch, rest } => ledgers::undo_import(&place, batch, *rest),
        Command::EnrolCode { person, post } => people::enrol_code(&place, person.as_deref(), post.as_deref()),
        Command::Serve => run::serve(&place),
        Command::Backup { to } => keep::backup(&place, to),
        Command::Restore { from, files: false } => keep::restore(&place, from),
        Command::Restore { from, files: true } => keep::restore_files(&place, from),
        Command::Restored { close } => keep::restored(&place, *close),
        Command::Verify => keep::verify(&place),
        Command::Doctor => keep::doctor(&place),
        Command::Devices => people::devices(&place),
        Command::Revoke { device } => people::revoke(&place, device),
        Command::ReadWorkbook => Ok(()),
    }
}

/// Where the data is and what opens it.
struct Place<'a> {
    dir: &'a Path,
    passphrase: Option<String>,
}

/// One process at a time writes the log; dropped, it is free again.
struct Lock {
    _file: std::fs::File,
}

impl Place<'_> {
    fn secret(&self) -> anyhow::Result<Secret> {
        Ok(Secret::load(self.dir, self.passphrase.as_deref())?)
    }

    fn server(&self) -> anyhow::Result<Server<Sqlite>> {
        let secret = self.secret()?;
        let store = Sqlite::open(self.dir, &secret.files)?;
        Ok(Server::open(store, secret)?)
    }

    /// Takes the data folder for writing.
    fn lock(&self) -> anyhow::Result<Lock> {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(self.dir.join("server.lock"))?;
        file.try_lock().map_err(|_| anyhow::anyhow!("服务正在运行：请先停掉服务，再做这一步。"))?;
        Ok(Lock { _file: file })
    }
}

fn passphrase(file: Option<&Path>) -> anyhow::Result<Option<String>> {
    let Some(path) = file else { return Ok(None) };
    let text = std::fs::read_to_string(path).map_err(|_| anyhow::anyhow!("口令文件读不出来：{}", path.display()))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Runs something at this very moment.
fn now<R>(act: impl FnOnce(&mut Moment<'_>) -> R) -> R {
    let mut os = Os;
    act(&mut os.moment())
}

/// Tells the operator.
fn say(text: &str) {
    // A closed pipe is not our failure.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

fn say_wrong(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
