fn main() {
    treeway_worker::run(vec![treeway_worker::function("x.rs", "handler", || "x")], "0")
}
