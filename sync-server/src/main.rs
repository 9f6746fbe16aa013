//! The binary `tongdang-server`. It must not do anything but start the command line.

use std::process::ExitCode;

// Opening and saving records is many small allocations; glibc grows and shrinks its heap for them by system
// calls again and again, jemalloc keeps it for some seconds.
#[cfg(target_os = "linux")]
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    sync_server::cli::main()
}
