//! The binary `tongdang-server`. It must not do anything but start the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    sync_server::cli::main()
}
