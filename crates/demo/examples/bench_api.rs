//! The demo city's Open API by itself: `bench_api SEED SCALE DAY`. Tells what a load must know of it, one setting a
//! line as the environment has them, then an empty line, and serves until it is ended.

#![expect(clippy::print_stdout, reason = "where it serves goes to the caller")]

use demo::Plan;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    const USAGE: &str = "usage: bench_api SEED SCALE DAY";
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [seed, scale, today] = words.as_slice() else {
        return Err(USAGE.into());
    };
    let plan = Plan {
        seed: seed.parse()?,
        scale: scale.parse()?,
        today: today.parse()?,
        minute: 0,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    for (name, value) in demo::api::values(&address) {
        println!("MADANG_SOURCES_{}={value}", name.to_uppercase());
    }
    println!();
    demo::api::serve(listener, plan).await?;
    Ok(())
}
